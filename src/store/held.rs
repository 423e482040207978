//! The connection that a thread keeps for reading in place, and the state of the database at which it stays.
//!
//! Most of what a small read costs SQLite is beginning and ending its transaction. A thread that [`begin_holding`] leaves
//! its read transaction open and reads on in it for as long as nobody has committed anything: the writer of this process
//! counts its commits, and the WAL index tells of all, of other processes as well. So it never reads anything older than what
//! this process had committed before it was asked, nor than what another one had [`UNSEEN`] before.
//!
//! A transaction that stays open keeps the WAL from being begun anew. So the thread has to call [`let_go`] now and then,
//! which ends those that are not in use, and a WAL that has grown long is not held (`WalState::may_be_held`).

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::StoreError;
use super::connection::whole;
use super::reader::{Numbers, Reader};
use super::wal_index::{WalIndex, WalState};

/// The WAL index, which takes a system call, is not looked at again within that time: a thread that has nothing but this to
/// do gets through half a dozen requests in it, and what another process has just told its client cannot be asked for here
/// much sooner.
const UNSEEN: Duration = Duration::from_micros(50);

thread_local! {
    /// The connections of this thread, each with the number of its database; `None` where none are held.
    static HELD: RefCell<Option<Vec<(u64, Held)>>> = const { RefCell::new(None) };
}

/// A state of a database, as this thread has it before it. The same number is the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot(u64);

impl Snapshot {
    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// A connection, and where it stands.
pub struct Held {
    connection: Connection,
    /// What the WAL index said before the transaction that is open began; `None` when none is.
    state: Option<WalState>,
    /// When that was, and how many commits this process had made by then.
    looked: (Instant, u64),
    snapshot: Snapshot,
    /// What was counted at that state.
    numbers: Numbers,
    /// Since [`let_go`] last looked.
    used: bool,
}

/// From now on this thread keeps a connection to each database that it reads, until it ends.
pub fn begin_holding() {
    HELD.with_borrow_mut(|held| *held = Some(Vec::new()));
}

/// Closes what this thread keeps; it keeps nothing from now on.
pub fn end_holding() {
    HELD.with_borrow_mut(|held| *held = None);
}

/// Ends the transactions of this thread that have not been used since it was last called.
pub fn let_go() {
    HELD.with_borrow_mut(|held| {
        for (_, held) in held.iter_mut().flatten() {
            if !std::mem::take(&mut held.used) {
                held.end();
            }
        }
    });
}

/// Whether this thread holds connections.
pub fn is_holding() -> bool {
    HELD.with_borrow(Option::is_some)
}

/// The state of a database at which this thread is, if it is still that of the database, of which this process has made so
/// many commits.
pub fn current(database: u64, index: &WalIndex, commits: u64) -> Option<Snapshot> {
    HELD.with_borrow_mut(|held| {
        let (_, held) = held.as_mut()?.iter_mut().find(|(of, _)| *of == database)?;
        held.used = true;
        held.is_newest(index, commits).then_some(held.snapshot)
    })
}

/// Takes the thread's connection to a database; `None` when it has none yet, or is reading with it already.
pub fn take(database: u64) -> Option<Held> {
    HELD.with_borrow_mut(|held| {
        let held = held.as_mut()?;
        let position = held.iter().position(|(of, _)| *of == database)?;
        Some(held.swap_remove(position).1)
    })
}

/// Gives it back.
pub fn put(database: u64, mut held: Held) {
    held.used = true;
    HELD.with_borrow_mut(|all| {
        // Somebody who read while it was taken may have opened another.
        if let Some(all) = all.as_mut().filter(|all| all.iter().all(|(of, _)| *of != database)) {
            all.push((database, held));
        }
    });
}

impl Held {
    /// A connection that stands nowhere yet.
    pub fn new(connection: Connection) -> Self {
        let (state, looked, numbers) = (None, (Instant::now(), 0), Numbers::default());
        Self { connection, state, looked, snapshot: Snapshot::next(), numbers, used: true }
    }

    /// Reads with it.
    pub fn reader(&self) -> Reader<'_> {
        if self.state.is_some() {
            Reader::remembering(&self.connection, &self.numbers)
        } else {
            Reader::new(&self.connection)
        }
    }

    /// Whether the state at which it stays is that of the database.
    fn is_newest(&mut self, index: &WalIndex, commits: u64) -> bool {
        let (then, known) = self.looked;
        let now = Instant::now();
        if self.state.is_some() && (commits != known || now.duration_since(then) >= UNSEEN) {
            if index.state() != self.state {
                return false;
            }
            self.looked = (now, commits);
        }
        self.state.is_some()
    }

    /// Brings it to the newest state, and keeps it there unless that would do harm.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn renew(&mut self, index: &WalIndex, commits: u64) -> Result<(), StoreError> {
        if !self.connection.is_autocommit() && self.is_newest(index, commits) {
            return Ok(());
        }
        // Looked at first: a commit in between is seen as a change the next time.
        self.looked = (Instant::now(), commits);
        let state = index.state();
        self.end();
        self.numbers.borrow_mut().clear();
        if let Some(state) = state.filter(WalState::may_be_held) {
            self.execute("BEGIN")?;
            self.state = Some(state);
            self.snapshot = Snapshot::next();
        }
        Ok(())
    }

    /// The state at which it stays; `None` when it does not, as after a query that was interrupted.
    pub fn snapshot(&self) -> Option<Snapshot> {
        (self.state.is_some() && !self.connection.is_autocommit()).then_some(self.snapshot)
    }

    fn end(&mut self) {
        self.state = None;
        if !self.connection.is_autocommit()
            && let Err(error) = self.execute("COMMIT")
        {
            log::error!("a read transaction cannot be ended: {error}");
        }
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        // A step budget must not run out here.
        whole(|| {
            self.connection.prepare_cached(sql)?.execute([])?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_of_this_process_is_seen_at_once_and_one_of_another_soon() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "WAL").unwrap();
        writer.execute_batch("CREATE TABLE a (b)").unwrap();
        let index = WalIndex::of(Connection::open(&path).unwrap()).unwrap().unwrap();
        let mut held = Held::new(Connection::open(&path).unwrap());
        assert!(!held.is_newest(&index, 0), "it stands nowhere");
        held.renew(&index, 0).unwrap();
        let soon = Instant::now() + Duration::from_secs(3600);
        held.looked.0 = soon;
        writer.execute_batch("INSERT INTO a VALUES (1)").unwrap();
        assert!(held.is_newest(&index, 0), "it has just looked, and this process has changed nothing");
        assert!(!held.is_newest(&index, 1), "this process has");
        assert!(!held.is_newest(&index, 1), "and it is not forgotten");
        held.looked.0 = Instant::now().checked_sub(UNSEEN).unwrap();
        assert!(!held.is_newest(&index, 0), "it has not looked for a while");
        let before = held.snapshot();
        held.renew(&index, 1).unwrap();
        assert!(held.snapshot() != before && held.is_newest(&index, 1));
    }
}
