//! What a database's schema says it holds, and when that has changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::{self, Purpose};
use super::pool::take;
use super::{Database, Options, StoreError, introspect};
use crate::catalog;
use crate::query::Model;

/// How long a changed schema may go unnoticed.
const SCHEMA_PERIOD: Duration = Duration::from_millis(100);

impl Database {
    /// The catalog and the shapes. A schema that somebody has changed is noticed within a moment.
    #[must_use]
    pub fn model(&self) -> Arc<Model> {
        if let Some(mut schema) = self.schema.try_lock()
            && schema.1.elapsed() >= SCHEMA_PERIOD
        {
            schema.1 = Instant::now();
            if let Err(error) = self.refresh(&mut schema.0) {
                log::warn!("database {}: its schema cannot be read: {error}", self.name);
            }
        }
        Arc::clone(&self.model.read())
    }

    fn refresh(&self, known: &mut i64) -> Result<(), StoreError> {
        let connection = take(&self.quick)?;
        if schema_version(&connection)? != *known {
            // A connection that has just been opened has seen nothing of the old schema.
            let connection = connection::open(&self.path, Purpose::Read)?;
            let (version, model) = describe(&connection, &self.name, &self.options)?;
            *known = version;
            // SQLite counts new statistics as a change as well, which others may gather at any time, `hrdb user` among them.
            if model.service != self.model.read().service {
                log::info!("database {}: its schema has changed", self.name);
                *self.model.write() = Arc::new(model);
            }
        }
        Ok(())
    }

    /// Whether a catalog is that of the schema as this thread would read it now.
    #[must_use]
    pub fn is_described_by(&self, model: &Arc<Model>) -> bool {
        let known = self.schema.lock();
        let read = self.read(|reader| schema_version(reader.connection));
        Arc::ptr_eq(&self.model.read(), model) && read.is_ok_and(|version| version == known.0)
    }
}

/// The version of the schema, and what it describes.
///
/// # Errors
/// What SQLite reports, and settings that name what there is not.
pub fn describe(connection: &Connection, name: &str, options: &Options) -> Result<(i64, Model), StoreError> {
    // The version first: what changes in between is seen as a change the next time.
    let version = schema_version(connection)?;
    let mut tables = introspect::introspect(connection)?;
    for (table, key) in &options.keys {
        let found = tables.iter_mut().find(|other| other.name == *table);
        let found =
            found.ok_or_else(|| StoreError::Unusable(format!("the setting keys names {table}, which there is not")))?;
        if let Some(column) = key.iter().find(|column| !found.columns.iter().any(|other| other.name == **column)) {
            return Err(StoreError::Unusable(format!("the setting keys names {table}.{column}, which there is not")));
        }
        found.primary_key.clone_from(key);
        // What somebody only says is a key is no alias of the row id.
        found.key_has_index = true;
    }
    let mut service = catalog::build(name, tables, &options.secret_columns);
    if options.read_only {
        service.entities.iter_mut().for_each(|entity| entity.writable = false);
    }
    Ok((version, Model::new(service)))
}

/// A number that is another one after each change of the schema.
///
/// # Errors
/// What SQLite reports.
pub fn schema_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_is_noticed_and_other_statistics_are_no_other_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let other = Connection::open(&path).unwrap();
        other
            .execute_batch(
                "CREATE TABLE a (b INTEGER PRIMARY KEY, c); CREATE INDEX d ON a (c); INSERT INTO a (c) VALUES (1)",
            )
            .unwrap();
        let database = Database::open_existing(&path, "a", Options::default(), 1).unwrap();
        let refresh = || {
            let mut schema = database.schema.lock();
            let before = schema.0;
            database.refresh(&mut schema.0).unwrap();
            (schema.0 != before, Arc::clone(&database.model.read()))
        };
        let (_, first) = refresh();
        other.execute_batch("ANALYZE").unwrap();
        let (is_other, model) = refresh();
        assert!(is_other, "SQLite says so");
        assert!(Arc::ptr_eq(&model, &first) && database.is_described_by(&model));
        other.execute_batch("ALTER TABLE a ADD COLUMN e TEXT").unwrap();
        let (is_other, model) = refresh();
        assert!(is_other && !Arc::ptr_eq(&model, &first) && database.is_described_by(&model));
        assert_eq!(model.service.entities[0].properties.len(), 3);
        database.close();
    }
}
