//! Watching a running server: where, what of it stands in the log, and what is refused at the start.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use tempfile::TempDir;

use crate::process::{Running, basic, errors, hrdb, refused, spawn};

#[test]
fn who_watches_does_not_fill_the_log_unless_it_is_to_be_seen() {
    for (filter, is_seen) in [("info", false), ("hrdb::access=debug", true)] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(["--log", filter, "--metrics-roles", "adminrole"]);
        });
        for path in ["health/live", "health/ready", "metrics", "services/hrdb/Department/count"] {
            assert_eq!(server.get(path, &basic("admin", "admin")).0, 200, "{path}");
        }
        let (_, folder) = server.stop("-TERM");
        let log = errors(folder.path());
        assert!(log.contains("GET /services/hrdb/Department/count 200"), "{log}");
        for path in ["/health/live", "/health/ready", "/metrics"] {
            assert_eq!(log.contains(&format!("GET {path} 200")), is_seen, "{path} with {filter}: {log}");
        }
    }
}

#[test]
fn the_address_for_watching_is_printed_and_serves_until_the_server_ends() {
    let folder = TempDir::new().unwrap();
    let mut command = hrdb(folder.path());
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    let mut child = spawn(command, folder.path());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(2);
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    let address = lines[1].strip_prefix("hrdb can be watched: http://").and_then(|rest| rest.strip_suffix("/metrics"));
    let address = address.unwrap_or_else(|| panic!("{lines:?}"));
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\nhrdb_ready{check=\"running\"} 1\n"), "{answer}");
    let kill = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(kill.success() && child.wait().unwrap().success());
    assert!(TcpStream::connect(address).is_err(), "nothing is left of it");
}

#[test]
fn an_address_for_watching_that_is_taken_and_a_role_that_nobody_has_are_one_line_and_exit_code_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (flag, value) in [("--metrics-listen", &*address), ("--metrics-roles", "adminrole,watcher")] {
        let folder = TempDir::new().unwrap();
        let mut command = hrdb(folder.path());
        command.args([flag, value, "--log", "error"]);
        let (code, line) = refused(command, folder.path());
        assert_eq!(code, 1, "{line}");
        let said = value.rsplit(',').next().unwrap();
        assert!(line.contains(said) && line.contains(&flag[2..].replace('-', "_")), "{line}");
    }
}
