//! Reading rows.

use super::error::{key_text, shown};
use super::{RecordError, page};
use crate::catalog::{Collection, EntityIndex, PropertyIndex};
use crate::query::{
    self, ColumnRef, Model, PageRequest, Predicate, QueryError, Select, Value, page_request, resolve_sort,
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
    Ok(Select { joins, filter: None, order, sort, page })
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
    select.filter = Some(Predicate::All(conditions));
    select
}

/// A page of rows, as JSON.
///
/// # Errors
/// What the store reports.
pub fn list(reader: &Reader<'_>, model: &Model, entity: EntityIndex, select: &Select) -> Result<Vec<u8>, RecordError> {
    let shape = model.shape(entity);
    let statement = query::select(&model.service, shape, select);
    let mut out = Vec::with_capacity(4096);
    page::begin(&mut out);
    reader.snapshot(|| {
        let found = reader.objects(&statement, &shape.root, &mut out)?;
        let total = if (found > 0 || select.page.number == 0) && found < select.page.size {
            select.page.offset() + u64::from(found) // the end is in sight
        } else {
            count(reader, model, select)?
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
    let counted = reader.number(&query::count(&model.service, &select.joins, select.filter.as_ref()))?;
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
    let shape = model.shape(entity);
    let conditions =
        key.iter().map(|(property, value)| Predicate::Is(ColumnRef { table: 0, property: *property }, value.clone()));
    let select = Select {
        joins: shape.joins.clone(),
        filter: Some(Predicate::All(conditions.collect())),
        order: Vec::new(),
        sort: Vec::new(),
        page: PageRequest { number: 0, size: 1 },
    };
    let mut out = Vec::with_capacity(1024);
    let found = reader.objects(&query::select(&model.service, shape, &select), &shape.root, &mut out)?;
    Ok((found > 0).then_some(out))
}
