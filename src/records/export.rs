//! The rows of an export, one after the other.

use super::RecordError;
use super::read::{ListParams, plan_filter};
use crate::catalog::EntityIndex;
use crate::query::{self, ExportField, Model, QueryError, Select, Selection, Statement, resolve_sort};
use crate::store::{Fields, Reader};

/// Works an export out: filter and order of `params`, and `limit` as rows to skip and rows at most.
///
/// # Errors
/// [`QueryError`] for what of it cannot be understood.
pub fn plan_export(
    model: &Model,
    entity: EntityIndex,
    params: &ListParams<'_>,
    fields: &[ExportField],
    limit: Option<(u64, u64)>,
) -> Result<Selection, QueryError> {
    let mut selection = Selection::of(&model.service, query::Joins::of(entity), fields)?;
    let (_, order) = resolve_sort(&model.service, &mut selection.joins, &params.sort)?;
    selection.order = order;
    selection.filter = plan_filter(model, &mut selection.joins, params.q)?;
    selection.limit = limit;
    Ok(selection)
}

/// Hands each row of a statement to `take`.
///
/// # Errors
/// What the store reports, and whatever `take` returns.
pub fn each_row<E: From<RecordError>>(
    reader: &Reader<'_>,
    statement: &Statement,
    take: impl FnMut(&Fields<'_>) -> Result<(), E>,
) -> Result<(), E> {
    reader.each(statement, |error| RecordError::from(error).into(), take)
}

/// Hands each row to `take` as a JSON object with its relations.
///
/// # Errors
/// What the store reports, and whatever `take` returns.
pub fn each_object<E: From<RecordError>>(
    reader: &Reader<'_>,
    model: &Model,
    entity: EntityIndex,
    select: &Select,
    limit: Option<(u64, u64)>,
    take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let shape = model.shape(entity);
    let statement = query::objects(model, shape, select, limit);
    reader.each_object(&statement, &shape.root, |error| RecordError::from(error).into(), take)
}
