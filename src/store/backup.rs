//! Copies of a database, made while others read and change it.
//!
//! A copy is one state of the database: everything that was committed when it began, and nothing that came later. It is
//! written under a temporary name, looked through, and gets its own name when it is on the disk. It stands alone, without the
//! two files that a database with a write-ahead log has beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::connection::{self, Purpose};
use super::partial::{Partial, exists};
use super::{StoreError, soundness};

/// Pages between two looks at whether to stop.
const PAGES_PER_STEP: i32 = 256;
/// Virtual machine steps between two looks at whether to stop.
const STEPS_PER_LOOK: i32 = 10_000;
/// How long a locked database is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries at a locked database.
const RETRY: Duration = Duration::from_millis(20);
/// What files of a database have behind its name.
const BESIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How fast a copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as it goes.
    Full,
    /// With pauses, so that others hardly notice.
    Gentle,
}

impl Pace {
    fn pause(self) -> Duration {
        match self {
            Self::Full => Duration::ZERO,
            Self::Gentle => Duration::from_millis(5),
        }
    }
}

/// What became of the scheduled backups since the start of the server.
#[derive(Debug, Default)]
pub struct BackupFigures {
    succeeded: AtomicU64,
    failed: AtomicU64,
    last_success: AtomicI64,
    bytes: AtomicU64,
    milliseconds: AtomicU64,
}

impl BackupFigures {
    /// Notes a backup of so many bytes that is on the disk.
    pub fn succeeded(&self, bytes: u64, took: Duration, epoch_seconds: i64) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.milliseconds.store(u64::try_from(took.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.last_success.store(epoch_seconds, Ordering::Relaxed);
        self.succeeded.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes one that came to nothing.
    pub fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes note of a backup that an earlier run of the server has made.
    pub fn found(&self, epoch_seconds: i64) {
        self.last_success.fetch_max(epoch_seconds, Ordering::Relaxed);
    }

    /// How many were made.
    #[must_use]
    pub fn successes(&self) -> u64 {
        self.succeeded.load(Ordering::Relaxed)
    }

    /// How many were not.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// When the newest was made, in seconds since 1970; 0 is never.
    #[must_use]
    pub fn last_success(&self) -> i64 {
        self.last_success.load(Ordering::Relaxed)
    }

    /// Size of the newest that this run has made.
    #[must_use]
    pub fn last_bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How long it took.
    #[must_use]
    pub fn last_duration(&self) -> Duration {
        Duration::from_millis(self.milliseconds.load(Ordering::Relaxed))
    }
}

/// Writes a copy of the database `source` to `target`; returns its size in bytes.
///
/// # Errors
/// [`StoreError::Busy`] when the database stays locked, that or [`StoreError::OverBudget`] when `stop` was set, [`StoreError::Unavailable`] when the copy cannot be
/// written or `target` is there and must not be overwritten, [`StoreError::Unusable`] when the copy is not sound, which is
/// then true of the database.
pub fn back_up(
    source: &Path,
    target: &Path,
    overwrite: bool,
    pace: Pace,
    stop: &Arc<AtomicBool>,
) -> Result<u64, StoreError> {
    check_target(source, target, overwrite)?;
    let from = connection::open(source, Purpose::Read)?;
    let partial = Partial::create(target)?;
    {
        let mut to = open_alone(partial.path())?;
        copy(&from, &mut to, pace, stop)?;
        let cut = Arc::clone(stop);
        to.progress_handler(STEPS_PER_LOOK, Some(move || cut.load(Ordering::Relaxed)))?;
        if let Some(finding) = soundness::first_finding(&to)? {
            return Err(StoreError::Unusable(format!("the database is damaged: {finding}")));
        }
    }
    let size = partial.path().metadata().map_err(|error| StoreError::Unavailable(error.to_string()))?.len();
    partial.finish(overwrite)?;
    Ok(size)
}

/// A backup must not replace a database that somebody may have open, nor leave its name to the log of another one.
fn check_target(source: &Path, target: &Path, overwrite: bool) -> Result<(), StoreError> {
    let refused = |why: &str| Err(StoreError::Unavailable(format!("{} {why}", target.display())));
    if same_file(source, target) {
        return refused("is the database itself");
    }
    if target.is_dir() {
        return refused("is a folder");
    }
    if besides(target).iter().any(|beside| exists(beside)) {
        return refused("is a database in use: another file of it stands beside it");
    }
    if exists(target) && !overwrite {
        return refused("is there already; --force replaces it");
    }
    Ok(())
}

/// Whether two paths lead to one file.
#[must_use]
pub fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The names that SQLite's own files of a database have.
#[must_use]
pub fn besides(path: &Path) -> [PathBuf; 3] {
    BESIDES.map(|ending| {
        let mut name = OsString::from(path);
        name.push(ending);
        name.into()
    })
}

/// A connection to a file that nobody else has: nothing is left to roll back, since what fails is thrown away.
///
/// # Errors
/// What SQLite reports.
pub fn open_alone(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(connection)
}

/// Copies all pages of one state of `from`. Where `to` held a database, it holds the old one until it holds the new one.
///
/// # Errors
/// What SQLite reports, and [`StoreError::Busy`].
pub fn copy(from: &Connection, to: &mut Connection, pace: Pace, stop: &AtomicBool) -> Result<(), StoreError> {
    // An open transaction is one state, so that the copy need not begin anew whenever somebody commits.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
    let copied = copy_pages(from, to, pace, stop);
    from.execute_batch("COMMIT")?;
    copied?;
    // The pages say that there is a write-ahead log, which a file that is put away must not need.
    let _: String = to.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    Ok(())
}

fn copy_pages(from: &Connection, to: &mut Connection, pace: Pace, stop: &AtomicBool) -> Result<(), StoreError> {
    let backup = Backup::new(from, to)?;
    let mut moved = Instant::now();
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(StoreError::Busy);
        }
        match backup.step(PAGES_PER_STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {
                moved = Instant::now();
                std::thread::sleep(pace.pause());
            }
            _ if moved.elapsed() > PATIENCE => return Err(StoreError::Busy),
            _ => std::thread::sleep(RETRY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of so many pages that they are copied in several steps.
    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("shop.db");
        let connection = Connection::open(&path).unwrap();
        let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)";
        let filled = format!(
            "CREATE TABLE sale (id INTEGER PRIMARY KEY, text); INSERT INTO sale {rows} SELECT i, hex(randomblob(1000)) FROM n"
        );
        connection.execute_batch(&filled).unwrap();
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_gentle_backup_of_many_steps_has_every_row() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (database(folder.path()), folder.path().join("copy.db"));
        let size = back_up(&source, &target, false, Pace::Gentle, &Arc::default()).unwrap();
        assert_eq!(size, target.metadata().unwrap().len());
        assert!(size / 4096 > 2 * u64::try_from(PAGES_PER_STEP).unwrap(), "{size} bytes are several steps");
        let count = |path: &Path| -> i64 {
            Connection::open(path).unwrap().query_row("SELECT count(*) FROM sale", [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count(&source), count(&target)), (3000, 3000));
        let again = back_up(&source, &target, false, Pace::Full, &Arc::default()).unwrap_err();
        assert!(again.to_string().ends_with("is there already; --force replaces it"), "{again}");
        assert_eq!(back_up(&source, &target, true, Pace::Full, &Arc::default()).unwrap(), size);
        let itself = back_up(&source, &source, true, Pace::Full, &Arc::default()).unwrap_err();
        assert!(itself.to_string().ends_with("is the database itself"), "{itself}");
        let into = back_up(&source, folder.path(), true, Pace::Full, &Arc::default()).unwrap_err();
        assert!(into.to_string().ends_with("is a folder"), "{into}");
    }

    #[test]
    fn a_backup_that_is_told_to_stop_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (database(folder.path()), folder.path().join("copy.db"));
        let stopped = back_up(&source, &target, false, Pace::Gentle, &Arc::new(AtomicBool::new(true))).unwrap_err();
        assert!(matches!(stopped, StoreError::Busy), "{stopped}");
        assert_eq!(names(folder.path()), ["shop.db"]);
    }

    #[test]
    fn a_damaged_database_gets_no_backup() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (database(folder.path()), folder.path().join("copy.db"));
        let mut bytes = std::fs::read(&source).unwrap();
        bytes[5 * 4096..9 * 4096].fill(0xa5);
        std::fs::write(&source, bytes).unwrap();
        let damaged = back_up(&source, &target, false, Pace::Full, &Arc::default()).unwrap_err();
        assert!(matches!(damaged, StoreError::Unusable(_)), "{damaged}");
        assert_eq!(names(folder.path()), ["shop.db"]);
    }
}
