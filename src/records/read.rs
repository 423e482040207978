//! Reading rows.

use super::error::{key_text, shown};
use super::{RecordError, page};
use crate::catalog::{Collection, EntityIndex, PropertyIndex};
use serde_json::Value as Json;

use crate::filter;
use crate::query::{
    self, Aggregate, AggregationRequest, ColumnRef, Joins, Model, Predicate, QueryError, Select, Surroundings, Value,
    page_request, read_search, resolve_aggregation, resolve_filter, resolve_sort,
};
use crate::store::Reader;

/// What a list may be asked for, as text.
#[derive(Debug, Clone, Default)]
pub struct ListParams<'a> {
    /// `page`.
    pub page: Option<&'a str>,
    /// `size`.
    pub size: Option<&'a str>,
    /// Each `sort`.
    pub sort: Vec<&'a str>,
    /// Which rows, in the filter language.
    pub q: Option<&'a str>,
}

/// Works out a list.
///
/// # Errors
/// [`QueryError`] for a parameter that cannot be understood.
pub fn plan_list(
    model: &Model,
    entity: EntityIndex,
    params: &ListParams<'_>,
    largest: u32,
) -> Result<Select, QueryError> {
    let page = page_request(params.page, params.size, largest)?;
    let mut joins = model.shape(entity).joins.clone();
    let (sort, order) = resolve_sort(&model.service, &mut joins, &params.sort)?;
    let filter = plan_filter(model, &mut joins, params.q)?;
    Ok(Select { joins, filter, order, sort, page })
}

/// Works out a filter's text.
///
/// # Errors
/// [`QueryError`] for a filter that cannot be understood.
pub fn plan_filter(model: &Model, joins: &mut Joins, q: Option<&str>) -> Result<Option<Predicate>, QueryError> {
    let expression = filter::parse(q.unwrap_or_default()).map_err(QueryError::Syntax)?;
    let resolve = |expression| resolve_filter(&model.service, joins, &expression, &Surroundings::default());
    expression.map(resolve).transpose()
}

/// Narrows a list by the conditions of a search.
///
/// # Errors
/// [`QueryError`] for a condition that cannot be understood; what is no attribute is said as WaveMaker says it.
pub fn search(model: &Model, body: &Json, mut select: Select) -> Result<Select, QueryError> {
    if let Some(expression) = read_search(body)? {
        let resolved = resolve_filter(&model.service, &mut select.joins, &expression, &Surroundings::default());
        let resolved = resolved.map_err(|error| match error {
            QueryError::UnknownProperty { .. } | QueryError::NotComparable { .. } => {
                QueryError::InvalidRequest("The input parameters are not valid.".to_owned())
            }
            other => other,
        })?;
        select.filter = Some(resolved.and(select.filter));
    }
    Ok(select)
}

/// Works out an aggregation that has groups or measures.
///
/// # Errors
/// [`QueryError`] for what of it cannot be understood.
pub fn plan_aggregation(
    model: &Model,
    entity: EntityIndex,
    request: &AggregationRequest,
    params: &ListParams<'_>,
    largest: u32,
) -> Result<Aggregate, QueryError> {
    let page = page_request(params.page, params.size, largest)?;
    let mut aggregate = resolve_aggregation(&model.service, entity, request, &params.sort, page)?;
    aggregate.filter = plan_filter(model, &mut aggregate.joins, params.q)?;
    Ok(aggregate)
}

/// A page of groups, as JSON. Without groups there is one row, of everything.
///
/// # Errors
/// What the store reports.
pub fn groups(reader: &Reader<'_>, model: &Model, aggregate: &Aggregate) -> Result<Vec<u8>, RecordError> {
    let statement = query::aggregate(model, aggregate);
    let mut out = Vec::with_capacity(4096);
    page::begin(&mut out);
    reader.snapshot(|| {
        let found = reader.objects(&statement, &aggregate.node, &mut out)?;
        let total = if aggregate.groups.is_empty() {
            1
        } else if let Some(total) = page::total_in_sight(aggregate.page, found) {
            total
        } else {
            reader.lasting_number(&query::count_groups(model, aggregate))?.unsigned_abs()
        };
        page::end(aggregate.page, &aggregate.sort, found, total, &mut out);
        Ok::<_, RecordError>(())
    })?;
    Ok(out)
}

/// The children of a row: narrows a list of the collection's entity to those that name the row of `key`.
#[must_use]
pub fn related(model: &Model, collection: &Collection, key: &[(PropertyIndex, Value)], mut select: Select) -> Select {
    let relation = &model.service.entity(collection.source).relations[collection.relation];
    let conditions = key.iter().map(|(property, value)| {
        // A foreign key that names the key is compared in place; one that names a unique key needs the parent's row.
        let column = match relation.to.iter().position(|to| to == property) {
            Some(position) => ColumnRef { table: 0, property: relation.from[position] },
            None => {
                ColumnRef { table: select.joins.follow(&model.service, 0, collection.relation), property: *property }
            }
        };
        Predicate::Is(column, value.clone())
    });
    let conditions: Vec<Predicate> = conditions.collect();
    select.filter = Some(Predicate::All(conditions).and(select.filter));
    select
}

/// A page of rows, as JSON.
///
/// # Errors
/// What the store reports.
pub fn list(reader: &Reader<'_>, model: &Model, entity: EntityIndex, select: &Select) -> Result<Vec<u8>, RecordError> {
    let shape = model.shape(entity);
    let mut out = Vec::with_capacity(4096);
    page::begin(&mut out);
    reader.snapshot(|| {
        // Far from the start, the total tells which end is nearer.
        let counted = if select.page.is_far() { Some(count(reader, model, select)?) } else { None };
        let statement = match counted {
            Some(total) => query::select_of(model, shape, select, total),
            None => query::select(model, shape, select),
        };
        let found = reader.objects(&statement, &shape.root, &mut out)?;
        let total = match counted.or_else(|| page::total_in_sight(select.page, found)) {
            Some(total) => total,
            None => count(reader, model, select)?,
        };
        page::end(select.page, &select.sort, found, total, &mut out);
        Ok::<_, RecordError>(())
    })?;
    Ok(out)
}

/// How many rows a list has in all.
///
/// # Errors
/// What the store reports.
pub fn count(reader: &Reader<'_>, model: &Model, select: &Select) -> Result<u64, RecordError> {
    let counted = reader.lasting_number(&query::count(model, &select.joins, select.filter.as_ref()))?;
    Ok(counted.unsigned_abs())
}

/// The row of a key, as JSON.
///
/// # Errors
/// [`RecordError::NotFound`], and what the store reports.
pub fn by_key(
    reader: &Reader<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
) -> Result<Vec<u8>, RecordError> {
    get(reader, model, entity, key)?.ok_or_else(|| RecordError::NotFound(key_text(key)))
}

/// The row of a unique key, as JSON.
///
/// # Errors
/// [`RecordError::UniqueNotFound`], and what the store reports.
pub fn by_unique_key(
    reader: &Reader<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
) -> Result<Vec<u8>, RecordError> {
    get(reader, model, entity, key)?.ok_or_else(|| RecordError::UniqueNotFound(shown(&model.service, entity, key)))
}

/// The row in which these properties have these values, as JSON.
///
/// # Errors
/// What the store reports.
pub fn get(
    reader: &Reader<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
) -> Result<Option<Vec<u8>>, RecordError> {
    let mut out = Vec::with_capacity(1024);
    let found = reader.objects(&query::row(model, entity, key), &model.shape(entity).root, &mut out)?;
    Ok((found > 0).then_some(out))
}
