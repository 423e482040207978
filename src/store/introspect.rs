//! Reads the description of a database's tables and views from SQLite itself.

use rusqlite::Connection;

use super::StoreError;
use crate::catalog::{Column, ForeignKey, RowSource, Table};

/// Names that begin like this are the server's own and are not served.
pub const OWN_PREFIX: &str = "_hrdb_";

/// Describes every table and view, SQLite's own, the server's own and shadow tables left out.
///
/// # Errors
/// What SQLite reports.
pub fn introspect(connection: &Connection) -> Result<Vec<Table>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual')
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let found = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut tables = Vec::new();
    for (name, kind, without_rowid) in found {
        if !name.starts_with(OWN_PREFIX) {
            let source = match kind.as_str() {
                "view" => RowSource::View,
                "virtual" => RowSource::Virtual,
                _ => RowSource::Table,
            };
            let start = Table { source, without_rowid, ..Table::default() };
            match describe(connection, name.clone(), start) {
                Ok(table) => tables.push(table),
                // A view whose tables are gone, a virtual table whose module is missing: the rest is served.
                Err(error) => log::warn!("{name} is not served: {error}"),
            }
        }
    }
    Ok(tables)
}

fn describe(connection: &Connection, name: String, mut table: Table) -> Result<Table, StoreError> {
    let mut keyed: Vec<(i64, String)> = Vec::new();
    let mut statement = connection
        .prepare("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        let hidden: i64 = row.get(5)?;
        if hidden == 1 {
            continue; // a hidden column of a virtual table
        }
        let declared: Option<String> = row.get(1)?;
        let column = Column {
            name: row.get(0)?,
            // A view says BLOB of whatever has no type of its own.
            declared: declared
                .filter(|declared| !(table.source == RowSource::View && declared == "BLOB"))
                .unwrap_or_default(),
            not_null: row.get(2)?,
            default: row.get(3)?,
            generated: hidden >= 2,
        };
        let position: i64 = row.get(4)?;
        if position > 0 {
            keyed.push((position, column.name.clone()));
        }
        table.columns.push(column);
    }
    keyed.sort();
    table.primary_key = keyed.into_iter().map(|(_, column)| column).collect();
    table.key_has_index = connection
        .prepare("SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'pk'")?
        .query_row([&name], |row| row.get(0))?;
    table.unique_keys = unique_keys(connection, &name)?;
    table.foreign_keys = foreign_keys(connection, &name)?;
    table.name = name;
    Ok(table)
}

/// Unique keys over plain columns; a partial index or one over expressions is none.
fn unique_keys(connection: &Connection, table: &str) -> Result<Vec<Vec<String>>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND origin <> 'pk' AND partial = 0 ORDER BY seq DESC",
    )?;
    let names = statement.query_map([table], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut keys = Vec::new();
    for index in names {
        let mut statement = connection.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
        let columns =
            statement.query_map([&index], |row| row.get::<_, Option<String>>(0))?.collect::<Result<Vec<_>, _>>()?;
        if let Some(columns) = columns.into_iter().collect::<Option<Vec<_>>>() {
            keys.push(columns);
        }
    }
    Ok(keys)
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>, StoreError> {
    let mut statement = connection
        .prepare("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq")?;
    let mut rows = statement.query([table])?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let pair = (row.get(2)?, row.get(3)?);
        match keys.last_mut() {
            Some((last, key)) if *last == id => key.columns.push(pair),
            _ => keys.push((id, ForeignKey { target: row.get(1)?, columns: vec![pair] })),
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}
