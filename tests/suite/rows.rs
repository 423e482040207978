//! Looks at the database file behind the server's back, to see what a request has really done.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::table::lines_of;

/// The tables of the sample.
pub const TABLES: [&str; 4] = ["DEPARTMENT", "EMPLOYEE", "USER", "VACATION"];

/// The database in a server's folder, for reading.
pub fn open(folder: &Path) -> Connection {
    Connection::open_with_flags(folder.join("hrdb.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// Every row of the four tables, hashes of passwords and types of values included.
pub fn everything(folder: &Path) -> String {
    let connection = open(folder);
    TABLES.iter().map(|table| lines_of(&connection, table)).collect()
}

/// Fails, with the lines that differ, when the rows are not what they were.
#[track_caller]
pub fn assert_unchanged(folder: &Path, before: &str, case: &str) {
    let after = everything(folder);
    let missing: Vec<&str> = before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    let added: Vec<&str> = after.lines().filter(|line| !before.lines().any(|other| other == *line)).collect();
    assert!(after == before, "{case} changed rows:\ngone: {missing:#?}\nnew: {added:#?}");
}
