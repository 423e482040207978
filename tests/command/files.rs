//! Commands that come to an end, and a look at databases behind their back.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::process::{Running, basic, files, hrdb};
use crate::table::lines_of;

/// Runs the command in a folder. Only errors are logged.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    hrdb(folder).args(["--log", "error"]).args(arguments).output().unwrap()
}

/// What a command that does what it is asked prints.
#[track_caller]
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code of one that is refused, and the one line that it says.
#[track_caller]
pub fn refusal(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.starts_with("hrdb: ") && said.lines().count() == 1, "{arguments:?}: {output:?}");
    (output.status.code().unwrap(), said)
}

/// Asks until the answer is as it should be.
#[track_caller]
pub fn eventually(ask: impl Fn() -> bool, case: &str) {
    let started = Instant::now();
    while !ask() {
        assert!(started.elapsed() < Duration::from_secs(30), "{case}");
        std::thread::yield_now();
    }
}

/// The names in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names = files(folder);
    names.sort();
    names
}

/// One that may only read would leave a log behind.
fn open(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
}

/// A folder in which a server has been, and has stopped in order.
pub fn used() -> TempDir {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    // One that is stopped before it serves does not come to tidy up.
    assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).0, 200);
    let (status, folder) = server.stop("-TERM");
    assert!(status.success());
    folder
}

/// The codes of the departments in a database.
pub fn departments(path: &Path) -> Vec<String> {
    let connection = open(path);
    let mut statement = connection.prepare("SELECT DEPT_CODE FROM DEPARTMENT WHERE DEPT_CODE IS NOT NULL").unwrap();
    let codes = statement.query_map([], |row| row.get(0)).unwrap();
    codes.map(Result::unwrap).collect()
}

/// Every row of every table of a database, but for sign-ins that browsers remember.
pub fn rows(path: &Path) -> String {
    let connection = open(path);
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(!tables.is_empty(), "{} has tables", path.display());
    // SQLite's own notes about indexes change when a server stops.
    let theirs = |table: &&String| !table.starts_with("sqlite_stat") && *table != "_hrdb_remember_me";
    tables.iter().filter(theirs).map(|table| lines_of(&connection, table)).collect()
}
