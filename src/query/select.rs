//! Intent to read: which rows of an entity, in which order, which stretch of them.

use super::PageRequest;
use super::predicate::Predicate;
use super::shape::{ColumnRef, Joins};

impl Select {
    /// Every row for which a filter holds, in no order: to be counted, or to be narrowed to one.
    #[must_use]
    pub fn all(joins: Joins, filter: Option<Predicate>) -> Self {
        Self { joins, filter, order: Vec::new(), sort: Vec::new(), page: PageRequest { number: 0, size: 1 } }
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
