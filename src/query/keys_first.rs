//! Pages far from the start of a list: the keys first, then the rows.
//!
//! SQLite carries out a statement's joins, and reads its rows, for what OFFSET skips as well. So the keys of the page are found
//! in a subquery, which needs no more than the order and the filter do, mostly an index alone; the rows and what is joined to
//! them are read for these keys only. Where the length of the list is known, the nearer end is counted from.

use super::clauses::{End, Writer};
use super::dialect;
use super::model::Model;
use super::predicate::Predicate;
use super::select::OrderTerm;
use super::shape::{ColumnRef, Joins};
use super::statement::Statement;

/// The rows of the page are sorted once more, in memory.
const MOST_ROWS: u64 = 1_000;

/// Rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Rows to skip.
    pub skip: u64,
    /// Rows at most.
    pub take: u64,
    /// Rows of the whole list, when they have been counted in the same snapshot.
    pub total: Option<u64>,
}

impl Stretch {
    /// The end to count from, and how many rows are to be skipped there and taken.
    fn nearer_end(self) -> (End, u64, u64) {
        let Some(total) = self.total else { return (End::First, self.skip, self.take) };
        let left = total.saturating_sub(self.skip);
        let take = self.take.min(left);
        let behind = left - take;
        if behind < self.skip { (End::Last, behind, take) } else { (End::First, self.skip, take) }
    }
}

/// The columns of these rows; `None` where it does not pay, or the entity has no key that is certain to name one row.
pub fn rows(
    model: &Model,
    joins: &Joins,
    columns: &[ColumnRef],
    filter: Option<&Predicate>,
    order: &[OrderTerm],
    stretch: Stretch,
) -> Option<Statement> {
    let entity = model.service.entity(joins.entity(0));
    let key = entity.single_key().filter(|_| entity.generated_key && entity.writable)?;
    if stretch.skip == 0 || stretch.take > MOST_ROWS.min(stretch.skip) {
        return None;
    }
    let key = ColumnRef { table: 0, property: key };
    let ordered = order.iter().map(|term| term.column);
    let writer = Writer::new(model, joins);
    let needed = joins.needed(&columns.iter().copied().chain(ordered.clone()).collect::<Vec<_>>());
    let mut statement = Statement::new("SELECT ");
    if columns.is_empty() {
        statement.sql.push_str("NULL");
    }
    for (position, column) in columns.iter().enumerate() {
        statement.sql.push_str(if position > 0 { ", " } else { "" });
        writer.column(*column, &mut statement.sql);
    }
    statement.sql.push_str(" FROM (SELECT ");
    writer.column(key, &mut statement.sql);
    statement.sql.push_str(" AS k");
    let mut asked: Vec<ColumnRef> = ordered.collect();
    if let Some(filter) = filter {
        filter.columns(&mut asked);
    }
    let asked = joins.needed(&asked);
    writer.from(|table| asked[table], &mut statement);
    writer.filter(filter, &mut statement);
    let (end, skip, take) = stretch.nearer_end();
    writer.order(order, end, &mut statement.sql);
    statement.stretch(skip, take);
    // Not a plain JOIN: SQLite must not try the table first.
    statement.sql.push_str(") page CROSS JOIN ");
    dialect::identifier(&entity.table, &mut statement.sql);
    statement.sql.push_str(" t0 ON ");
    writer.column(key, &mut statement.sql);
    statement.sql.push_str(" = page.k");
    writer.from(|table| table > 0 && needed[table], &mut statement);
    writer.filter(None, &mut statement);
    writer.order(order, End::First, &mut statement.sql);
    Some(statement)
}
