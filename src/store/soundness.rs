//! Whether a file is a whole and known database.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::connection::{self, Purpose};
use super::{StoreError, migrations};

/// Findings of a kind that are told one by one.
const MOST_FINDINGS: usize = 20;

/// Whose database a file should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The sample's: its migrations are recorded in it.
    Hrdb,
    /// Anybody's.
    Anyone,
}

/// What a look at a database has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soundness {
    /// What `integrity_check` says of the file itself: pages, indexes, constraints.
    pub damages: Vec<String>,
    /// Rows that refer to none, by table.
    pub dangling: Vec<String>,
    /// What is wrong with the record of the migrations.
    pub migrations: Vec<String>,
    /// Steps of the schema that are recorded, of how many that are known.
    pub steps: Option<(usize, usize)>,
}

impl Soundness {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings().next().is_none()
    }

    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &String> {
        self.damages.iter().chain(&self.dangling).chain(&self.migrations)
    }
}

/// Looks through a database that may be in use; changes nothing.
///
/// # Errors
/// What SQLite reports when it cannot look at all; a file that is no database is a finding.
pub fn examine(path: &Path, owner: Owner) -> Result<Soundness, StoreError> {
    found(connection::open(path, Purpose::Read).and_then(|connection| look(&connection, owner)))
}

/// Looks through a file that is put away, which must not even get another file beside it.
///
/// # Errors
/// As [`examine`].
pub fn examine_copy(path: &Path, owner: Owner) -> Result<Soundness, StoreError> {
    found(open_copy(path).and_then(|connection| look(&connection, owner)))
}

/// A connection to a file that is put away.
///
/// # Errors
/// What SQLite reports.
pub fn open_copy(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection::prepare(&mut connection, Purpose::Read)?;
    Ok(connection)
}

/// What is broken beyond reading is found, not failed at.
fn found(looked: Result<Soundness, StoreError>) -> Result<Soundness, StoreError> {
    match looked {
        Err(StoreError::Unusable(text)) => Ok(Soundness { damages: vec![text], ..Soundness::default() }),
        other => other,
    }
}

/// Looks through the database of a connection.
///
/// # Errors
/// As [`examine`], and [`StoreError::Unusable`] for a file that is no database.
pub fn look(connection: &Connection, owner: Owner) -> Result<Soundness, StoreError> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({MOST_FINDINGS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut damages: Vec<String> = lines.collect::<Result<_, _>>()?;
    damages.retain(|line| line != "ok");
    let mut soundness = Soundness { damages, ..Soundness::default() };
    // In a file that is damaged, what else is wrong follows from that.
    if soundness.damages.is_empty() {
        soundness.dangling = dangling(connection)?;
        if owner == Owner::Hrdb {
            let standing = migrations::standing(connection)?;
            soundness.steps = Some((standing.recorded, standing.known));
            soundness.migrations.extend(standing.problem);
        }
    }
    Ok(soundness)
}

/// The first damage of a copy that has just been made, without a look at what its indexes hold.
///
/// # Errors
/// What SQLite reports.
pub fn first_finding(connection: &Connection) -> Result<Option<String>, StoreError> {
    let line: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(Some(line).filter(|line| line != "ok"))
}

fn dangling(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let (mut findings, mut more) = (Vec::new(), 0_u64);
    while let Some(row) = rows.next()? {
        if findings.len() == MOST_FINDINGS {
            more += 1;
            continue;
        }
        let (table, number, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let number = number.map_or_else(String::new, |number| format!(" {number}"));
        findings.push(format!("row{number} of {table} refers to a row of {parent} that is not there"));
    }
    if more > 0 {
        findings.push(format!("and {more} more rows that refer to none"));
    }
    Ok(findings)
}
