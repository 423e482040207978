//! Conditions whose names and types have been checked.

use super::asker::AskerValue;
use super::shape::ColumnRef;
use super::value::Value;
use crate::catalog::PropertyIndex;
use crate::filter::{Case, Comparison};

/// A condition over the columns of some tables.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// All of them hold; none of them is fine.
    All(Vec<Predicate>),
    /// One of them holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// The column has the value; NULL equals NULL.
    Is(ColumnRef, Value),
    /// The column is NULL.
    IsNull(ColumnRef),
    /// Both sides compare like this. NULL compares with nothing.
    Compare(Term, Comparison, Term),
    /// The first lies between the others, both included.
    Between(Term, Term, Term),
    /// The first term is one of the others.
    In(Term, Vec<Term>),
    /// The term, as text, matches the pattern, which has the wildcards `*`, `?` and `[…]`.
    Glob(Term, String),
    /// Holds for no row, and neither does its opposite: a comparison with NULL.
    Never,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A column.
    Column(ColumnRef),
    /// A column's text, in upper or lower case.
    Folded(ColumnRef, Case),
    /// A value.
    Value(Value),
    /// A value of whom the statement is for.
    Asker(AskerValue),
    /// The moment at which the statement is written, UTC, in this format.
    Now(&'static str),
}

impl Predicate {
    /// The properties of the first table have these values. Without any it holds for no row, lest a slip mean a whole table.
    #[must_use]
    pub fn are(values: &[(PropertyIndex, Value)]) -> Self {
        if values.is_empty() {
            return Self::Never;
        }
        let is = |(property, value): &(PropertyIndex, Value)| {
            Self::Is(ColumnRef { table: 0, property: *property }, value.clone())
        };
        Self::All(values.iter().map(is).collect())
    }

    /// Collects the columns that the condition looks at.
    pub fn columns(&self, into: &mut Vec<ColumnRef>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.columns(into)),
            Self::Not(part) => part.columns(into),
            Self::Is(column, _) | Self::IsNull(column) => into.push(*column),
            Self::Compare(left, _, right) => {
                left.column(into);
                right.column(into);
            }
            Self::Between(term, low, high) => [term, low, high].into_iter().for_each(|term| term.column(into)),
            Self::In(term, items) => std::iter::once(term).chain(items).for_each(|term| term.column(into)),
            Self::Glob(term, _) => term.column(into),
            Self::Never => {}
        }
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Option<Self>) -> Self {
        match other {
            Some(other) => Self::All(vec![self, other]),
            None => self,
        }
    }
}

impl Term {
    fn column(&self, into: &mut Vec<ColumnRef>) {
        if let Self::Column(column) | Self::Folded(column, _) = self {
            into.push(*column);
        }
    }
}
