//! The clauses of a SELECT over some tables.

use super::dialect;
use super::predicate::{Predicate, Term};
use super::select::OrderTerm;
use super::shape::{ColumnRef, Joins};
use super::statement::Statement;
use super::value::Value;
use crate::catalog::Service;
use crate::filter::Comparison;

/// Writes clauses.
pub struct Writer<'a> {
    pub service: &'a Service,
    pub joins: &'a Joins,
}

impl Writer<'_> {
    pub fn column(&self, column: ColumnRef, sql: &mut String) {
        let entity = self.service.entity(self.joins.entity(column.table));
        alias(column.table, sql);
        sql.push('.');
        dialect::identifier(&entity.properties[column.property].column, sql);
    }

    pub fn from(&self, wanted: impl Fn(usize) -> bool, sql: &mut String) {
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

    pub fn filter(&self, filter: Option<&Predicate>, statement: &mut Statement) {
        if let Some(predicate) = filter {
            statement.sql.push_str(" WHERE ");
            self.predicate(predicate, statement);
        }
    }

    fn predicate(&self, predicate: &Predicate, statement: &mut Statement) {
        match predicate {
            Predicate::All(parts) => self.chain(parts, " AND ", "1", statement),
            Predicate::Any(parts) => self.chain(parts, " OR ", "0", statement),
            Predicate::Not(part) => {
                statement.sql.push_str("NOT (");
                self.predicate(part, statement);
                statement.sql.push(')');
            }
            Predicate::Is(column, value) => {
                self.column(*column, &mut statement.sql);
                statement.sql.push_str(dialect::IS);
                statement.value(value.clone());
            }
            Predicate::IsNull(column) => {
                self.column(*column, &mut statement.sql);
                statement.sql.push_str(" IS NULL");
            }
            Predicate::Compare(left, operator, right) => {
                self.term(left, statement);
                statement.sql.push_str(comparison(*operator));
                self.term(right, statement);
            }
            Predicate::Between(term, low, high) => {
                self.term(term, statement);
                statement.sql.push_str(" BETWEEN ");
                self.term(low, statement);
                statement.sql.push_str(" AND ");
                self.term(high, statement);
            }
            Predicate::In(term, values) => {
                self.term(term, statement);
                statement.sql.push_str(" IN (");
                for (position, value) in values.iter().enumerate() {
                    if position > 0 {
                        statement.sql.push_str(", ");
                    }
                    statement.value(value.clone());
                }
                statement.sql.push(')');
            }
            Predicate::Glob(term, pattern) => {
                self.term(term, statement);
                statement.sql.push_str(dialect::MATCHES);
                statement.value(Value::Text(pattern.clone()));
            }
            Predicate::Never => statement.sql.push_str("NULL"),
        }
    }

    fn term(&self, term: &Term, statement: &mut Statement) {
        match term {
            Term::Column(column) => self.column(*column, &mut statement.sql),
            Term::Folded(column, case) => {
                statement.sql.push_str(dialect::fold(*case));
                statement.sql.push('(');
                self.column(*column, &mut statement.sql);
                statement.sql.push(')');
            }
            Term::Value(value) => statement.value(value.clone()),
        }
    }

    /// Writes parts in halves of halves: SQLite bounds the depth of an expression, and a plain chain is as deep as long.
    fn chain(&self, parts: &[Predicate], between: &str, nothing: &str, statement: &mut Statement) {
        match parts {
            [] => statement.sql.push_str(nothing),
            [only] => self.predicate(only, statement),
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                statement.sql.push('(');
                self.chain(left, between, nothing, statement);
                statement.sql.push_str(between);
                self.chain(right, between, nothing, statement);
                statement.sql.push(')');
            }
        }
    }

    /// What was asked for, then the key: pages must neither repeat nor lose a row.
    pub fn order(&self, order: &[OrderTerm], sql: &mut String) {
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

fn comparison(operator: Comparison) -> &'static str {
    match operator {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}

fn alias(table: usize, sql: &mut String) {
    sql.push('t');
    sql.push_str(&table.to_string());
}
