//! Connections for those who hold none of their own.

use std::path::Path;
use std::time::Duration;

use r2d2::{Pool, PooledConnection};
use r2d2_sqlite::SqliteConnectionManager;

use super::StoreError;
use super::connection::{self, Purpose};

/// Connections to one file.
pub type Connections = Pool<SqliteConnectionManager>;

/// How long a long read waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many connections that read, each opened when it is first needed.
///
/// # Errors
/// What SQLite reports.
pub fn pool(path: &Path, size: u32) -> Result<Connections, StoreError> {
    let manager = SqliteConnectionManager::file(path)
        .with_flags(rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .with_init(|connection| connection::prepare(connection, Purpose::Read));
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_timeout(PATIENCE)
        .build(manager)
        .map_err(|error| StoreError::Failed(error.to_string()))
}

/// One of them, when it is free.
///
/// # Errors
/// [`StoreError::Busy`] when none is for too long.
pub fn take(pool: &Connections) -> Result<PooledConnection<SqliteConnectionManager>, StoreError> {
    pool.get().map_err(|_| StoreError::Busy)
}
