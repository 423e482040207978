//! Writes statements. Names come from the catalog, values become parameters; no text of a request gets in here.

use std::cell::RefCell;

use super::aggregate::{Aggregate, Function};
use super::change::Change;
use super::clauses::{End, Writer};
use super::dialect;
use super::export::Selection;
use super::keys_first::{self, Stretch};
use super::model::Model;
use super::predicate::Predicate;
use super::rights::RowRule;
use super::select::{OrderTerm, Select};
use super::shape::{ColumnRef, Joins, Shape};
use super::statement::Statement;
use super::template::Template;
use super::value::Value;
use crate::catalog::{Entity, EntityIndex, PropertyIndex, Service};

/// The rows of a page, in the shape's columns.
#[must_use]
pub fn select(model: &Model, shape: &Shape, select: &Select) -> Statement {
    objects(model, shape, select, Some((select.page.offset(), u64::from(select.page.size))))
}

/// The same, of a list that is known to have so many rows: a page near its end is found from there.
#[must_use]
pub fn select_of(model: &Model, shape: &Shape, select: &Select, total: u64) -> Statement {
    let stretch = Stretch { skip: select.page.offset(), take: u64::from(select.page.size), total: Some(total) };
    let Select { joins, filter, order, .. } = select;
    keys_first::rows(model, joins, &shape.columns, filter.as_ref(), order, stretch)
        .unwrap_or_else(|| self::select(model, shape, select))
}

/// The rows of a list, in the shape's columns: all, or some after so many others.
#[must_use]
pub fn objects(model: &Model, shape: &Shape, select: &Select, limit: Option<(u64, u64)>) -> Statement {
    let parts = Parts { joins: &select.joins, filter: select.filter.as_ref(), order: &select.order, limit };
    if let Some(statement) = keys_first_of(model, &shape.columns, &parts) {
        return statement;
    }
    let mut statement = model.list(select.joins.entity(0), || list_of_all(model, shape));
    let known = shape.joins.tables().len();
    // Filter and order follow relations beyond those of the shape, never others in their place.
    debug_assert!(select.joins.tables().starts_with(shape.joins.tables()));
    Writer::new(model, &select.joins).from(|table| table >= known, &mut statement);
    finish(model, &parts, &mut statement);
    statement
}

/// Columns and tables of all lists in a shape.
fn list_of_all(model: &Model, shape: &Shape) -> Template {
    let open = RefCell::default();
    let mut statement = Statement::new("SELECT ");
    begin(&Writer::beforehand(model, &shape.joins, &open), &shape.columns, &mut statement);
    Template::new(statement, open.into_inner())
}

/// The row in which these properties have these values, in the entity's shape. They are its key, or a unique one.
#[must_use]
pub fn row(model: &Model, entity: EntityIndex, key: &[(PropertyIndex, Value)]) -> Statement {
    let shape = model.shape(entity);
    let own = &model.service.entity(entity).key;
    if !key.iter().map(|(property, _)| property).eq(own) {
        return select(model, shape, &Select::all(shape.joins.clone(), Some(Predicate::are(key))));
    }
    let mut statement = model.row(entity, || row_of_key(model, shape, own));
    let first = statement.parameters.len() - key.len();
    for (missing, (_, value)) in statement.parameters[first..].iter_mut().zip(key) {
        missing.clone_from(value);
    }
    statement
}

/// The row of a key in a shape; its values are the last parameters.
fn row_of_key(model: &Model, shape: &Shape, key: &[PropertyIndex]) -> Template {
    let open = RefCell::default();
    let writer = Writer::beforehand(model, &shape.joins, &open);
    let mut statement = Statement::new("SELECT ");
    begin(&writer, &shape.columns, &mut statement);
    let missing: Vec<_> = key.iter().map(|&property| (property, Value::Null)).collect();
    writer.filter(Some(&Predicate::are(&missing)), &mut statement);
    statement.sql.push_str(" LIMIT 1");
    Template::new(statement, open.into_inner())
}

/// The rows of an export.
#[must_use]
pub fn rows(model: &Model, selection: &Selection) -> Statement {
    let Selection { joins, filter, order, limit, .. } = selection;
    let parts = Parts { joins, filter: filter.as_ref(), order, limit: *limit };
    list(model, &selection.columns.iter().map(|(column, _)| *column).collect::<Vec<_>>(), &parts)
}

struct Parts<'a> {
    joins: &'a Joins,
    filter: Option<&'a Predicate>,
    order: &'a [OrderTerm],
    /// Rows to skip, and rows at most.
    limit: Option<(u64, u64)>,
}

fn list(model: &Model, columns: &[ColumnRef], parts: &Parts<'_>) -> Statement {
    keys_first_of(model, columns, parts).unwrap_or_else(|| {
        let mut statement = Statement::new("SELECT ");
        begin(&Writer::new(model, parts.joins), columns, &mut statement);
        finish(model, parts, &mut statement);
        statement
    })
}

fn keys_first_of(model: &Model, columns: &[ColumnRef], parts: &Parts<'_>) -> Option<Statement> {
    let (skip, take) = parts.limit?;
    keys_first::rows(model, parts.joins, columns, parts.filter, parts.order, Stretch { skip, take, total: None })
}

fn begin(writer: &Writer<'_>, columns: &[ColumnRef], statement: &mut Statement) {
    if columns.is_empty() {
        // An export may consist of text only: still a row for each row.
        statement.sql.push_str("NULL");
    }
    for (position, column) in columns.iter().enumerate() {
        statement.sql.push_str(if position > 0 { ", " } else { "" });
        writer.column(*column, &mut statement.sql);
    }
    writer.from(|_| true, statement);
}

fn finish(model: &Model, parts: &Parts<'_>, statement: &mut Statement) {
    let writer = Writer::new(model, parts.joins);
    writer.filter(parts.filter, statement);
    writer.order(parts.order, End::First, &mut statement.sql);
    if let Some((offset, limit)) = parts.limit {
        statement.stretch(offset, limit);
    }
}

/// The groups of a page.
#[must_use]
pub fn aggregate(model: &Model, aggregate: &Aggregate) -> Statement {
    let mut statement = Statement::new("SELECT ");
    let writer = Writer::new(model, &aggregate.joins);
    for (position, column) in aggregate.groups.iter().enumerate() {
        statement.sql.push_str(if position > 0 { ", " } else { "" });
        writer.column(*column, &mut statement.sql);
    }
    for (position, (function, column)) in aggregate.measures.iter().enumerate() {
        statement.sql.push_str(if position + aggregate.groups.len() > 0 { ", " } else { "" });
        statement.sql.push_str(function_name(*function));
        statement.sql.push('(');
        writer.column(*column, &mut statement.sql);
        statement.sql.push(')');
    }
    from_groups(&writer, aggregate, &mut statement);
    let rest =
        (0..aggregate.groups.len()).filter(|group| !aggregate.order.iter().any(|(position, _)| position == group));
    for (number, (position, descending)) in
        aggregate.order.iter().copied().chain(rest.map(|group| (group, false))).enumerate()
    {
        statement.sql.push_str(if number == 0 { " ORDER BY " } else { ", " });
        statement.sql.push_str(&(position + 1).to_string());
        statement.sql.push_str(dialect::direction(descending, true));
    }
    statement.stretch(aggregate.page.offset(), u64::from(aggregate.page.size));
    statement
}

/// How many groups there are.
#[must_use]
pub fn count_groups(model: &Model, aggregate: &Aggregate) -> Statement {
    let mut statement = Statement::new("SELECT count(*) FROM (SELECT 1");
    from_groups(&Writer::new(model, &aggregate.joins), aggregate, &mut statement);
    statement.sql.push(')');
    statement
}

fn from_groups(writer: &Writer<'_>, aggregate: &Aggregate, statement: &mut Statement) {
    writer.from(|_| true, statement);
    writer.filter(aggregate.filter.as_ref(), statement);
    for (position, column) in aggregate.groups.iter().enumerate() {
        statement.sql.push_str(if position == 0 { " GROUP BY " } else { ", " });
        writer.column(*column, &mut statement.sql);
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::Sum => "sum",
        Function::Min => "min",
        Function::Max => "max",
        Function::Avg => "avg",
        Function::Count => "count",
    }
}

/// How many rows a filter leaves.
#[must_use]
pub fn count(model: &Model, joins: &Joins, filter: Option<&Predicate>) -> Statement {
    let mut statement = Statement::new("SELECT count(*)");
    let writer = Writer::new(model, joins);
    // SQLite would carry out every join, needed or not.
    let mut columns = Vec::new();
    if let Some(filter) = filter {
        filter.columns(&mut columns);
    }
    let needed = joins.needed(&columns);
    writer.from(|table| needed[table], &mut statement);
    writer.filter(filter, &mut statement);
    statement
}

/// The number 1 when the entity has a row in which the properties have the values; else nothing.
#[must_use]
pub fn exists(model: &Model, entity: EntityIndex, values: &[(PropertyIndex, Value)]) -> Statement {
    let mut statement = Statement::new("SELECT 1");
    of_one_table(model, entity, values, &mut statement);
    statement.sql.push_str(" LIMIT 1");
    statement
}

/// The rows of an entity's table in which the properties have the values: no table is joined. Without any, no row.
fn of_one_table(model: &Model, entity: EntityIndex, values: &[(PropertyIndex, Value)], statement: &mut Statement) {
    let joins = Joins::of(entity);
    let writer = Writer::new(model, &joins);
    writer.from(|_| true, statement);
    writer.filter(Some(&Predicate::are(values)), statement);
}

/// Of the row of a key: whether each rule holds for it, then each property. No row when there is none that may be read.
#[must_use]
pub fn standing(
    model: &Model,
    entity: EntityIndex,
    rules: &[RowRule],
    wanted: &[PropertyIndex],
    key: &[(PropertyIndex, Value)],
) -> Statement {
    let joins = Joins::of(entity);
    let writer = Writer::new(model, &joins);
    let mut statement = Statement::new("SELECT 1");
    for rule in rules {
        statement.sql.push_str(", ");
        writer.rule(rule, 0, &mut statement);
    }
    for &property in wanted {
        statement.sql.push_str(", ");
        writer.column(ColumnRef { table: 0, property }, &mut statement.sql);
    }
    of_one_table(model, entity, key, &mut statement);
    statement
}

/// Some properties of the rows for which a filter holds, in the order of the key.
#[must_use]
pub fn filtered(model: &Model, joins: &Joins, wanted: &[PropertyIndex], filter: Option<&Predicate>) -> Statement {
    let columns: Vec<ColumnRef> = wanted.iter().map(|&property| ColumnRef { table: 0, property }).collect();
    list(model, &columns, &Parts { joins, filter, order: &[], limit: None })
}

/// The values of a column of one of the server's own tables.
#[must_use]
pub fn own_values(table: &str, column: &str) -> Statement {
    let mut statement = Statement::new("SELECT ");
    dialect::identifier(column, &mut statement.sql);
    statement.sql.push_str(" FROM ");
    dialect::identifier(table, &mut statement.sql);
    statement
}

/// Puts another value in place of one, in a column of one of the server's own tables.
#[must_use]
pub fn replace_own_value(table: &str, column: &str, old: Value, new: Value) -> Statement {
    let mut statement = Statement::new("UPDATE ");
    dialect::identifier(table, &mut statement.sql);
    for (word, value) in [(" SET ", new), (" WHERE ", old)] {
        statement.sql.push_str(word);
        dialect::identifier(column, &mut statement.sql);
        statement.sql.push_str(" = ");
        statement.value(value);
    }
    statement
}

/// Some properties of the rows in which others have these values, in the order of the key.
#[must_use]
pub fn values(
    model: &Model,
    entity: EntityIndex,
    wanted: &[PropertyIndex],
    given: &[(PropertyIndex, Value)],
) -> Statement {
    filtered(model, &Joins::of(entity), wanted, Some(&Predicate::are(given)))
}

/// Adds a row. An absent property takes the column's default.
#[must_use]
pub fn insert(service: &Service, change: &Change) -> Statement {
    let entity = service.entity(change.entity);
    let mut statement = Statement::new("INSERT INTO ");
    dialect::identifier(&entity.table, &mut statement.sql);
    if change.values.is_empty() {
        statement.sql.push_str(" DEFAULT VALUES");
    } else {
        statement.sql.push_str(" (");
        columns(entity, change.values.iter().map(|(property, _)| *property), &mut statement.sql);
        statement.sql.push_str(") VALUES (");
        for (position, (_, value)) in change.values.iter().enumerate() {
            if position > 0 {
                statement.sql.push_str(", ");
            }
            statement.value(value.clone());
        }
        statement.sql.push(')');
    }
    statement
}

/// The same, and returns the key of the row.
#[must_use]
pub fn insert_returning_key(service: &Service, change: &Change) -> Statement {
    let mut statement = insert(service, change);
    let entity = service.entity(change.entity);
    statement.sql.push_str(" RETURNING ");
    columns(entity, entity.key.iter().copied(), &mut statement.sql);
    statement
}

fn columns(entity: &Entity, properties: impl Iterator<Item = PropertyIndex>, sql: &mut String) {
    for (position, property) in properties.enumerate() {
        if position > 0 {
            sql.push_str(", ");
        }
        dialect::identifier(&entity.properties[property].column, sql);
    }
}

/// Changes the row of a key. `None` when there is nothing to set.
#[must_use]
pub fn update(service: &Service, change: &Change, key: &[(PropertyIndex, Value)]) -> Option<Statement> {
    let entity = service.entity(change.entity);
    let mut statement = Statement::new("UPDATE ");
    dialect::identifier(&entity.table, &mut statement.sql);
    statement.sql.push_str(" SET ");
    let values = change.values.iter().map(|(property, value)| (*property, Some(value)));
    let defaults = change.defaults.iter().map(|property| (*property, None));
    for (position, (property, value)) in values.chain(defaults).enumerate() {
        if position > 0 {
            statement.sql.push_str(", ");
        }
        let property = &entity.properties[property];
        dialect::identifier(&property.column, &mut statement.sql);
        statement.sql.push_str(" = ");
        match (value, &property.default) {
            (Some(value), _) => statement.value(value.clone()),
            (None, Some(default)) => {
                // The schema's own expression: as trusted as the schema.
                statement.sql.push('(');
                statement.sql.push_str(default);
                statement.sql.push(')');
            }
            (None, None) => statement.sql.push_str("NULL"),
        }
    }
    where_key(entity, key, &mut statement);
    (!change.values.is_empty() || !change.defaults.is_empty()).then_some(statement)
}

/// Removes the row of a key.
#[must_use]
pub fn delete(service: &Service, entity: EntityIndex, key: &[(PropertyIndex, Value)]) -> Statement {
    let entity = service.entity(entity);
    let mut statement = Statement::new("DELETE FROM ");
    dialect::identifier(&entity.table, &mut statement.sql);
    where_key(entity, key, &mut statement);
    statement
}

/// An empty key matches nothing, lest a slip delete a table.
fn where_key(entity: &Entity, key: &[(PropertyIndex, Value)], statement: &mut Statement) {
    statement.sql.push_str(if key.is_empty() { " WHERE 0" } else { " WHERE " });
    for (position, (property, value)) in key.iter().enumerate() {
        if position > 0 {
            statement.sql.push_str(" AND ");
        }
        dialect::identifier(&entity.properties[*property].column, &mut statement.sql);
        statement.sql.push_str(" = ");
        statement.value(value.clone());
    }
}
