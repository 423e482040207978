//! Intent to write: from a JSON object to the columns that it sets.
//!
//! Rules of the wire: unknown members are ignored; the object of a relation sets the foreign key by the key that it
//! holds, and of several members that set one column the last in the text wins; a null object leaves the key alone;
//! bytes are not written by JSON.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::QueryError;
use super::value::{self, BadValue, Value};
use crate::catalog::{Access, Entity, EntityIndex, Kind, PropertyIndex, Service};

/// How a body is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// A new row: what is absent takes the column's default.
    Create,
    /// The whole row: what is absent becomes its default or NULL, but for secrets, bytes and what may not be changed, which stay.
    Whole,
    /// Only what is sent.
    Sent,
}

/// The members of a JSON object as they stand in the text, where their names stay: in their order, and a name twice if it is
/// there twice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, Json)>);

/// Values for some columns of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whose row.
    pub entity: EntityIndex,
    /// What to set.
    pub values: Vec<(PropertyIndex, Value)>,
    /// Absent properties of a whole row that take the column's default.
    pub defaults: Vec<PropertyIndex>,
}

/// Reads a body.
///
/// # Errors
/// [`QueryError`] for a member that its property cannot take, and for an entity that cannot be written.
pub fn read_change(
    service: &Service,
    index: EntityIndex,
    body: Members<'_>,
    mode: Replace,
) -> Result<Change, QueryError> {
    let entity = service.entity(index);
    if !entity.writable || (mode != Replace::Create && entity.key.is_empty()) {
        return Err(QueryError::ReadOnly(entity.name.clone()));
    }
    let mut set = Setter { entity, mode, values: vec![None; entity.properties.len()] };
    for (name, json) in body.0 {
        if let Some(property) = entity.property(&name) {
            set.property(property, json)?;
        } else if let Some(relation) = entity.relation(&name) {
            let Json::Object(object) = json else {
                if json.is_null() {
                    continue;
                }
                return Err(set.wrong(format!("{name} must be an object or null")));
            };
            let target = service.entity(relation.target);
            for (&from, &to) in relation.from.iter().zip(&relation.to) {
                if let Some(key) = object.get(&target.properties[to].name) {
                    set.property(from, key.clone())?;
                }
            }
        }
    }
    Ok(set.finish(index))
}

struct Setter<'a> {
    entity: &'a Entity,
    mode: Replace,
    values: Vec<Option<Value>>,
}

impl Setter<'_> {
    fn property(&mut self, index: PropertyIndex, json: Json) -> Result<(), QueryError> {
        let property = &self.entity.properties[index];
        let in_key = self.entity.key.contains(&index);
        let ignored = property.generated
            || property.kind == Kind::Blob
            || (in_key && (self.mode != Replace::Create || self.entity.generated_key));
        if ignored {
            return Ok(());
        }
        let value = value::from_json(property, json).map_err(|error| match error {
            BadValue::Type(text) => self.wrong(text),
            BadValue::Constraint(text) => QueryError::Constraint(text),
        })?;
        if value == Value::Null && !property.nullable {
            return Err(QueryError::Constraint(format!("{} must not be null", property.name)));
        }
        self.values[index] = Some(value);
        Ok(())
    }

    fn wrong(&self, text: String) -> QueryError {
        if self.mode == Replace::Sent { QueryError::BadPatch(text) } else { QueryError::InvalidBody(text) }
    }

    fn finish(self, entity: EntityIndex) -> Change {
        let mut change = Change { entity, values: Vec::with_capacity(self.values.len()), defaults: Vec::new() };
        for (index, value) in self.values.into_iter().enumerate() {
            let property = &self.entity.properties[index];
            let kept = property.access != Access::Full
                || property.generated
                || property.kind == Kind::Blob
                || self.entity.key.contains(&index);
            match value {
                Some(value) => change.values.push((index, value)),
                None if self.mode != Replace::Whole || kept => {}
                None if property.default.is_some() => change.defaults.push(index),
                None => change.values.push((index, Value::Null)),
            }
        }
        change
    }
}

/// The key that a path segment gives.
///
/// # Errors
/// [`QueryError::InvalidInput`] when the segment is not what the key takes, or the key is not a single property.
pub fn key_from_text(entity: &Entity, segment: &str) -> Result<Vec<(PropertyIndex, Value)>, QueryError> {
    let invalid = |name: &str| QueryError::InvalidInput(name.to_owned());
    let index = entity.single_key().ok_or_else(|| invalid("id"))?;
    let property = &entity.properties[index];
    let value = value::from_text(property, segment).map_err(|_| invalid(&property.name))?;
    Ok(vec![(index, value)])
}

/// The values of several properties, from query parameters named like them.
///
/// # Errors
/// [`QueryError::InvalidInput`] with the name of the first that is missing or unusable.
pub fn key_from_pairs<'a>(
    entity: &Entity,
    properties: &[PropertyIndex],
    find: impl Fn(&str) -> Option<&'a str>,
) -> Result<Vec<(PropertyIndex, Value)>, QueryError> {
    properties
        .iter()
        .map(|&index| {
            let property = &entity.properties[index];
            let value = find(&property.name).and_then(|text| value::from_text(property, text).ok());
            value.map(|value| (index, value)).ok_or_else(|| QueryError::InvalidInput(property.name.clone()))
        })
        .collect()
}
