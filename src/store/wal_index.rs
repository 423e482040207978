//! Whether a database has changed, without asking SQLite.
//!
//! A database in WAL mode has a file beside it, the WAL index (`-shm`), whose first bytes every commit of any process
//! changes: <https://www.sqlite.org/walformat.html#the_wal_index_header>. Comparing them costs one system call; beginning and
//! ending a read transaction, which says no more, costs three.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use parking_lot::Mutex;
use rusqlite::Connection;

use super::StoreError;

/// Version of the format that is understood here.
const VERSION: u32 = 3_007_000;
/// The header; it is there twice.
const HEADER: usize = 48;
/// Where the number of the last valid frame stands.
const FRAMES: usize = 16;
/// Where it stands how many frames a checkpoint has written back to the database.
const WRITTEN_BACK: usize = 96;
/// Frames that may gather before each commit tries to write them back: 16 MiB. To write them back takes as long for a few
/// as for many, and commits wait for it.
pub const FEW_FRAMES: u32 = 4_000;

/// The WAL index of an open database.
pub struct WalIndex {
    /// Never closed: closing any file of that name would let go of all locks that SQLite holds on it in this process.
    file: ManuallyDrop<File>,
    /// A connection that stays open, so that nobody puts another file in its place.
    _anchor: Mutex<Connection>,
}

/// What the WAL index says: another one after each commit, and after each checkpoint that wrote something back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalState {
    header: [u8; HEADER],
    written_back: u32,
}

impl WalIndex {
    /// Takes over a connection. `None` when the database has no WAL, or one of a format that is not known.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn of(anchor: Connection) -> Result<Option<Self>, StoreError> {
        let mode: String = anchor.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if mode != "wal" {
            return Ok(None);
        }
        // The first read opens the WAL index, or makes it.
        let _: i64 = anchor.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
        let path = anchor.path().map(|path| PathBuf::from(format!("{path}-shm")));
        let Some(Ok(file)) = path.map(File::open) else { return Ok(None) };
        let index = Self { file: ManuallyDrop::new(file), _anchor: Mutex::new(anchor) };
        Ok(index.state().map(|_| index))
    }

    /// What it says now. `None` when it cannot be read.
    pub fn state(&self) -> Option<WalState> {
        let mut bytes = [0; WRITTEN_BACK + 4];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        let mut header = [0; HEADER];
        header.copy_from_slice(&bytes[..HEADER]);
        let state = WalState { header, written_back: number(&bytes, WRITTEN_BACK) };
        (number(&header, 0) == VERSION).then_some(state)
    }
}

impl WalState {
    /// Whether a reader may stay where it is. While the WAL is long and not written back, it must not: a checkpoint gets no
    /// further than the oldest reader, and only a WAL that is wholly written back is begun anew.
    pub fn may_be_held(&self) -> bool {
        let frames = number(&self.header, FRAMES);
        frames < FEW_FRAMES || frames == self.written_back
    }
}

/// A number of the header, which has the byte order of the machine.
fn number(bytes: &[u8], position: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[position..position + 4]);
    u32::from_ne_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &std::path::Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection
    }

    #[test]
    fn every_commit_and_every_checkpoint_shows_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = open(&path);
        writer.execute_batch("CREATE TABLE a (b)").unwrap();
        let index = WalIndex::of(open(&path)).unwrap().unwrap();
        let state = || index.state().unwrap();
        let before = state();
        writer.query_row("SELECT count(*) FROM a", [], |row| row.get::<_, i64>(0)).unwrap();
        writer.execute_batch("BEGIN; INSERT INTO a VALUES (1); ROLLBACK").unwrap();
        assert_eq!(state(), before);
        writer.execute_batch("INSERT INTO a VALUES (1)").unwrap();
        let changed = state();
        assert_ne!(changed, before);
        open(&path).execute_batch("UPDATE a SET b = b + 1").unwrap();
        let elsewhere = state();
        assert_ne!(elsewhere, changed, "a change by another connection");
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        assert_ne!(state(), elsewhere, "a checkpoint");
        assert_eq!(state().written_back, number(&state().header, FRAMES));
    }

    #[test]
    fn a_long_wal_is_held_only_when_it_is_written_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = open(&path);
        writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
        writer.execute_batch("CREATE TABLE a (b)").unwrap();
        let index = WalIndex::of(open(&path)).unwrap().unwrap();
        assert!(index.state().unwrap().may_be_held());
        for _ in 0..FEW_FRAMES {
            writer.execute_batch("INSERT INTO a VALUES (1)").unwrap();
        }
        assert!(!index.state().unwrap().may_be_held());
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        assert!(index.state().unwrap().may_be_held());
    }

    #[test]
    fn a_database_without_a_wal_has_no_index() {
        let folder = tempfile::tempdir().unwrap();
        assert!(WalIndex::of(Connection::open(folder.path().join("a.db")).unwrap()).unwrap().is_none());
    }
}
