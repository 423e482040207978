//! From a request for a named query to statements. Values become parameters; the query's SQL stays as its file has it.

use serde_json::Value as Json;

use super::columns::Columns;
use super::{NamedQuery, Origin, Parameter, ServerValue};
use crate::query::value::{from_json, from_text, instant_text};
use crate::query::{Node, PageRequest, QueryError, SortTerm, Statement, Value, dialect};

/// A parameter's value as a client has sent it.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// In a URL.
    Text(&'a str),
    /// In a body.
    Json(&'a Json),
}

/// Where the values come from that the server gives.
#[derive(Debug, Clone, Copy)]
pub struct CallerValues<'a> {
    /// The caller's account source.
    pub source: &'a str,
    /// His key there.
    pub key: &'a str,
    /// His user name.
    pub name: &'a str,
    /// His role.
    pub role: &'a str,
    /// Milliseconds since 1970.
    pub now: u64,
}

/// A page to be read.
#[derive(Debug, Clone)]
pub struct PagePlan {
    /// Its rows.
    pub rows: Statement,
    /// How many rows there are on all pages.
    pub count: Statement,
    /// The object of a row.
    pub node: Node,
    /// The order as it was asked for.
    pub sort: Vec<SortTerm>,
    /// Which stretch.
    pub page: PageRequest,
}

impl NamedQuery {
    /// The values of the statement's parameters.
    ///
    /// # Errors
    /// [`QueryError::InvalidRequest`] and [`QueryError::InvalidInput`], naming the parameter that is missing or of another
    /// type.
    pub fn bind<'a>(
        &self,
        given: impl Fn(&str) -> Option<Given<'a>>,
        caller: &CallerValues<'_>,
    ) -> Result<Vec<Value>, QueryError> {
        let values = self.parameters.iter().map(|parameter| match &parameter.origin {
            Origin::Server(value) => Ok(filled(value, caller)),
            Origin::Client { required } => sent(parameter, *required, given(&parameter.property.name)),
        });
        let values: Vec<Value> = values.collect::<Result<_, _>>()?;
        Ok(self.order.iter().map(|&position| values[position].clone()).collect())
    }

    /// The statement itself, for a change.
    #[must_use]
    pub fn statement(&self, values: Vec<Value>) -> Statement {
        Statement { sql: self.sql.clone(), parameters: values, volatile: true }
    }

    /// Its first row.
    #[must_use]
    pub fn first(&self, values: Vec<Value>) -> Statement {
        let mut statement = self.within("SELECT * FROM ", values);
        statement.stretch(0, 1);
        statement
    }

    /// A page of its rows. Without a sort they come in the order of the query; with one, what it leaves open follows the
    /// columns from left to right, so that pages neither repeat nor lose a row.
    ///
    /// # Errors
    /// [`QueryError`] for a sort that names no column.
    pub fn page(
        &self,
        columns: &Columns,
        values: Vec<Value>,
        sort: &[&str],
        page: PageRequest,
    ) -> Result<PagePlan, QueryError> {
        let (sort, mut order) = columns.order(sort)?;
        if !order.is_empty() {
            let rest = (0..columns.names.len()).filter(|column| !order.iter().any(|(other, _)| other == column));
            order.extend(rest.map(|column| (column, false)).collect::<Vec<_>>());
        }
        let count = self.within("SELECT count(*) FROM ", values.clone());
        let mut rows = self.within("SELECT * FROM ", values);
        for (number, (column, descending)) in order.into_iter().enumerate() {
            rows.sql.push_str(if number == 0 { " ORDER BY " } else { ", " });
            rows.sql.push_str(&(column + 1).to_string());
            rows.sql.push_str(dialect::direction(descending, true));
        }
        rows.stretch(page.offset(), u64::from(page.size));
        Ok(PagePlan { rows, count, node: columns.node.clone(), sort, page })
    }

    /// The query as the table of another. A line of its own for the parenthesis, as the SQL may end in a comment.
    fn within(&self, start: &str, values: Vec<Value>) -> Statement {
        Statement { sql: format!("{start}(\n{}\n)", self.sql), parameters: values, volatile: true }
    }
}

fn sent(parameter: &Parameter, required: bool, given: Option<Given<'_>>) -> Result<Value, QueryError> {
    let property = &parameter.property;
    let text = property.kind == crate::catalog::Kind::Text;
    let value = match given {
        None => Ok(Value::Null),
        Some(Given::Text(blank)) if !text && blank.trim().is_empty() => Ok(Value::Null),
        Some(Given::Text(text)) => from_text(property, text),
        Some(Given::Json(json)) => from_json(property, json.clone()),
    };
    match value {
        Err(_) => Err(QueryError::InvalidInput(property.name.clone())),
        Ok(Value::Null) if required => {
            Err(QueryError::InvalidRequest(format!("The parameter {} is missing.", property.name)))
        }
        Ok(value) => Ok(value),
    }
}

fn filled(value: &ServerValue, caller: &CallerValues<'_>) -> Value {
    let moment = || i64::try_from(caller.now / 1000 * 1000).ok().and_then(instant_text);
    match value {
        ServerValue::UserId(source) if source != caller.source => Value::Null,
        ServerValue::UserId(_) => Value::of_key(caller.key),
        ServerValue::UserName => Value::Text(caller.name.to_owned()),
        ServerValue::Role => Value::Text(caller.role.to_owned()),
        ServerValue::CurrentDate => moment().map_or(Value::Null, |text| Value::Text(text[..10].to_owned())),
        ServerValue::CurrentTimestamp => moment().map_or(Value::Null, Value::Text),
    }
}
