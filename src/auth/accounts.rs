//! Sign-in: from a name and a password to a [`Principal`].

use std::sync::Arc;

use super::password::{Hasher, HashingError};
use super::principal::Principal;
use crate::catalog::{EntityIndex, PropertyIndex};
use crate::config::{AccountSource, Secret};
use crate::query::{self, Value};
use crate::store::{Database, StoreError};

/// Longest user name and password that are looked at.
const LONGEST: usize = 1_024;

/// Why nobody is signed in.
#[derive(Debug, Clone)]
pub enum SignInError {
    /// No account has this name and password.
    BadCredentials,
    /// Too many sign in at once.
    Busy,
    /// The database or the hashing failed.
    Failed(String),
}

impl From<HashingError> for SignInError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed(text) => Self::Failed(text),
        }
    }
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::OverBudget => Self::Busy,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// The account sources of a database.
pub struct Accounts {
    database: Arc<Database>,
    sources: Vec<Source>,
    hasher: Arc<Hasher>,
}

struct Source {
    name: String,
    entity: EntityIndex,
    id: PropertyIndex,
    username: PropertyIndex,
    password: PropertyIndex,
    role: PropertyIndex,
    roles: Vec<String>,
}

impl Accounts {
    /// Finds the tables and columns of the sources.
    ///
    /// # Errors
    /// A sentence about the first that the database has not.
    pub fn new(database: Arc<Database>, sources: &[AccountSource], hasher: Arc<Hasher>) -> Result<Self, String> {
        let model = database.model();
        let find = |source: &AccountSource| {
            let entity = model.service.entities.iter().position(|entity| entity.table == source.table);
            let entity = entity.ok_or_else(|| format!("the account source {} is no table", source.table))?;
            let property = |column: &str| {
                let properties = &model.service.entity(entity).properties;
                let found = properties.iter().position(|property| property.column == column);
                found.ok_or_else(|| format!("the account source {} has no column {column}", source.table))
            };
            Ok::<_, String>(Source {
                name: source.table.clone(),
                entity,
                id: property(&source.id)?,
                username: property(&source.username)?,
                password: property(&source.password)?,
                role: property(&source.role)?,
                roles: source.roles.clone(),
            })
        };
        let sources = sources.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Self { database, sources, hasher })
    }

    /// Signs in. The sources are tried in their order; a name that none of them has takes as long as one that they have.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, name: &str, password: Secret) -> Result<Principal, SignInError> {
        if name.is_empty() || name.len() > LONGEST || password.expose().len() > LONGEST {
            return Err(SignInError::BadCredentials);
        }
        let candidates = self.candidates(name)?;
        if candidates.is_empty() {
            self.hasher.verify(password, None).await?;
            return Err(SignInError::BadCredentials);
        }
        for (principal, stored) in candidates {
            if self.hasher.verify(password.clone(), stored).await? {
                return Ok(principal);
            }
        }
        Err(SignInError::BadCredentials)
    }

    /// Whether an account still has a password that is public knowledge.
    ///
    /// # Errors
    /// What the store reports.
    pub fn demo_password_in_use(&self) -> Result<bool, StoreError> {
        for source in &self.sources {
            if self.database.has_demo_password(source.entity, source.password)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// At most one account a source: the first by key whose role may sign in.
    fn candidates(&self, name: &str) -> Result<Vec<(Principal, Option<String>)>, SignInError> {
        let model = self.database.model();
        let mut found = Vec::new();
        for source in &self.sources {
            let wanted = [source.id, source.password, source.role];
            let named = [(source.username, Value::Text(name.to_owned()))];
            let statement = query::values(&model, source.entity, &wanted, &named);
            let rows = self.database.read(|reader| reader.rows(&statement))?;
            found.extend(rows.into_iter().find_map(|row| account(source, name, row)));
        }
        Ok(found)
    }
}

fn account(source: &Source, name: &str, row: Vec<Value>) -> Option<(Principal, Option<String>)> {
    let [id, password, role] = <[Value; 3]>::try_from(row).ok()?;
    let key = match id {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        _ => return None,
    };
    let Value::Text(role) = role else { return None };
    let stored = match password {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let principal = Principal { source: source.name.clone(), key, name: name.to_owned(), roles: vec![role] };
    principal.roles.iter().all(|role| source.roles.contains(role)).then_some((principal, stored))
}
