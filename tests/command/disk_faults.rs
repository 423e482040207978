//! What the disk can do to a server: fill up, be read-only, be locked, be damaged. It says so, loses nothing, and goes on by
//! itself when the fault is gone.

use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use rustix::process::{Pid, Resource, Rlimit, getuid, prlimit};
use serde_json::json;
use tempfile::TempDir;

use crate::files::{departments, done, refusal, run, used};
use crate::process::{Running, basic, errors, hrdb, refused};

const DEPARTMENTS: &str = "services/hrdb/Department";
/// Somebody who is not the administrator.
const NOBODY: u32 = 65_534;

/// A shell that does something first and then becomes the command.
fn after(shell: &[&str], folder: &Path, arguments: &[&str]) -> Command {
    let command = hrdb(folder);
    let mut wrapped = Command::new(shell[0]);
    wrapped.args(&shell[1..]).arg(command.get_program()).args(arguments);
    wrapped
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HRDB_LISTEN", "127.0.0.1:0");
    wrapped
}

/// Whether this machine lets anybody have a small disk of his own.
fn has_small_disks() -> bool {
    let folder = TempDir::new().unwrap();
    let mounted = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(folder.path()).output();
    let can = mounted.is_ok_and(|output| output.status.success());
    if !can {
        println!("skipped: this machine gives no mount namespaces, and so no disk to fill");
    }
    can
}

fn on_small_disk(size: &str, folder: &Path) -> Command {
    let script = format!("mkdir -p data && mount -t tmpfs -o size={size} none data && exec \"$0\" \"$@\"");
    after(&["unshare", "-rm", "sh", "-c", &script], folder, &["--log", "error"])
}

/// A client who adds departments and remembers what became of each.
struct Writer {
    headers: [(&'static str, String); 2],
    acknowledged: Vec<String>,
    refused: Vec<String>,
}

impl Writer {
    fn new(server: &Running) -> Self {
        let token = server.token("admin", "admin");
        let headers = [("wm_auth_token", token), ("Content-Type", "application/json".to_owned())];
        Self { headers, acknowledged: Vec::new(), refused: Vec::new() }
    }

    /// Adds one; a refusal is a 503 that says when to come again.
    #[track_caller]
    fn add(&mut self, server: &Running) -> bool {
        let code = format!("d{}", self.acknowledged.len() + self.refused.len());
        let body = json!({"deptCode": code, "name": "x".repeat(255), "location": "y".repeat(255)}).to_string();
        let headers = self.headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut answer = server.answer("POST", DEPARTMENTS, &headers, &body);
        let status = answer.status().as_u16();
        if status == 200 {
            self.acknowledged.push(code);
            return true;
        }
        let text = answer.body_mut().read_to_string().unwrap();
        assert_eq!(status, 503, "{text}");
        assert!(answer.headers().contains_key("retry-after"));
        assert!(text.contains("cannot store anything at the moment"), "{text}");
        self.refused.push(code);
        false
    }

    #[track_caller]
    fn holds(&self, database: &Path) {
        let found = departments(database);
        for code in &self.acknowledged {
            assert!(found.contains(code), "{code} was acknowledged");
        }
        for code in &self.refused {
            assert!(!found.contains(code), "{code} was refused");
        }
    }
}

#[track_caller]
fn reads(server: &Running, expected: u64) {
    let (status, rows) = server.get("services/hrdb/Vacation?size=20", &basic("admin", "admin"));
    assert_eq!((status, &rows["totalElements"]), (200, &json!(expected)), "{rows}");
}

#[test]
fn a_full_disk_refuses_changes_loses_none_and_is_forgotten_when_there_is_room() {
    if !has_small_disks() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Running::run(on_small_disk("3m", folder.path()), folder);
    let data = PathBuf::from(format!("/proc/{}/root{}/data", server.pid(), server.folder.path().display()));
    let mut writer = Writer::new(&server);
    for round in 0..3 {
        assert!(writer.add(&server), "round {round}: there is room");
        let ballast = std::fs::File::create(data.join("ballast")).unwrap();
        let mut filled = 0;
        for size in [4096, 1] {
            while ballast.write_all_at(&vec![0; size], filled).is_ok() {
                filled += size as u64;
            }
        }
        let mut tries = 0;
        while writer.add(&server) {
            tries += 1;
            assert!(tries < 1000, "round {round}: the disk is full");
        }
        assert!(!writer.add(&server), "round {round}: and stays so");
        reads(&server, 20);
        drop(ballast);
        std::fs::remove_file(data.join("ballast")).unwrap();
        assert!(writer.add(&server), "round {round}: there is room again: {}", errors(server.folder.path()));
    }
    // SQLite does not find its way to a disk that only the server sees; a copy will do, as nobody writes any more.
    let copy = server.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["hrdb.db", "hrdb.db-wal"] {
        std::fs::copy(data.join(name), copy.join(name)).unwrap();
    }
    writer.holds(&copy.join("hrdb.db"));
    assert_eq!(done(server.folder.path(), &["--data-dir", "copy", "check"]), "copy/hrdb.db: sound\n");
    assert!(errors(server.folder.path()).contains("full"), "the log names the cause");
}

#[test]
fn a_disk_that_is_full_at_the_first_start_is_one_line_and_exit_code_1() {
    if !has_small_disks() {
        return;
    }
    for size in ["4k", "40k"] {
        let folder = TempDir::new().unwrap();
        let (code, line) = refused(on_small_disk(size, folder.path()), folder.path());
        assert_eq!(code, 1, "{line}");
        assert!(line.contains("data/hrdb.db") && (line.contains("full") || line.contains("I/O")), "{size}: {line}");
    }
}

#[test]
fn a_file_that_may_not_grow_refuses_changes_loses_none_and_is_forgotten_when_it_may() {
    let folder = TempDir::new().unwrap();
    // The signal that tells of the limit would end a server that does not ignore it.
    let command = after(&["sh", "-c", "trap '' 25; exec \"$0\" \"$@\""], folder.path(), &["--log", "error"]);
    let server = Running::run(command, folder);
    let pid = Pid::from_raw(server.pid().cast_signed());
    let database = server.folder.path().join("data/hrdb.db");
    let mut writer = Writer::new(&server);
    for round in 0..3 {
        assert!(writer.add(&server), "round {round}: there is room");
        let size = |name: &str| database.with_file_name(name).metadata().map_or(0, |file| file.len());
        let limit = size("hrdb.db").max(size("hrdb.db-wal")) + 10_000;
        let before = prlimit(pid, Resource::Fsize, Rlimit { current: Some(limit), maximum: None }).unwrap();
        let mut tries = 0;
        while writer.add(&server) {
            tries += 1;
            assert!(tries < 1000, "round {round}: the file is as large as it may be");
        }
        assert!(!writer.add(&server), "round {round}: and stays so");
        reads(&server, 20);
        prlimit(pid, Resource::Fsize, before).unwrap();
        assert!(writer.add(&server), "round {round}: there is room again: {}", errors(server.folder.path()));
    }
    let (status, folder) = server.stop("-TERM");
    assert!(status.success());
    writer.holds(&folder.path().join("data/hrdb.db"));
    assert_eq!(done(folder.path(), &["check"]), "./data/hrdb.db: sound\n");
}

#[test]
fn what_may_not_be_written_is_one_line_and_exit_code_1() {
    let base = TempDir::new().unwrap();
    let is_root = getuid().is_root();
    // The administrator may write anywhere; somebody else needs a copy of the program that he can reach.
    let program = base.path().join("hrdb");
    let run = |arguments: &[&str], folder: &Path| {
        let mut command = hrdb(folder);
        if is_root {
            let mut other = Command::new(&program);
            other.current_dir(folder).env_clear().env("HRDB_LISTEN", "127.0.0.1:0").uid(NOBODY).gid(NOBODY);
            // One that counts what it reaches would complain that it cannot store the figures.
            other.env("LLVM_PROFILE_FILE", "/dev/null");
            command = other;
        }
        command.args(arguments);
        refused(command, folder)
    };
    let allow = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    if is_root {
        std::fs::copy(env!("CARGO_BIN_EXE_hrdb"), &program).unwrap();
        allow(&program, 0o755);
    }
    allow(base.path(), 0o755);
    let folder = used();
    let data = folder.path().join("data");
    allow(folder.path(), 0o755);
    allow(&data.join("hrdb.db"), 0o444);
    allow(&data, 0o555);
    let before = std::fs::read(data.join("hrdb.db")).unwrap();
    let (code, line) = run(&["--log", "error"], folder.path());
    assert!(code == 1 && line.contains("data/hrdb.db: ") && line.contains("readonly"), "{line}");
    assert_eq!(std::fs::read(data.join("hrdb.db")).unwrap(), before);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    allow(&folder.path().join("empty"), 0o555);
    let (code, line) = run(&["--log", "error", "--data-dir", "empty"], folder.path());
    assert!(code == 1 && line.contains("empty/hrdb.db") && line.contains("unable to open"), "{line}");
    allow(&folder.path().join("empty"), 0o755);
    allow(&data, 0o755);
}

#[test]
fn a_database_that_another_process_keeps_locked_is_waited_for_and_then_refused() {
    let folder = used();
    let path = folder.path().join("data/hrdb.db");
    let lock = || {
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").unwrap();
        connection
    };
    let other = lock();
    let (code, line) = refusal(folder.path(), &[]);
    assert!(code == 1 && line.contains("data/hrdb.db: the database is busy"), "{line}");
    drop(other);
    // While it runs, only the turn to write can be taken.
    let server = Running::start(folder, |command| {
        command.args(["--log", "error"]);
    });
    let mut writer = Writer::new(&server);
    let other = Connection::open(server.folder.path().join("data/hrdb.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(!writer.add(&server));
    reads(&server, 20);
    other.execute_batch("COMMIT").unwrap();
    assert!(writer.add(&server));
    writer.holds(&server.folder.path().join("data/hrdb.db"));
}

#[test]
fn damage_while_it_runs_is_a_503_and_a_line_in_the_log_and_a_restore_ends_it() {
    let folder = used();
    done(folder.path(), &["backup", "copy.db"]);
    let path = folder.path().join("data/hrdb.db");
    let server = Running::start(folder, |command| {
        command.args(["--log", "error"]);
    });
    let mut damaged = std::fs::read(&path).unwrap();
    damaged[4096..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    std::fs::write(&path, &damaged).unwrap();
    let (status, answer) = server.get("services/hrdb/Vacation", &basic("admin", "admin"));
    assert_eq!(status, 503, "{answer}");
    assert!(errors(server.folder.path()).contains("malformed"), "{}", errors(server.folder.path()));
    assert_eq!(server.answer("GET", "login.html", &[], "").status().as_u16(), 200, "what needs no database is there");
    let (status, folder) = server.stop("-TERM");
    assert!(status.success());
    let found = run(folder.path(), &["check"]);
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert!(String::from_utf8(found.stdout).unwrap().starts_with("./data/hrdb.db: NOT SOUND\n  integrity: "));
    done(folder.path(), &["restore", "copy.db"]);
    let server = Running::start(folder, |_| {});
    reads(&server, 20);
    assert!(Writer::new(&server).add(&server));
}

#[test]
fn a_database_of_a_newer_program_is_one_line_and_exit_code_1() {
    let folder = used();
    let connection = Connection::open(folder.path().join("data/hrdb.db")).unwrap();
    connection.execute_batch("INSERT INTO _hrdb_migration VALUES (1000, '1000_from_the_future', 'then')").unwrap();
    connection.close().unwrap();
    let (code, line) = refusal(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(line.contains("data/hrdb.db") && line.contains("written by a newer one"), "{line}");
}
