//! Query files that cannot be served: each stops the start with one line that names the file and the line in it.

use tempfile::TempDir;

use crate::process::{hrdb, refused};

/// Starts the command with one query file over the databases of a folder; returns its exit code and what it says.
#[track_caller]
fn run(data: &TempDir, file: &str, text: &str) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    let mut command = hrdb(data.path());
    command.args(["--log", "error", "--queries-dir"]).arg(folder.path());
    let (code, said) = refused(command, data.path());
    (code, said.replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn a_bad_file_stops_the_start_with_one_line() {
    let data = TempDir::new().unwrap();
    let kinds = "a query is one SELECT, INSERT, UPDATE or DELETE";
    for (file, text, message) in [
        ("hrdb/A.sql", "-- x\nSELEC 1", "hrdb/A.sql, line 2: near \"SELEC\": syntax error"),
        ("hrdb/A.sql", "SELECT 1\nFROM NOWHERE", "hrdb/A.sql, line 1: no such table: NOWHERE"),
        ("hrdb/A.sql", "SELECT 1,\n  NOSUCH\nFROM DEPARTMENT", "hrdb/A.sql, line 2: no such column: NOSUCH"),
        ("hrdb/A.sql", "SELECT 1\nWHERE", "hrdb/A.sql, line 1: incomplete input"),
        ("hrdb/A.sql", "-- roles: admn\nSELECT 1", "hrdb/A.sql, line 1: no account source has the role 'admn'"),
        ("hrdb/A.sql", "SELECT 1\n, :x", "hrdb/A.sql, line 2: the parameter :x is not declared in the header"),
        (
            "hrdb/A.sql",
            "-- param: x text\nSELECT 1",
            "hrdb/A.sql, line 1: the parameter x is declared, but the SQL does not use it",
        ),
        ("hrdb/A.sql", "SELECT 1;\nSELECT 2", "hrdb/A.sql, line 2: a query is one statement; here begins another"),
        ("hrdb/A.sql", "ATTACH 'x.db' AS x", kinds),
        ("hrdb/A.sql", "PRAGMA query_only = 0", kinds),
        ("hrdb/A.sql", "CREATE TABLE X (A)", kinds),
        ("hrdb/A.sql", "DROP TABLE VACATION", kinds),
        ("hrdb/A.sql", "ALTER TABLE VACATION ADD COLUMN X", kinds),
        ("hrdb/A.sql", "CREATE TEMP VIEW X AS SELECT 1", kinds),
        ("hrdb/A.sql", "VACUUM", kinds),
        ("hrdb/A.sql", "ANALYZE", kinds),
        ("hrdb/A.sql", "REINDEX", kinds),
        ("hrdb/A.sql", "BEGIN", kinds),
        ("hrdb/A.sql", "SAVEPOINT x", kinds),
        ("hrdb/A.sql", "EXPLAIN SELECT 1", kinds),
        ("hrdb/A.sql", "EXPLAIN QUERY PLAN DELETE FROM VACATION", kinds),
        ("hrdb/A.sql", "/* nothing */", kinds),
        ("hrdb/A.sql", "SELECT * FROM pragma_database_list", "line 1: pragma_database_list is a PRAGMA; "),
        ("hrdb/A.sql", "SELECT HASH FROM _hrdb_demo_password", "line 1: _hrdb_demo_password is the server's own"),
        ("hrdb/A.sql", "SELECT * FROM \"USER\"", "line 1: it reads the secret column USER.PASSWORD"),
        ("hrdb/A.sql", "SELECT length(password) FROM employee", "line 1: it reads the secret column EMPLOYEE.PASSWORD"),
        ("hrdb/A.sql", "UPDATE EMPLOYEE SET PASSWORD = 'x'", "line 1: it sets the secret column EMPLOYEE.PASSWORD"),
        (
            "hrdb/A.sql",
            "INSERT INTO EMPLOYEE (LASTNAME) VALUES ('x')",
            "line 1: it adds rows to EMPLOYEE, whose column PASSWORD is secret",
        ),
        ("hrdb/A.sql", "UPDATE VACATION SET TYPE = 'x' RETURNING ID", "line 1: RETURNING has nowhere to go"),
        ("hrdb/A b.sql", "SELECT 1", "hrdb/A b.sql: 'A b' cannot be the name of a query"),
        ("A.sql", "SELECT 1", "A.sql: a query stands in the folder of its service, SERVICE/NAME.sql"),
        ("shop/A.sql", "SELECT 1", "shop/A.sql: there is no service shop"),
    ] {
        let (code, said) = run(&data, file, text);
        assert_eq!(code, 1, "{text}: {said}");
        assert!(said.contains(message), "{text}: {said}");
    }
    rusqlite::Connection::open(data.path().join("shop.db")).unwrap().execute_batch("CREATE TABLE BASKET (ID)").unwrap();
    std::fs::write(data.path().join("hrdb.toml"), "[services.shop]\npath = 'shop.db'\nread_only = true\n").unwrap();
    let (code, said) = run(&data, "shop/A.sql", "DELETE FROM BASKET");
    assert_eq!((code, said.as_str()), (1, "hrdb: shop/A.sql, line 1: the database is read-only\n"));
}

#[test]
fn a_folder_that_is_not_there_stops_the_start() {
    let data = TempDir::new().unwrap();
    let mut command = hrdb(data.path());
    command.env("HRDB_QUERIES_DIR", "nowhere").env("HRDB_LOG", "error");
    let (code, said) = refused(command, data.path());
    assert_eq!(code, 1);
    assert!(said.starts_with("hrdb: cannot read the folder nowhere: "), "{said}");
}
