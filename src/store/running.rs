//! Long reads: how many may wait for their turn, and which are running, so that they can be ended when their database is
//! closed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use r2d2::PooledConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, InterruptHandle};

use super::{Connections, StoreError};

/// Long reads that may wait for their turn: each keeps a thread meanwhile.
const MOST_WAITING: usize = 32;

/// How long is waited for those that are ended, and after how long they are told again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(10);

/// The long reads of a database.
pub struct Running {
    waiting: AtomicUsize,
    reads: Mutex<Reads>,
    /// Told when one has ended.
    ended: Condvar,
}

#[derive(Default)]
struct Reads {
    last: u64,
    handles: Vec<(u64, InterruptHandle)>,
    /// No more may begin.
    is_closed: bool,
}

/// A read that is running until this is dropped.
pub struct Read<'a> {
    running: &'a Running,
    number: u64,
}

impl Default for Running {
    fn default() -> Self {
        Self { waiting: AtomicUsize::new(0), reads: Mutex::default(), ended: Condvar::new() }
    }
}

impl Running {
    /// Waits for a connection.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many are waiting, at once, or when none comes free in time.
    pub fn wait_for(&self, pool: &Connections) -> Result<PooledConnection<SqliteConnectionManager>, StoreError> {
        if let Some(connection) = pool.try_get() {
            return Ok(connection);
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let connection = if before < MOST_WAITING { super::take(pool) } else { Err(StoreError::Busy) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        connection
    }

    /// A read begins on this connection.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the database is being closed.
    pub fn begin(&self, connection: &Connection) -> Result<Read<'_>, StoreError> {
        let mut reads = self.reads.lock();
        if reads.is_closed {
            return Err(StoreError::Busy);
        }
        reads.last += 1;
        let number = reads.last;
        reads.handles.push((number, connection.get_interrupt_handle()));
        Ok(Read { running: self, number })
    }

    /// Ends them all, as if their time were up, and waits for it, but not for ever.
    pub fn end(&self) {
        let until = Instant::now() + LONGEST_WAIT;
        let mut reads = self.reads.lock();
        reads.is_closed = true;
        while !reads.handles.is_empty() && Instant::now() < until {
            // One that is between two statements does not notice: it is told again.
            for (_, handle) in &reads.handles {
                handle.interrupt();
            }
            self.ended.wait_for(&mut reads, AGAIN);
        }
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        self.running.reads.lock().handles.retain(|(number, _)| *number != self.number);
        self.running.ended.notify_all();
    }
}
