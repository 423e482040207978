//! Browsers that stay signed in: a series for each, and a token that is replaced at each use.
//!
//! The cookie is `series.token`, both secrets; the table keeps their hashes. A token that was replaced and comes again was
//! copied: either the browser or the thief has it second-hand, so everything that the account holds ends. Browsers send
//! several requests at once, though, and may give up on the answer that has the new token. So for a moment the token before
//! is good as well, and gets the same new token again: it is derived from the old one, which only its bearer has, and a
//! salt, which only the table has.
//!
//! A series ends with its time, which use does not lengthen, by signing out, and by itself when the account's name, role or
//! password is no longer what it was when the series began.

use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::accounts::Accounts;
use super::clock::Clock;
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use crate::query::{self, Remembered, Statement};
use crate::store::{Database, StoreError, Transaction};

/// How long the token before is still good, in milliseconds.
const GRACE: u64 = 60_000;
/// Series of one account; the oldest goes.
const MOST_PER_ACCOUNT: u32 = 20;

/// Remembered sign-ins.
pub struct RememberMe {
    database: Arc<Database>,
    accounts: Arc<Accounts>,
    validity_milliseconds: u64,
    clock: Clock,
}

/// What a cookie says, to be kept by the browser for so long.
pub struct RememberMeCookie {
    /// Its text.
    pub value: String,
    /// For so many seconds.
    pub seconds: u64,
    /// The series.
    pub series: SecretHash,
}

/// Whose a cookie is.
pub enum Recalled {
    /// Nobody's any more.
    Nobody,
    /// A remembered account's.
    Somebody {
        /// As the account is now.
        principal: Arc<Principal>,
        /// What the browser is to keep from now on.
        cookie: RememberMeCookie,
        /// The token was replaced a moment ago: another request of the same browser is doing all this too.
        again: bool,
    },
    /// Somebody has copied it. Its series is gone; the account's sessions and tokens are to end.
    Stolen(Arc<Principal>),
}

impl RememberMe {
    /// Remembers for so many seconds; 0 remembers nobody.
    #[must_use]
    pub fn new(database: Arc<Database>, accounts: Arc<Accounts>, validity_seconds: u32, clock: Clock) -> Self {
        Self { database, accounts, validity_milliseconds: u64::from(validity_seconds) * 1000, clock }
    }

    /// Whether anybody is remembered.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.validity_milliseconds > 0
    }

    /// Begins a series for who has just signed in.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn begin(&self, principal: &Principal) -> Result<RememberMeCookie, StoreError> {
        let (series, token) = (PlainSecret::generate(), PlainSecret::generate());
        let now = self.clock.epoch();
        let new = Remembered {
            series: SecretHash::of(series.expose()).to_text(),
            source: principal.source.clone(),
            account: principal.key.clone(),
            standing: principal.standing.to_text(),
            token: SecretHash::of(token.expose()).to_text(),
            previous: None,
            salt: None,
            rotated: signed(now),
            expires: signed(now + self.validity_milliseconds),
        };
        let cookie = RememberMeCookie {
            value: format!("{}.{}", series.expose(), token.expose()),
            seconds: self.validity_milliseconds / 1000,
            series: SecretHash::of(series.expose()),
        };
        self.database
            .write(move |transaction| {
                transaction.execute(&query::remember(&new))?;
                transaction.execute(&query::forget_account(&new.source, &new.account, MOST_PER_ACCOUNT))?;
                Ok::<_, StoreError>(())
            })
            .await?;
        Ok(cookie)
    }

    /// Finds out whose a cookie is, and replaces its token.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn recall(&self, presented: &str) -> Result<Recalled, StoreError> {
        let Some((series, token)) = parts(presented).filter(|_| self.is_on()) else { return Ok(Recalled::Nobody) };
        let known = query::remembered(&SecretHash::of(series).to_text());
        // Most of what is made up ends here, without a turn at the writer.
        if self.database.read(|reader| reader.rows(&known))?.is_empty() {
            return Ok(Recalled::Nobody);
        }
        let use_of = Use {
            series: series.to_owned(),
            token: token.to_owned(),
            salt: PlainSecret::generate().expose().to_owned(),
            now: self.clock.epoch(),
            accounts: Arc::clone(&self.accounts),
        };
        self.database.write(move |transaction| use_of.run(transaction)).await
    }

    /// Ends the series of a cookie, whichever of its tokens it has.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn forget(&self, presented: &str) -> Result<(), StoreError> {
        match parts(presented) {
            Some((series, _)) => self.forget_series(SecretHash::of(series)).await,
            None => Ok(()),
        }
    }

    /// Ends a series.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn forget_series(&self, series: SecretHash) -> Result<(), StoreError> {
        let series = series.to_text();
        if self.database.read(|reader| reader.rows(&query::remembered(&series)))?.is_empty() {
            return Ok(());
        }
        let statement = query::forget(&series);
        self.database.write(move |transaction| transaction.execute(&statement).map(drop)).await
    }

    /// Removes series that are past their time.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = signed(self.clock.epoch());
        if self.database.read_long(|reader| reader.number(&query::overdue(now)))? == 0 {
            return Ok(());
        }
        self.database.write(move |transaction| transaction.execute(&query::forget_overdue(now)).map(drop)).await
    }
}

/// One use of a cookie, within one transaction.
struct Use {
    series: String,
    token: String,
    salt: String,
    now: u64,
    accounts: Arc<Accounts>,
}

impl Use {
    fn run(&self, transaction: &Transaction<'_>) -> Result<Recalled, StoreError> {
        let series = SecretHash::of(&self.series).to_text();
        let row = transaction.reader().rows(&query::remembered(&series))?.pop();
        let Some(kept) = row.as_deref().and_then(Remembered::of) else { return Ok(Recalled::Nobody) };
        let end = |statement: &Statement| transaction.execute(statement).map(drop);
        let now = self.accounts.current(&transaction.reader(), &kept.source, &kept.account)?;
        let Some(principal) = now.filter(|now| now.standing.to_text() == kept.standing) else {
            end(&query::forget(&series))?;
            return Ok(Recalled::Nobody);
        };
        if kept.expires <= signed(self.now) {
            end(&query::forget(&series))?;
            return Ok(Recalled::Nobody);
        }
        let presented = SecretHash::of(&self.token).to_text();
        let is = |hash: &str| bool::from(hash.as_bytes().ct_eq(presented.as_bytes()));
        let principal = Arc::new(principal);
        if is(&kept.token) {
            let next = PlainSecret::derived(&self.token, &self.salt);
            let hash = SecretHash::of(next.expose()).to_text();
            transaction.execute(&query::rotate_remembered(&series, &hash, &self.salt, signed(self.now)))?;
            return Ok(Recalled::Somebody { principal, cookie: self.cookie(&next, kept.expires), again: false });
        }
        let lately = self.now.saturating_sub(kept.rotated.unsigned_abs()) < GRACE;
        if let Some(salt) = kept.salt.filter(|_| lately && kept.previous.as_deref().is_some_and(is)) {
            let next = PlainSecret::derived(&self.token, &salt);
            return Ok(Recalled::Somebody { principal, cookie: self.cookie(&next, kept.expires), again: true });
        }
        end(&query::forget_account(&kept.source, &kept.account, 0))?;
        Ok(Recalled::Stolen(principal))
    }

    fn cookie(&self, token: &PlainSecret, expires: i64) -> RememberMeCookie {
        RememberMeCookie {
            value: format!("{}.{}", self.series, token.expose()),
            seconds: expires.unsigned_abs().saturating_sub(self.now) / 1000,
            series: SecretHash::of(&self.series),
        }
    }
}

/// Series and token of a cookie.
fn parts(presented: &str) -> Option<(&str, &str)> {
    let (series, token) = presented.split_once('.')?;
    let decent = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (decent(series) && decent(token)).then_some((series, token))
}

fn signed(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}
