//! Runs statements: a [`Reader`] those that read, a [`Transaction`] those that change.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::{Fields, StoreError, connection, json};
use crate::query::{Node, Statement, Value};

/// Runs statements that read.
pub struct Reader<'a> {
    pub(super) connection: &'a Connection,
    /// Whether a statement was run whose result may be another though nothing has been committed.
    volatile: Cell<bool>,
    /// Numbers that were read at this state of the database, where the reader stays at one.
    numbers: Option<&'a Numbers>,
}

/// Numbers by the statement that they answer and its parameters.
pub type Numbers = RefCell<HashMap<String, i64>>;

/// So many are remembered at a time.
const MOST_NUMBERS: usize = 256;

impl<'a> Reader<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, volatile: Cell::new(false), numbers: None }
    }

    pub(super) fn remembering(connection: &'a Connection, numbers: &'a Numbers) -> Self {
        Self { numbers: Some(numbers), ..Self::new(connection) }
    }

    /// Whether all that was read stays the same until something is committed.
    pub(super) fn is_lasting(&self) -> bool {
        !self.volatile.get()
    }

    fn prepare(&self, statement: &Statement) -> rusqlite::Result<CachedStatement<'_>> {
        if statement.volatile {
            self.volatile.set(true);
        }
        self.connection.prepare_cached(&statement.sql)
    }

    /// Runs `job` on one state of the database, whatever is committed meanwhile.
    ///
    /// # Errors
    /// The job's.
    pub fn snapshot<T, E: From<StoreError>>(&self, job: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return job();
        }
        // A step budget must not run out here: a transaction that stays open would spoil the connection for all that follow.
        let execute = |sql: &str| {
            connection::whole(|| -> Result<(), StoreError> {
                self.connection.prepare_cached(sql)?.execute([])?;
                Ok(())
            })
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
        let mut prepared = self.prepare(statement)?;
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

    /// Hands each row to `take`; `failed` turns what SQLite reports into the error of `take`.
    ///
    /// # Errors
    /// What SQLite reports, and whatever `take` returns.
    pub fn each<E>(
        &self,
        statement: &Statement,
        failed: impl Fn(StoreError) -> E,
        mut take: impl FnMut(&Fields<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| failed(error.into());
        let mut prepared = self.prepare(statement).map_err(failed)?;
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            take(&Fields::new(row))?;
        }
        Ok(())
    }

    /// Hands each row to `take` as a JSON object in the shape of `node`.
    ///
    /// # Errors
    /// What SQLite reports, and whatever `take` returns.
    pub fn each_object<E>(
        &self,
        statement: &Statement,
        node: &Node,
        failed: impl Fn(StoreError) -> E,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut object = Vec::new();
        self.each(statement, &failed, |fields| {
            object.clear();
            fields.write_object(node, &mut object).map_err(&failed)?;
            take(&object)
        })
    }

    /// The number that the statement's one row holds; 0 without a row.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn number(&self, statement: &Statement) -> Result<i64, StoreError> {
        let mut prepared = self.prepare(statement)?;
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters))?;
        Ok(match rows.next()? {
            Some(row) => row.get(0)?,
            None => 0,
        })
    }

    /// The same, read only once as long as nothing is committed: for what takes long to count.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn lasting_number(&self, statement: &Statement) -> Result<i64, StoreError> {
        let Some(numbers) = self.numbers.filter(|_| !statement.volatile) else { return self.number(statement) };
        let key = format!("{}{:?}", statement.sql, statement.parameters);
        if let Some(number) = numbers.borrow().get(&key) {
            return Ok(*number);
        }
        let number = self.number(statement)?;
        let mut numbers = numbers.borrow_mut();
        if numbers.len() >= MOST_NUMBERS {
            numbers.clear();
        }
        numbers.insert(key, number);
        Ok(number)
    }

    /// All rows as plain values.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn rows(&self, statement: &Statement) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut prepared = self.prepare(statement)?;
        let columns = prepared.column_count();
        let mut rows = prepared.query(rusqlite::params_from_iter(&statement.parameters))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((0..columns).map(|column| Ok(own(row.get_ref(column)?))).collect::<Result<_, StoreError>>()?);
        }
        Ok(found)
    }
}

/// Runs the statements of one change.
pub struct Transaction<'a> {
    connection: &'a Connection,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Reads what this transaction sees.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.connection)
    }

    /// Runs a change; returns how many rows it touched.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn execute(&self, statement: &Statement) -> Result<usize, StoreError> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        Ok(prepared.execute(rusqlite::params_from_iter(&statement.parameters))?)
    }

    /// Adds a row to a table whose key is SQLite's row id, and returns that; `None` when a trigger has kept the row out. To
    /// have it returned by the statement itself would make a table for it first.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn insert(&self, statement: &Statement) -> Result<Option<i64>, StoreError> {
        Ok((self.execute(statement)? > 0).then(|| self.connection.last_insert_rowid()))
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
