//! What `make growth` measures exports against: SQLite alone, which reads every row and value of a statement and does nothing
//! with them. `scan DATABASE SQL` prints the seconds that it took, and how many bytes of text there were.

use std::io::Write as _;
use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(sql)) = (arguments.next(), arguments.next()) else {
        return Err("scan DATABASE SQL".into());
    };
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // As much as the server gives a connection.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    let started = Instant::now();
    let mut statement = connection.prepare(&sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Text(text) = row.get_ref(column)? {
                bytes += text.len();
            }
        }
    }
    writeln!(std::io::stdout(), "{:.3} {bytes}", started.elapsed().as_secs_f64())?;
    Ok(())
}
