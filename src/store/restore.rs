//! Puts a backup in the place of a database that nobody has open.
//!
//! What makes this delicate are the files that SQLite keeps beside a database: a write-ahead log or journal that is left from
//! the old one would be applied to the new one. So a database that can still be read is replaced by SQLite itself, in one
//! transaction within the same file: whoever opens it meanwhile waits, and after a crash it is the old one or the new one.
//! Only where nothing can be read are files renamed, all of them together.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use rustix::fs::{FlockOperation, fcntl_lock};

use super::StoreError;
use super::backup::{Pace, besides, copy, open_alone, same_file};
use super::partial::{Partial, exists, sync_folder};
use super::soundness::{self, Owner, Soundness};

/// How long another command may still have the database open.
const PATIENCE: Duration = Duration::from_secs(1);
/// Browsers that stay signed in.
const REMEMBERED: &str = "_hrdb_remember_me";

/// What a restore has done.
#[derive(Debug)]
pub struct Restored {
    /// What was found in the backup; nothing that stands in the way.
    pub soundness: Soundness,
    /// Where the old database is now; `None` when there was none.
    pub kept: Option<PathBuf>,
}

/// Replaces the database `target` by the copy `backup`, and keeps the old one beside it under its name with `suffix`.
/// Sign-ins that browsers remember are not restored: some of them may have been ended since.
///
/// # Errors
/// [`StoreError::Unusable`] when the backup is not sound or not of `owner`, [`StoreError::Busy`] when somebody has the
/// database open, [`StoreError::Unavailable`] when something cannot be written.
pub fn restore(backup: &Path, target: &Path, owner: Owner, suffix: &str) -> Result<Restored, StoreError> {
    if same_file(backup, target) {
        return Err(StoreError::Unavailable(format!("{} is the database itself", backup.display())));
    }
    let keep = named(target, suffix);
    if exists(&keep) {
        return Err(StoreError::Unavailable(format!("{} is there already", keep.display())));
    }
    // What is checked is what will be put in place, whatever happens to the backup meanwhile.
    let partial = Partial::create(target)?;
    let soundness = take(backup, partial.path(), owner).map_err(|error| match error {
        StoreError::Unusable(why) => StoreError::Unusable(format!("{} is not sound: {why}", backup.display())),
        other => StoreError::Unavailable(format!("{} cannot be copied: {other}", backup.display())),
    })?;
    let kept = match Live::open(target)? {
        Live::Readable(mut live) => {
            keep_copy(&live, &keep)?;
            let new = soundness::open_copy(partial.path())?;
            copy(&new, &mut live, Pace::Full, &AtomicBool::new(false))?;
            Some(keep)
        }
        Live::Damaged => {
            let _lock = lock(target)?;
            move_aside(target, &keep)?;
            give(&partial, target);
            partial.finish(true)?;
            Some(keep)
        }
        Live::Missing => {
            let kept = besides(target).iter().any(|beside| exists(beside));
            if kept {
                move_aside(target, &keep)?;
            }
            give(&partial, target.parent().unwrap_or(target));
            partial.finish(false)?;
            kept.then_some(keep)
        }
    };
    Ok(Restored { soundness, kept })
}

/// Copies the backup to a file of our own and looks through that.
fn take(backup: &Path, own: &Path, owner: Owner) -> Result<Soundness, StoreError> {
    let mut to = open_alone(own)?;
    copy(&soundness::open_copy(backup)?, &mut to, Pace::Full, &AtomicBool::new(false))?;
    let soundness = soundness::look(&to, owner)?;
    // Rows that refer to none are a fault of ours in the sample, and may be somebody's way elsewhere.
    let fault = |dangling: &&String| owner == Owner::Hrdb || !soundness.dangling.contains(dangling);
    if let Some(finding) = soundness.findings().find(fault) {
        return Err(StoreError::Unusable(finding.clone()));
    }
    let remembered: Option<i64> = to
        .query_row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", [REMEMBERED], |row| row.get(0))
        .optional()?;
    if owner == Owner::Hrdb && remembered.is_some() {
        to.execute(&format!("DELETE FROM {REMEMBERED}"), [])?;
    }
    Ok(soundness)
}

/// The database that is to be replaced.
enum Live {
    /// This connection has it for itself, and its log is empty.
    Readable(Connection),
    /// No database, or one that cannot be read.
    Damaged,
    Missing,
}

impl Live {
    fn open(path: &Path) -> Result<Self, StoreError> {
        if !exists(path) {
            return Ok(Self::Missing);
        }
        match Self::alone(path) {
            Ok(connection) => Ok(Self::Readable(connection)),
            Err(StoreError::Unusable(_)) => Ok(Self::Damaged),
            Err(other) => Err(other),
        }
    }

    /// Leaving the write-ahead log takes that nobody else has the file open, so it is also the test of that.
    fn alone(path: &Path) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let _: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        // In this mode a lock is kept once it is had.
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        match soundness::first_finding(&connection)? {
            Some(finding) => Err(StoreError::Unusable(finding)),
            None => Ok(connection),
        }
    }
}

fn keep_copy(live: &Connection, keep: &Path) -> Result<(), StoreError> {
    let partial = Partial::create(keep)?;
    copy(live, &mut open_alone(partial.path())?, Pace::Full, &AtomicBool::new(false))?;
    partial.finish(false)
}

/// SQLite's own locks lie within this one: whoever has the file open in spite of its damage holds one of them.
fn lock(target: &Path) -> Result<File, StoreError> {
    let file = File::options().read(true).write(true).open(target).map_err(|error| cannot_keep(target, &error))?;
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| StoreError::Busy)?;
    Ok(file)
}

/// Gives a database that cannot be read another name, with the files beside it: what can be saved of it stays together. The
/// database itself keeps its name as well, until that is the new one's; without a database, a server would make one.
fn move_aside(target: &Path, keep: &Path) -> Result<(), StoreError> {
    if exists(target) {
        std::fs::hard_link(target, keep)
            .or_else(|_| std::fs::copy(target, keep).map(|_| ()))
            .map_err(|error| cannot_keep(target, &error))?;
    }
    for (from, to) in besides(target).iter().zip(besides(keep)) {
        if exists(from) {
            std::fs::rename(from, to).map_err(|error| cannot_keep(from, &error))?;
        }
    }
    sync_folder(target)
}

/// The server's user must be able to open what the system's administrator has restored.
fn give(partial: &Partial, like: &Path) {
    if let Ok(owner) = like.metadata() {
        partial.give_to(&owner);
    }
}

fn cannot_keep(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("cannot keep {}: {error}", path.display()))
}

fn named(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
