//! Accounts of those who are signed in already: whether they still are what they were, and another password for them.

use std::net::IpAddr;
use std::sync::Arc;

use super::accounts::{Accounts, LONGEST, SignInError, Watched, principal};
use super::password::Verdict;
use super::principal::Principal;
use super::sources::{Account, Rows, Source, Wanted};
use crate::catalog::PropertyIndex;
use crate::config::Secret;
use crate::query::{self, Change, Model, Value};
use crate::store::{Reader, StoreError};

/// A new password on its way into its row.
#[derive(Clone)]
pub struct PasswordChange {
    key: Vec<(PropertyIndex, Value)>,
    change: Change,
}

impl Accounts {
    /// Signs in once more whoever is signed in already, by his password alone. Guessing costs time here as it does at sign-in.
    ///
    /// # Errors
    /// [`SignInError`]; also when the account is not what it was.
    pub async fn confirm(&self, principal: &Principal, password: Secret, from: IpAddr) -> Result<(), SignInError> {
        if password.expose().len() > LONGEST {
            return Err(SignInError::BadCredentials);
        }
        let attempt = self.throttle.attempt(&principal.name, from);
        if let Some(milliseconds) = attempt.wait() {
            return Err(SignInError::wait(milliseconds));
        }
        let found = self.database.read(|reader| self.stored(reader, &principal.source, &principal.key))?;
        let stored = found.filter(|(current, _)| self.stands(principal, current)).and_then(|(_, stored)| stored);
        let gate = Box::new(Watched { attempt, known: false });
        match self.hasher.check(password, vec![stored], gate).await? {
            Verdict::Match { .. } => Ok(()),
            Verdict::NoMatch => Err(SignInError::BadCredentials),
            Verdict::Refused(milliseconds) => Err(SignInError::wait(milliseconds)),
        }
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

    /// The tables that hold accounts.
    #[must_use]
    pub fn tables(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.name().to_owned()).collect()
    }

    /// The account's key in the row of that number, where the key is that number.
    #[must_use]
    pub fn key_of_row(&self, table: &str, row: i64) -> Option<String> {
        let source = self.sources.iter().find(|source| source.name() == table)?;
        let model = self.database.model();
        let columns = source.columns(&model).ok()?;
        let entity = model.service.entity(columns.entity);
        (entity.generated_key && entity.key == [columns.id]).then(|| row.to_string())
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
        let source = self.sources.iter().find(|source| source.name() == principal.source).ok_or_else(gone)?;
        let model = self.database.model();
        let columns = source.columns(&model).map_err(SignInError::Failed)?;
        let id = key_value(source, &model, &principal.key).ok_or_else(gone)?;
        let values = vec![(columns.password, Value::Text(hashed))];
        let change = Change { entity: columns.entity, values, defaults: Vec::new() };
        Ok(PasswordChange { key: vec![(columns.id, id)], change })
    }

    /// Gives an account its new password and forgets its remembered browsers; returns what the account is then, or `None` when
    /// it is not any more what this principal knows.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn replace_password(
        self: &Arc<Self>,
        principal: &Principal,
        replacement: PasswordChange,
    ) -> Result<Option<Principal>, StoreError> {
        let (accounts, model, known) = (Arc::clone(self), self.database.model(), principal.clone());
        self.database
            .write(move |transaction| {
                let now = accounts.current(&transaction.reader(), &known.source, &known.key)?;
                if now.is_none_or(|now| !accounts.stands(&known, &now)) {
                    return Ok(None);
                }
                if let Some(statement) = query::update(&model.service, &replacement.change, &replacement.key) {
                    transaction.execute(&statement)?;
                }
                transaction.execute(&query::forget_account(&known.source, &known.key, 0))?;
                accounts.current(&transaction.reader(), &known.source, &known.key)
            })
            .await
    }

    /// An account that may sign in, by its key, and its stored password.
    fn stored(
        &self,
        reader: &Reader<'_>,
        source: &str,
        key: &str,
    ) -> Result<Option<(Principal, Option<String>)>, StoreError> {
        let Some(source) = self.sources.iter().find(|other| other.name() == source) else { return Ok(None) };
        let model = self.database.model();
        let Some(id) = key_value(source, &model, key) else { return Ok(None) };
        let wanted = Wanted { column: |columns| columns.id, values: vec![id] };
        let statement =
            source.rows(&model, Some(wanted), Rows::Active).map_err(|error| StoreError::Failed(error.to_string()))?;
        let account = reader.rows(&statement)?.into_iter().filter_map(Account::of).find(|found| source.admits(found));
        Ok(account.and_then(|account| Some((principal(source, account.name.as_deref()?, &account), account.stored))))
    }
}

fn key_value(source: &Source, model: &Model, key: &str) -> Option<Value> {
    let columns = source.columns(model).ok()?;
    query::from_text(&model.service.entity(columns.entity).properties[columns.id], key).ok()
}
