//! `hrdb health`: what it says of servers that are well, ill, gone, or somebody else.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::process::{Running, hrdb};

/// What the command says, given these variables.
fn health(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command: Command = hrdb(folder);
    command.env_remove("HRDB_LISTEN").envs(variables.iter().copied());
    command.arg("health").args(arguments).output().unwrap()
}

#[track_caller]
fn alive(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) {
    let output = health(folder, variables, arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(" answers "), "{output:?}");
}

/// The line that says why it is not alive.
#[track_caller]
fn dead(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = health(folder, variables, arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty() && said.starts_with("hrdb: ") && said.lines().count() == 1, "{said}");
    said
}

/// `127.0.0.1:8080` of a server's address.
fn host(server: &Running) -> String {
    server.url.split("://").nth(1).unwrap().trim_end_matches('/').to_owned()
}

#[test]
fn a_server_is_alive_until_it_is_gone() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let folder = TempDir::new().unwrap();
    let host = host(&server);
    alive(folder.path(), &[("HRDB_LISTEN", &host)], &[]);
    for url in [&server.url, &format!("http://{host}"), &format!("http://{host}/login.html")] {
        alive(folder.path(), &[], &[url]);
    }
    alive(folder.path(), &[], &[&format!("http://{host}/health/ready")]);
    assert!(dead(folder.path(), &[], &[&format!("http://{host}/services/hrdb/User")]).contains("answers 401"));
    server.stop("-TERM");
    assert!(dead(folder.path(), &[("HRDB_LISTEN", &host)], &[]).contains(&host));
    assert!(dead(folder.path(), &[], &[&format!("http://{host}")]).contains(&host));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "asking makes no database");
}

#[test]
fn a_server_of_all_addresses_is_asked_on_this_machine() {
    for all in ["0.0.0.0:0", "[::]:0"] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(["--listen", all]);
        });
        alive(server.folder.path(), &[("HRDB_LISTEN", &host(&server))], &[]);
    }
}

#[test]
fn a_server_is_addressed_as_it_is_called() {
    let server = Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--allowed-hosts", "hr.example.com", "--context-path", "/Demo"]);
    });
    let host = server.url.split("://").nth(1).unwrap().split('/').next().unwrap();
    let variables = [("HRDB_LISTEN", host), ("HRDB_ALLOWED_HOSTS", "hr.example.com"), ("HRDB_CONTEXT_PATH", "/Demo")];
    let output = health(server.folder.path(), &variables, &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("400"), "{output:?}");
}

#[test]
fn over_tls_the_server_must_show_the_certificate_of_the_settings() {
    let make = |folder: &Path, name: &str| {
        let made = rcgen::generate_simple_self_signed(["hr.example.com".to_owned()]).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), made.cert.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), made.signing_key.serialize_pem()).unwrap();
    };
    let folder = TempDir::new().unwrap();
    make(folder.path(), "own");
    make(folder.path(), "other");
    let server = Running::start(folder, |command| {
        command.args(["--tls-cert", "own.pem", "--tls-key", "own.key"]);
    });
    let (folder, host) = (server.folder.path(), host(&server));
    let own = [("HRDB_LISTEN", &*host), ("HRDB_TLS_CERT", "own.pem"), ("HRDB_TLS_KEY", "own.key")];
    alive(folder, &own, &[]);
    alive(folder, &own, &[&server.url]);
    let other = [("HRDB_LISTEN", &*host), ("HRDB_TLS_CERT", "other.pem"), ("HRDB_TLS_KEY", "other.key")];
    assert!(dead(folder, &other, &[]).contains("another certificate"));
    let missing = [("HRDB_LISTEN", &*host), ("HRDB_TLS_CERT", "missing.pem"), ("HRDB_TLS_KEY", "own.key")];
    assert!(dead(folder, &missing, &[]).contains("missing.pem"));
    assert!(dead(folder, &[], &[&server.url]).contains("tls_cert"), "whoever it is would do");
    assert!(dead(folder, &[("HRDB_LISTEN", &host)], &[]).contains("does not answer"), "clear text");
}

#[test]
fn a_server_that_fails_or_says_something_else_or_nothing_is_not_alive() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "answers 503"),
        ("HTTP/1.1 500 \r\n\r\n", "answers 500"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", "answers 404"),
        ("HTTP/1.1 302 Found\r\nLocation: /health/live\r\n\r\n", "answers 302"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "answers 400"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "no answer over HTTP"),
        ("HTTP/1.1 200", "no answer over HTTP"),
        ("", "does not answer"),
    ];
    let serving = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for (answer, _) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).unwrap();
            asked.push(String::from_utf8_lossy(&buffer[..read]).into_owned());
            stream.write_all(answer.as_bytes()).unwrap();
        }
        // This one is accepted by the system and never answered.
        (asked, listener)
    });
    for (answer, said) in answers {
        let line = dead(folder.path(), &[], &[&url]);
        assert!(line.contains(said), "{answer:?}: {line}");
    }
    let (asked, _listener) = serving.join().unwrap();
    assert!(asked.iter().all(|request| request.starts_with("GET /health/live HTTP/1.1\r\n")), "{asked:?}");
    assert!(dead(folder.path(), &[], &[&url]).contains("timed out"));
}

#[test]
fn an_address_that_is_none_is_one_line() {
    let folder = TempDir::new().unwrap();
    for url in ["127.0.0.1:8080", "/health", "ftp://127.0.0.1/", "http://", "http://admin:x@127.0.0.1/", "no address"] {
        assert!(dead(folder.path(), &[], &[url]).contains(url), "{url}");
    }
    assert!(dead(folder.path(), &[("HRDB_LISTEN", "127.0.0.1:0")], &[]).contains("port 0"));
}
