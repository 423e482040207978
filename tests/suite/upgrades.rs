//! Databases that each schema so far has left behind, brought to the newest.
//!
//! `tests/fixtures/schema-0003.db` is what the first three migrations make and a little use of it. `make fixtures` adds the one
//! of the newest schema; those that are there are never written again, since they stand for what operators have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use hrdb::auth::hash_password;
use hrdb::config::PasswordCost;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use serde_json::json;
use tempfile::TempDir;

use crate::support::Server;

/// What somebody has done with the sample since its first start.
const USE: &str = "
    INSERT INTO DEPARTMENT (NAME, DEPT_CODE, BUDGET, LOCATION) VALUES ('Größe 漢字 ''\"', 'use-1', -2147483648, NULL);
    INSERT INTO EMPLOYEE (FIRSTNAME, LASTNAME, BIRTHDATE, DEPT_ID, MANAGER_ID)
        VALUES ('Zoë', 'O''Hara', '2000-02-29', (SELECT max(DEPT_ID) FROM DEPARTMENT), 1);
    INSERT INTO VACATION (START_DATE, END_DATE, EMP_ID) VALUES ('1999-12-31', NULL, (SELECT max(EMP_ID) FROM EMPLOYEE));
    UPDATE DEPARTMENT SET Q4 = 2147483647, NAME = NULL WHERE DEPT_ID = 2;
    DELETE FROM VACATION WHERE ID = (SELECT max(ID) - 1 FROM VACATION);
    INSERT INTO \"USER\" (USERNAME, ROLE) VALUES ('gone', 'userrole');
    DELETE FROM \"USER\" WHERE USERNAME = 'gone';";
const REMEMBERED: &str = "
    INSERT INTO _hrdb_remember_me (SERIES, SOURCE, ACCOUNT, STANDING, TOKEN, ROTATED, EXPIRES)
        VALUES ('series', 'USER', '1', 'standing', 'token', 0, 4102444800000);";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The migrations, in order: name and text.
fn migrations() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}

fn fixture(version: usize) -> PathBuf {
    folder().join(format!("schema-{version:04}.db"))
}

/// The fixtures that there are, with their versions. The schema without the seed was never released.
fn fixtures() -> Vec<(usize, PathBuf)> {
    (2..=migrations().len()).map(|version| (version, fixture(version))).filter(|(_, path)| path.exists()).collect()
}

/// Makes a database as the program with the first so many migrations did.
fn write(path: &Path, version: usize, hash: fn() -> String) {
    let connection = Connection::open(path).unwrap();
    let flags = FunctionFlags::SQLITE_UTF8;
    connection.create_scalar_function("setting", 1, flags, |_| Ok(None::<String>)).unwrap();
    connection.create_scalar_function("hash_password", 1, flags, move |_| Ok(hash())).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE _hrdb_migration (VERSION INTEGER PRIMARY KEY, NAME TEXT NOT NULL, APPLIED TEXT NOT NULL)",
        )
        .unwrap();
    for (position, (name, sql)) in migrations().iter().take(version).enumerate() {
        connection.execute_batch(sql).unwrap();
        let row = (i64::try_from(position).unwrap() + 1, name);
        connection.execute("INSERT INTO _hrdb_migration VALUES (?1, ?2, '2026-01-01 00:00:00')", row).unwrap();
    }
    connection.execute_batch(USE).unwrap();
    if version >= 3 {
        connection.execute_batch(REMEMBERED).unwrap();
    }
    connection.execute_batch("VACUUM").unwrap();
    connection.close().unwrap();
}

/// Every account has one password. Its hash is as cheap as one may be.
fn hash() -> String {
    let cost = PasswordCost { memory_kib: *PasswordCost::MEMORY_KIB.start(), iterations: 5, parallelism: 1 };
    hash_password("fixture-password", cost).unwrap()
}

/// What looks like one to a schema; no two are the same.
fn no_hash() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("hash {}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Every row of every table, as text, by table and column: columns that come later do not change what was there.
fn rows(connection: &Connection, tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (table, columns) in tables {
        let columns = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM \"{table}\" ORDER BY 1")).unwrap();
        let count = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let lines: &mut Vec<String> = found.entry(table.clone()).or_default();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..count).map(|column| row.get_ref(column).unwrap()).collect();
            lines.push(format!("{values:?}"));
        }
    }
    found
}

fn tables(connection: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_stat%' ORDER BY t.name, c.cid";
    let mut statement = connection.prepare(sql).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (table, column) in pairs.map(Result::unwrap) {
        found.entry(table).or_default().push(column);
    }
    found
}

/// What the tables, indexes and triggers of a database are.
fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY type, name").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_newest_schema_has_a_fixture_and_no_released_migration_has_changed() {
    let newest = migrations().len();
    if std::env::var_os("HRDB_WRITE_FIXTURES").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        for version in (2..=newest).filter(|version| !fixture(*version).exists()) {
            write(&fixture(version), version, hash);
            println!("wrote {}", fixture(version).display());
        }
    }
    assert!(fixture(newest).exists(), "`make fixtures` makes {}", fixture(newest).display());
    let folder = TempDir::new().unwrap();
    for (version, path) in fixtures() {
        assert!(path.metadata().unwrap().len() < 200_000, "{} is small", path.display());
        let anew = folder.path().join(version.to_string());
        write(&anew, version, no_hash);
        let (kept, anew) = (Connection::open(&path).unwrap(), Connection::open(&anew).unwrap());
        assert_eq!(schema(&kept), schema(&anew), "a migration up to {version} is not what it was when it was released");
    }
}

#[test]
fn a_database_of_each_schema_so_far_is_brought_to_the_newest_with_all_its_rows() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 2, "the fixtures are there");
    let steps = migrations();
    for (version, path) in fixtures {
        let folder = TempDir::new().unwrap();
        let copy = folder.path().join("hrdb.db");
        std::fs::copy(&path, &copy).unwrap();
        let connection = Connection::open(&copy).unwrap();
        let mut known = tables(&connection);
        let applied = known.remove("_hrdb_migration").unwrap();
        assert_eq!(applied, ["VERSION", "NAME", "APPLIED"]);
        assert!(known.len() >= 6, "{known:?}");
        let before = rows(&connection, &known);
        assert_eq!(before["EMPLOYEE"].len(), 11, "the rows are there");
        connection.close().unwrap();
        for round in 0..2 {
            // Nobody signs in before the rows are compared: that renews a hash which is cheaper than today's.
            let server = Server::start_in(TempDir::new().unwrap(), |settings| {
                folder.path().to_str().unwrap().clone_into(&mut settings.data_dir);
            });
            let connection = Connection::open(&copy).unwrap();
            if round == 0 {
                assert_eq!(rows(&connection, &known), before, "of schema {version}");
            }
            let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
            assert_eq!(text("PRAGMA integrity_check"), "ok", "of schema {version}");
            assert_eq!(text("SELECT count(*) || '' FROM pragma_foreign_key_check"), "0", "of schema {version}");
            let names = text("SELECT group_concat(NAME) FROM (SELECT NAME FROM _hrdb_migration ORDER BY VERSION)");
            let all: Vec<&str> = steps.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, all.join(","), "of schema {version}");
            drop(connection);
            let admin = server.token("admin", "fixture-password");
            let found = admin.get("/services/hrdb/Department/deptCode/use-1").json();
            assert_eq!(found["name"], "Größe 漢字 '\"", "of schema {version}");
            let made = admin.post("/services/hrdb/User", &json!({"username": format!("after-{round}")})).json();
            assert_eq!(made["userId"], 8 + round, "of schema {version}: no key is given out twice");
            drop(server);
        }
    }
}
