//! The columns of a query's answer: their names on the wire, and the objects that are written of them.

use super::facts::ResultColumn;
use crate::catalog::{Kind, Service, result_names};
use crate::query::sort::parse_sort;
use crate::query::{Member, Node, QueryError, SortTerm};

/// What cannot be an alias unless it is quoted, although it looks like a name.
const LITERALS: &[&str] = &["null", "true", "false"];

/// Positions of columns, and whether the largest comes first.
type Order = Vec<(usize, bool)>;

/// The columns of an answer.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Their names, in order.
    pub names: Vec<String>,
    /// The object of a row.
    pub node: Node,
}

impl Columns {
    /// Names the columns of a statement.
    #[must_use]
    pub fn of(sql: &str, columns: &[ResultColumn], service: &Service) -> Self {
        let labels =
            columns.iter().map(|column| is_named(sql, &column.label, service).then_some(column.label.as_str()));
        let names = result_names(labels);
        let members = names.iter().zip(columns).enumerate().map(|(position, (name, column))| Member {
            key: format!("{}:", serde_json::Value::from(name.as_str())),
            kind: column.declared.as_deref().map_or(Kind::Any, |declared| Kind::of_declared(declared).0),
            column: position,
        });
        let node = Node { members: members.collect(), relations: Vec::new(), presence: None };
        Self { names, node }
    }

    /// Finds the columns of a `sort`.
    ///
    /// # Errors
    /// [`QueryError::UnknownSortField`], and [`QueryError::InvalidParameter`] for another word than a direction.
    pub fn order(&self, sort: &[&str]) -> Result<(Vec<SortTerm>, Order), QueryError> {
        let terms = parse_sort(sort)?;
        let mut order = Vec::with_capacity(terms.len());
        for term in &terms {
            let position = self.names.iter().position(|name| *name == term.property);
            let position = position.ok_or_else(|| QueryError::UnknownSortField(term.property.clone()))?;
            order.push((position, term.descending));
        }
        Ok((terms, order))
    }
}

/// Whether somebody has given a column its label. SQLite labels an expression without an alias by its own text, so a label
/// that is no plain name is an alias only if it is quoted in the SQL, or a column's name.
fn is_named(sql: &str, label: &str, service: &Service) -> bool {
    let plain = label.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && label.chars().all(|letter| letter.is_alphanumeric() || "_$".contains(letter))
        && !LITERALS.contains(&label.to_ascii_lowercase().as_str());
    let pairs = [('"', '"'), ('`', '`'), ('\'', '\''), ('[', ']')];
    let quoted = || {
        pairs.iter().any(|(open, close)| {
            let inside = label.replace(*close, &format!("{close}{close}"));
            sql.contains(&format!("{open}{inside}{close}"))
        })
    };
    let column = || service.entities.iter().any(|entity| entity.properties.iter().any(|other| other.column == label));
    plain || quoted() || column()
}
