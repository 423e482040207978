//! Changing rows. Each function runs within one transaction and returns the row as it is then.

use super::error::{key_text, refused_by};
use super::guard::Guard;
use super::{RecordError, by_key};
use crate::catalog::{EntityIndex, PropertyIndex};
use crate::query::{self, Change, Model, Value, Verb};
use crate::store::{StoreError, Transaction};

/// What must hold of a row for it to be changed or removed.
pub trait Condition {
    /// Whether it holds of the row as JSON.
    fn holds(&self, row: &[u8]) -> bool;
}

/// Adds a row and returns it as JSON.
///
/// # Errors
/// [`RecordError`] naming the constraint that refuses it; [`RecordError::Forbidden`] when no rule allows such a row.
pub fn create(transaction: &Transaction<'_>, model: &Model, change: &Change) -> Result<Vec<u8>, RecordError> {
    let guard = Guard::of(model, change.entity, Verb::Create)?;
    let entity = model.service.entity(change.entity);
    let added = if entity.generated_key {
        let number = transaction.insert(&query::insert(&model.service, change));
        number.map(|number| number.map(|number| vec![Value::Integer(number)]))
    } else {
        transaction.returning(&query::insert_returning_key(&model.service, change))
    };
    let key = added
        .map_err(|error| explain(transaction, model, change, error))?
        .ok_or_else(|| StoreError::Failed("an insert added no row".to_owned()))?;
    let key: Vec<_> = entity.key.iter().copied().zip(key).collect();
    // SQLite takes NULL in most keys, and takes it for different from itself: such a row could never be addressed.
    if let Some((property, _)) = key.iter().find(|(_, value)| *value == Value::Null) {
        return Err(RecordError::Refused(format!("{} must not be null", entity.properties[*property].name)));
    }
    if let Some(guard) = guard {
        guard.created(transaction, &key, change)?;
    }
    by_key(&transaction.reader(), model, change.entity, &key)
}

/// Changes the row of a key and returns it as JSON.
///
/// # Errors
/// [`RecordError::NotFound`], [`RecordError::Forbidden`] when no rule allows it, [`RecordError::Changed`] when the condition
/// does not hold, or naming the constraint that refuses the change.
pub fn update(
    transaction: &Transaction<'_>,
    model: &Model,
    key: &[(PropertyIndex, Value)],
    change: &Change,
    condition: Option<&impl Condition>,
) -> Result<Vec<u8>, RecordError> {
    let guard = Guard::of(model, change.entity, Verb::Update)?;
    let before = guard.as_ref().map(|guard| guard.before(transaction, key)).transpose()?;
    check(transaction, model, change.entity, key, condition)?;
    if let Some(statement) = query::update(&model.service, change, key) {
        let touched = transaction.execute(&statement).map_err(|error| explain(transaction, model, change, error))?;
        if touched == 0 {
            return Err(RecordError::NotFound(key_text(key)));
        }
    }
    if let (Some(guard), Some(before)) = (&guard, &before) {
        guard.after(transaction, key, change, before)?;
    }
    by_key(&transaction.reader(), model, change.entity, key)
}

fn check(
    transaction: &Transaction<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
    condition: Option<&impl Condition>,
) -> Result<(), RecordError> {
    match condition {
        Some(condition) if !condition.holds(&by_key(&transaction.reader(), model, entity, key)?) => {
            Err(RecordError::Changed)
        }
        _ => Ok(()),
    }
}

/// Removes the row of a key.
///
/// # Errors
/// [`RecordError::NotFound`], [`RecordError::Forbidden`] when no rule allows it, [`RecordError::Changed`] when the condition
/// does not hold, or [`RecordError::Conflict`] naming the rows that still refer to it.
pub fn delete(
    transaction: &Transaction<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
    condition: Option<&impl Condition>,
) -> Result<(), RecordError> {
    if let Some(guard) = Guard::of(model, entity, Verb::Delete)? {
        guard.before(transaction, key)?;
    }
    check(transaction, model, entity, key, condition)?;
    let statement = query::delete(&model.service, entity, key);
    let touched = transaction.execute(&statement).map_err(|error| match error {
        StoreError::ForeignKey => still_referred_to(transaction, model, entity, key),
        other => refused_by(model.service.entity(entity), other),
    })?;
    if touched == 0 {
        return Err(RecordError::NotFound(key_text(key)));
    }
    Ok(())
}

fn explain(transaction: &Transaction<'_>, model: &Model, change: &Change, error: StoreError) -> RecordError {
    match error {
        StoreError::ForeignKey => names_nothing(transaction, model, change),
        other => refused_by(model.service.entity(change.entity), other),
    }
}

/// Finds the foreign key of a change that names no row.
fn names_nothing(transaction: &Transaction<'_>, model: &Model, change: &Change) -> RecordError {
    let entity = model.service.entity(change.entity);
    for relation in &entity.relations {
        let sent =
            |from: &PropertyIndex| change.values.iter().find(|(property, _)| property == from).map(|(_, value)| value);
        let values: Option<Vec<_>> =
            relation.from.iter().zip(&relation.to).map(|(from, to)| Some((*to, sent(from)?.clone()))).collect();
        let Some(values) = values.filter(|values| values.iter().all(|(_, value)| *value != Value::Null)) else {
            continue;
        };
        match transaction.reader().number(&query::exists(model, relation.target, &values)) {
            Ok(0) => {
                return RecordError::names_nothing(&model.service, entity, relation);
            }
            Ok(_) => {}
            Err(error) => return error.into(),
        }
    }
    RecordError::Conflict("a foreign key names no row".to_owned())
}

/// Finds the rows that keep a row from being removed.
fn still_referred_to(
    transaction: &Transaction<'_>,
    model: &Model,
    entity: EntityIndex,
    key: &[(PropertyIndex, Value)],
) -> RecordError {
    let parent = model.service.entity(entity);
    for collection in &parent.collections {
        let child = model.service.entity(collection.source);
        let relation = &child.relations[collection.relation];
        let held = |to: &PropertyIndex| key.iter().find(|(property, _)| property == to).map(|(_, value)| value);
        let values: Option<Vec<_>> =
            relation.from.iter().zip(&relation.to).map(|(from, to)| Some((*from, held(to)?.clone()))).collect();
        let Some(values) = values else { continue };
        match transaction.reader().number(&query::exists(model, collection.source, &values)) {
            Ok(0) => {}
            Ok(_) => {
                let names: Vec<&str> = relation.from.iter().map(|&from| child.properties[from].name.as_str()).collect();
                return RecordError::Conflict(format!(
                    "this {} is still the {} of a row of {}",
                    parent.name,
                    names.join(", "),
                    child.name
                ));
            }
            Err(error) => return error.into(),
        }
    }
    RecordError::Conflict("another row still refers to this one".to_owned())
}
