//! Intent to read: which rows of an entity, in which order, which stretch of them.

use super::PageRequest;
use super::shape::{ColumnRef, Joins};
use super::value::Value;

/// A condition whose names and types have been checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// All of them hold.
    All(Vec<Predicate>),
    /// The column has the value; NULL equals NULL.
    Is(ColumnRef, Value),
}

impl Predicate {
    /// Collects the columns that the condition looks at.
    pub fn columns(&self, into: &mut Vec<ColumnRef>) {
        match self {
            Self::All(parts) => parts.iter().for_each(|part| part.columns(into)),
            Self::Is(column, _) => into.push(*column),
        }
    }
}

/// One term of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTerm {
    /// By which column.
    pub column: ColumnRef,
    /// Largest first. NULL comes first either way.
    pub descending: bool,
}

/// A term as it was sent, for the page's `sort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortTerm {
    /// Property path as sent.
    pub property: String,
    /// Largest first.
    pub descending: bool,
}

/// A list of rows.
#[derive(Debug, Clone)]
pub struct Select {
    /// Tables of the statement; the shape's, and what filter and order need besides.
    pub joins: Joins,
    /// Which rows; all when `None`.
    pub filter: Option<Predicate>,
    /// In which order. The primary key comes last by itself.
    pub order: Vec<OrderTerm>,
    /// The order as it was asked for.
    pub sort: Vec<SortTerm>,
    /// Which stretch.
    pub page: PageRequest,
}
