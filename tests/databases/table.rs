//! A table as text, to see whether something has changed it.

use std::fmt::Write as _;

use rusqlite::Connection;

/// A line for each row of a table, types of values included.
pub fn lines_of(connection: &Connection, table: &str) -> String {
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1")).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut text = String::new();
    while let Some(row) = rows.next().unwrap() {
        let values: Vec<_> = (0..columns).map(|column| row.get_ref(column).unwrap()).collect();
        writeln!(text, "{table} {values:?}").unwrap();
    }
    text
}
