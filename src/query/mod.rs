//! From what a caller asks to SQL: names and types are checked against the catalog here, or the request ends here.
//!
//! Identifiers in SQL come from the catalog only, or with the whole text out of an operator's file (`named`); values are
//! parameters only. What differs between SQL dialects is in `dialect`. Nothing here touches a database.

mod aggregate;
mod asker;
mod change;
mod clauses;
mod dialect;
mod error;
mod export;
mod keys_first;
mod model;
mod named;
mod page;
mod path;
mod predicate;
mod remember_me;
mod resolve;
mod rights;
mod search;
mod select;
mod shape;
mod sort;
mod sql;
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use aggregate::{Aggregate, AggregationRequest, Function, resolve_aggregation};
pub use asker::{Asker, AskerValue};
pub use change::{Change, Members, Replace, key_from_pairs, key_from_text, read_change};
pub use dialect::{LOWER, UPPER};
pub use error::QueryError;
pub use export::{Content, ExportField, ExportRequest, Output, Piece, Selection, outputs};
pub use model::Model;
pub use named::{
    AccountNames, CallerValues, ChangeKind, Columns, Given, Grant, NamedQuery, Origin, PagePlan, Parameter,
    QueryAnswer, QueryFile, QueryFileError, ResultColumn, ServerValue, StatementFacts, StatementKind,
};
pub use page::{PageRequest, page_request};
pub use path::{Place, follow};
pub use predicate::{Predicate, Term};
pub use remember_me::{
    Remembered, forget, forget_account, forget_overdue, overdue, remember, remembered, rotate_remembered,
};
pub use resolve::{Surroundings, resolve_filter};
pub use rights::{Condition, Right, Rights, RowRule, Verb};
pub use search::{CONDITIONS as SEARCH_CONDITIONS, TYPES as SEARCH_TYPES, read_search};
pub use select::{OrderTerm, Select, SortTerm};
pub use shape::{ColumnRef, Join, Joins, Member, Node, Shape};
pub use sort::resolve_sort;
pub use sql::{
    aggregate, count, count_groups, delete, exists, filtered, insert, insert_returning_key, objects, own_values,
    replace_own_value, row, rows, select, select_of, standing, update, values,
};
pub use statement::Statement;
pub use value::{BadValue, Value, epoch_milliseconds, from_json, from_text};
