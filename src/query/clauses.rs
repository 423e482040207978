//! The clauses of a SELECT over some tables.
//!
//! Wherever the table of an entity stands here, only those of its rows are taken that the model's reader may read: in
//! `FROM` for a table that is joined, in `WHERE` for the first. What is joined and not to be read is absent, as if the
//! foreign key named nothing.

use std::cell::RefCell;

use super::asker::Asker;
use super::dialect;
use super::model::Model;
use super::predicate::{Predicate, Term};
use super::rights::{Condition, RowRule, Verb};
use super::select::OrderTerm;
use super::shape::{ColumnRef, Joins};
use super::statement::Statement;
use super::template::{Open, value_now};
use super::value::Value;
use crate::catalog::{Kind, Service};
use crate::filter::Comparison;

/// Writes clauses.
pub struct Writer<'a> {
    service: &'a Service,
    joins: &'a Joins,
    asker: Option<&'a Asker>,
    scope: Scope<'a>,
    /// Where terms are left open whose values are another for each caller or moment.
    open: Option<&'a RefCell<Open>>,
}

/// Where the columns stand that a condition names.
#[derive(Clone, Copy)]
enum Scope<'a> {
    /// Every table is joined, and what may be read of it is the model's.
    Joined(&'a Model),
    /// The first table stands under this alias in the statement around; the others are looked up from there.
    Within(usize),
    /// The same, but one of the others is what is being selected from.
    Through(usize, usize),
}

/// The end of a list that its order begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    First,
    Last,
}

/// Whether false and NULL may stand for each other: nothing above a condition turns it round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Positive,
    Any,
}

impl<'a> Writer<'a> {
    /// For a statement over these tables.
    pub fn new(model: &'a Model, joins: &'a Joins) -> Self {
        Self { service: &model.service, joins, asker: model.asker(), scope: Scope::Joined(model), open: None }
    }

    /// For a statement that is written once for all callers and moments.
    pub fn beforehand(model: &'a Model, joins: &'a Joins, open: &'a RefCell<Open>) -> Self {
        Self { open: Some(open), ..Self::new(model, joins) }
    }

    pub fn column(&self, column: ColumnRef, sql: &mut String) {
        match self.scope {
            Scope::Joined(_) => self.plain_column("t", column.table, column, sql),
            Scope::Within(outer) | Scope::Through(outer, _) if column.table == 0 => {
                self.plain_column("t", outer, column, sql);
            }
            Scope::Through(_, table) if column.table == table => self.plain_column("r", table, column, sql),
            Scope::Within(_) | Scope::Through(..) => self.looked_up(column, sql),
        }
    }

    fn plain_column(&self, letter: &str, alias: usize, column: ColumnRef, sql: &mut String) {
        let entity = self.service.entity(self.joins.entity(column.table));
        sql.push_str(letter);
        dialect::number(alias, sql);
        sql.push('.');
        dialect::identifier(&entity.properties[column.property].column, sql);
    }

    /// The column of a related row, NULL when there is none: what an outer join would give.
    fn looked_up(&self, column: ColumnRef, sql: &mut String) {
        sql.push_str("(SELECT ");
        self.plain_column("r", column.table, column, sql);
        self.related_table(column.table, sql);
        if let Some((from, relation)) = self.joins.tables()[column.table].by {
            let relation = &self.service.entity(self.joins.entity(from)).relations[relation];
            for (position, (&here, &there)) in relation.from.iter().zip(&relation.to).enumerate() {
                sql.push_str(if position == 0 { " WHERE " } else { " AND " });
                self.plain_column("r", column.table, ColumnRef { table: column.table, property: there }, sql);
                sql.push_str(" = ");
                self.column(ColumnRef { table: from, property: here }, sql);
            }
        }
        sql.push(')');
    }

    fn related_table(&self, table: usize, sql: &mut String) {
        sql.push_str(" FROM ");
        dialect::identifier(&self.service.entity(self.joins.entity(table)).table, sql);
        sql.push_str(" r");
        dialect::number(table, sql);
    }

    /// Whether one of the rules holds for the row of the table at `alias`; without rules, nothing is written.
    pub fn rules(&self, rules: &[RowRule], alias: usize, before: &str, statement: &mut Statement) {
        for (position, rule) in rules.iter().enumerate() {
            statement.sql.push_str(if position == 0 { before } else { " OR " });
            statement.sql.push_str(if position == 0 { "(" } else { "" });
            self.rule(rule, alias, statement);
        }
        statement.sql.push_str(if rules.is_empty() { "" } else { ")" });
    }

    /// Whether a rule holds for the row of the table at `alias`.
    pub fn rule(&self, rule: &RowRule, alias: usize, statement: &mut Statement) {
        match &rule.condition {
            Some(Condition { service, joins, predicate }) => {
                statement.volatile |= joins.tables().iter().any(|join| service.entity(join.entity).volatile);
                Writer { service, joins, scope: Scope::Within(alias), ..*self }.predicate(
                    predicate,
                    Sign::Positive,
                    statement,
                );
            }
            None => statement.sql.push('1'),
        }
    }

    /// What may be read of the table at a position.
    fn readable(&self, table: usize) -> &'a [RowRule] {
        match self.scope {
            Scope::Joined(model) => model.right(self.joins.entity(table), Verb::Read).rules(),
            Scope::Within(_) | Scope::Through(..) => &[],
        }
    }

    /// The related table that a condition is about, when an index there can find the rows: a plain comparison of columns of
    /// that table alone, reached by foreign keys of one column each.
    fn only_table(&self, predicate: &Predicate) -> Option<usize> {
        let comparison = matches!(
            predicate,
            Predicate::Compare(..) | Predicate::Between(..) | Predicate::In(..) | Predicate::Glob(..)
        );
        let mut columns = Vec::new();
        predicate.columns(&mut columns);
        let table = columns.first().filter(|_| comparison && matches!(self.scope, Scope::Within(_)))?.table;
        let mut at = table;
        while let Some((from, relation)) = self.joins.tables()[at].by {
            if self.service.entity(self.joins.entity(from)).relations[relation].from.len() != 1 {
                return None;
            }
            at = from;
        }
        (table > 0 && columns.iter().all(|column| column.table == table)).then_some(table)
    }

    /// `foreign key IN (SELECT key FROM related WHERE …)`, once for each relation on the way to a table.
    fn through(&self, table: usize, statement: &mut Statement, inner: &mut dyn FnMut(&Self, &mut Statement)) {
        let (Scope::Within(outer), Some((from, relation))) = (self.scope, self.joins.tables()[table].by) else {
            return;
        };
        let relation = &self.service.entity(self.joins.entity(from)).relations[relation];
        let mut this = |writer: &Self, statement: &mut Statement| {
            writer.column(ColumnRef { table: from, property: relation.from[0] }, &mut statement.sql);
            statement.sql.push_str(" IN (SELECT ");
            let related = Self { scope: Scope::Through(outer, table), ..*self };
            related.column(ColumnRef { table, property: relation.to[0] }, &mut statement.sql);
            self.related_table(table, &mut statement.sql);
            statement.sql.push_str(" WHERE ");
            inner(&related, statement);
            statement.sql.push(')');
        };
        if from == 0 { this(self, statement) } else { self.through(from, statement, &mut this) }
    }

    pub fn from(&self, wanted: impl Fn(usize) -> bool, statement: &mut Statement) {
        for (table, join) in self.joins.tables().iter().enumerate().filter(|(table, _)| wanted(*table)) {
            let sql = &mut statement.sql;
            sql.push_str(if join.by.is_none() { " FROM " } else { " LEFT JOIN " });
            let entity = self.service.entity(join.entity);
            dialect::identifier(&entity.table, sql);
            sql.push_str(" t");
            dialect::number(table, sql);
            statement.volatile |= entity.volatile;
            if let Some((from, relation)) = join.by {
                let relation = &self.service.entity(self.joins.entity(from)).relations[relation];
                for (position, (&here, &there)) in relation.from.iter().zip(&relation.to).enumerate() {
                    sql.push_str(if position == 0 { " ON " } else { " AND " });
                    self.column(ColumnRef { table, property: there }, sql);
                    sql.push_str(" = ");
                    self.column(ColumnRef { table: from, property: here }, sql);
                }
                self.rules(self.readable(table), table, " AND ", statement);
            }
        }
    }

    pub fn filter(&self, filter: Option<&Predicate>, statement: &mut Statement) {
        let readable = self.readable(0);
        self.rules(readable, 0, " WHERE ", statement);
        if let Some(predicate) = filter {
            statement.sql.push_str(if readable.is_empty() { " WHERE " } else { " AND " });
            self.predicate(predicate, Sign::Any, statement);
        }
    }

    fn predicate(&self, predicate: &Predicate, sign: Sign, statement: &mut Statement) {
        if sign == Sign::Positive
            && let Some(table) = self.only_table(predicate)
        {
            self.through(table, statement, &mut |writer, statement| writer.predicate(predicate, Sign::Any, statement));
            return;
        }
        match predicate {
            Predicate::All(parts) => self.chain(parts, " AND ", "1", sign, statement),
            Predicate::Any(parts) => self.chain(parts, " OR ", "0", sign, statement),
            Predicate::Not(part) => {
                statement.sql.push_str("NOT (");
                self.predicate(part, Sign::Any, statement);
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
            Predicate::In(term, items) => {
                self.term(term, statement);
                statement.sql.push_str(" IN (");
                for (position, item) in items.iter().enumerate() {
                    statement.sql.push_str(if position > 0 { ", " } else { "" });
                    self.term(item, statement);
                }
                statement.sql.push(')');
            }
            Predicate::Glob(term, pattern) => {
                let range = self.range(term, pattern);
                statement.sql.push_str(if range.is_some() { "(" } else { "" });
                self.term(term, statement);
                statement.sql.push_str(dialect::MATCHES);
                statement.value(Value::Text(pattern.clone()));
                if let Some((low, high)) = range {
                    for (comparison, bound) in [(" >= ", low), (" < ", high)] {
                        statement.sql.push_str(" AND ");
                        self.term(term, statement);
                        statement.sql.push_str(comparison);
                        statement.value(Value::Text(bound));
                    }
                    statement.sql.push(')');
                }
            }
            Predicate::Never => statement.sql.push_str("NULL"),
        }
    }

    /// Between what all texts lie that match a pattern, where it begins with plain letters: an index can find these. SQLite finds it
    /// out by itself only for a statement that is planned for one value.
    fn range(&self, term: &Term, pattern: &str) -> Option<(String, String)> {
        let Term::Column(column) = term else { return None };
        let property = &self.service.entity(self.joins.entity(column.table)).properties[column.property];
        let low: String = pattern.chars().take_while(|letter| !"*?[".contains(*letter)).collect();
        let mut high = low.clone();
        let next = char::from_u32(u32::from(high.pop()?) + 1)?;
        high.push(next);
        (property.kind == Kind::Text).then_some((low, high))
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
            Term::Now(_) | Term::Asker(_) => {
                statement.volatile |= matches!(term, Term::Now(_));
                if let Some(open) = self.open {
                    open.borrow_mut().push((statement.parameters.len(), term.clone()));
                    statement.value(Value::Null);
                } else {
                    statement.value(value_now(term, self.asker));
                }
            }
        }
    }

    /// Writes parts in halves of halves: SQLite bounds the depth of an expression, and a plain chain is as deep as long.
    fn chain(&self, parts: &[Predicate], between: &str, nothing: &str, sign: Sign, statement: &mut Statement) {
        match parts {
            [] => statement.sql.push_str(nothing),
            [only] => self.predicate(only, sign, statement),
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                statement.sql.push('(');
                self.chain(left, between, nothing, sign, statement);
                statement.sql.push_str(between);
                self.chain(right, between, nothing, sign, statement);
                statement.sql.push(')');
            }
        }
    }

    /// What was asked for, then the key: pages must neither repeat nor lose a row. The key goes the way of the last term, as it
    /// does in an index that is read in that direction.
    pub fn order(&self, order: &[OrderTerm], from: End, sql: &mut String) {
        let key = &self.service.entity(self.joins.entity(0)).key;
        let descending = order.last().is_some_and(|term| term.descending);
        let rest = key.iter().map(|&property| OrderTerm { column: ColumnRef { table: 0, property }, descending });
        let mut written: Vec<ColumnRef> = Vec::new();
        for term in order.iter().copied().chain(rest) {
            if written.contains(&term.column) {
                continue;
            }
            sql.push_str(if written.is_empty() { " ORDER BY " } else { ", " });
            self.column(term.column, sql);
            let entity = self.service.entity(self.joins.entity(term.column.table));
            let nullable = term.column.table > 0 || entity.properties[term.column.property].nullable;
            sql.push_str(match from {
                End::First => dialect::direction(term.descending, nullable),
                End::Last => dialect::opposite_direction(term.descending, nullable),
            });
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
