//! The file: what survives a restart, which files are refused, what is written into it, and what its schema alone holds.

use std::collections::BTreeMap;
use std::path::Path;

use hrdb::app::Application;
use hrdb::auth::Clock;
use hrdb::config::{Secret, Settings};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::rows;
use crate::support::Server;

/// The sentence with which a server refuses to start in a folder.
#[track_caller]
fn refusal(folder: &Path) -> String {
    let mut settings = Settings::defaults();
    settings.listen = "127.0.0.1:0".parse().unwrap();
    folder.to_str().unwrap().clone_into(&mut settings.data_dir);
    settings.workers = 1;
    let built = actix_rt::System::new().block_on(async { Application::build(&settings, Clock::manual().0).err() });
    let sentence = built.expect("the server does not start");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    assert!(sentence.contains("hrdb.db"), "it names the file: {sentence}");
    sentence
}

/// Names and contents of a folder's files.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap_or_default()))
        .collect()
}

#[track_caller]
fn assert_same_files(folder: &Path, before: &BTreeMap<String, Vec<u8>>) {
    let after = files(folder);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "the same files");
    for (name, bytes) in before {
        let differing = bytes.iter().zip(&after[name]).filter(|(left, right)| left != right).count();
        assert!(*bytes == after[name], "{name} is as it was; {differing} bytes differ");
    }
}

/// A folder in which a server has been, and its database for writing.
fn used_folder() -> (TempDir, Connection) {
    let folder = Server::start().stop();
    let connection = Connection::open(folder.path().join("hrdb.db")).unwrap();
    (folder, connection)
}

fn signs_in(server: &Server, name: &str, password: &str) -> bool {
    server.basic(name, password).get("/services/security/token").status == 200
}

#[test]
fn a_restart_keeps_every_row() {
    let server = Server::start();
    let admin = server.admin();
    assert_eq!(admin.post("/services/hrdb/Department", &json!({"name": "New 漢字", "deptCode": "N"})).status, 200);
    assert_eq!(admin.patch("/services/hrdb/Employee/2", &json!({"password": "boris has his own"})).status, 200);
    assert_eq!(admin.delete("/services/hrdb/Vacation/20").status, 200);
    let before = rows::everything(server.folder.path());
    let mut folder = server.stop();
    for _ in 0..2 {
        let server = Server::start_in(folder, |_| {});
        rows::assert_unchanged(server.folder.path(), &before, "a restart");
        assert!(signs_in(&server, "boris.tran", "boris has his own"));
        folder = server.stop();
        rows::assert_unchanged(folder.path(), &before, "a stop");
    }
}

#[test]
fn a_stopped_server_leaves_one_whole_file() {
    let server = Server::start();
    assert_eq!(server.admin().post("/services/hrdb/Department", &json!({})).status, 200);
    let folder = server.stop();
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["hrdb.db"]);
    let connection = rows::open(folder.path());
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn a_missing_folder_is_made() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("a/b c/ü");
    let server = Server::start_in(folder, |settings| settings.data_dir = inner.to_str().unwrap().to_owned());
    assert!(inner.join("hrdb.db").exists());
    drop(server);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    for (version, name) in [(1000, "1000_from_the_future"), (2, "0002_another_seed")] {
        let (folder, connection) = used_folder();
        connection.execute("DELETE FROM _hrdb_migration WHERE VERSION = ?1", [version]).unwrap();
        connection
            .execute("INSERT INTO _hrdb_migration (VERSION, NAME, APPLIED) VALUES (?1, ?2, 'then')", (version, name))
            .unwrap();
        connection.execute_batch("CREATE TABLE LATER (ID INTEGER PRIMARY KEY)").unwrap();
        connection.close().unwrap();
        let before = files(folder.path());
        let sentence = refusal(folder.path());
        assert!(sentence.contains("newer") && sentence.contains(name), "{sentence}");
        assert_same_files(folder.path(), &before);
        // Nor does it help to try again.
        assert_eq!(refusal(folder.path()), sentence);
        assert_same_files(folder.path(), &before);
    }
}

#[test]
fn somebody_elses_database_is_refused_and_left_alone() {
    for journal in ["DELETE", "WAL"] {
        let folder = TempDir::new().unwrap();
        let connection = Connection::open(folder.path().join("hrdb.db")).unwrap();
        connection.pragma_update(None, "journal_mode", journal).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE NOTES (ID INTEGER PRIMARY KEY, TEXT TEXT); INSERT INTO NOTES VALUES (1, 'mine');",
            )
            .unwrap();
        connection.close().unwrap();
        let before = files(folder.path());
        let sentence = refusal(folder.path());
        assert!(sentence.contains("other database"), "{journal}: {sentence}");
        assert_same_files(folder.path(), &before);
    }
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let garbage: Vec<u8> = (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut header_only = b"SQLite format 3\0".to_vec();
    header_only.extend(&garbage);
    for (name, bytes) in [
        ("a text", b"This is no database, but somebody may need it.\n".repeat(100)),
        ("random bytes", garbage),
        ("the header of a database and random bytes", header_only),
        // SQLite takes a file of one byte for an empty one, but not of two.
        ("two bytes", b"x\n".to_vec()),
    ] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("hrdb.db"), bytes).unwrap();
        let before = files(folder.path());
        let sentence = refusal(folder.path());
        assert!(sentence.contains("database"), "{name}: {sentence}");
        assert_same_files(folder.path(), &before);
    }
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("hrdb.db")).unwrap();
    refusal(folder.path());
}

#[test]
fn a_migration_that_fails_half_way_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let connection = Connection::open(folder.path().join("hrdb.db")).unwrap();
    // A database at version 1, with a row in the way of the last but one of the seed's inserts.
    connection.execute_batch(include_str!("../../migrations/0001_schema.sql")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE _hrdb_migration (VERSION INTEGER PRIMARY KEY, NAME TEXT NOT NULL, APPLIED TEXT NOT NULL);
             INSERT INTO _hrdb_migration VALUES (1, '0001_schema', 'then');
             INSERT INTO \"USER\" (USER_ID, USERNAME) VALUES (3, 'in the way');",
        )
        .unwrap();
    connection.close().unwrap();
    let before = rows::everything(folder.path());
    assert_eq!(before.lines().count(), 1);
    refusal(folder.path());
    rows::assert_unchanged(folder.path(), &before, "a migration that fails");
    let connection = Connection::open(folder.path().join("hrdb.db")).unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("SELECT max(VERSION) FROM _hrdb_migration"), 1);
    assert_eq!(number("SELECT count(*) FROM sqlite_schema WHERE name = '_hrdb_demo_password'"), 0);
    // With the obstacle gone, the same migration goes through.
    connection.execute_batch("DELETE FROM \"USER\"").unwrap();
    connection.close().unwrap();
    let server = Server::start_in(folder, |_| {});
    let admin = server.admin();
    assert_eq!(admin.get("/services/hrdb/User/count").text(), "5");
    assert_eq!(admin.post("/services/hrdb/User", &json!({})).json()["userId"], 7);
}

#[test]
fn a_password_is_a_hash_in_every_row_and_plain_text_nowhere() {
    let server = Server::first_start(|settings| settings.admin_password = Some(Secret::new("first-start-51c9".into())));
    let admin = server.token("admin", "first-start-51c9");
    let body = json!({"username": "new", "password": "created-88d1", "role": "userrole"});
    assert_eq!(admin.post("/services/hrdb/User", &body).status, 200);
    assert_eq!(admin.patch("/services/hrdb/Employee/2", &json!({"password": "patched-0f3b"})).status, 200);
    assert_eq!(admin.put("/services/hrdb/User/2", &json!({"username": "user", "password": "put-77aa-x"})).status, 200);
    // Its row is gone, and with it whatever it held.
    let refused = json!({"username": "x".repeat(21), "password": "refused-2e6d"});
    assert_eq!(admin.post("/services/hrdb/User", &refused).status, 400);
    let plain = ["first-start-51c9", "created-88d1", "patched-0f3b", "put-77aa-x", "refused-2e6d", "welcome", "user2:"];
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let running = files(server.folder.path());
    assert!(running.len() > 1, "the write-ahead log is looked at as well");
    let folder = server.stop();
    for (name, bytes) in running.iter().chain(&files(folder.path())) {
        for text in plain {
            assert!(!holds(bytes, text), "{name} holds {text} in plain text");
        }
    }
    let connection = rows::open(folder.path());
    let mut hashes = Vec::new();
    for table in ["EMPLOYEE", "USER"] {
        let mut statement = connection.prepare(&format!("SELECT PASSWORD FROM \"{table}\"")).unwrap();
        let found = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        hashes.extend(found.map(Result::unwrap));
    }
    assert_eq!(hashes.len(), 16);
    for hash in &hashes {
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count, "ten people have the same password, and no two the same hash");
}

#[test]
fn the_administrators_password_is_a_setting_of_the_first_start_only() {
    let password =
        |text: &'static str| move |settings: &mut Settings| settings.admin_password = Some(Secret::new(text.into()));
    let server = Server::first_start(password("first"));
    assert_eq!((signs_in(&server, "admin", "first"), signs_in(&server, "admin", "admin")), (true, false));
    assert!(signs_in(&server, "admin2", "admin2"), "it is the password of one account only");
    let server = Server::start_in(server.stop(), password("second"));
    assert_eq!((signs_in(&server, "admin", "first"), signs_in(&server, "admin", "second")), (true, false));
    let server = Server::start_in(server.stop(), |_| {});
    assert_eq!((signs_in(&server, "admin", "first"), signs_in(&server, "admin", "admin")), (true, false));
}

#[test]
fn the_schema_alone_refuses_what_the_server_refuses() {
    let (_folder, connection) = used_folder();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    for (sql, good) in [
        ("UPDATE DEPARTMENT SET NAME = substr(hex(zeroblob(200)), 1, 255) WHERE DEPT_ID = 1", true),
        ("UPDATE DEPARTMENT SET NAME = substr(hex(zeroblob(200)), 1, 256) WHERE DEPT_ID = 1", false),
        ("UPDATE DEPARTMENT SET NAME = x'41' WHERE DEPT_ID = 1", false),
        ("UPDATE DEPARTMENT SET DEPT_CODE = '12345678901234567890' WHERE DEPT_ID = 1", true),
        ("UPDATE DEPARTMENT SET DEPT_CODE = '123456789012345678901' WHERE DEPT_ID = 1", false),
        ("UPDATE DEPARTMENT SET DEPT_CODE = 'Sales' WHERE DEPT_ID = 1", false),
        ("UPDATE DEPARTMENT SET DEPT_CODE = NULL WHERE DEPT_ID IN (1, 2)", true),
        ("UPDATE DEPARTMENT SET BUDGET = 2147483647, Q1 = -2147483648", true),
        ("UPDATE DEPARTMENT SET BUDGET = 2147483648", false),
        ("UPDATE DEPARTMENT SET Q4 = -2147483649", false),
        ("UPDATE DEPARTMENT SET Q2 = 'many'", false),
        ("UPDATE DEPARTMENT SET Q2 = 1.5", false),
        ("UPDATE DEPARTMENT SET TENANT_ID = 4294967296", false),
        ("INSERT INTO DEPARTMENT (DEPT_ID) VALUES (2147483648)", false),
        ("INSERT INTO DEPARTMENT (DEPT_ID) VALUES (1)", false),
        ("DELETE FROM DEPARTMENT WHERE DEPT_ID = 1", false),
        ("UPDATE EMPLOYEE SET STATE = 'ÜÜ' WHERE EMP_ID = 1", true),
        ("UPDATE EMPLOYEE SET STATE = 'ABC' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET JOB_TITLE = substr(hex(zeroblob(40)), 1, 41) WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET DEPT_ID = 99 WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET MANAGER_ID = 99 WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET MANAGER_ID = 1, DEPT_ID = NULL WHERE EMP_ID = 1", true),
        ("DELETE FROM EMPLOYEE WHERE EMP_ID = 8", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = '2024-02-29' WHERE EMP_ID = 1", true),
        ("UPDATE EMPLOYEE SET BIRTHDATE = NULL WHERE EMP_ID = 1", true),
        ("UPDATE EMPLOYEE SET BIRTHDATE = '2023-02-29' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = '2024-2-9' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = '2024-02-29 10:00:00' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = 'now' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = '' WHERE EMP_ID = 1", false),
        ("UPDATE EMPLOYEE SET BIRTHDATE = 2460000 WHERE EMP_ID = 1", false),
        ("UPDATE VACATION SET START_DATE = 'soon' WHERE ID = 1", false),
        ("UPDATE VACATION SET END_DATE = 0 WHERE ID = 1", false),
        ("UPDATE VACATION SET EMP_ID = NULL WHERE ID = 1", false),
        ("UPDATE VACATION SET EMP_ID = 0 WHERE ID = 1", false),
        ("INSERT INTO VACATION (STATUS) VALUES ('Pending')", false),
        ("UPDATE \"USER\" SET USERNAME = '123456789012345678901' WHERE USER_ID = 1", false),
        ("UPDATE \"USER\" SET ROLE = '123456789012345678901' WHERE USER_ID = 1", false),
        ("INSERT INTO \"USER\" (USERNAME) VALUES ('admin')", true),
    ] {
        connection.execute_batch("SAVEPOINT attempt").unwrap();
        let result = connection.execute(sql, []);
        assert_eq!(result.is_ok(), good, "{sql}: {result:?}");
        connection.execute_batch("ROLLBACK TO attempt; RELEASE attempt").unwrap();
    }
}

#[test]
fn what_the_schema_fills_in_it_fills_in_for_everyone() {
    let (folder, connection) = used_folder();
    connection
        .execute_batch("INSERT INTO DEPARTMENT (NAME) VALUES ('by hand'); INSERT INTO VACATION (EMP_ID) VALUES (1)")
        .unwrap();
    connection.close().unwrap();
    let server = Server::start_in(folder, |_| {});
    let admin = server.admin();
    let department = admin.get("/services/hrdb/Department/11").json();
    assert_eq!((&department["name"], &department["tenantId"]), (&json!("by hand"), &json!(1)));
    assert_eq!(admin.get("/services/hrdb/Vacation/22").json()["tenantId"], 1);
}
