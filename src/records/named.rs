//! Running named queries.

use super::error::refused_by;
use super::{RecordError, page};
use crate::query::{Model, Node, PagePlan, Statement};
use crate::store::{Reader, StoreError, Transaction};

/// A page of a query's rows, as JSON.
///
/// # Errors
/// What the store reports.
pub fn query_page(reader: &Reader<'_>, plan: &PagePlan) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::with_capacity(4096);
    page::begin(&mut out);
    reader.snapshot(|| {
        let found = reader.objects(&plan.rows, &plan.node, &mut out)?;
        let total = match page::total_in_sight(plan.page, found) {
            Some(total) => total,
            None => reader.number(&plan.count)?.unsigned_abs(),
        };
        page::end(plan.page, &plan.sort, found, total, &mut out);
        Ok::<_, RecordError>(())
    })?;
    Ok(out)
}

/// The one row of a statement, as JSON.
///
/// # Errors
/// [`RecordError::NoRow`], and what the store reports.
pub fn query_single(reader: &Reader<'_>, statement: &Statement, node: &Node) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::with_capacity(1024);
    let found = reader.objects(statement, node, &mut out)?;
    (found > 0).then_some(out).ok_or(RecordError::NoRow)
}

/// Changes rows of a table; returns how many.
///
/// # Errors
/// [`RecordError`] naming the constraint that refuses it.
pub fn change_by_query(
    transaction: &Transaction<'_>,
    model: &Model,
    table: &str,
    statement: &Statement,
) -> Result<usize, RecordError> {
    transaction.execute(statement).map_err(|error| match error {
        StoreError::ForeignKey => {
            RecordError::Conflict("a foreign key names no row, or another row still refers to this one".to_owned())
        }
        other => match model.service.entities.iter().find(|entity| entity.table.eq_ignore_ascii_case(table)) {
            Some(entity) => refused_by(entity, other),
            None => RecordError::Store(other),
        },
    })
}
