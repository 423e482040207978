//! SQL text with its parameters.

use super::dialect;
use super::value::Value;

/// SQL text and its parameters, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// The values of `?1`, `?2` and so on.
    pub parameters: Vec<Value>,
    /// Its result may be another though nothing has been committed: it asks for the time, or reads from a view or a virtual
    /// table, which may.
    pub volatile: bool,
}

impl Statement {
    /// Begins a statement.
    #[must_use]
    pub fn new(start: &str) -> Self {
        let mut sql = String::with_capacity(512);
        sql.push_str(start);
        Self { sql, parameters: Vec::with_capacity(8), volatile: false }
    }

    /// Adds a parameter, and its mark to the text.
    pub fn value(&mut self, value: Value) {
        self.parameters.push(value);
        dialect::parameter(self.parameters.len(), &mut self.sql);
    }

    /// Narrows it to a stretch of its rows: so many, after so many others.
    pub fn stretch(&mut self, offset: u64, limit: u64) {
        let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        self.sql.push_str(" LIMIT ");
        self.value(number(limit));
        if offset > 0 {
            self.sql.push_str(" OFFSET ");
            self.value(number(offset));
        }
    }
}
