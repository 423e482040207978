//! Finds out what a statement of a query file would do, without doing it.
//!
//! SQLite itself says so while it prepares the statement: it asks an authorizer about each thing that the statement would
//! do. What a query may not do is refused there, however it is spelt.

use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, Error, Statement};

use super::introspect::OWN_PREFIX;
use crate::catalog::Service;
use crate::query::{ChangeKind, ResultColumn, StatementFacts, StatementKind};

/// Why a statement cannot be a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// Where in the statement, in bytes, when SQLite knows.
    pub offset: Option<usize>,
}

const WHAT_A_QUERY_IS: &str = "a query is one SELECT, INSERT, UPDATE or DELETE";

/// What the authorizer has seen.
#[derive(Default)]
struct Seen {
    reads: bool,
    /// The statement's own change; what triggers change besides comes later.
    change: Option<(ChangeKind, String)>,
    refused: Option<String>,
}

/// Prepares a statement and says what it would do.
///
/// # Errors
/// [`Refusal`] for a statement that SQLite does not understand, or that a query may not be.
pub fn examine(connection: &Connection, sql: &str, service: &Service) -> Result<StatementFacts, Refusal> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let failed = |error: &Error| Refusal { message: error.to_string(), offset: None };
    connection.authorizer(Some(authorizer(Arc::clone(&seen), service))).map_err(|error| failed(&error))?;
    let prepared = connection.prepare(sql);
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).map_err(|error| failed(&error))?;
    let seen = std::mem::take(&mut *seen.lock());
    if let Some(message) = seen.refused {
        return Err(Refusal { message, offset: None });
    }
    let refuse = |message: String| Err(Refusal { message, offset: None });
    let statement = match prepared {
        Ok(statement) => statement,
        Err(Error::SqlInputError { msg, offset, .. }) => {
            return Err(Refusal { message: msg, offset: usize::try_from(offset).ok() });
        }
        Err(other) => return Err(failed(&other)),
    };
    let kind = match seen.change {
        _ if statement.is_explain() != 0 => return refuse(WHAT_A_QUERY_IS.to_owned()),
        Some((kind, table)) => StatementKind::Change(kind, table),
        None if seen.reads && statement.readonly() => StatementKind::Select,
        None => return refuse(WHAT_A_QUERY_IS.to_owned()),
    };
    Ok(StatementFacts { kind, parameters: parameters(&statement), columns: columns(&statement) })
}

fn parameters(statement: &Statement<'_>) -> Vec<String> {
    let name = |number| statement.parameter_name(number).unwrap_or("?").trim_start_matches(':').to_owned();
    (1..=statement.parameter_count()).map(name).collect()
}

fn columns(statement: &Statement<'_>) -> Vec<ResultColumn> {
    let columns = statement.columns().into_iter();
    columns
        .map(|column| ResultColumn { label: column.name().to_owned(), declared: column.decl_type().map(str::to_owned) })
        .collect()
}

fn authorizer(
    seen: Arc<Mutex<Seen>>,
    service: &Service,
) -> impl for<'a> FnMut(AuthContext<'a>) -> Authorization + Send + use<> {
    let mut secrets: Vec<(String, String)> = Vec::new();
    for entity in &service.entities {
        let secret = entity.properties.iter().filter(|property| property.is_secret());
        secrets.extend(secret.map(|property| (entity.table.clone(), property.column.clone())));
    }
    move |context| {
        let mut seen = seen.lock();
        let refusal = note(&mut seen, &context, &secrets);
        let allowed = refusal.is_none();
        if seen.refused.is_none() {
            seen.refused = refusal;
        }
        if allowed { Authorization::Allow } else { Authorization::Deny }
    }
}

/// Notes what the statement does; returns why it may not.
fn note(seen: &mut Seen, context: &AuthContext<'_>, secrets: &[(String, String)]) -> Option<String> {
    let of = |table: &str| secrets.iter().find(|(other, _)| other.eq_ignore_ascii_case(table));
    let is_secret = |table: &str, column: &str| {
        let same = |(other, secret): &(String, String)| {
            other.eq_ignore_ascii_case(table) && secret.eq_ignore_ascii_case(column)
        };
        secrets.iter().any(same)
    };
    let mut change = |kind: ChangeKind, table: &str| {
        if context.accessor.is_none() && seen.change.is_none() {
            seen.change = Some((kind, table.to_owned()));
        }
    };
    match context.action {
        AuthAction::Select => seen.reads = true,
        AuthAction::Read { table_name, .. } if table_name.starts_with(OWN_PREFIX) => {
            return Some(format!("{table_name} is the server's own"));
        }
        AuthAction::Read { table_name, .. } if table_name.to_ascii_lowercase().starts_with("pragma_") => {
            return Some(format!("{table_name} is a PRAGMA; {WHAT_A_QUERY_IS}"));
        }
        AuthAction::Read { table_name, column_name } if is_secret(table_name, column_name) => {
            return Some(format!("it reads the secret column {table_name}.{column_name}"));
        }
        AuthAction::Function { .. } | AuthAction::Recursive | AuthAction::Read { .. } => {}
        AuthAction::Insert { table_name } => {
            // Which columns it sets SQLite does not say, and a secret must not be stored as it comes.
            if let Some((table, column)) = of(table_name) {
                return Some(format!(
                    "it adds rows to {table}, whose column {column} is secret; use the entity's own POST"
                ));
            }
            change(ChangeKind::Insert, table_name);
        }
        AuthAction::Update { table_name, column_name } => {
            if is_secret(table_name, column_name) {
                return Some(format!("it sets the secret column {table_name}.{column_name}"));
            }
            change(ChangeKind::Update, table_name);
        }
        AuthAction::Delete { table_name } => change(ChangeKind::Delete, table_name),
        _ => return Some(WHAT_A_QUERY_IS.to_owned()),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::build;
    use crate::store::introspect::introspect;

    const SCHEMA: &str = "
        CREATE TABLE A (ID INTEGER PRIMARY KEY, NAME VARCHAR(9), PIN TEXT CHECK (length(PIN) < 9));
        CREATE TABLE B (ID INTEGER PRIMARY KEY, A_ID INTEGER REFERENCES A (ID) ON DELETE CASCADE, BORN DATE);
        CREATE TABLE LOG (LINE TEXT);
        CREATE VIEW V AS SELECT ID, NAME FROM A;
        CREATE VIEW LEAK AS SELECT PIN AS P FROM A;
        CREATE TRIGGER VI INSTEAD OF INSERT ON V BEGIN DELETE FROM LOG; END;
        CREATE TRIGGER BD AFTER DELETE ON B BEGIN INSERT INTO LOG VALUES (old.ID); END;";

    fn examined(sql: &str) -> Result<StatementFacts, Refusal> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        let service = build("s", introspect(&connection).unwrap(), &["A.PIN".to_owned()]);
        examine(&connection, sql, &service)
    }

    #[test]
    fn a_statement_is_what_sqlite_says_it_is() {
        let change = |kind, table: &str| StatementKind::Change(kind, table.to_owned());
        for (sql, kind) in [
            ("SELECT 1", StatementKind::Select),
            ("select count(*) from a", StatementKind::Select),
            ("VALUES (1)", StatementKind::Select),
            ("WITH X AS (SELECT 1) SELECT * FROM X", StatementKind::Select),
            ("INSERT INTO B DEFAULT VALUES", change(ChangeKind::Insert, "B")),
            ("INSERT INTO B (A_ID) SELECT ID FROM A", change(ChangeKind::Insert, "B")),
            ("REPLACE INTO B VALUES (1, 2, 3)", change(ChangeKind::Insert, "B")),
            ("INSERT INTO B VALUES (1, 2, 3) ON CONFLICT DO UPDATE SET A_ID = 1", change(ChangeKind::Insert, "B")),
            ("INSERT INTO V VALUES (1, 2)", change(ChangeKind::Insert, "V")),
            ("WITH X AS (SELECT 1 AS Y) UPDATE b SET A_ID = Y FROM X", change(ChangeKind::Update, "B")),
            ("UPDATE A SET NAME = 'x'", change(ChangeKind::Update, "A")),
            ("DELETE FROM A WHERE ID = 1", change(ChangeKind::Delete, "A")),
            ("DELETE FROM B", change(ChangeKind::Delete, "B")),
        ] {
            assert_eq!(examined(sql).map(|facts| facts.kind), Ok(kind), "{sql}");
        }
    }

    #[test]
    fn parameters_and_columns_are_described() {
        let facts = examined("SELECT NAME AS N, BORN, B.A_ID + :x, :y FROM V JOIN B ON B.A_ID = :x").unwrap();
        let columns: Vec<_> =
            facts.columns.iter().map(|column| (column.label.as_str(), column.declared.as_deref())).collect();
        assert_eq!(columns, [("N", Some("VARCHAR(9)")), ("BORN", Some("DATE")), ("B.A_ID + :x", None), (":y", None)]);
        assert_eq!(facts.parameters, ["x", "y"]);
    }

    #[test]
    fn a_secret_is_reached_by_no_way() {
        for sql in [
            "SELECT PIN FROM A",
            "SELECT * FROM A",
            "SELECT 1 FROM A WHERE pin = 'x'",
            "SELECT P FROM LEAK",
            "SELECT count(*) FROM LEAK",
            "SELECT ID FROM B ORDER BY (SELECT PIN FROM A)",
            "INSERT INTO B (A_ID) SELECT PIN FROM A",
            "INSERT INTO A (NAME) VALUES ('x')",
            "REPLACE INTO A VALUES (1, 'x', 'y')",
            "UPDATE A SET PIN = 'x'",
            "UPDATE A SET NAME = PIN",
            "DELETE FROM A WHERE PIN > 'm'",
        ] {
            assert!(examined(sql).unwrap_err().message.contains("secret"), "{sql}");
        }
    }
}
