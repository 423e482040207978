//! Sign-in: from a name and a password to a [`Principal`].
//!
//! Every attempt costs the same, whoever is meant: one hash for each source, whether or not it has such an account. See
//! [`super::throttle`] for those who guess, and [`super::verified`] for those who come with each request.

use std::net::IpAddr;
use std::sync::Arc;

use super::clock::Clock;
use super::fingerprint::{Fingerprint, Fingerprints};
use super::password::{Gate, Hasher, HashingError, Verdict};
use super::principal::{Principal, Standing};
use super::renewals::Renewals;
use super::sign_ins::{Outcome, SignIns};
use super::sources::{self, Account, Rows, Source, Wanted};
use super::throttle::{Attempt, Throttle};
use super::verified::Verified;
use crate::config::{AccountSource, Secret, Settings};
use crate::query::{self, Change, QueryError, Value};
use crate::store::{Database, StoreError};

/// Longest user name and password that are looked at, in bytes.
pub(super) const LONGEST: usize = 1_024;

/// Why nobody is signed in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignInError {
    /// No account has this name and password.
    #[error("no account has this name and password")]
    BadCredentials,
    /// There were too many failures; to be tried again after so many seconds.
    #[error("too many failures; to be tried again in {0} seconds")]
    TooManyAttempts(u64),
    /// Too many sign in at once.
    #[error("too many sign in at once")]
    Busy,
    /// The database cannot be read at the moment.
    #[error("{0}")]
    Unavailable(String),
    /// The database or the hashing failed.
    #[error("{0}")]
    Failed(String),
}

impl SignInError {
    pub(super) fn wait(milliseconds: u64) -> Self {
        Self::TooManyAttempts(milliseconds.div_ceil(1000).max(1))
    }
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
            StoreError::Unavailable(text) | StoreError::Unusable(text) => Self::Unavailable(text),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<QueryError> for SignInError {
    fn from(error: QueryError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// How credentials come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Once, to begin something that lasts: always verified.
    Form,
    /// With each request: once verified, they are taken on trust for a moment.
    Basic,
}

/// Why credentials are good.
enum Trust {
    /// They were verified lately.
    Known,
    /// They have just been.
    Verified,
}

/// An account whose password everybody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Its source.
    pub source: String,
    /// Its user name.
    pub name: String,
    /// Its role.
    pub role: String,
}

/// The account sources of a database.
pub struct Accounts {
    pub(super) database: Arc<Database>,
    pub(super) sources: Vec<Source>,
    pub(super) hasher: Arc<Hasher>,
    pub(super) renewals: Renewals,
    fingerprints: Arc<Fingerprints>,
    pub(super) throttle: Arc<Throttle>,
    verified: Verified,
    sign_ins: SignIns,
    /// Accounts that had a demo password at the start, by the position of their source: they can only become fewer.
    demo: Vec<(usize, Value)>,
}

impl Accounts {
    /// Whether a table of this database, by its SQL name, holds accounts.
    #[must_use]
    pub fn are_in(&self, database: &Arc<Database>, table: &str) -> bool {
        Arc::ptr_eq(&self.database, database) && self.sources.iter().any(|source| source.name() == table)
    }

    /// Finds the tables and columns of the sources.
    ///
    /// # Errors
    /// A sentence about the first that the database has not.
    pub fn new(
        database: Arc<Database>,
        descriptions: &[AccountSource],
        hasher: Arc<Hasher>,
        settings: &Settings,
        clock: Clock,
    ) -> Result<Self, String> {
        let sources = sources::read(descriptions, &database.model())?;
        let fingerprints = Arc::new(Fingerprints::new());
        let throttle = Throttle::new(settings.sign_in_attempts, Arc::clone(&fingerprints), clock.clone());
        let verified = Verified::new(settings.basic_cache_seconds, Arc::clone(&fingerprints), clock);
        let throttle = Arc::new(throttle);
        let (renewals, sign_ins, demo) = Default::default();
        let mut accounts =
            Self { database, sources, hasher, renewals, fingerprints, throttle, verified, sign_ins, demo };
        accounts.demo = accounts.find_demo().map_err(|error| error.to_string())?;
        Ok(accounts)
    }

    /// Signs in. The sources are tried in their order.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: Secret,
        from: IpAddr,
        means: Means,
    ) -> Result<Principal, SignInError> {
        let result = self.known_or_verified(name, password, from, means).await;
        match &result {
            Ok((_, Trust::Known)) => {}
            Ok((_, Trust::Verified)) => self.sign_ins.count(Outcome::Good),
            Err(SignInError::BadCredentials) => self.sign_ins.count(Outcome::Bad),
            Err(SignInError::TooManyAttempts(_)) => self.sign_ins.count(Outcome::Throttled),
            Err(SignInError::Busy | SignInError::Unavailable(_) | SignInError::Failed(_)) => {
                self.sign_ins.count(Outcome::Failed);
            }
        }
        result.map(|(principal, _)| principal)
    }

    /// What came of all attempts.
    #[must_use]
    pub fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    async fn known_or_verified(
        &self,
        name: &str,
        password: Secret,
        from: IpAddr,
        means: Means,
    ) -> Result<(Principal, Trust), SignInError> {
        if name.is_empty() || name.len() > LONGEST || password.expose().len() > LONGEST {
            return Err(SignInError::BadCredentials);
        }
        let attempt = self.throttle.attempt(name, from);
        let credentials = self.credentials(name, &password, from);
        let known = self.verified.find(credentials).filter(|_| attempt.lets_known_pass());
        if known.is_none()
            && let Some(milliseconds) = attempt.wait()
        {
            return Err(SignInError::wait(milliseconds));
        }
        let candidates = self.candidates(name)?;
        let is_known = |(source, account): (&Source, &Account)| {
            let stored = account.stored.as_deref().unwrap_or_default();
            known.is_some_and(|known| self.verified.are_for(known, source.name(), &account.key(), stored))
        };
        let pairs =
            || self.sources.iter().zip(&candidates).filter_map(|(source, found)| Some((source, found.as_ref()?)));
        let found = pairs().find(|pair| is_known(*pair));
        if let Some((source, account)) = found
            && means == Means::Basic
            && known.is_some_and(|known| known.fresh)
        {
            return Ok((principal(source, name, account), Trust::Known));
        }
        let stored = candidates.iter().map(|account| account.as_ref()?.stored.clone()).collect();
        let gate = Box::new(Watched { attempt, known: found.is_some() });
        match self.hasher.check(password.clone(), stored, gate).await? {
            Verdict::Refused(milliseconds) => Err(SignInError::wait(milliseconds)),
            Verdict::NoMatch => Err(SignInError::BadCredentials),
            Verdict::Match { position, outdated } => {
                let source = &self.sources[position];
                let account = candidates.into_iter().nth(position).flatten().ok_or(SignInError::BadCredentials)?;
                let renewed = if outdated { self.renew(source, &account, password).await } else { None };
                let account = Account { stored: renewed.or(account.stored), ..account };
                let stored = account.stored.as_deref().unwrap_or_default();
                self.verified.remember(credentials, source.name(), &account.key(), stored);
                Ok((principal(source, name, &account), Trust::Verified))
            }
        }
    }

    /// Frees what has had its time.
    pub fn sweep(&self) {
        self.throttle.sweep();
        self.verified.sweep();
    }

    /// Whether there was an account with a password that is public knowledge at the start.
    #[must_use]
    pub fn has_demo_accounts(&self) -> bool {
        !self.demo.is_empty()
    }

    /// The accounts that can sign in with a password that is public knowledge.
    ///
    /// # Errors
    /// What the store reports, and what of a source no longer fits the database.
    pub fn demo_accounts(&self) -> Result<Vec<DemoAccount>, SignInError> {
        if self.demo.is_empty() {
            return Ok(Vec::new());
        }
        let hashes = self.database.demo_hashes()?;
        let model = self.database.model();
        let mut found = Vec::new();
        for (position, source) in self.sources.iter().enumerate() {
            let ids = self.demo.iter().filter(|(other, _)| *other == position).map(|(_, id)| id.clone()).collect();
            let statement =
                source.rows(&model, Some(Wanted { column: |columns| columns.id, values: ids }), Rows::Active)?;
            let rows = self.database.read(|reader| reader.rows(&statement))?;
            for account in rows.into_iter().filter_map(Account::of).filter(|account| source.admits(account)) {
                if let (Some(name), Some(role), true) =
                    (account.name, account.role, account.stored.is_some_and(|stored| hashes.contains(&stored)))
                {
                    found.push(DemoAccount { source: source.name().to_owned(), name, role });
                }
            }
        }
        Ok(found)
    }

    fn find_demo(&self) -> Result<Vec<(usize, Value)>, SignInError> {
        let hashes: Vec<Value> = self.database.demo_hashes()?.into_iter().map(Value::Text).collect();
        let model = self.database.model();
        let mut found = Vec::new();
        for (position, source) in self.sources.iter().enumerate() {
            let statement = source.rows(
                &model,
                Some(Wanted { column: |columns| columns.password, values: hashes.clone() }),
                Rows::All,
            )?;
            let rows = self.database.read_long(|reader| reader.rows(&statement))?;
            found.extend(rows.into_iter().filter_map(Account::of).map(|account| (position, account.id)));
        }
        Ok(found)
    }

    fn credentials(&self, name: &str, password: &Secret, from: IpAddr) -> Fingerprint {
        let network = super::throttle::network(from);
        self.fingerprints.of(&[b"credentials", name.as_bytes(), password.expose().as_bytes(), &network])
    }

    /// For each source the first account by key whose role may sign in, if there is one.
    fn candidates(&self, name: &str) -> Result<Vec<Option<Account>>, SignInError> {
        let model = self.database.model();
        let candidate = |source: &Source| {
            let wanted = Wanted { column: |columns| columns.username, values: vec![Value::Text(name.to_owned())] };
            let statement = source.rows(&model, Some(wanted), Rows::Active)?;
            let rows = self.database.read(|reader| reader.rows(&statement))?;
            Ok(rows.into_iter().filter_map(Account::of).find(|account| source.admits(account)))
        };
        self.sources.iter().map(candidate).collect()
    }

    /// Replaces a hash that was made with other parameters; returns the new one. It is only replaced as long as it is the one
    /// that the password was compared with, and that it cannot be is no reason to fail: it matches as it is.
    async fn renew(&self, source: &Source, account: &Account, password: Secret) -> Option<String> {
        let result = self.try_to_renew(source, account, password).await;
        if let Err(error) = &result {
            log::warn!("the hash of {}/{} cannot be renewed: {error}", source.name(), account.key());
        }
        result.ok().flatten()
    }

    async fn try_to_renew(
        &self,
        source: &Source,
        account: &Account,
        password: Secret,
    ) -> Result<Option<String>, String> {
        let old = account.stored.clone().unwrap_or_default();
        let new = self.hasher.hash(password).await.map_err(|error| format!("{error:?}"))?;
        let model = self.database.model();
        let columns = source.columns(&model)?;
        let values = vec![(columns.password, Value::Text(new.clone()))];
        let change = Change { entity: columns.entity, values, defaults: Vec::new() };
        let key = [(columns.id, account.id.clone()), (columns.password, Value::Text(old.clone()))];
        let Some(replace) = query::update(&model.service, &change, &key) else { return Ok(None) };
        let renewed = new.clone();
        // Whoever is signed in with the same password stays so.
        self.renewals.announce(&principal(source, account.name.as_deref().unwrap_or_default(), account), &new);
        let touched = self.database.write(move |transaction| {
            let touched = transaction.execute(&replace)?;
            if touched > 0 {
                Database::demo_hash_renewed(transaction, &old, &renewed)?;
            }
            Ok::<_, StoreError>(touched)
        });
        let touched = touched.await.map_err(|error| error.to_string())?;
        Ok((touched > 0).then_some(new))
    }
}

/// An attempt that the throttle watches.
pub(super) struct Watched {
    pub(super) attempt: Attempt,
    /// The password was right lately: it need not wait, and is verified again.
    pub(super) known: bool,
}

impl Gate for Watched {
    fn admit(&self) -> Option<u64> {
        if self.known { None } else { self.attempt.wait() }
    }

    fn settle(&self, matched: bool) {
        match (matched, self.known) {
            (true, true) => {}
            (true, false) => self.attempt.succeeded(),
            (false, _) => self.attempt.failed(),
        }
    }
}

/// Whom an account belongs to, as its row is now.
pub(super) fn principal(source: &Source, name: &str, account: &Account) -> Principal {
    let role = account.role.as_deref().unwrap_or_default();
    Principal {
        standing: Standing::of(name, role, account.stored.as_deref()),
        source: source.name().to_owned(),
        key: account.key(),
        name: name.to_owned(),
        roles: account.role.iter().cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hinders_a_sign_in_is_not_the_fault_of_who_signs_in() {
        for (error, busy) in [(StoreError::Busy, true), (StoreError::OverBudget, true), (StoreError::ForeignKey, false)]
        {
            assert_eq!(matches!(SignInError::from(error), SignInError::Busy), busy);
        }
        for error in [StoreError::Unavailable("gone".into()), StoreError::Unusable("gone".into())] {
            assert!(matches!(SignInError::from(error), SignInError::Unavailable(text) if text == "gone"));
        }
        let failed = |error: SignInError| matches!(error, SignInError::Failed(_));
        assert!(failed(HashingError::Failed("no memory".into()).into()));
        assert!(failed(QueryError::UnknownParameter("role".into()).into()));
        assert!(matches!(SignInError::from(HashingError::Busy), SignInError::Busy));
    }
}
