//! The only user of SQLite: connections, the writer, migrations, introspection, rows to JSON.
//!
//! [`Database`] is what other rooms hold. They read through a [`Reader`] and change through a [`Transaction`]; both take
//! statements and know nothing of what these mean.

mod backup;
mod change;
mod condition;
mod connection;
mod error;
mod examine;
mod fields;
mod generate;
mod held;
mod introspect;
mod json;
mod mailbox;
mod migrations;
mod partial;
mod pool;
mod reader;
mod restore;
mod running;
mod schema;
mod soundness;
mod waiting_line;
mod wal_index;
mod watch;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;

use crate::query::{self, Model, StatementFacts, StatementKind, Value};
use connection::Purpose;
use held::Held;
use pool::{Connections, pool, take};
use running::Running;
use schema::{describe, schema_version};
use wal_index::WalIndex;
use watch::Watch;
use writer::Writer;

pub use backup::{BackupFigures, Pace, back_up, same_file};
pub use condition::{InUse, sqlite_version};
pub use error::StoreError;
pub use examine::Refusal;
pub use fields::{Field, Fields};
pub use generate::{Generated, generate};
pub use held::{Snapshot, begin_holding, end_holding, let_go};
pub use json::{write_number, write_string};
pub use mailbox::begin_receiving;
pub use migrations::Context as MigrationContext;
pub use partial::ENDING as PARTIAL_ENDING;
pub use reader::{Reader, Transaction};
pub use restore::{Restored, restore};
pub use soundness::{Owner, Soundness, examine as examine_database, examine_copy};
pub use watch::{Changed, Watcher};
pub use writer::WriterFigures;

/// Ticks (of 100 virtual machine steps) that a query may take on a thread that serves requests: about a millisecond.
const TICKS_IN_PLACE: u32 = 500;
/// And how long it may take there, since a step over long texts may take as long as thousands of others.
const TIME_IN_PLACE: Duration = Duration::from_millis(100);
/// Long reads at a time.
const LONG_READERS: u32 = 4;
/// Exports at a time. They have connections of their own: a client that takes its file slowly keeps no list waiting.
const EXPORTERS: u32 = 8;

/// Where the hashes of demo passwords are recorded.
const DEMO_TABLE: &str = "_hrdb_demo_password";
const DEMO_COLUMN: &str = "HASH";

/// One database, open.
pub struct Database {
    /// No other database of this process has it.
    number: u64,
    name: String,
    path: PathBuf,
    options: Options,
    /// Guards the catalog, which is replaced when the schema has changed.
    model: RwLock<Arc<Model>>,
    /// Guards the version of the schema that `model` describes, and when that was last looked at.
    schema: Mutex<(i64, Instant)>,
    /// Tells whether something has been committed; `None` for a file that has no WAL.
    wal_index: Option<Arc<WalIndex>>,
    /// For threads that hold no connection of their own. Invariant: there is one for each that may call [`Database::read`],
    /// so that none ever waits.
    quick: Connections,
    long: Connections,
    exports: Connections,
    running: Running,
    /// `None` for a file that is only read.
    writer: Option<Writer>,
    watch: Arc<Watch>,
}

/// How a file is served.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Nothing is ever written to it.
    pub read_only: bool,
    /// Columns, as `TABLE.COLUMN`, that are never read back.
    pub secret_columns: Vec<String>,
    /// Key columns of views, and of tables that have none.
    pub keys: BTreeMap<String, Vec<String>>,
    /// How long a long read may take; `None` is for ever.
    pub longest_read: Option<Duration>,
}

impl Database {
    /// Opens the sample's database, made and brought up to date as needed.
    ///
    /// `threads` is how many threads will call [`Database::read`].
    ///
    /// # Errors
    /// [`StoreError`] with a text for the operator.
    pub fn open_sample(
        path: &Path,
        name: &str,
        options: Options,
        threads: u32,
        context: &Arc<MigrationContext>,
    ) -> Result<Self, StoreError> {
        let mut connection = connection::open(path, Purpose::Write)?;
        for step in migrations::migrate(&mut connection, context)? {
            log::info!("database {name}: applied {step}");
        }
        Self::new(path, name, options, threads, connection)
    }

    /// Opens a file that somebody else has made. It must be there.
    ///
    /// # Errors
    /// [`StoreError`] with a text for the operator.
    pub fn open_existing(path: &Path, name: &str, options: Options, threads: u32) -> Result<Self, StoreError> {
        let purpose = if options.read_only { Purpose::Read } else { Purpose::WriteExisting };
        let connection = connection::open(path, purpose)?;
        if !options.read_only {
            connection::write_ahead(&connection)?;
        }
        Self::new(path, name, options, threads, connection)
    }

    fn new(
        path: &Path,
        name: &str,
        options: Options,
        threads: u32,
        connection: Connection,
    ) -> Result<Self, StoreError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let (version, model) = describe(&connection, name, &options)?;
        let watch = Arc::new(Watch::default());
        let wal_index = WalIndex::of(connection::open(path, Purpose::Read)?)?.map(Arc::new);
        let start = |connection| Writer::start(connection, Arc::clone(&watch), wal_index.clone());
        let writer = if options.read_only { None } else { Some(start(connection)?) };
        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            wal_index,
            name: name.to_owned(),
            path: path.to_owned(),
            model: RwLock::new(Arc::new(model)),
            schema: Mutex::new((version, Instant::now())),
            quick: pool(path, threads)?,
            long: pool(path, LONG_READERS)?,
            exports: pool(path, EXPORTERS)?,
            running: Running::default(),
            writer,
            watch,
            options,
        })
    }

    /// Reads in place, on the calling thread, within a step budget.
    ///
    /// # Errors
    /// [`StoreError::OverBudget`] when the query turns out to be long: then use [`Database::read_long`].
    pub fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        Ok(self.read_lasting(job)?.0)
    }

    /// The same, and at which state of the database it was read: for as long as [`Database::snapshot`] is that one, reading
    /// again would bring the same. `None` when that cannot be said.
    ///
    /// # Errors
    /// Those of [`Database::read`].
    pub fn read_lasting<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<(T, Option<Snapshot>), E> {
        let deadline = Instant::now() + TIME_IN_PLACE;
        let within = |reader: Reader<'_>| {
            let result = connection::within(Some(TICKS_IN_PLACE), Some(deadline), || job(&reader));
            (result, reader.is_lasting())
        };
        let (Some(index), true) = (&self.wal_index, held::is_holding()) else {
            let connection = take(&self.quick)?;
            return Ok((within(Reader::new(&connection)).0?, None));
        };
        let mut held = match held::take(self.number) {
            Some(held) => held,
            None => Held::new(connection::open(&self.path, Purpose::Read)?),
        };
        held.renew(index, self.commits())?;
        let (result, is_lasting) = within(held.reader());
        let snapshot = held.snapshot().filter(|_| is_lasting);
        held::put(self.number, held);
        Ok((result?, snapshot))
    }

    /// The state of the database, if it is still the one at which this thread has last read.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        held::current(self.number, self.wal_index.as_ref()?, self.commits())
    }

    /// How often this process has changed it.
    fn commits(&self) -> u64 {
        self.writer.as_ref().map_or(0, |writer| writer.figures().made())
    }

    /// Reads for as long as [`Options::longest_read`] says. May block for long: not for a thread that serves requests.
    ///
    /// # Errors
    /// The job's, [`StoreError::Busy`] when too many are reading, and [`StoreError::OverBudget`] when the time is up.
    pub fn read_long<T, E: From<StoreError>>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = self.running.wait_for(&self.long)?;
        let _running = self.running.begin(&connection)?;
        let deadline = self.options.longest_read.map(|time| Instant::now() + time);
        connection::within(None, deadline, || job(&Reader::new(&connection)))
    }

    /// Reads for as long as it takes, at the pace of whoever takes the rows: the job sees to it that he takes them. Not for
    /// a thread that serves requests.
    ///
    /// # Errors
    /// The job's, and [`StoreError::Busy`] when too many are exporting.
    pub fn export<T, E: From<StoreError>>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = take(&self.exports)?;
        let _running = self.running.begin(&connection)?;
        job(&Reader::new(&connection))
    }

    /// The hashes whose passwords are public knowledge: those that a migration has recorded, and what they were renewed to.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn demo_hashes(&self) -> Result<Vec<String>, StoreError> {
        let statement = query::own_values(DEMO_TABLE, DEMO_COLUMN);
        let rows: Vec<_> = match self.read(|reader| reader.rows(&statement)) {
            // A machine that is busy with something else keeps no server from starting.
            Err(StoreError::OverBudget) => self.read_long(|reader| reader.rows(&statement)),
            read => read,
        }?;
        let text = |value| if let Value::Text(text) = value { Some(text) } else { None };
        Ok(rows.into_iter().flatten().filter_map(text).collect())
    }

    /// Records within a change that a hash has been replaced by another of the same password: a demo password stays one.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn demo_hash_renewed(transaction: &Transaction<'_>, old: &str, new: &str) -> Result<(), StoreError> {
        let (old, new) = (Value::Text(old.to_owned()), Value::Text(new.to_owned()));
        transaction.execute(&query::replace_own_value(DEMO_TABLE, DEMO_COLUMN, old, new))?;
        Ok(())
    }

    /// Whether nothing is ever written to it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    /// Says what a statement would do, without doing it.
    ///
    /// # Errors
    /// [`Refusal`] for one that cannot be a named query of this database.
    pub fn examine(&self, sql: &str) -> Result<StatementFacts, Refusal> {
        let refusal = |message: String| Refusal { message, offset: None };
        let connection = take(&self.long).map_err(|error| refusal(error.to_string()))?;
        let facts = examine::examine(&connection, sql, &self.model().service)?;
        match facts.kind {
            StatementKind::Change(..) if self.writer.is_none() => Err(refusal("the database is read-only".to_owned())),
            _ => Ok(facts),
        }
    }

    /// Changes something. The result comes when it is on disk. The job may be run twice, the first time in vain.
    ///
    /// # Errors
    /// The job's, [`StoreError::Busy`] when too much is queued, and what the commit reports.
    pub async fn write<T, E>(&self, job: impl Fn(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(job).await,
            None => Err(StoreError::ReadOnly.into()),
        }
    }

    /// Has somebody told of changes to the rows of some tables: of our own after the commit and before their answer, of
    /// other processes' within a second or two. A file that is only read is not watched.
    pub fn watch(&self, tables: Vec<String>, watcher: Watcher) {
        self.watch.begin(tables, watcher);
    }

    /// Ends reads that take long, so that nobody has to wait for them. No others begin.
    pub fn end_long_reads(&self) {
        self.running.end();
    }

    /// Ends long reads, finishes what is queued and closes the writer.
    pub fn close(&self) {
        self.running.end();
        if let Some(writer) = &self.writer {
            writer.stop();
        }
        self.watch.end();
    }
}
