//! What `make growth` measures the server against: SQLite alone, which reads every row and value of a statement and does
//! nothing with them. `scan DATABASE SQL` prints the seconds that it took, and how many bytes of text there were.
//!
//! `scan DATABASE SQL LAST TIMES` runs the statement so many times within one transaction, each time with another key from 1 to
//! LAST, spread over all of them.

use std::io::Write as _;
use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Rows};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(sql)) = (arguments.next(), arguments.next()) else {
        return Err("scan DATABASE SQL [LAST TIMES]".into());
    };
    let keys: Vec<i64> = match (arguments.next(), arguments.next()) {
        (Some(last), Some(times)) => {
            let last: i64 = last.parse()?;
            (0..times.parse()?).map(|at: i64| at * 7_919 % last + 1).collect()
        }
        _ => Vec::new(),
    };
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // As much as the server gives a connection.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    let started = Instant::now();
    let mut statement = connection.prepare(&sql)?;
    let mut bytes = 0;
    if keys.is_empty() {
        bytes = texts(statement.query([])?)?;
    }
    connection.execute_batch("BEGIN")?;
    for key in keys {
        bytes += texts(statement.query([key])?)?;
    }
    writeln!(std::io::stdout(), "{:.3} {bytes}", started.elapsed().as_secs_f64())?;
    Ok(())
}

/// Reads all rows; returns how many bytes of text there are in them.
fn texts(mut rows: Rows<'_>) -> rusqlite::Result<usize> {
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        for column in 0..row.as_ref().column_count() {
            if let ValueRef::Text(text) = row.get_ref(column)? {
                bytes += text.len();
            }
        }
    }
    Ok(bytes)
}
