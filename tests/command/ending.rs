//! How a running server ends: requests in flight, those that hang, a second signal, one that comes early.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::process::{Running, basic, errors, files, hrdb, spawn};

const BODY: &str = r#"{"name":"late"}"#;

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

/// Waits until the log says something.
#[track_caller]
fn wait_for(folder: &Path, text: &str) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !errors(folder).contains(text) {
        assert!(Instant::now() < patience, "{text:?} is not in the log:\n{}", errors(folder));
        sleep(Duration::from_millis(5));
    }
}

/// Waits until the metrics have a line.
#[track_caller]
fn wait_for_metric(server: &Running, line: &str) {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let mut answer = server.answer("GET", "metrics", &[("Authorization", &basic("admin", "admin"))], "");
        let page = answer.body_mut().read_to_string().unwrap();
        if page.lines().any(|other| other == line) {
            return;
        }
        assert!(Instant::now() < patience, "{line:?} is not in the metrics:\n{page}");
        sleep(Duration::from_millis(5));
    }
}

fn connect(server: &Running) -> TcpStream {
    let address = server.url.trim_start_matches("http://").trim_end_matches('/');
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// A request that lacks most of its body. When this returns, the server is waiting for the rest.
fn half_a_request(server: &Running) -> TcpStream {
    let mut stream = connect(server);
    let (authorization, length) = (basic("admin", "admin"), BODY.len());
    let head = format!(
        "POST /services/hrdb/Department HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, &stream).read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    stream.write_all(&BODY.as_bytes()[..5]).unwrap();
    stream
}

/// A connection that has been served and is kept alive.
fn idle(server: &Running) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(b"GET /services/security/info HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut bytes = [0; 1];
    stream.read_exact(&mut bytes).unwrap();
    stream
}

fn rest(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn a_request_in_flight_is_answered_and_nobody_new_is_let_in() {
    for name in ["-TERM", "-INT"] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(["--shutdown-timeout-seconds", "3600"]);
        });
        let mut late = half_a_request(&server);
        let address = late.peer_addr().unwrap();
        signal(name, server.pid());
        wait_for(server.folder.path(), "waiting for 1 connections with requests in flight, for 3600 s at most");
        assert!(TcpStream::connect(address).is_err(), "{name}: nobody new is let in");
        late.write_all(&BODY.as_bytes()[5..]).unwrap();
        let answer = rest(&late);
        assert!(answer.contains("HTTP/1.1 200") && answer.contains("\"late\""), "{name}: {answer}");
        let (status, folder) = server.end();
        assert_eq!(status.code(), Some(0), "{name}: {}", errors(folder.path()));
        assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "{name}: one tidy file is left");
        let server = Running::start(folder, |_| {});
        let found = server.get("services/hrdb/Department/count?q=name%3D%27late%27", &basic("admin", "admin"));
        assert_eq!(found, (200, json!(1)), "{name}: it was stored");
    }
}

#[test]
fn connections_that_are_idle_or_silent_delay_nothing() {
    let server = Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--shutdown-timeout-seconds", "3600", "--keep-alive-seconds", "3600"]);
    });
    let peers: Vec<TcpStream> = (0..20).map(|_| idle(&server)).collect();
    signal("-TERM", server.pid());
    // It would take an hour otherwise.
    let (status, folder) = server.end();
    assert_eq!(status.code(), Some(0), "{}", errors(folder.path()));
    assert!(peers.iter().all(|peer| !rest(peer).contains("HTTP/1.1")), "no second answer");
    assert_eq!(files(&folder.path().join("data")), ["hrdb.db"]);
}

#[test]
fn what_hangs_is_cut_when_its_time_is_up() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir_all(folder.path().join("queries/hrdb")).unwrap();
    let endless = "-- query: single\nWITH RECURSIVE N(I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N) SELECT count(*) AS FOUND FROM N";
    std::fs::write(folder.path().join("queries/hrdb/endless.sql"), endless).unwrap();
    let server = Running::start(folder, |command| {
        command.args(["--shutdown-timeout-seconds", "1", "--queries-dir", "queries", "--read-timeout-seconds", "3600"]);
        command.args(["--metrics-roles", "adminrole"]);
    });
    let late = half_a_request(&server);
    let mut endless_read = connect(&server);
    let authorization = basic("admin", "admin");
    let request = format!(
        "GET /services/hrdb/queryExecutor/queries/endless HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n"
    );
    endless_read.write_all(request.as_bytes()).unwrap();
    wait_for_metric(&server, "hrdb_long_reads{service=\"hrdb\"} 1");
    signal("-TERM", server.pid());
    wait_for(server.folder.path(), "connections with requests in flight, for 1 s at most");
    let (status, folder) = server.end();
    let log = errors(folder.path());
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("connections are cut"), "{log}");
    assert!(!rest(&late).contains("HTTP/1.1 200") && !rest(&endless_read).contains("HTTP/1.1 200"));
    assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "also then one tidy file is left");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (first, second, code) in [("-TERM", "-TERM", 143), ("-INT", "-INT", 130), ("-TERM", "-INT", 130)] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(["--shutdown-timeout-seconds", "3600"]);
        });
        let made = server.send(
            "POST",
            "services/hrdb/Department",
            &[("Authorization", &basic("admin", "admin")), ("Content-Type", "application/json")],
            BODY,
        );
        assert_eq!(made.0, 200);
        let late = half_a_request(&server);
        signal(first, server.pid());
        wait_for(server.folder.path(), "waiting for 1 connections");
        signal(second, server.pid());
        let (status, folder) = server.end();
        assert_eq!(status.code(), Some(code), "{first} {second}: {}", errors(folder.path()));
        drop(late);
        let server = Running::start(folder, |_| {});
        let found = server.get("services/hrdb/Department/count?q=name%3D%27late%27", &basic("admin", "admin"));
        assert_eq!(found, (200, json!(1)), "what was acknowledged is there, and nothing else");
    }
}

#[test]
fn sigquit_ends_it_at_once() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let (status, folder) = server.stop("-QUIT");
    assert_eq!((status.code(), status.signal()), (Some(131), None), "{}", errors(folder.path()));
}

#[test]
fn a_signal_right_after_it_says_that_it_listens_is_obeyed_in_order() {
    let mut folder = TempDir::new().unwrap();
    for round in 0..40 {
        let server = Running::start(folder, |_| {});
        let status;
        (status, folder) = server.stop(["-TERM", "-INT"][round % 2]);
        assert_eq!(status.code(), Some(0), "round {round}: {status:?} {}", errors(folder.path()));
        assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "round {round}");
    }
}

#[test]
fn a_signal_while_it_starts_is_obeyed_in_order_once_its_handlers_stand() {
    let folder = TempDir::new().unwrap();
    for round in 0..20_u64 {
        let mut child = spawn(hrdb(folder.path()), folder.path());
        // Until its handlers stand, a process ends by the signal; nothing has been opened then.
        while !has_handlers(&child) {
            assert!(child.try_wait().unwrap().is_none(), "{}", errors(folder.path()));
        }
        sleep(Duration::from_micros(round * 500));
        signal("-TERM", child.id());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "round {round}: {status:?} {}", errors(folder.path()));
        assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "round {round}");
    }
}

/// Whether a process catches SIGTERM, as the kernel has it.
fn has_handlers(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    caught & (1 << 14) != 0
}
