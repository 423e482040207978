//! Fills the sample's database with rows that are made up.
//!
//! It takes the file for itself, writes each page once, with a rollback journal instead of the log that readers need, and
//! builds the indexes anew when the rows are there: together several times faster than adding rows one by one. All of it is one transaction.

use std::path::Path;
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use super::connection::Purpose;
use super::{StoreError, connection};

const STANDING: &str = include_str!("../../migrations/generate/standing.sql");
const ROWS: &str = include_str!("../../migrations/generate/rows.sql");

/// What was there, and what is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    /// Rows before.
    pub before: u32,
    /// Rows afterwards, as many as were asked for.
    pub after: u32,
}

/// Sees to it that the sample has so many employees, with departments and vacations to match. What is there stays as it is.
/// Takes about 250 MB of memory, and half a minute for a million on a machine that is quick.
///
/// # Errors
/// [`StoreError::Unusable`] when there are more already, and when somebody else has the file open.
pub fn generate(path: &Path, wanted: u32) -> Result<Generated, StoreError> {
    let mut connection = connection::open(path, Purpose::WriteExisting)?;
    let (before, _) = standing(&connection)?;
    if before == wanted {
        return Ok(Generated { before, after: before });
    }
    if before > wanted {
        return Err(StoreError::Unusable(format!("there are {before} already, and none is ever removed")));
    }
    alone(&connection)?;
    let result = fill(&mut connection, wanted);
    // Back to what a server works with, whatever has come of it.
    connection.pragma_update(None, "locking_mode", "NORMAL")?;
    connection::write_ahead(&connection)?;
    result?;
    Ok(Generated { before, after: wanted })
}

/// Shuts others out and gives up the log.
fn alone(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_millis(100))?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let mode = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0));
    if mode.as_deref() == Ok("delete") {
        return Ok(());
    }
    Err(StoreError::Unusable("the database is in use: stop the server first".to_owned()))
}

fn fill(connection: &mut Connection, wanted: u32) -> Result<(), StoreError> {
    // In KiB: what sorting an index may take.
    connection.pragma_update(None, "cache_size", -131_072)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let (before, next) = standing(&transaction)?;
    let last = next + i64::from(wanted.saturating_sub(before)) - 1;
    define_functions(&transaction, next, last)?;
    let indexes = indexes(&transaction)?;
    for (name, _) in &indexes {
        transaction.execute_batch(&format!("DROP INDEX \"{}\"", name.replace('"', "\"\"")))?;
    }
    transaction.execute_batch(ROWS)?;
    for (_, definition) in &indexes {
        transaction.execute_batch(definition)?;
    }
    // Without figures SQLite takes it that any index narrows a table down to some ten rows, even one of two values.
    transaction.execute_batch("PRAGMA analysis_limit = 10000; ANALYZE")?;
    Ok(transaction.commit()?)
}

/// How many employees there are, and the next key.
fn standing(connection: &Connection) -> Result<(u32, i64), StoreError> {
    Ok(connection.query_row(STANDING, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Name and definition of each index that is not part of a table's own.
fn indexes(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn define_functions(connection: &Connection, first: i64, last: i64) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("first_new", 0, flags, move |_| Ok(first))?;
    connection.create_scalar_function("last_new", 0, flags, move |_| Ok(last))?;
    connection.create_scalar_function("draw", 3, flags, |call| Ok(draw(call.get(0)?, call.get(1)?, call.get(2)?)))?;
    Ok(())
}

/// One of 1 to `n`, by the mixing step of `SplitMix64`: the same for the same row and number, for ever and everywhere.
fn draw(row: i64, number: i64, n: i64) -> i64 {
    let mut mixed = (row.cast_unsigned() << 8 | number.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed % n.max(1).cast_unsigned()).cast_signed() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_fixed_and_spread_evenly() {
        let drawn = [draw(11, 1, 93), draw(11, 2, 93), draw(12, 1, 93), draw(2_147_483_647, 63, 1000)];
        assert_eq!(drawn, [60, 47, 15, 331]);
        let mut found = [0_u32; 10];
        for row in 0..10_000 {
            found[usize::try_from(draw(row, 7, 10)).unwrap() - 1] += 1;
        }
        assert!(found.iter().all(|&times| (850..1150).contains(&times)), "{found:?}");
    }
}
