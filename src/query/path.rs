//! Dotted paths over relations: `department.name`.

use super::shape::{ColumnRef, Joins};
use crate::catalog::Service;

/// Tables of one statement; SQLite stops at 64.
const MOST_TABLES: usize = 60;

/// Where a path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At a column.
    Column(ColumnRef),
    /// At a relation: the table that has it, and its position there.
    Relation(usize, usize),
}

/// Follows a path from the first table; `None` when it leads nowhere. Relations on the way are joined, but for one whose
/// key is all that is asked for: the foreign key holds it.
pub fn follow(service: &Service, joins: &mut Joins, segments: &[&str]) -> Option<Place> {
    let mut table = 0;
    let (last, relations) = segments.split_last()?;
    for (position, segment) in relations.iter().enumerate() {
        let entity = service.entity(joins.entity(table));
        let number = entity.relations.iter().position(|relation| relation.name == *segment)?;
        if position + 1 == relations.len() {
            let relation = &entity.relations[number];
            let property = service.entity(relation.target).readable(last);
            if let Some(at) = relation.to.iter().position(|to| Some(*to) == property) {
                return Some(Place::Column(ColumnRef { table, property: relation.from[at] }));
            }
        }
        if joins.tables().len() >= MOST_TABLES {
            return None;
        }
        table = joins.follow(service, table, number);
    }
    let entity = service.entity(joins.entity(table));
    if let Some(property) = entity.readable(last) {
        return Some(Place::Column(ColumnRef { table, property }));
    }
    let relation = entity.relations.iter().position(|relation| relation.name == *last)?;
    Some(Place::Relation(table, relation))
}
