//! Ends sessions and tokens the moment their account is no longer what it was.
//!
//! What a session or token stands on is its account's name, role and password; a fingerprint of them, `Standing`, is taken
//! when somebody signs in and goes along with his [`Principal`]. Whenever rows of an account table change, the accounts in
//! question are read again, and whatever stands on another fingerprint ends. An edited address changes no fingerprint and
//! ends nothing.
//!
//! - A change through this server is seen on the writer's thread, after the commit and before its answer is sent, so there
//!   is no moment in which the change has been answered and an old token still works. A change by another process is seen
//!   within a second or two. `store/watch.rs` tells how.
//! - Who signs in while his account changes is caught from the other side: a session or token is first put where the guard
//!   finds it, then its account is read once more. Either that reading sees the change, or the change came after it, and so
//!   the guard sees the session or token.
//! - A password that is only hashed anew, with other parameters, is announced to `Renewals` and ends nothing.
//! - An account that cannot be read is taken for changed.
//! - Remember-me series carry the fingerprint with them and are compared with it at each use; nothing need be ended.

use std::sync::Arc;

use super::accounts::Accounts;
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::session::{Origin, Session, SessionStore};
use super::token::{Issued, Proved, TokenStore};
use crate::store::{Changed, Database, Reader, StoreError};

/// What has ended because its account has changed.
#[derive(Debug)]
pub struct Ended<'a> {
    /// The account's source.
    pub source: &'a str,
    /// Its key.
    pub key: &'a str,
    /// How many sessions.
    pub sessions: usize,
    /// How many tokens.
    pub tokens: usize,
}

/// Is told what has ended. It runs on the writer's thread, before the change is answered.
pub type Report = fn(&Ended<'_>);

/// The one that hands out sessions and tokens and takes them back.
pub struct AccountGuard {
    database: Arc<Database>,
    accounts: Arc<Accounts>,
    tokens: Arc<TokenStore>,
    sessions: Arc<SessionStore>,
    report: Report,
}

impl AccountGuard {
    /// Takes its post: from now on it is told of changes, and tells what it has ended because of them.
    #[must_use]
    pub fn new(
        database: &Arc<Database>,
        accounts: &Arc<Accounts>,
        tokens: &Arc<TokenStore>,
        sessions: &Arc<SessionStore>,
        report: Report,
    ) -> Arc<Self> {
        let guard = Arc::new(Self {
            database: Arc::clone(database),
            accounts: Arc::clone(accounts),
            tokens: Arc::clone(tokens),
            sessions: Arc::clone(sessions),
            report,
        });
        let told = Arc::clone(&guard);
        database.watch(accounts.tables(), Box::new(move |reader, changed| told.accounts_changed(reader, changed)));
        guard
    }

    /// A token for a principal who proved who he is at that moment, or just now; `None` when his account has changed since.
    ///
    /// # Errors
    /// What the store reports; then there is no token either.
    pub fn issue(&self, principal: &Arc<Principal>, proved: Option<Proved>) -> Result<Option<Issued>, StoreError> {
        let issued = self.tokens.issue(Arc::clone(principal), proved);
        match self.stands(principal) {
            Ok(true) => Ok(Some(issued)),
            other => {
                self.tokens.revoke(issued.token.expose());
                other.map(|_| None)
            }
        }
    }

    /// A session for a principal; `None` when his account has changed since he proved who he is.
    ///
    /// # Errors
    /// What the store reports; then there is no session either.
    pub fn begin(
        &self,
        principal: &Arc<Principal>,
        origin: Origin,
    ) -> Result<Option<(PlainSecret, Arc<Session>)>, StoreError> {
        let (id, session) = self.sessions.begin(Arc::clone(principal), origin);
        match self.stands(principal) {
            Ok(true) => Ok(Some((id, session))),
            other => {
                self.sessions.end(id.expose());
                other.map(|_| None)
            }
        }
    }

    /// Ends all sessions and tokens of an account.
    pub fn end_all(&self, principal: &Principal) {
        self.tokens.keep(principal.account(), |_| false);
        self.sessions.keep(principal.account(), |_| false);
    }

    /// The one place that hears of changed accounts.
    fn accounts_changed(&self, reader: &Reader<'_>, changed: &Changed) {
        match changed {
            Changed::Rows(rows) => {
                for (table, row) in rows {
                    // Where the key is not the row's number, nobody is found by it: then everyone is looked at.
                    match self.accounts.key_of_row(table, *row) {
                        Some(key) => self.look_at(reader, table, &key),
                        None => return self.look_at_all(reader),
                    }
                }
            }
            Changed::Anything => self.look_at_all(reader),
        }
    }

    fn look_at_all(&self, reader: &Reader<'_>) {
        for principal in self.tokens.principals().into_iter().chain(self.sessions.principals()) {
            self.look_at(reader, &principal.source, &principal.key);
        }
    }

    fn look_at(&self, reader: &Reader<'_>, source: &str, key: &str) {
        let account = SecretHash::of_account(source, key);
        if !self.tokens.holds(account) && !self.sessions.holds(account) {
            return;
        }
        let now = self.accounts.current(reader, source, key).unwrap_or_else(|error| {
            log::error!("an account cannot be read, so its sessions and tokens end: {error}");
            None
        });
        let stands = |principal: &Principal| now.as_ref().is_some_and(|now| self.accounts.stands(principal, now));
        let (sessions, tokens) = (self.sessions.keep(account, stands), self.tokens.keep(account, stands));
        if sessions + tokens > 0 {
            (self.report)(&Ended { source, key, sessions, tokens });
        }
    }

    fn stands(&self, principal: &Principal) -> Result<bool, StoreError> {
        let now = self.database.read(|reader| self.accounts.current(reader, &principal.source, &principal.key))?;
        Ok(now.is_some_and(|now| self.accounts.stands(principal, &now)))
    }
}
