//! What an export writes: titled columns, each a property or a text with properties in it.
//!
//! ```text
//! template = { text | "${" path "}" }
//! ```

use serde::Deserialize;

use super::QueryError;
use super::path::{Place, follow};
use super::predicate::Predicate;
use super::select::OrderTerm;
use super::shape::{ColumnRef, Joins};
use crate::catalog::{Entity, Kind, Service};

/// Columns of one file.
const MOST_FIELDS: usize = 500;

/// What a client asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExportRequest {
    /// `CSV`, `EXCEL` or `JSON`, in any case.
    pub export_type: Option<String>,
    /// Rows at most; all when absent, null or not positive.
    pub export_size: Option<i64>,
    /// Name of the file, without its extension.
    pub file_name: Option<String>,
    /// A filter.
    pub query: Option<String>,
    /// Columns; all properties and those of the relations when absent or empty.
    pub fields: Option<Vec<ExportField>>,
}

/// A column that a client asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ExportField {
    /// Title.
    pub header: Option<String>,
    /// Property path.
    pub field: Option<String>,
    /// Template.
    pub expression: Option<String>,
}

/// The rows and columns of a file.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Tables.
    pub joins: Joins,
    /// What is read, and how it is to be taken.
    pub columns: Vec<(ColumnRef, Kind)>,
    /// What is written.
    pub outputs: Vec<Output>,
    /// Which rows.
    pub filter: Option<Predicate>,
    /// In which order.
    pub order: Vec<OrderTerm>,
    /// Rows to skip, and rows at most.
    pub limit: Option<(u64, u64)>,
}

/// A column of the file.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its title.
    pub title: String,
    /// What is in it.
    pub content: Content,
}

/// What stands in a column; numbers are positions among the columns that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A value.
    Value(usize),
    /// A text made of pieces.
    Template(Vec<Piece>),
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// A value.
    Value(usize),
}

impl Selection {
    /// Works the columns out.
    ///
    /// # Errors
    /// [`QueryError`] for a path that is none and a template that is more than paths and text.
    pub fn of(service: &Service, joins: Joins, fields: &[ExportField]) -> Result<Self, QueryError> {
        let mut selection =
            Self { joins, columns: Vec::new(), outputs: Vec::new(), filter: None, order: Vec::new(), limit: None };
        if fields.is_empty() {
            selection.add_all(service);
        } else {
            selection.outputs = outputs(fields, &mut |path| selection.path(service, path))?;
        }
        Ok(selection)
    }

    /// All properties of the entity, then those of each relation, one level deep.
    fn add_all(&mut self, service: &Service) {
        let entity = service.entity(self.joins.entity(0));
        self.add_entity(entity, 0, "");
        for (number, relation) in entity.relations.iter().enumerate() {
            if self.outputs.len() >= MOST_FIELDS || self.joins.tables().len() >= 60 {
                break;
            }
            let table = self.joins.follow(service, 0, number);
            self.add_entity(service.entity(relation.target), table, &relation.name);
        }
    }

    fn add_entity(&mut self, entity: &Entity, table: usize, relation: &str) {
        for (property, described) in entity.properties.iter().enumerate() {
            if !described.is_secret() && described.kind != Kind::Blob {
                let value = self.read(ColumnRef { table, property }, described.kind);
                let path =
                    if relation.is_empty() { described.name.clone() } else { format!("{relation}.{}", described.name) };
                self.outputs.push(Output { title: title(&path), content: Content::Value(value) });
            }
        }
    }

    fn read(&mut self, column: ColumnRef, kind: Kind) -> usize {
        self.columns.iter().position(|(other, _)| *other == column).unwrap_or_else(|| {
            self.columns.push((column, kind));
            self.columns.len() - 1
        })
    }

    fn path(&mut self, service: &Service, path: &str) -> Result<usize, QueryError> {
        let segments: Vec<&str> = path.trim().split('.').collect();
        let entity = service.entity(self.joins.entity(0)).name.clone();
        match follow(service, &mut self.joins, &segments) {
            Some(Place::Column(column)) => {
                let kind = service.entity(self.joins.entity(column.table)).properties[column.property].kind;
                Ok(self.read(column, kind))
            }
            _ => Err(QueryError::UnknownProperty { path: path.chars().take(200).collect(), entity }),
        }
    }
}

/// The columns that a client asks for; `find` gives the position of the value at a path.
///
/// # Errors
/// [`QueryError`] for a template that is more than paths and text, and what `find` returns.
pub fn outputs(
    fields: &[ExportField],
    find: &mut dyn FnMut(&str) -> Result<usize, QueryError>,
) -> Result<Vec<Output>, QueryError> {
    if fields.len() > MOST_FIELDS {
        return Err(QueryError::InvalidRequest(format!("more than {MOST_FIELDS} fields")));
    }
    let output = |field: &ExportField| {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (content, name) = match (given(&field.expression), given(&field.field)) {
            (Some(expression), field) => (template(&expression, find)?, field.unwrap_or(expression)),
            (None, Some(path)) => (Content::Value(find(&path)?), path),
            (None, None) => {
                return Err(QueryError::InvalidRequest("a field needs a field or an expression".to_owned()));
            }
        };
        Ok(Output { title: field.header.clone().unwrap_or_else(|| title(&name)), content })
    };
    fields.iter().map(output).collect()
}

fn template(text: &str, find: &mut dyn FnMut(&str) -> Result<usize, QueryError>) -> Result<Content, QueryError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (path, after) = after
            .split_once('}')
            .ok_or_else(|| QueryError::InvalidRequest("an expression has ${ without its }".to_owned()))?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Value(find(path)?));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(Content::Template(pieces))
}

/// `department.name` becomes `Department Name`.
fn title(path: &str) -> String {
    path.split('.').map(crate::catalog::upper_first).collect::<Vec<_>>().join(" ")
}
