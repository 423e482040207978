//! Long reads: how many may wait for their turn, and which are running, so that they can be ended when their database is
//! closed.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use r2d2::PooledConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, InterruptHandle};

use super::{Connections, StoreError};

/// Long reads that may wait for their turn: each keeps a thread meanwhile.
const MOST_WAITING: usize = 32;

/// The long reads of a database.
pub struct Running {
    waiting: AtomicUsize,
    /// `None` once they have been ended and no more may begin.
    reads: Mutex<Option<Reads>>,
}

#[derive(Default)]
struct Reads {
    last: u64,
    handles: Vec<(u64, InterruptHandle)>,
}

/// A read that is running until this is dropped.
pub struct Read<'a> {
    running: &'a Running,
    number: u64,
}

impl Default for Running {
    fn default() -> Self {
        Self { waiting: AtomicUsize::new(0), reads: Mutex::new(Some(Reads::default())) }
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
        let reads = reads.as_mut().ok_or(StoreError::Busy)?;
        reads.last += 1;
        reads.handles.push((reads.last, connection.get_interrupt_handle()));
        Ok(Read { running: self, number: reads.last })
    }

    /// Ends them all, as if their time were up.
    pub fn end(&self) {
        for (_, handle) in self.reads.lock().take().into_iter().flat_map(|reads| reads.handles) {
            handle.interrupt();
        }
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        if let Some(reads) = self.running.reads.lock().as_mut() {
            reads.handles.retain(|(number, _)| *number != self.number);
        }
    }
}
