//! `hrdb backup`, and the backups that a server makes by itself.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::files::{departments, done, eventually, names, refusal, rows, used};
use crate::process::{Running, basic, errors, files};

const WRITERS: usize = 4;

#[test]
fn a_backup_while_many_write_is_one_state_with_all_that_was_acknowledged_before() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let folder = server.folder.path();
    let token = server.token("admin", "admin");
    let headers = [("wm_auth_token", token.as_str()), ("Content-Type", "application/json")];
    // How many departments of each writer are acknowledged; they are numbered, and made one after the other.
    let acknowledged = Mutex::new([0_usize; WRITERS]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (server, headers, acknowledged, stop) = (&server, &headers, &acknowledged, &stop);
            scope.spawn(move || {
                for number in 1.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let body = json!({"name": "x".repeat(255), "deptCode": format!("{writer}-{number}")});
                    let (status, answer) = server.send("POST", "services/hrdb/Department", headers, &body.to_string());
                    assert_eq!(status, 200, "{answer}");
                    acknowledged.lock().unwrap()[writer] = number;
                }
            });
        }
        for round in 1..=5 {
            eventually(|| acknowledged.lock().unwrap().iter().all(|number| *number >= round * 10), "they write");
            let before = *acknowledged.lock().unwrap();
            let name = format!("{round}.db");
            let said = done(folder, &["backup", &name]);
            let backup = folder.join(&name);
            let bytes = backup.metadata().unwrap().len();
            assert_eq!(said, format!("backed up ./data/hrdb.db to {name}: {bytes} bytes\n"));
            let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for code in departments(&backup) {
                if let Some((writer, number)) = code.split_once('-') {
                    found.entry(writer.to_owned()).or_default().push(number.parse().unwrap());
                }
            }
            for (writer, least) in before.iter().enumerate() {
                let mut numbers = found.remove(&writer.to_string()).unwrap();
                numbers.sort_unstable();
                assert!(numbers.len() >= *least, "of writer {writer} {least} were acknowledged: {numbers:?}");
                assert!(numbers.iter().copied().eq(1..=numbers.len()), "it is one state: {numbers:?}");
            }
            assert_eq!(done(folder, &["check", &name]), format!("{name}: sound\n"));
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(names(folder), ["1.db", "2.db", "3.db", "4.db", "5.db", "data", "errors.txt"], "no file beside them");
    for round in 1..=5 {
        let backup = folder.join(format!("{round}.db"));
        assert_eq!(backup.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        // The bytes of the header that would ask for a write-ahead log.
        assert_eq!(std::fs::read(&backup).unwrap()[18..20], [1, 1], "it stands alone");
    }
}

#[test]
fn a_backup_never_takes_the_place_of_anything_unasked() {
    let folder = used();
    let folder = folder.path();
    let before = rows(&folder.join("data/hrdb.db"));
    std::fs::write(folder.join("taken.db"), "somebody's").unwrap();
    std::fs::write(folder.join("used.db"), "somebody's").unwrap();
    std::fs::write(folder.join("used.db-wal"), "somebody's log").unwrap();
    std::fs::create_dir(folder.join("folder")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("link.db")).unwrap();
    for (arguments, why) in [
        (&["backup", "taken.db"][..], "taken.db is there already; --force replaces it"),
        (&["backup", "link.db"], "link.db is there already"),
        (&["backup", "data/hrdb.db"], "is a database that is served"),
        (&["backup", "data/hrdb.db", "--force"], "is a database that is served"),
        (&["backup", "folder/../data/./hrdb.db", "--force"], "is a database that is served"),
        (&["--service", "music=taken.db", "backup", "taken.db", "--force"], "is a database that is served"),
        (&["backup", "used.db", "--force"], "used.db is a database in use"),
        (&["backup", "folder", "--force"], "is a folder"),
        (&["backup", "missing/copy.db"], "missing/copy.db"),
        (&["backup", "copy.db", "--service", "music"], "there is no service music"),
        (&["--data-dir", "elsewhere", "backup", "copy.db"], "there is no database elsewhere/hrdb.db"),
    ] {
        let (code, line) = refusal(folder, arguments);
        assert_eq!(code, 1, "{arguments:?}: {line}");
        assert!(line.contains(why), "{arguments:?}: {line}");
    }
    assert_eq!(names(folder), ["data", "errors.txt", "folder", "link.db", "taken.db", "used.db", "used.db-wal"]);
    assert_eq!(std::fs::read(folder.join("taken.db")).unwrap(), b"somebody's");
    assert_eq!(rows(&folder.join("data/hrdb.db")), before);
    done(folder, &["backup", "taken.db", "--force"]);
    assert_eq!(rows(&folder.join("taken.db")), before);
}

#[test]
fn what_a_killed_backup_has_left_is_taken_over_and_what_another_writes_is_not() {
    let folder = used();
    let folder = folder.path();
    std::fs::write(folder.join("copy.db.partial"), "left by one that was killed").unwrap();
    let other = std::fs::File::open(folder.join("copy.db.partial")).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let (code, line) = refusal(folder, &["backup", "copy.db"]);
    assert!(code == 1 && line.contains("it is being written at the moment"), "{line}");
    drop(other);
    done(folder, &["backup", "copy.db"]);
    assert_eq!(rows(&folder.join("copy.db")), rows(&folder.join("data/hrdb.db")));
    assert_eq!(names(folder), ["copy.db", "data", "errors.txt"]);
}

#[test]
fn another_service_is_backed_up_by_its_name() {
    let folder = TempDir::new().unwrap();
    let music = Connection::open(folder.path().join("music.db")).unwrap();
    music.execute_batch("CREATE TABLE SONG (ID INTEGER PRIMARY KEY, TITLE TEXT)").unwrap();
    let server = Running::start(folder, |command| {
        command.args(["--service", "music=music.db"]);
    });
    let token = server.token("admin", "admin");
    let headers = [("wm_auth_token", token.as_str()), ("Content-Type", "application/json")];
    assert_eq!(server.send("POST", "services/music/Song", &headers, r#"{"title":"Aria"}"#).0, 200);
    let folder = server.folder.path();
    done(folder, &["--service", "music=music.db", "backup", "copy.db", "--service", "music"]);
    let copy = Connection::open(folder.join("copy.db")).unwrap();
    let title: String = copy.query_row("SELECT TITLE FROM SONG", [], |row| row.get(0)).unwrap();
    assert_eq!(title, "Aria");
    let both = done(folder, &["--service", "music=music.db", "check"]);
    assert_eq!(both, "./data/hrdb.db: sound\nmusic.db: sound\n");
    let (code, line) = refusal(folder, &["check", "copy.db"]);
    assert!(code == 1 && line.contains("1 finding"), "as a backup of the sample it will not do: {line}");
    assert_eq!(done(folder, &["check", "copy.db", "--service", "music"]), "copy.db: sound\n");
}

fn backups(folder: &Path) -> Vec<String> {
    let mut found = if folder.exists() { files(folder) } else { Vec::new() };
    found.sort();
    found.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "db"));
    found
}

#[test]
fn a_server_makes_backups_by_itself_and_keeps_the_newest() {
    let mut folder = TempDir::new().unwrap();
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    let old = ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z"].map(|time| format!("hrdb-{time}.db"));
    for name in &old {
        std::fs::write(kept.join(name), "old").unwrap();
    }
    std::fs::write(kept.join("mine.db"), "the operator's").unwrap();
    let mut newest = String::new();
    for round in 0..2 {
        let server = Running::start(folder, |command| {
            command.args(["--backup-dir", "kept", "--backup-keep", "2"]);
        });
        // The second start finds one of today, and makes none.
        eventually(|| !backups(&kept).contains(&old[1]), "the old ones are removed");
        let found = backups(&kept);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0] == old[2] && found[2] == "mine.db", "{found:?}");
        assert!(round == 0 || found[1] == newest, "{found:?} after {newest}");
        newest.clone_from(&found[1]);
        let backup = format!("kept/{newest}");
        assert_eq!(done(server.folder.path(), &["check", &backup]), format!("{backup}: sound\n"));
        assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).0, 200);
        let (status, stopped) = server.stop("-TERM");
        assert!(status.success());
        let log = errors(stopped.path());
        assert_eq!(log.matches("backed up hrdb: ").count(), 1 - round, "{log}");
        folder = stopped;
    }
    assert_eq!(rows(&kept.join(newest)), rows(&folder.path().join("data/hrdb.db")));
}

#[test]
fn a_backup_that_fails_is_logged_and_the_server_goes_on() {
    // A folder in which not even the administrator makes files.
    let server = Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--backup-dir", "/proc/sys"]);
    });
    let log = || errors(server.folder.path());
    eventually(|| log().contains("the backup of hrdb in /proc/sys failed"), "it is logged");
    assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")), (200, json!(5)));
    let (status, _) = server.stop("-TERM");
    assert!(status.success());
}

#[test]
fn a_folder_for_backups_that_cannot_be_made_stops_the_start() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (code, line) = refusal(folder.path(), &["--backup-dir", "file/backups"]);
    assert!(code == 1 && line.contains("cannot make the folder file/backups"), "{line}");
}
