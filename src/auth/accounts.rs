//! Sign-in: from a name and a password to a [`Principal`].

use std::sync::Arc;

use super::password::{Hasher, HashingError};
use super::principal::{Principal, Standing};
use super::renewals::Renewals;
use crate::catalog::{EntityIndex, PropertyIndex};
use crate::config::{AccountSource, Secret};
use crate::query::{self, Change, Value};
use crate::store::{Database, Reader, StoreError};

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
    renewals: Renewals,
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

impl Source {
    fn wanted(&self) -> [PropertyIndex; 4] {
        [self.id, self.username, self.password, self.role]
    }
}

type Key = Vec<(PropertyIndex, Value)>;

/// A new password on its way into its row.
#[derive(Clone)]
pub struct PasswordChange {
    pub(super) key: Key,
    pub(super) change: Change,
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
        Ok(Self { database, sources, hasher, renewals: Renewals::default() })
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

    /// Signs in once more whoever is signed in already, by his password alone.
    ///
    /// # Errors
    /// [`SignInError`]; also when the account is not what it was.
    pub async fn confirm(&self, principal: &Principal, password: Secret) -> Result<(), SignInError> {
        if password.expose().len() > LONGEST {
            return Err(SignInError::BadCredentials);
        }
        let found = self.database.read(|reader| self.stored(reader, &principal.source, &principal.key))?;
        let stored = found.filter(|(current, _)| self.stands(principal, current));
        let matches = self.hasher.verify(password, stored.and_then(|(_, stored)| stored)).await?;
        if matches { Ok(()) } else { Err(SignInError::BadCredentials) }
    }

    /// The account as it is now; `None` when it is gone or may not sign in.
    ///
    /// # Errors
    /// What the store reports.
    pub fn current(&self, reader: &Reader<'_>, source: &str, key: &str) -> Result<Option<Principal>, StoreError> {
        Ok(self.stored(reader, source, key)?.map(|(principal, _)| principal))
    }

    /// Whether what a principal has proved still holds for his account as it is now.
    #[must_use]
    pub fn stands(&self, principal: &Principal, now: &Principal) -> bool {
        principal.is(now) && self.renewals.holds(principal.account(), principal.standing, now.standing)
    }

    /// Says that an account's row is about to hold another hash of the password that the principal has just shown. What
    /// he has signed in to goes on.
    pub fn renewing(&self, principal: &Principal, hash: &str) {
        self.renewals.announce(principal, hash);
    }

    /// The tables that hold accounts.
    #[must_use]
    pub fn tables(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.name.clone()).collect()
    }

    /// The account's key in the row of that number, where the key is that number.
    #[must_use]
    pub fn key_of_row(&self, table: &str, row: i64) -> Option<String> {
        let source = self.sources.iter().find(|source| source.name == table)?;
        let model = self.database.model();
        let entity = model.service.entity(source.entity);
        (entity.generated_key && entity.key == [source.id]).then(|| row.to_string())
    }

    /// What gives an account another password, once that is hashed.
    ///
    /// # Errors
    /// The hasher's.
    pub async fn password_change(
        &self,
        principal: &Principal,
        password: Secret,
    ) -> Result<PasswordChange, SignInError> {
        let hashed = self.hasher.hash(password).await?;
        let gone = || SignInError::Failed(format!("there is no account source {}", principal.source));
        let source = self.sources.iter().find(|source| source.name == principal.source).ok_or_else(gone)?;
        let key = self.key_of(source, &principal.key).ok_or_else(gone)?;
        let values = vec![(source.password, Value::Text(hashed))];
        Ok(PasswordChange { key, change: Change { entity: source.entity, values, defaults: Vec::new() } })
    }

    /// An account by its key, and its stored password.
    fn stored(
        &self,
        reader: &Reader<'_>,
        source: &str,
        key: &str,
    ) -> Result<Option<(Principal, Option<String>)>, StoreError> {
        let Some(source) = self.sources.iter().find(|other| other.name == source) else { return Ok(None) };
        let Some(key) = self.key_of(source, key) else { return Ok(None) };
        let statement = query::values(&self.database.model().service, source.entity, &source.wanted(), &key);
        Ok(reader.rows(&statement)?.into_iter().find_map(|row| account(source, row)))
    }

    fn key_of(&self, source: &Source, key: &str) -> Option<Key> {
        let model = self.database.model();
        let property = &model.service.entity(source.entity).properties[source.id];
        Some(vec![(source.id, query::from_text(property, key).ok()?)])
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
            let named = [(source.username, Value::Text(name.to_owned()))];
            let statement = query::values(&model.service, source.entity, &source.wanted(), &named);
            let rows = self.database.read(|reader| reader.rows(&statement))?;
            found.extend(rows.into_iter().find_map(|row| account(source, row)));
        }
        Ok(found)
    }
}

fn account(source: &Source, row: Vec<Value>) -> Option<(Principal, Option<String>)> {
    let [id, name, password, role] = <[Value; 4]>::try_from(row).ok()?;
    let key = match id {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        _ => return None,
    };
    let (Value::Text(name), Value::Text(role)) = (name, role) else { return None };
    let stored = match password {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let standing = Standing::of(&name, &role, stored.as_deref());
    let principal = Principal { source: source.name.clone(), key, name, roles: vec![role], standing };
    principal.roles.iter().all(|role| source.roles.contains(role)).then_some((principal, stored))
}
