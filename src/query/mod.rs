//! From what a caller asks to SQL: names and types are checked against the catalog here, or the request ends here.
//!
//! Identifiers in SQL come from the catalog only, values are parameters only. What differs between SQL dialects is in
//! `dialect`. Nothing here touches a database.

mod change;
mod dialect;
mod error;
mod model;
mod page;
mod select;
mod shape;
mod sort;
mod sql;
mod value;

pub use change::{Change, Replace, key_from_pairs, key_from_text, read_change};
pub use error::QueryError;
pub use model::Model;
pub use page::{PageRequest, page_request};
pub use select::{OrderTerm, Predicate, Select, SortTerm};
pub use shape::{ColumnRef, Join, Joins, Member, Node, Shape};
pub use sort::resolve_sort;
pub use sql::{Statement, count, delete, exists, held_by, insert, select, update, values};
pub use value::{BadValue, Value, epoch_milliseconds, from_json, from_text};
