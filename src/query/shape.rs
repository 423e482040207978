//! Which columns a row brings and how they nest: the entity's own, then each many-to-one relation as an object.
//!
//! Relations are followed eagerly. Along one path an entity comes up once, but for a relation of an entity to itself,
//! which is followed one level deep: the manager of an employee is shown, the manager's manager is not.

use crate::catalog::{EntityIndex, PropertyIndex, Service};

/// SQLite joins at most 64 tables; what would go beyond this is left to a request of its own.
const MOST_JOINS: usize = 40;

/// A table of the FROM clause. The first is the entity itself, the others are joined by a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// What is joined.
    pub entity: EntityIndex,
    /// The table that it is joined to, and the position of the relation there; `None` for the first.
    pub by: Option<(usize, usize)>,
}

/// The tables that a statement needs, each path once.
#[derive(Debug, Clone)]
pub struct Joins(Vec<Join>);

impl Joins {
    /// Only the entity itself, at position 0.
    #[must_use]
    pub fn of(entity: EntityIndex) -> Self {
        Self(vec![Join { entity, by: None }])
    }

    /// The position of the table that a relation of the table at `from` leads to; joined when it is not yet.
    pub fn follow(&mut self, service: &Service, from: usize, relation: usize) -> usize {
        let by = Some((from, relation));
        self.0.iter().position(|join| join.by == by).unwrap_or_else(|| {
            let target = service.entity(self.0[from].entity).relations[relation].target;
            self.0.push(Join { entity: target, by });
            self.0.len() - 1
        })
    }

    /// All tables, a table after the one that it is joined to.
    #[must_use]
    pub fn tables(&self) -> &[Join] {
        &self.0
    }

    /// For each table, whether one of the columns is its own or that of a table joined to it. The first always is.
    #[must_use]
    pub fn needed(&self, columns: &[ColumnRef]) -> Vec<bool> {
        let mut needed = vec![false; self.0.len()];
        needed[0] = true;
        for column in columns {
            let mut table = column.table;
            while !needed[table] {
                needed[table] = true;
                table = self.0[table].by.map_or(0, |(from, _)| from);
            }
        }
        needed
    }

    /// The entity of the table at a position.
    #[must_use]
    pub fn entity(&self, table: usize) -> EntityIndex {
        self.0[table].entity
    }
}

/// A column of a joined table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnRef {
    /// Position within [`Joins::tables`].
    pub table: usize,
    /// The property there.
    pub property: PropertyIndex,
}

/// An object of the answer.
#[derive(Debug, Clone)]
pub struct Node {
    /// The object's own members: `"name":` in JSON, and the position of the value among the selected columns.
    pub members: Vec<Member>,
    /// Embedded objects, after the members.
    pub relations: Vec<(String, Node)>,
    /// Selected column that is NULL exactly when this object is absent; `None` for the row itself.
    pub presence: Option<usize>,
}

/// A value of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// `"name":`, ready to be written.
    pub key: String,
    /// How the value is written.
    pub kind: crate::catalog::Kind,
    /// Position among the selected columns.
    pub column: usize,
}

/// What to select for an entity, and how to nest it.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Tables.
    pub joins: Joins,
    /// Selected columns, in order.
    pub columns: Vec<ColumnRef>,
    /// The nesting.
    pub root: Node,
}

impl Shape {
    /// The entity with all its relations.
    #[must_use]
    pub fn of(service: &Service, entity: EntityIndex) -> Self {
        let mut builder = Builder { service, joins: Joins::of(entity), columns: Vec::new() };
        let root = builder.node(0, None, &[entity]);
        Self { joins: builder.joins, columns: builder.columns, root }
    }
}

struct Builder<'a> {
    service: &'a Service,
    joins: Joins,
    columns: Vec<ColumnRef>,
}

impl Builder<'_> {
    /// `path` holds the entities from the row down to this object; its last is the object's own.
    fn node(&mut self, table: usize, presence: Option<usize>, path: &[EntityIndex]) -> Node {
        let service = self.service;
        let index = self.joins.entity(table);
        let entity = service.entity(index);
        let mut members = Vec::with_capacity(entity.properties.len());
        for (position, property) in entity.properties.iter().enumerate() {
            if !property.is_secret() {
                let key = format!("{}:", serde_json::Value::from(property.name.as_str()));
                let column = self.select(ColumnRef { table, property: position });
                members.push(Member { key, kind: property.kind, column });
            }
        }
        let mut relations = Vec::new();
        for (position, relation) in entity.relations.iter().enumerate() {
            let inside_itself = path.len() > 1 && path[path.len() - 2] == index;
            let followed = if relation.target == index { !inside_itself } else { !path.contains(&relation.target) };
            if followed && self.joins.tables().len() <= MOST_JOINS {
                let joined = self.joins.follow(service, table, position);
                let presence = self.select(ColumnRef { table: joined, property: relation.to[0] });
                let deeper: Vec<EntityIndex> = path.iter().copied().chain([relation.target]).collect();
                let key = format!("{}:", serde_json::Value::from(relation.name.as_str()));
                relations.push((key, self.node(joined, Some(presence), &deeper)));
            }
        }
        Node { members, relations, presence }
    }

    fn select(&mut self, column: ColumnRef) -> usize {
        self.columns.iter().position(|other| *other == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }
}
