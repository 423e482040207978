//! `hrdb generate`: many rows, made up, always the same.

use std::path::Path;
use std::process::{Command, Output};

use rusqlite::types::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::process::{Running, basic, files, hrdb};

fn generate(folder: &Path, employees: &str) -> Output {
    let mut command: Command = hrdb(folder);
    command.args(["--log", "error", "generate", "--employees", employees]).output().unwrap()
}

#[track_caller]
fn generated(folder: &Path, employees: &str) -> String {
    let output = generate(folder, employees);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn open(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("data/hrdb.db")).unwrap()
}

fn rows(folder: &Path, sql: &str) -> Vec<Vec<Value>> {
    let connection = open(folder);
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let found = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

/// Everything but the seed's passwords, which have a fresh salt each.
fn content(folder: &Path) -> Vec<Vec<Value>> {
    let columns = "EMP_ID, FIRSTNAME, LASTNAME, STREET, CITY, STATE, ZIP, BIRTHDATE, PICURL, JOB_TITLE, DEPT_ID, USERNAME, \
         ROLE, MANAGER_ID, TENANT_ID, PASSWORD IS NULL";
    let mut all = rows(folder, &format!("SELECT {columns} FROM EMPLOYEE ORDER BY EMP_ID"));
    all.extend(rows(folder, "SELECT * FROM DEPARTMENT ORDER BY DEPT_ID"));
    all.extend(rows(folder, "SELECT * FROM VACATION ORDER BY ID"));
    all.extend(rows(folder, "SELECT type, name, sql FROM sqlite_schema ORDER BY name"));
    all
}

#[test]
fn the_same_number_makes_the_same_rows_in_one_go_or_in_several() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert_eq!(generated(one.path(), "1234"), "added 1224 employees: there are 1234 now\n");
    for number in ["10", "11", "57", "105", "1111", "1234", "1234"] {
        generated(two.path(), number);
    }
    let (one, two) = (content(one.path()), content(two.path()));
    assert!(one.len() > 1234 + 17 + 2468);
    assert_eq!(one.len(), two.len());
    for (left, right) in one.iter().zip(&two).filter(|(left, _)| left[1] != Value::Text("sqlite_stat1".to_owned())) {
        assert_eq!(left, right);
    }
}

#[test]
fn what_is_generated_is_whole_and_is_served() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(folder, |_| {});
    assert_eq!(server.get("services/hrdb/Employee/count", &basic("admin", "admin")), (200, json!(10)));
    let (_, folder) = server.stop("-TERM");
    let schema = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name";
    let before = rows(folder.path(), schema);
    generated(folder.path(), "1000");
    assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "one tidy file is left");
    assert_eq!(rows(folder.path(), schema), before, "tables and indexes are as they were");
    assert_eq!(rows(folder.path(), "PRAGMA integrity_check"), [[Value::Text("ok".to_owned())]]);
    assert_eq!(rows(folder.path(), "PRAGMA foreign_key_check"), Vec::<Vec<Value>>::new());
    assert_eq!(rows(folder.path(), "PRAGMA journal_mode"), [[Value::Text("wal".to_owned())]]);
    let server = Running::start(folder, |_| {});
    let admin = basic("admin", "admin");
    for (entity, number) in [("Employee", 1000), ("Department", 14), ("Vacation", 2000), ("User", 5)] {
        assert_eq!(server.get(&format!("services/hrdb/{entity}/count"), &admin), (200, json!(number)), "{entity}");
    }
    let (_, last) = server.get("services/hrdb/Employee/1000", &admin);
    assert_eq!(
        (&last["department"]["deptId"], &last["employeeByManagerId"]["deptId"]),
        (&json!(19), &json!(19)),
        "{last}"
    );
    let (_, alone) = server.get("services/hrdb/Employee?q=managerId%20is%20null%20and%20empId%20%3E%20100", &admin);
    assert_eq!(alone["totalElements"], 9, "each new department has one head");
    // What is added next takes the next key.
    let headers = [("Authorization", admin.as_str()), ("Content-Type", "application/json")];
    let (status, made) = server.send("POST", "services/hrdb/Employee", &headers, r#"{"firstname":"Eve"}"#);
    assert_eq!((status, &made["empId"]), (200, &json!(1001)));
}

#[test]
fn rows_of_ones_own_stay_and_what_makes_no_sense_is_refused() {
    let refused = |folder: &Path, employees: &str, code: i32, word: &str| {
        let output = generate(folder, employees);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.starts_with("hrdb: ") && said.contains(word) && said.lines().count() == 1, "{said}");
    };
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    assert_eq!(server.get("services/hrdb/Employee/count", &basic("admin", "admin")), (200, json!(10)));
    refused(server.folder.path(), "50", 1, "stop the server");
    let (_, folder) = server.stop("-TERM");
    let database = open(folder.path());
    let own = "INSERT INTO DEPARTMENT (DEPT_ID, NAME) VALUES (11, 'Own'); INSERT INTO EMPLOYEE (EMP_ID, FIRSTNAME) VALUES (106, 'Own');
        DELETE FROM VACATION WHERE EMP_ID = 3; DELETE FROM EMPLOYEE WHERE EMP_ID = 3";
    database.execute_batch(own).unwrap();
    drop(database);
    refused(folder.path(), "9", 1, "there are 10 already");
    for number in ["0", "many", "100000001"] {
        refused(folder.path(), number, 2, "employees");
    }
    generated(folder.path(), "300");
    assert_eq!(rows(folder.path(), "SELECT count(*), max(EMP_ID) FROM EMPLOYEE"), [[300, 396].map(Value::Integer)]);
    let own = "SELECT count(*) FROM EMPLOYEE WHERE FIRSTNAME = 'Own' UNION ALL SELECT count(*) FROM DEPARTMENT WHERE NAME = 'Own'";
    assert_eq!(rows(folder.path(), own), [[Value::Integer(1)], [Value::Integer(1)]]);
    assert_eq!(rows(folder.path(), "PRAGMA foreign_key_check"), Vec::<Vec<Value>>::new());
}
