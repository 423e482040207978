//! `hrdb restore` and `hrdb check`: what is put back, what is refused, what is found.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::files::{departments, done, names, refusal, rows, run, used};
use crate::process::{Running, basic, hrdb};

/// A folder in which a server has been; a backup of it, after which a row was added; and the rows of both.
fn backed_up() -> (TempDir, String, String) {
    let folder = used();
    done(folder.path(), &["backup", "copy.db"]);
    let live = folder.path().join("data/hrdb.db");
    let old = rows(&live);
    change(&live, "INSERT INTO DEPARTMENT (NAME) VALUES ('later')");
    let new = rows(&live);
    assert_ne!(old, new);
    (folder, old, new)
}

fn change(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(sql).unwrap();
    connection.close().unwrap();
}

/// The name of the database that a restore has kept.
#[track_caller]
fn kept(folder: &Path) -> String {
    let mut kept: Vec<String> = names(&folder.join("data"));
    kept.retain(|name| name.contains(".before-") && name.ends_with('Z'));
    assert_eq!(kept.len(), 1, "{:?}", names(&folder.join("data")));
    kept.remove(0)
}

#[test]
fn what_is_restored_is_the_backup_and_the_old_database_is_kept() {
    let (folder, old, new) = backed_up();
    let live = folder.path().join("data/hrdb.db");
    let said = done(folder.path(), &["restore", "copy.db"]);
    let kept = kept(folder.path());
    assert_eq!(said, format!("restored ./data/hrdb.db from copy.db\nthe old one is ./data/{kept}\n"));
    assert_eq!(names(&folder.path().join("data")), ["hrdb.db".to_owned(), kept.clone()], "no log is left beside them");
    assert_eq!(rows(&live), old);
    assert_eq!(rows(&folder.path().join("data").join(&kept)), new);
    assert_eq!(done(folder.path(), &["check", &format!("data/{kept}")]), format!("data/{kept}: sound\n"));
    let server = Running::start(folder, |_| {});
    assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).1, 5);
}

#[test]
fn a_restore_does_not_bring_back_sign_ins_that_have_been_ended() {
    let (folder, ..) = backed_up();
    let live = folder.path().join("data/hrdb.db");
    change(
        &folder.path().join("copy.db"),
        "INSERT INTO _hrdb_remember_me (SERIES, SOURCE, ACCOUNT, STANDING, TOKEN, ROTATED, EXPIRES) \
         VALUES ('s', 'USER', '1', 'x', 't', 0, 99999999999999)",
    );
    done(folder.path(), &["restore", "copy.db"]);
    let count = |path: &Path| -> i64 {
        let connection = Connection::open(path).unwrap();
        connection.query_row("SELECT count(*) FROM _hrdb_remember_me", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count(&folder.path().join("copy.db")), count(&live)), (1, 0), "and the backup is left as it is");
}

#[test]
fn nothing_is_restored_while_somebody_has_the_database_open() {
    let (folder, _, new) = backed_up();
    let server = Running::start(folder, |_| {});
    let folder = server.folder.path();
    for _ in 0..2 {
        let (code, line) = refusal(folder, &["restore", "copy.db"]);
        assert!(code == 1 && line.contains("somebody has it open; stop the server first"), "{line}");
    }
    assert_eq!(rows(&folder.join("data/hrdb.db")), new);
    let headers = [("Authorization", &*basic("admin", "admin")), ("Content-Type", "application/json")];
    assert_eq!(server.send("POST", "services/hrdb/Department", &headers, "{}").0, 200, "the server writes on");
    let (status, folder) = server.stop("-TERM");
    assert!(status.success());
    assert_eq!(names(&folder.path().join("data")), ["hrdb.db"], "nothing is left of the attempts");
    // A reader is somebody as well, and so is one of a database without a write-ahead log.
    let database = folder.path().join("data/hrdb.db");
    for journal in ["WAL", "DELETE"] {
        let reader = Connection::open(&database).unwrap();
        let _: String = reader.query_row(&format!("PRAGMA journal_mode = {journal}"), [], |row| row.get(0)).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM DEPARTMENT").unwrap();
        let (code, line) = refusal(folder.path(), &["restore", "copy.db"]);
        assert!(code == 1 && line.contains("somebody has it open"), "{journal}: {line}");
    }
    done(folder.path(), &["restore", "copy.db"]);
}

#[test]
fn what_is_no_sound_backup_is_refused_and_nothing_is_changed() {
    let (folder, _, new) = backed_up();
    let folder = folder.path();
    let good = std::fs::read(folder.join("copy.db")).unwrap();
    let page = usize::from(u16::from_be_bytes([good[16], good[17]]));
    std::fs::write(folder.join("text.db"), "no database at all, whatever its name says\n".repeat(100)).unwrap();
    std::fs::write(folder.join("empty.db"), "").unwrap();
    std::fs::write(folder.join("short.db"), &good[..good.len() - 3 * page]).unwrap();
    let mut flipped = good.clone();
    flipped[3 * page..5 * page].iter_mut().for_each(|byte| *byte = !*byte);
    std::fs::write(folder.join("flipped.db"), flipped).unwrap();
    change(&folder.join("foreign.db"), "CREATE TABLE NOTES (ID INTEGER PRIMARY KEY)");
    let altered = |name: &str, sql: &str| {
        std::fs::write(folder.join(name), &good).unwrap();
        change(&folder.join(name), sql);
    };
    altered("newer.db", "INSERT INTO _hrdb_migration VALUES (1000, '1000_from_the_future', 'then')");
    altered("gap.db", "DELETE FROM _hrdb_migration WHERE VERSION = 2");
    altered("dangling.db", "PRAGMA foreign_keys = OFF; DELETE FROM EMPLOYEE WHERE EMP_ID = 1");
    std::fs::create_dir(folder.join("folder.db")).unwrap();
    for (name, why) in [
        ("text.db", "not a database"),
        ("empty.db", "some other database"),
        ("short.db", "short.db"),
        ("flipped.db", "flipped.db"),
        ("foreign.db", "some other database"),
        ("newer.db", "it was written by a newer one"),
        ("gap.db", "not those before it"),
        ("dangling.db", "refers to a row of EMPLOYEE that is not there"),
        ("folder.db", "folder.db"),
        ("missing.db", "there is no backup missing.db"),
        ("data/hrdb.db", "is the database itself"),
    ] {
        let before = std::fs::read(folder.join(name)).ok();
        let (code, line) = refusal(folder, &["restore", name]);
        assert_eq!(code, 1, "{name}: {line}");
        assert!(line.contains(why), "{name}: {line}");
        assert_eq!(names(&folder.join("data")), ["hrdb.db"], "{name}: nothing is left of it");
        assert_eq!(std::fs::read(folder.join(name)).ok(), before, "{name} is as it was");
        if !["missing.db", "folder.db", "data/hrdb.db"].contains(&name) {
            let output = run(folder, &["check", name]);
            let found = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(1), "{name}: {found}");
            assert!(found.starts_with(&format!("{name}: NOT SOUND\n  ")), "{name}: {found}");
        }
    }
    assert_eq!(rows(&folder.join("data/hrdb.db")), new);
    assert!(!names(folder).iter().any(|name| name.ends_with("-wal") || name.ends_with("-shm")), "{:?}", names(folder));
}

/// A folder whose server was killed, so that the newest changes are in the write-ahead log alone.
fn killed() -> (TempDir, String) {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    done(server.folder.path(), &["backup", "copy.db"]);
    let old = rows(&server.folder.path().join("copy.db"));
    let headers = [("Authorization", &*basic("admin", "admin")), ("Content-Type", "application/json")];
    assert_eq!(server.send("POST", "services/hrdb/Department", &headers, r#"{"deptCode":"logged"}"#).0, 200);
    let (_, folder) = server.stop("-KILL");
    assert!(folder.path().join("data/hrdb.db-wal").metadata().unwrap().len() > 0);
    (folder, old)
}

#[test]
fn the_log_of_the_old_database_is_never_applied_to_the_new_one() {
    for state in ["whole", "damaged", "missing"] {
        let (folder, old) = killed();
        let live = folder.path().join("data/hrdb.db");
        match state {
            "damaged" => std::fs::write(&live, "nothing is left of it\n".repeat(1000)).unwrap(),
            "missing" => std::fs::remove_file(&live).unwrap(),
            _ => {}
        }
        let said = done(folder.path(), &["restore", "copy.db"]);
        assert!(said.contains(".before-"), "{state}: what there was is kept: {said}");
        assert_eq!(rows(&live), old, "{state}");
        let found = names(&folder.path().join("data"));
        assert!(!found.contains(&"hrdb.db-wal".to_owned()), "{state}: {found:?}");
        if state == "whole" {
            let kept = folder.path().join("data").join(kept(folder.path()));
            assert!(departments(&kept).contains(&"logged".to_owned()), "it is kept with what its log held");
        } else if state == "missing" {
            assert!(found.iter().any(|name| name.ends_with("Z-wal")), "{state}: the log is kept: {found:?}");
        }
        let server = Running::start(folder, |_| {});
        assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).1, 5, "{state}");
    }
}

#[test]
fn a_backup_is_restored_where_there_is_nothing_yet() {
    let (folder, old, _) = backed_up();
    let said = done(folder.path(), &["--data-dir", "other/place", "restore", "copy.db"]);
    assert_eq!(said, "restored other/place/hrdb.db from copy.db\n");
    assert_eq!(names(&folder.path().join("other/place")), ["hrdb.db"]);
    assert_eq!(rows(&folder.path().join("other/place/hrdb.db")), old);
}

#[test]
fn an_older_schema_is_restored_and_brought_up_by_the_next_start() {
    let (folder, ..) = backed_up();
    let older = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schema-0002.db");
    std::fs::copy(older, folder.path().join("copy.db")).unwrap();
    let said = done(folder.path(), &["check", "copy.db"]);
    assert!(said.contains("of step 2; the next start of the server brings it to step"), "{said}");
    let said = done(folder.path(), &["restore", "copy.db"]);
    assert!(said.contains("of step 2; the next start of the server brings it to step"), "{said}");
    let server = Running::start(folder, |_| {});
    assert_eq!(done(server.folder.path(), &["check"]), "./data/hrdb.db: sound\n");
}

#[test]
fn a_check_looks_at_a_running_server_and_finds_what_is_wrong() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let folder = server.folder.path();
    assert_eq!(done(folder, &["check"]), "./data/hrdb.db: sound\n");
    change(
        &folder.join("data/hrdb.db"),
        "PRAGMA foreign_keys = OFF; DELETE FROM EMPLOYEE WHERE EMP_ID = 1; DELETE FROM _hrdb_migration WHERE VERSION = 1",
    );
    let output = run(folder, &["check"]);
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(found.starts_with("./data/hrdb.db: NOT SOUND\n"), "{found}");
    assert!(
        found.contains("  foreign keys: row 2 of EMPLOYEE refers to a row of EMPLOYEE that is not there\n"),
        "{found}"
    );
    assert!(found.contains("  migrations: the database has step 2 (0002_seed), but not those before it\n"), "{found}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("hrdb: {} findings\n", found.lines().count() - 1));
    let missing = hrdb(folder).args(["--data-dir", "elsewhere", "check"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(missing.stderr, b"hrdb: there is no database elsewhere/hrdb.db\n");
}
