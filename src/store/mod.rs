//! The only user of SQLite: connections, the writer, migrations, introspection, rows to JSON.
//!
//! [`Database`] is what other rooms hold. They read through a [`Reader`] and change through a [`Transaction`]; both take
//! [`Statement`]s and know nothing of what these mean.

mod connection;
mod error;
mod introspect;
mod json;
mod migrations;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use r2d2::{Pool, PooledConnection};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::catalog::{self, EntityIndex, PropertyIndex};
use crate::query::{self, Model, Node, Statement, Value};
use connection::Purpose;
use writer::Writer;

pub use error::StoreError;
pub use json::{write_number, write_string};
pub use migrations::Context as MigrationContext;

/// Ticks (of 1,000 virtual machine steps) that a query may take on a thread that serves requests: about a millisecond.
const TICKS_IN_PLACE: u32 = 50;
/// Long reads at a time.
const LONG_READERS: u32 = 4;
/// How long a long read waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

type Connections = Pool<SqliteConnectionManager>;

/// One database, open.
pub struct Database {
    model: Arc<Model>,
    /// Invariant: holds a connection for each thread that may call [`Database::read`], so that none ever waits.
    quick: Connections,
    long: Connections,
    writer: Writer,
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
        secret_columns: &[String],
        threads: u32,
        context: &Arc<MigrationContext>,
    ) -> Result<Self, StoreError> {
        let mut connection = connection::open(path, Purpose::Write)?;
        for step in migrations::migrate(&mut connection, context)? {
            log::info!("database {name}: applied {step}");
        }
        let model = Arc::new(Model::new(catalog::build(name, introspect::introspect(&connection)?, secret_columns)));
        Ok(Self {
            model,
            quick: pool(path, threads)?,
            long: pool(path, LONG_READERS)?,
            writer: Writer::start(connection)?,
        })
    }

    /// The catalog and the shapes.
    #[must_use]
    pub fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model)
    }

    /// Reads in place, on the calling thread, within a step budget.
    ///
    /// # Errors
    /// [`StoreError::OverBudget`] when the query turns out to be long: then use [`Database::read_long`].
    pub fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = take(&self.quick)?;
        connection::within(Some(TICKS_IN_PLACE), || job(&Reader { connection: &connection }))
    }

    /// Reads without a budget. May block for long: not for a thread that serves requests.
    ///
    /// # Errors
    /// The job's, and [`StoreError::Busy`] when too many are reading.
    pub fn read_long<T, E: From<StoreError>>(&self, job: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = take(&self.long)?;
        job(&Reader { connection: &connection })
    }

    /// Whether a row holds a hash that a migration recorded as that of a demo password.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn has_demo_password(&self, entity: EntityIndex, property: PropertyIndex) -> Result<bool, StoreError> {
        let statement = query::held_by(&self.model.service, entity, property, "_hrdb_demo_password", "HASH");
        Ok(self.read_long(|reader| reader.number(&statement))? > 0)
    }

    /// Changes something. The result comes when it is on disk.
    ///
    /// # Errors
    /// The job's, [`StoreError::Busy`] when too much is queued, and what the commit reports.
    pub async fn write<T, E>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.write(job).await
    }

    /// Finishes what is queued and closes the writer.
    pub fn close(&self) {
        self.writer.stop();
    }
}

fn pool(path: &Path, size: u32) -> Result<Connections, StoreError> {
    let manager = SqliteConnectionManager::file(path)
        .with_flags(rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .with_init(|connection| connection::prepare(connection, Purpose::Read));
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_timeout(PATIENCE)
        .build(manager)
        .map_err(|error| StoreError::Failed(error.to_string()))
}

fn take(pool: &Connections) -> Result<PooledConnection<SqliteConnectionManager>, StoreError> {
    pool.get().map_err(|_| StoreError::Busy)
}

/// Runs statements that read.
pub struct Reader<'a> {
    connection: &'a Connection,
}

impl Reader<'_> {
    /// Runs `job` on one state of the database, whatever is committed meanwhile.
    ///
    /// # Errors
    /// The job's.
    pub fn snapshot<T, E: From<StoreError>>(&self, job: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let execute = |sql: &str| -> Result<(), StoreError> {
            self.connection.prepare_cached(sql)?.execute([])?;
            Ok(())
        };
        execute("BEGIN")?;
        let result = job();
        // An interrupted query may have ended the transaction already.
        if !self.connection.is_autocommit() {
            execute("COMMIT")?;
        }
        result
    }

    /// Appends the rows as JSON objects in the shape of `node`, separated by commas; returns how many there were.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn objects(&self, statement: &Statement, node: &Node, out: &mut Vec<u8>) -> Result<u32, StoreError> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters))?;
        let mut found = 0;
        while let Some(row) = rows.next()? {
            if found > 0 {
                out.push(b',');
            }
            json::write_row(row, node, out)?;
            found += 1;
        }
        Ok(found)
    }

    /// The number that the statement's one row holds; 0 without a row.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn number(&self, statement: &Statement) -> Result<i64, StoreError> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters))?;
        Ok(match rows.next()? {
            Some(row) => row.get(0)?,
            None => 0,
        })
    }

    /// All rows as plain values.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn rows(&self, statement: &Statement) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        let columns = prepared.column_count();
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((0..columns).map(|column| Ok(own(row.get_ref(column)?))).collect::<Result<_, StoreError>>()?);
        }
        Ok(found)
    }
}

/// Runs statements that change, within the savepoint of one change.
pub struct Transaction<'a> {
    connection: &'a Connection,
}

impl<'a> Transaction<'a> {
    fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Reads what this transaction sees.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader { connection: self.connection }
    }

    /// Runs a change; returns how many rows it touched.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn execute(&self, statement: &Statement) -> Result<usize, StoreError> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        Ok(prepared.execute(rusqlite::params_from_iter(&statement.parameters))?)
    }

    /// Runs a change that returns values, and returns its one row; `None` when it touched none.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn returning(&self, statement: &Statement) -> Result<Option<Vec<Value>>, StoreError> {
        Ok(self.reader().rows(statement)?.pop())
    }
}

fn own(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
