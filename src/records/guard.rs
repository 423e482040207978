//! The rules about rows, asked before and after a change within its transaction.
//!
//! One rule must allow all of a change: the row as it was, the row as it becomes, and each property that differs. Two
//! rules of which one allows the first and one the second allow nothing, or a row could be moved from one into the other.

use super::RecordError;
use super::error::key_text;
use crate::catalog::{Access, EntityIndex, PropertyIndex};
use crate::query::{self, Change, Model, Right, RowRule, Value, Verb};
use crate::store::Transaction;

/// What must be asked about the changes of an entity.
pub struct Guard<'a> {
    model: &'a Model,
    entity: EntityIndex,
    rules: &'a [RowRule],
    /// The properties whose change somebody wants to know of.
    watched: Vec<PropertyIndex>,
}

/// A row, as the rules see it.
pub struct Standing {
    /// Whether each rule holds for it.
    holds: Vec<bool>,
    /// The watched properties.
    values: Vec<Value>,
}

impl<'a> Guard<'a> {
    /// What to ask when this is to be done; `None` when everything is allowed.
    ///
    /// # Errors
    /// [`RecordError::Forbidden`] when nothing is.
    pub fn of(model: &'a Model, entity: EntityIndex, verb: Verb) -> Result<Option<Self>, RecordError> {
        let right = model.right(entity, verb);
        if !right.is_some() {
            return Err(RecordError::Forbidden(None));
        }
        let rules = right.rules();
        let described = model.service.entity(entity);
        let read_only = described.properties.iter().any(|property| property.access == Access::ReadOnly);
        let refers = described.relations.iter().any(|relation| hides_rows(model, relation.target));
        let changes = verb != Verb::Delete;
        let partial = rules.iter().any(|rule| rule.properties.is_some());
        let watched = if changes && (read_only || refers || partial) {
            (0..described.properties.len()).collect()
        } else {
            Vec::new()
        };
        let free = rules.is_empty() && watched.is_empty() && !hides_rows(model, entity);
        Ok((!free).then_some(Self { model, entity, rules, watched }))
    }

    /// Looks at the row before it is changed or removed.
    ///
    /// # Errors
    /// [`RecordError::NotFound`] for a row that may not be read, [`RecordError::Forbidden`] for one that may not be touched.
    pub fn before(
        &self,
        transaction: &Transaction<'_>,
        key: &[(PropertyIndex, Value)],
    ) -> Result<Standing, RecordError> {
        let standing = self.look(transaction, key)?.ok_or_else(|| RecordError::NotFound(key_text(key)))?;
        if !self.rules.is_empty() && !standing.holds.contains(&true) {
            return Err(RecordError::Forbidden(None));
        }
        Ok(standing)
    }

    /// Looks at the row after it was changed.
    ///
    /// # Errors
    /// [`RecordError::Forbidden`], naming the property when it is one that the caller may not change, and
    /// [`RecordError::Conflict`] for a foreign key that now names a row that he may not read.
    pub fn after(
        &self,
        transaction: &Transaction<'_>,
        key: &[(PropertyIndex, Value)],
        change: &Change,
        before: &Standing,
    ) -> Result<(), RecordError> {
        let after = self.look(transaction, key)?.ok_or(RecordError::Forbidden(None))?;
        // What a trigger has changed besides is not the caller's doing.
        let sent = change.values.iter().map(|(property, _)| property).chain(&change.defaults);
        let differs = |property: &&PropertyIndex| before.values.get(**property) != after.values.get(**property);
        let changed: Vec<PropertyIndex> = sent.filter(differs).copied().collect();
        let holds: Vec<bool> = before.holds.iter().zip(&after.holds).map(|(before, after)| *before && *after).collect();
        self.judge(&holds, &changed)?;
        self.references(transaction, &changed, &after)
    }

    /// Looks at a row that is new.
    ///
    /// # Errors
    /// As for [`Guard::after`].
    pub fn created(
        &self,
        transaction: &Transaction<'_>,
        key: &[(PropertyIndex, Value)],
        change: &Change,
    ) -> Result<(), RecordError> {
        let standing = self.look(transaction, key)?.ok_or(RecordError::Forbidden(None))?;
        let set = change.values.iter().filter(|(_, value)| *value != Value::Null);
        let set: Vec<PropertyIndex> = set.map(|(property, _)| *property).collect();
        self.judge(&standing.holds, &set)?;
        self.references(transaction, &set, &standing)
    }

    fn look(
        &self,
        transaction: &Transaction<'_>,
        key: &[(PropertyIndex, Value)],
    ) -> Result<Option<Standing>, RecordError> {
        let statement = query::standing(self.model, self.entity, self.rules, &self.watched, key);
        let Some(mut row) = transaction.reader().rows(&statement)?.pop() else { return Ok(None) };
        let values = row.split_off(1 + self.rules.len());
        // A condition about what is NULL is not fulfilled.
        let holds = row[1..].iter().map(|value| matches!(value, Value::Integer(held) if *held != 0)).collect();
        Ok(Some(Standing { holds, values }))
    }

    fn judge(&self, holds: &[bool], changed: &[PropertyIndex]) -> Result<(), RecordError> {
        let properties = &self.model.service.entity(self.entity).properties;
        let read_only = changed.iter().find(|&&property| properties[property].access == Access::ReadOnly);
        if let Some(&property) = read_only {
            return Err(RecordError::Forbidden(Some(properties[property].name.clone())));
        }
        let beyond = |rule: &RowRule| {
            let listed = rule.properties.as_ref()?;
            changed.iter().map(|&property| &properties[property].name).find(|name| !listed.contains(name))
        };
        let held = || self.rules.iter().zip(holds).filter(|(_, holds)| **holds).map(|(rule, _)| rule);
        if self.rules.is_empty() || held().any(|rule| beyond(rule).is_none()) {
            return Ok(());
        }
        Err(RecordError::Forbidden(held().find_map(beyond).cloned()))
    }

    /// What may not be read cannot be referred to: to name it would be a way to find out that it is there.
    fn references(
        &self,
        transaction: &Transaction<'_>,
        changed: &[PropertyIndex],
        standing: &Standing,
    ) -> Result<(), RecordError> {
        let entity = self.model.service.entity(self.entity);
        let affected = entity.relations.iter().filter(|relation| {
            hides_rows(self.model, relation.target) && relation.from.iter().any(|from| changed.contains(from))
        });
        for relation in affected {
            let values = relation.from.iter().zip(&relation.to).map(|(&from, &to)| (to, standing.values[from].clone()));
            let values: Vec<_> = values.collect();
            let names_one = values.iter().all(|(_, value)| *value != Value::Null);
            let found = || transaction.reader().number(&query::exists(self.model, relation.target, &values));
            if names_one && found()? == 0 {
                return Err(RecordError::names_nothing(&self.model.service, entity, relation));
            }
        }
        Ok(())
    }
}

/// Whether an entity has rows that may not be read, as opposed to all or none.
fn hides_rows(model: &Model, entity: EntityIndex) -> bool {
    matches!(model.right(entity, Verb::Read), Right::Some(_))
}
