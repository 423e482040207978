//! How far others can reach: who may read what the command makes, and what an operator is told at the start.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::process::{Running, basic, errors};

const REMOTE: &str = "passwords and tokens come in clear text";
const ANY_HOST: &str = "requests for any host are answered";
const READABLE: &str = "other users of this machine can read";

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A server in that folder whose user lets others read whatever he makes, as most do.
fn start(folder: TempDir, arguments: &[&str]) -> Running {
    Running::start(folder, |command| {
        let program = command.get_program().to_owned();
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", "umask 022 && exec \"$0\" \"$@\""]).arg(program).args(arguments);
        shell.current_dir(command.get_current_dir().unwrap()).env_clear().env("HRDB_LISTEN", "127.0.0.1:0");
        *command = shell;
    })
}

/// Every file and folder below one.
fn all_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn what_the_server_makes_nobody_else_can_read() {
    let server = start(TempDir::new().unwrap(), &[]);
    let headers = [("Authorization", basic("admin", "admin")), ("Content-Type", "application/json".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (status, _) = server.send("POST", "services/hrdb/Department/export", &headers, r#"{"exportType":"CSV"}"#);
    assert_eq!(status, 200);
    let data = server.folder.path().join("data");
    assert_eq!(mode(&data), 0o700);
    let made = all_below(&data);
    let has = |wanted: &str| made.iter().any(|path| path.ends_with(wanted));
    assert!(has("hrdb.db") && has("hrdb.db-wal") && has("hrdb.db-shm") && has("exported"), "{made:?}");
    assert!(made.len() >= 5, "the exported file is there: {made:?}");
    for path in &made {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    let (_, folder) = server.stop("-TERM");
    assert!(!errors(folder.path()).contains(READABLE));
}

#[test]
fn a_database_that_others_can_read_stays_as_it_is_and_is_told() {
    let (_, folder) = start(TempDir::new().unwrap(), &[]).stop("-TERM");
    let (data, file) = (folder.path().join("data"), folder.path().join("data/hrdb.db"));
    let mut folder = folder;
    for (folder_mode, file_mode, top_mode, told) in [
        (0o755, 0o644, 0o755, true),
        (0o755, 0o640, 0o755, false),
        (0o750, 0o644, 0o755, false),
        (0o755, 0o644, 0o700, false),
    ] {
        set_mode(&data, folder_mode);
        set_mode(&file, file_mode);
        set_mode(folder.path(), top_mode);
        folder = start(folder, &[]).stop("-TERM").1;
        let case = format!("{folder_mode:o} {file_mode:o} {top_mode:o}: {}", errors(folder.path()));
        assert_eq!((mode(&data), mode(&file)), (folder_mode, file_mode), "{case}");
        assert_eq!(errors(folder.path()).matches(READABLE).count(), usize::from(told), "{case}");
    }
}

#[test]
fn an_address_that_others_can_reach_is_told_once() {
    for (arguments, clear, any) in [
        (&[][..], 0, 0),
        (&["--listen", "[::1]:0"], 0, 0),
        (&["--listen", "0.0.0.0:0"], 1, 1),
        (&["--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8"], 0, 1),
        (&["--listen", "0.0.0.0:0", "--allowed-hosts", "hr.example.com"], 1, 0),
    ] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(arguments);
        });
        let (_, folder) = server.stop("-TERM");
        let log = errors(folder.path());
        assert_eq!((log.matches(REMOTE).count(), log.matches(ANY_HOST).count()), (clear, any), "{arguments:?}: {log}");
    }
}

#[test]
fn a_server_for_this_machine_alone_answers_to_this_machines_names_alone() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let info = |host: &str| server.send("GET", "services/security/info", &[("Host", host)], "");
    for host in ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.2:80", "[::1]:8080"] {
        assert_eq!(info(host).0, 200, "{host}");
    }
    for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "192.168.1.5"] {
        let (status, answer): (u16, Json) = info(host);
        assert_eq!(status, 400, "{host}");
        let said = answer["errors"]["error"][0]["message"].as_str().unwrap().to_owned();
        assert_eq!(said, "Invalid Input: the request is for another host", "{host}");
    }
}
