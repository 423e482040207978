//! Statements on the server's own table of remembered sign-ins. Times are milliseconds since 1970.

use super::statement::Statement;
use super::value::Value;

/// A series as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Hash of the series' name.
    pub series: String,
    /// The account source.
    pub source: String,
    /// The account's key as text.
    pub account: String,
    /// What the account was like when the series began.
    pub standing: String,
    /// Hash of the token that is valid.
    pub token: String,
    /// Hash of the token before.
    pub previous: Option<String>,
    /// What the valid token was derived with from the one before.
    pub salt: Option<String>,
    /// When the token was last replaced.
    pub rotated: i64,
    /// When the series ends.
    pub expires: i64,
}

impl Remembered {
    /// Of a row of [`remembered`].
    #[must_use]
    pub fn of(row: &[Value]) -> Option<Self> {
        let text = |value: &Value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        match row {
            [
                series,
                source,
                account,
                standing,
                token,
                previous,
                salt,
                Value::Integer(rotated),
                Value::Integer(expires),
            ] => Some(Self {
                series: text(series)?,
                source: text(source)?,
                account: text(account)?,
                standing: text(standing)?,
                token: text(token)?,
                previous: text(previous),
                salt: text(salt),
                rotated: *rotated,
                expires: *expires,
            }),
            _ => None,
        }
    }
}

/// The series of that hash.
#[must_use]
pub fn remembered(series: &str) -> Statement {
    let sql = "SELECT SERIES, SOURCE, ACCOUNT, STANDING, TOKEN, PREVIOUS, SALT, ROTATED, EXPIRES FROM _hrdb_remember_me WHERE SERIES = ?1";
    with(sql, [text(series)])
}

/// Begins a series.
#[must_use]
pub fn remember(new: &Remembered) -> Statement {
    let sql = "INSERT INTO _hrdb_remember_me (SERIES, SOURCE, ACCOUNT, STANDING, TOKEN, ROTATED, EXPIRES) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (rotated, expires) = (Value::Integer(new.rotated), Value::Integer(new.expires));
    let texts = [&new.series, &new.source, &new.account, &new.standing, &new.token].map(|value| text(value));
    with(sql, texts.into_iter().chain([rotated, expires]))
}

/// Replaces the token of a series.
#[must_use]
pub fn rotate_remembered(series: &str, token: &str, salt: &str, now: i64) -> Statement {
    let sql = "UPDATE _hrdb_remember_me SET PREVIOUS = TOKEN, TOKEN = ?2, SALT = ?3, ROTATED = ?4 WHERE SERIES = ?1";
    with(sql, [text(series), text(token), text(salt), Value::Integer(now)])
}

/// Ends a series.
#[must_use]
pub fn forget(series: &str) -> Statement {
    with("DELETE FROM _hrdb_remember_me WHERE SERIES = ?1", [text(series)])
}

/// Ends an account's series but for so many, the youngest.
#[must_use]
pub fn forget_account(source: &str, account: &str, kept: u32) -> Statement {
    let sql = "DELETE FROM _hrdb_remember_me WHERE SOURCE = ?1 AND ACCOUNT = ?2 AND SERIES NOT IN (\
               SELECT SERIES FROM _hrdb_remember_me WHERE SOURCE = ?1 AND ACCOUNT = ?2 ORDER BY EXPIRES DESC, rowid DESC LIMIT ?3)";
    with(sql, [text(source), text(account), Value::Integer(kept.into())])
}

/// How many series are past their time: at most one is counted.
#[must_use]
pub fn overdue(now: i64) -> Statement {
    with("SELECT EXISTS (SELECT 1 FROM _hrdb_remember_me WHERE EXPIRES <= ?1)", [Value::Integer(now)])
}

/// Removes the series that are past their time.
#[must_use]
pub fn forget_overdue(now: i64) -> Statement {
    with("DELETE FROM _hrdb_remember_me WHERE EXPIRES <= ?1", [Value::Integer(now)])
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn with(sql: &str, parameters: impl IntoIterator<Item = Value>) -> Statement {
    Statement { sql: sql.to_owned(), parameters: parameters.into_iter().collect(), volatile: false }
}
