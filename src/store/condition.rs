//! How a database is doing, for those who watch the server.

use std::path::PathBuf;

use super::writer::WriterFigures;
use super::{Connections, Database, StoreError, schema_version};

/// Connections of a pool: how many are in use, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    /// Now.
    pub now: u32,
    /// At most.
    pub most: u32,
}

impl Database {
    /// Reads something small in place, to see whether the database answers at all.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn answers(&self) -> Result<(), StoreError> {
        self.read(|reader| schema_version(reader.connection)).map(drop)
    }

    /// Whether changes can be made: the writer's thread runs, or nothing is ever written.
    #[must_use]
    pub fn has_its_writer(&self) -> bool {
        self.writer.as_ref().is_none_or(super::writer::Writer::is_alive)
    }

    /// What the writer has done; `None` where nothing is ever written.
    #[must_use]
    pub fn writer_figures(&self) -> Option<&WriterFigures> {
        self.writer.as_ref().map(super::writer::Writer::figures)
    }

    /// Long reads that are running.
    #[must_use]
    pub fn long_reads(&self) -> InUse {
        in_use(&self.long)
    }

    /// Exports that are reading.
    #[must_use]
    pub fn exports(&self) -> InUse {
        in_use(&self.exports)
    }

    /// Bytes of pages that each connection may keep in memory; 0 when the database does not say.
    #[must_use]
    pub fn page_cache_bytes(&self) -> u64 {
        let number = |pragma: &str| {
            self.read(|reader| {
                Ok::<i64, StoreError>(reader.connection.prepare_cached(pragma)?.query_row([], |row| row.get(0))?)
            })
        };
        let (Ok(size), Ok(page)) = (number("PRAGMA cache_size"), number("PRAGMA page_size")) else { return 0 };
        // What is less than nothing is KiB, anything else pages.
        let bytes = if size < 0 { size.saturating_mul(-1024) } else { size.saturating_mul(page) };
        bytes.try_into().unwrap_or(0)
    }

    /// Bytes of the database's file and of its write-ahead log; 0 for what is not there.
    #[must_use]
    pub fn sizes(&self) -> (u64, u64) {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |found| found.len());
        (size(self.path.clone()), size(log.into()))
    }
}

/// The version of SQLite that is built in.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

fn in_use(pool: &Connections) -> InUse {
    let state = pool.state();
    InUse { now: state.connections - state.idle_connections, most: pool.max_size() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use parking_lot::Mutex;

    use super::super::Options;
    use super::*;

    #[test]
    fn what_is_read_and_written_can_be_seen_and_a_writer_that_has_stopped_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE SALE (ID INTEGER PRIMARY KEY)").unwrap();
        let database = Database::open_existing(&path, "shop", Options::default(), 1).unwrap();
        assert!(database.answers().is_ok() && database.has_its_writer());
        assert_eq!(database.sizes().0, path.metadata().unwrap().len());
        let seen = database.read_long::<_, StoreError>(|_| Ok((database.long_reads(), database.exports())));
        assert_eq!(seen.unwrap(), (InUse { now: 1, most: 4 }, InUse { now: 0, most: 8 }));
        assert_eq!(database.long_reads().now, 0);
        let figures = database.writer_figures().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..3 {
            runtime.block_on(database.write(|_| Ok::<_, StoreError>(()))).unwrap();
        }
        assert_eq!((figures.waiting(), figures.failures()), (0, 0));
        let batches = figures.batches();
        assert_eq!((batches.sum, batches.counts[0]), (3, 3), "three of one change each");
        assert_eq!(figures.commits().counts.iter().sum::<u64>(), 3);
        database.close();
        assert!(!database.has_its_writer());
        assert!(database.answers().is_ok(), "it can still be read");
        let options = Options { read_only: true, ..Options::default() };
        let database = Database::open_existing(&path, "shop", options, 1).unwrap();
        assert!(database.has_its_writer() && database.writer_figures().is_none(), "nothing is ever written");
    }

    #[test]
    fn what_waits_behind_a_change_is_told_until_its_turn_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE SALE (ID INTEGER PRIMARY KEY)").unwrap();
        let database = Database::open_existing(&path, "shop", Options::default(), 1).unwrap();
        let waiting = || database.writer_figures().unwrap().waiting();
        let gate = Arc::new(Mutex::new(()));
        let (began, has_begun) = std::sync::mpsc::channel();
        let write = |job: Box<dyn Fn() + Send>| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let change = database.write(move |_| {
                job();
                Ok::<_, StoreError>(())
            });
            runtime.block_on(change).unwrap();
        };
        std::thread::scope(|scope| {
            let closed = gate.lock();
            let opened = Arc::clone(&gate);
            scope.spawn(|| {
                write(Box::new(move || {
                    began.send(()).unwrap();
                    drop(opened.lock());
                }));
            });
            has_begun.recv().unwrap();
            assert_eq!(waiting(), 0, "it is being made");
            scope.spawn(|| write(Box::new(|| ())));
            let late = Instant::now() + Duration::from_secs(30);
            while waiting() != 1 {
                assert!(Instant::now() < late, "the second one waits");
                std::thread::yield_now();
            }
            drop(closed);
        });
        assert_eq!(waiting(), 0);
        database.close();
    }
}
