//! A row's values, one by one, for those who do not want JSON.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::{StoreError, json};
use crate::catalog::Kind;
use crate::query::Node;

/// A row on its way out of the database.
pub struct Fields<'a> {
    row: &'a Row<'a>,
}

/// A value as SQLite stores it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text; `None` where it is not UTF-8.
    Text(Option<&'a str>),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Fields<'a> {
    pub(super) fn new(row: &'a Row<'a>) -> Self {
        Self { row }
    }

    /// Appends the row as a JSON object in the shape of `node`.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn write_object(&self, node: &Node, out: &mut Vec<u8>) -> Result<(), StoreError> {
        json::write_row(self.row, node, out)
    }

    /// Appends the value at a position as JSON.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn write_json(&self, position: usize, kind: Kind, out: &mut Vec<u8>) -> Result<(), StoreError> {
        json::write_value(self.row.get_ref(position)?, kind, out);
        Ok(())
    }

    /// The value at a position.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn get(&self, position: usize) -> Result<Field<'_>, StoreError> {
        Ok(match self.row.get_ref(position)? {
            ValueRef::Null => Field::Null,
            ValueRef::Integer(number) => Field::Integer(number),
            ValueRef::Real(number) => Field::Real(number),
            ValueRef::Text(text) => Field::Text(std::str::from_utf8(text).ok()),
            ValueRef::Blob(bytes) => Field::Blob(bytes),
        })
    }
}
