//! What SQLite's error codes mean to us.

use std::fmt;

use rusqlite::ErrorCode;
use rusqlite::ffi;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone)]
pub enum StoreError {
    /// A unique key, by its columns as `TABLE.COLUMN, …`, has the value already.
    Unique(String),
    /// A foreign key would name nothing, or a row that is still named would go.
    ForeignKey,
    /// A column, as `TABLE.COLUMN`, may not be NULL.
    NotNull(String),
    /// A trigger refused the change; holds what it says.
    Raised(String),
    /// A CHECK, by its name or text, does not hold.
    Check(String),
    /// The query took more steps than it may take on this thread.
    OverBudget,
    /// A sum is larger than any number that SQLite has.
    OutOfRange,
    /// The file is only read.
    ReadOnly,
    /// There is more to write than the queue takes, or no connection came free.
    Busy,
    /// The disk is full, or the file cannot be written.
    Unavailable(String),
    /// The file is not what it should be.
    Unusable(String),
    /// Anything else.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique(columns) => write!(formatter, "unique key violated: {columns}"),
            Self::ForeignKey => formatter.write_str("foreign key violated"),
            Self::NotNull(column) => write!(formatter, "not null violated: {column}"),
            Self::Check(name) => write!(formatter, "check violated: {name}"),
            Self::OverBudget => formatter.write_str("the query exceeds its step budget"),
            Self::OutOfRange => formatter.write_str("integer overflow"),
            Self::ReadOnly => formatter.write_str("the database is read-only"),
            Self::Busy => formatter.write_str("the database is busy"),
            Self::Raised(text) | Self::Unavailable(text) | Self::Unusable(text) | Self::Failed(text) => {
                formatter.write_str(text)
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return Self::Failed(error.to_string());
        };
        let text = message.clone().unwrap_or_else(|| error.to_string());
        let detail = text.split_once(": ").map_or_else(|| text.clone(), |(_, detail)| detail.to_owned());
        match (code.code, code.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID) => {
                Self::Unique(detail)
            }
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Self::ForeignKey,
            (_, ffi::SQLITE_CONSTRAINT_NOTNULL) => Self::NotNull(detail),
            (_, ffi::SQLITE_CONSTRAINT_TRIGGER) if text == "FOREIGN KEY constraint failed" => Self::ForeignKey,
            (_, ffi::SQLITE_CONSTRAINT_TRIGGER) => Self::Raised(text),
            (ErrorCode::ConstraintViolation, _) => Self::Check(detail),
            (ErrorCode::OperationInterrupted, _) => Self::OverBudget,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy,
            (
                ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::SystemIoFailure
                | ErrorCode::PermissionDenied,
                _,
            ) => Self::Unavailable(text),
            (ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt, _) => Self::Unusable(text),
            _ if text == "integer overflow" => Self::OutOfRange,
            _ => Self::Failed(text),
        }
    }
}
