//! Writes statements. Names come from the catalog, values become parameters; no text of a request gets in here.

use super::change::Change;
use super::dialect;
use super::select::{OrderTerm, Predicate, Select};
use super::shape::{ColumnRef, Joins, Shape};
use super::value::Value;
use crate::catalog::{Entity, EntityIndex, PropertyIndex, Service};

/// SQL text and its parameters, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// The values of `?1`, `?2` and so on.
    pub parameters: Vec<Value>,
}

impl Statement {
    fn new(start: &str) -> Self {
        let mut sql = String::with_capacity(512);
        sql.push_str(start);
        Self { sql, parameters: Vec::new() }
    }

    fn value(&mut self, value: Value) {
        self.parameters.push(value);
        dialect::parameter(self.parameters.len(), &mut self.sql);
    }
}

/// The rows of a page, in the shape's columns.
#[must_use]
pub fn select(service: &Service, shape: &Shape, select: &Select) -> Statement {
    let mut statement = Statement::new("SELECT ");
    let writer = Writer { service, joins: &select.joins };
    for (position, column) in shape.columns.iter().enumerate() {
        if position > 0 {
            statement.sql.push_str(", ");
        }
        writer.column(*column, &mut statement.sql);
    }
    writer.from(|_| true, &mut statement.sql);
    writer.filter(select.filter.as_ref(), &mut statement);
    writer.order(&select.order, &mut statement.sql);
    statement.sql.push_str(" LIMIT ");
    statement.value(Value::Integer(i64::from(select.page.size)));
    if select.page.number > 0 {
        statement.sql.push_str(" OFFSET ");
        statement.value(Value::Integer(i64::try_from(select.page.offset()).unwrap_or(i64::MAX)));
    }
    statement
}

/// How many rows a filter leaves.
#[must_use]
pub fn count(service: &Service, joins: &Joins, filter: Option<&Predicate>) -> Statement {
    let mut statement = Statement::new("SELECT count(*)");
    let writer = Writer { service, joins };
    // SQLite would carry out every join, needed or not.
    let mut columns = Vec::new();
    if let Some(filter) = filter {
        filter.columns(&mut columns);
    }
    let needed = joins.needed(&columns);
    writer.from(|table| needed[table], &mut statement.sql);
    writer.filter(filter, &mut statement);
    statement
}

/// The number 1 when the entity has a row in which the properties have the values; else nothing.
#[must_use]
pub fn exists(service: &Service, entity: EntityIndex, values: &[(PropertyIndex, Value)]) -> Statement {
    let entity = service.entity(entity);
    let mut statement = Statement::new("SELECT 1 FROM ");
    dialect::identifier(&entity.table, &mut statement.sql);
    where_key(entity, values, &mut statement);
    statement.sql.push_str(" LIMIT 1");
    statement
}

/// The number 1 when a property of a row has a value that stands in a column of some other table; else nothing.
#[must_use]
pub fn held_by(
    service: &Service,
    entity: EntityIndex,
    property: PropertyIndex,
    table: &str,
    column: &str,
) -> Statement {
    let entity = service.entity(entity);
    let mut statement = Statement::new("SELECT 1 FROM ");
    dialect::identifier(&entity.table, &mut statement.sql);
    statement.sql.push_str(" WHERE ");
    dialect::identifier(&entity.properties[property].column, &mut statement.sql);
    statement.sql.push_str(" IN (SELECT ");
    dialect::identifier(column, &mut statement.sql);
    statement.sql.push_str(" FROM ");
    dialect::identifier(table, &mut statement.sql);
    statement.sql.push_str(") LIMIT 1");
    statement
}

/// Some properties of the rows in which others have these values, in the order of the key.
#[must_use]
pub fn values(
    service: &Service,
    entity: EntityIndex,
    wanted: &[PropertyIndex],
    given: &[(PropertyIndex, Value)],
) -> Statement {
    let entity = service.entity(entity);
    let mut statement = Statement::new("SELECT ");
    columns(entity, wanted.iter().copied(), &mut statement.sql);
    statement.sql.push_str(" FROM ");
    dialect::identifier(&entity.table, &mut statement.sql);
    where_key(entity, given, &mut statement);
    statement.sql.push_str(if entity.key.is_empty() { "" } else { " ORDER BY " });
    columns(entity, entity.key.iter().copied(), &mut statement.sql);
    statement
}

/// Adds a row and returns its key. An absent property takes the column's default.
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

/// Writes the parts of a SELECT over some tables.
struct Writer<'a> {
    service: &'a Service,
    joins: &'a Joins,
}

impl Writer<'_> {
    fn column(&self, column: ColumnRef, sql: &mut String) {
        let entity = self.service.entity(self.joins.entity(column.table));
        alias(column.table, sql);
        sql.push('.');
        dialect::identifier(&entity.properties[column.property].column, sql);
    }

    fn from(&self, wanted: impl Fn(usize) -> bool, sql: &mut String) {
        for (table, join) in self.joins.tables().iter().enumerate().filter(|(table, _)| wanted(*table)) {
            sql.push_str(if join.by.is_none() { " FROM " } else { " LEFT JOIN " });
            dialect::identifier(&self.service.entity(join.entity).table, sql);
            sql.push(' ');
            alias(table, sql);
            if let Some((from, relation)) = join.by {
                let relation = &self.service.entity(self.joins.entity(from)).relations[relation];
                for (position, (&here, &there)) in relation.from.iter().zip(&relation.to).enumerate() {
                    sql.push_str(if position == 0 { " ON " } else { " AND " });
                    self.column(ColumnRef { table, property: there }, sql);
                    sql.push_str(" = ");
                    self.column(ColumnRef { table: from, property: here }, sql);
                }
            }
        }
    }

    fn filter(&self, filter: Option<&Predicate>, statement: &mut Statement) {
        if let Some(predicate) = filter {
            statement.sql.push_str(" WHERE ");
            self.predicate(predicate, statement);
        }
    }

    fn predicate(&self, predicate: &Predicate, statement: &mut Statement) {
        match predicate {
            Predicate::All(parts) => {
                statement.sql.push_str(if parts.is_empty() { "1" } else { "(" });
                for (position, part) in parts.iter().enumerate() {
                    if position > 0 {
                        statement.sql.push_str(" AND ");
                    }
                    self.predicate(part, statement);
                }
                statement.sql.push_str(if parts.is_empty() { "" } else { ")" });
            }
            Predicate::Is(column, value) => {
                self.column(*column, &mut statement.sql);
                statement.sql.push_str(dialect::IS);
                statement.value(value.clone());
            }
        }
    }

    /// What was asked for, then the key: pages must neither repeat nor lose a row.
    fn order(&self, order: &[OrderTerm], sql: &mut String) {
        let key = &self.service.entity(self.joins.entity(0)).key;
        let rest =
            key.iter().map(|&property| OrderTerm { column: ColumnRef { table: 0, property }, descending: false });
        let mut written: Vec<ColumnRef> = Vec::new();
        for term in order.iter().copied().chain(rest) {
            if written.contains(&term.column) {
                continue;
            }
            sql.push_str(if written.is_empty() { " ORDER BY " } else { ", " });
            self.column(term.column, sql);
            let entity = self.service.entity(self.joins.entity(term.column.table));
            let nullable = term.column.table > 0 || entity.properties[term.column.property].nullable;
            sql.push_str(dialect::direction(term.descending, nullable));
            written.push(term.column);
        }
    }
}

fn alias(table: usize, sql: &mut String) {
    sql.push('t');
    sql.push_str(&table.to_string());
}
