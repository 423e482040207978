//! Opens connections: the pragmas that every one needs, and the step budget.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::StoreError;
use super::wal_index::FEW_FRAMES;
use crate::query;

/// Distinct statements that a connection keeps prepared.
const STATEMENTS_KEPT: usize = 256;
/// What a connection that reads may keep of the file. It takes no more than it has read.
const CACHE_KIB: i32 = 16 * 1024;
/// Virtual machine steps between two looks at the budget.
const STEPS_PER_TICK: i32 = 100;

thread_local! {
    /// Ticks and time left to the query that this thread runs; `None` is no limit.
    static LEFT: Cell<Budget> = const { Cell::new(Budget { ticks: None, deadline: None }) };
}

#[derive(Clone, Copy, Default)]
struct Budget {
    ticks: Option<u32>,
    deadline: Option<Instant>,
}

/// Runs `job` so that its queries on this thread may take so many ticks together, and may not go on after the deadline.
pub fn within<T>(ticks: Option<u32>, deadline: Option<Instant>, job: impl FnOnce() -> T) -> T {
    LEFT.set(Budget { ticks, deadline });
    let result = job();
    LEFT.set(Budget::default());
    result
}

/// Runs what must not be stopped half-way, whatever is left of the budget.
pub fn whole<T>(job: impl FnOnce() -> T) -> T {
    let left = LEFT.replace(Budget::default());
    let result = job();
    LEFT.set(left);
    result
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Never changes anything.
    Read,
    /// The one that writes; makes the file if it is missing.
    Write,
    /// The one that writes to a file that must be there.
    WriteExisting,
}

/// Opens a connection and prepares it.
///
/// # Errors
/// What SQLite reports.
pub fn open(path: &Path, purpose: Purpose) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if purpose == Purpose::Write {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let mut connection = Connection::open_with_flags(path, flags)?;
    prepare(&mut connection, purpose)?;
    Ok(connection)
}

/// The settings that SQLite keeps per connection.
///
/// # Errors
/// What SQLite reports.
pub fn prepare(connection: &mut Connection, purpose: Purpose) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Without it, a statement whose plan may depend on a parameter's value is planned anew each time it is given one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    define_functions(connection)?;
    match purpose {
        Purpose::Read => {
            connection.pragma_update(None, "query_only", true)?;
            // So many pages that the narrowest index of a million rows stays in memory, where it is counted 20 times faster.
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            connection.progress_handler(STEPS_PER_TICK, Some(exhausted))?;
        }
        Purpose::Write | Purpose::WriteExisting => {
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "wal_autocheckpoint", FEW_FRAMES)?;
        }
    }
    Ok(())
}

/// Lets readers go on while one writes. The file itself is changed by this, so it comes after a look at whose it is.
///
/// # Errors
/// What SQLite reports.
pub fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "journal_mode", "WAL")?)
}

/// SQLite's own `lower` and `upper` know ASCII only. They are left as they are: an index of the database may use them.
fn define_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    for (name, fold) in [(query::LOWER, str::to_lowercase as fn(&str) -> String), (query::UPPER, str::to_uppercase)] {
        connection.create_scalar_function(name, 1, flags, move |call| {
            Ok(match call.get_raw(0) {
                ValueRef::Null | ValueRef::Blob(_) => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                ValueRef::Real(number) => Some(number.to_string()),
                ValueRef::Text(text) => Some(fold(&String::from_utf8_lossy(text))),
            })
        })?;
    }
    Ok(())
}

/// Spends a tick; true stops the query.
fn exhausted() -> bool {
    let left = LEFT.get();
    if left.ticks == Some(0) || left.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
        return true;
    }
    LEFT.set(Budget { ticks: left.ticks.map(|ticks| ticks - 1), ..left });
    false
}
