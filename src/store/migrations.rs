//! Brings the sample's database to the version of this program.
//!
//! Each file of `migrations/` is applied in one transaction together with the record that it was, so a database is at
//! one version or at the next, never between.

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, connection};

/// The steps, in order. The position plus one is the version that a step leads to.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_schema", include_str!("../../migrations/0001_schema.sql")),
    ("0002_seed", include_str!("../../migrations/0002_seed.sql")),
    ("0003_remember_me", include_str!("../../migrations/0003_remember_me.sql")),
    ("0004_order", include_str!("../../migrations/0004_order.sql")),
];

type Hashing = Box<dyn Fn(&str) -> Result<String, String> + Send + Sync>;
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What migrations may ask for: a password's hash, and the value of a start-up setting.
pub struct Context {
    /// Makes an argon2id string.
    pub hash_password: Hashing,
    /// The value of a setting, if it is given.
    pub setting: Lookup,
}

/// How far a database has come.
pub struct Standing {
    /// Steps that are recorded.
    pub recorded: usize,
    /// Steps that this program knows.
    pub known: usize,
    /// Why the record cannot be right, or is not ours.
    pub problem: Option<String>,
}

/// Compares the record of a database with the steps that are known; changes nothing.
///
/// # Errors
/// What SQLite reports.
pub fn standing(connection: &Connection) -> Result<Standing, StoreError> {
    let recorded = recorded(connection)?;
    let is_known = |(position, (version, name)): (usize, &(i64, String))| {
        usize::try_from(*version) == Ok(position + 1)
            && MIGRATIONS.get(position).is_some_and(|(known, _)| known == name)
    };
    let unknown = recorded.iter().enumerate().position(|step| !is_known(step)).map(|position| &recorded[position]);
    let problem = match unknown {
        Some((version, name)) if is_step(*version, name) => {
            Some(format!("the database has step {version} ({name}), but not those before it"))
        }
        Some((version, name)) => Some(format!(
            "the database has step {version} ({name}), which this version of hrdb does not know: it was written by a newer one"
        )),
        None if recorded.is_empty() => {
            Some("the file is some other database: it has no record of hrdb's migrations".to_owned())
        }
        None => None,
    };
    Ok(Standing { recorded: recorded.len(), known: MIGRATIONS.len(), problem })
}

/// Whether a step is known under that number, wherever it stands in the record.
fn is_step(version: i64, name: &str) -> bool {
    let position = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
    position.and_then(|position| MIGRATIONS.get(position)).is_some_and(|(known, _)| *known == name)
}

/// Applies what is missing; returns the names of the steps that were applied.
///
/// # Errors
/// [`StoreError::Unusable`] when the database is of a newer version or is some other database.
pub fn migrate(
    connection: &mut Connection,
    context: &std::sync::Arc<Context>,
) -> Result<Vec<&'static str>, StoreError> {
    let standing = standing(connection)?;
    if let Some(problem) = standing.problem {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        // An empty file is the beginning of a database.
        if tables > 0 {
            return Err(StoreError::Unusable(problem));
        }
    }
    connection::write_ahead(connection)?;
    if standing.recorded == MIGRATIONS.len() {
        return Ok(Vec::new());
    }
    define_functions(connection, context)?;
    let mut applied = Vec::new();
    for (position, (name, sql)) in MIGRATIONS.iter().enumerate().skip(standing.recorded) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(
            "CREATE TABLE IF NOT EXISTS _hrdb_migration (VERSION INTEGER PRIMARY KEY, NAME TEXT NOT NULL, APPLIED TEXT NOT NULL)",
        )?;
        transaction.execute_batch(sql)?;
        transaction.execute(
            "INSERT INTO _hrdb_migration (VERSION, NAME, APPLIED) VALUES (?1, ?2, datetime('now'))",
            (i64::try_from(position).unwrap_or(i64::MAX) + 1, name),
        )?;
        transaction.commit()?;
        applied.push(*name);
    }
    connection.remove_function("hash_password", 1)?;
    connection.remove_function("setting", 1)?;
    Ok(applied)
}

fn recorded(connection: &Connection) -> Result<Vec<(i64, String)>, StoreError> {
    // Reading must not change a file that may turn out to be somebody else's.
    let known: bool =
        connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = '_hrdb_migration'", [], |row| row.get(0))?;
    if !known {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT VERSION, NAME FROM _hrdb_migration ORDER BY VERSION")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The functions exist on this connection only, and only while it migrates.
fn define_functions(connection: &Connection, context: &std::sync::Arc<Context>) -> Result<(), StoreError> {
    let hashing = std::sync::Arc::clone(context);
    connection.create_scalar_function(
        "hash_password",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY,
        move |call| {
            let plain: String = call.get(0)?;
            (hashing.hash_password)(&plain).map_err(|text| rusqlite::Error::UserFunctionError(text.into()))
        },
    )?;
    let settings = std::sync::Arc::clone(context);
    connection.create_scalar_function(
        "setting",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY,
        move |call| {
            let name: String = call.get(0)?;
            Ok((settings.setting)(&name))
        },
    )?;
    Ok(())
}
