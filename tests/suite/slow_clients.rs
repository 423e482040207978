//! Clients that take their time: each is cut off, whatever it is slow at, and never before its time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::rows;
use crate::support::Server;
use crate::wire::{Reply, ask};

/// Only keeps a server that never cuts a connection from blocking the test for ever.
const PATIENCE: Duration = Duration::from_secs(60);

fn hasty() -> Server {
    Server::start_with(|settings| {
        settings.body_timeout_seconds = 1;
        settings.head_timeout_seconds = 1;
        settings.keep_alive_seconds = 1;
    })
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What comes until the server closes the connection. Fails when it does not.
#[track_caller]
fn until_the_end(mut stream: &TcpStream) -> String {
    let mut received = Vec::new();
    if let Err(error) = stream.read_to_end(&mut received) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "the server closes");
    }
    String::from_utf8_lossy(&received).into_owned()
}

/// Asks for something small and reads the whole answer; the connection stays open.
fn ask_first(mut stream: &TcpStream) {
    stream.write_all(b"GET /services/security/enabled HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut received = Vec::new();
    while !received.ends_with(br#"{"result":"true"}"#) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        received.push(byte[0]);
    }
}

#[test]
fn a_head_that_does_not_end_is_cut_on_a_connection_that_is_new_and_on_one_that_is_not() {
    let server = hasty();
    for head in ["", "G", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = connect(&server);
        stream.write_all(head.as_bytes()).unwrap();
        let text = until_the_end(&stream);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 408 "), "{head:?}: {text}");
        let mut stream = connect(&server);
        ask_first(&stream);
        stream.write_all(head.as_bytes()).unwrap();
        assert_eq!(until_the_end(&stream), "", "{head:?}");
    }
}

#[test]
fn a_body_that_does_not_come_is_cut_whatever_it_is() {
    let server = hasty();
    let token = server.mint("admin", "admin");
    let before = rows::everything(server.folder.path());
    // Each takes its time, so all are asked at once.
    std::thread::scope(|scope| {
        for (path, content_type, begin) in [
            ("POST /services/hrdb/Department", "application/json", r#"{"name":"#),
            ("PATCH /services/hrdb/Department/1", "application/json", "{"),
            ("POST /services/hrdb/Employee/search", "application/json", "["),
            ("POST /services/hrdb/Department/filter", "application/x-www-form-urlencoded", "q=deptId"),
            ("POST /j_spring_security_check", "application/x-www-form-urlencoded", "j_username=admin&"),
        ] {
            for (length, begin) in [
                ("Content-Length: 1000", begin.to_owned()),
                ("Transfer-Encoding: chunked", format!("{:x}\r\n{begin}\r\n", begin.len())),
                ("Content-Length: 1000", String::new()),
            ] {
                let (address, token) = (server.address, &token);
                scope.spawn(move || {
                    let head =
                        format!("{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n{length}\r\n");
                    let token = format!("wm_auth_token: {token}\r\n");
                    let credentials = if path.contains("j_spring") { "" } else { &token };
                    let reply = ask(address, format!("{head}{credentials}\r\n{begin}").as_bytes());
                    assert_eq!((reply.status, reply.answers), (Some(408), 1), "{path} {length}: {reply:?}");
                    assert_eq!(reply.message_key(), "com.wavemaker.commons.json$UnexpectedError", "{path}");
                });
            }
        }
    });
    rows::assert_unchanged(server.stop().path(), &before, "half a body");
}

#[test]
fn a_form_with_a_file_that_does_not_come_is_cut() {
    let server = crate::databases::serve_with(&["music"], |settings| settings.body_timeout_seconds = 1);
    let token = server.mint("admin", "admin");
    let part = "--x\r\nContent-Disposition: form-data; name=\"cover\"; filename=\"a\"\r\n\r\nsome bytes";
    let head = format!(
        "POST /services/music/Album HTTP/1.1\r\nHost: localhost\r\nwm_auth_token: {token}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n{part}"
    );
    let reply: Reply = ask(server.address, head.as_bytes());
    assert_eq!(reply.status, Some(408), "{reply:?}");
}

#[test]
fn a_body_that_nobody_reads_does_not_hold_its_connection() {
    let server = hasty();
    let stream = connect(&server);
    let head =
        "POST /services/hrdb/Department HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    (&stream).write_all(head.as_bytes()).unwrap();
    let text = until_the_end(&stream);
    assert!(text.starts_with("HTTP/1.1 401 "), "{text}");
}

#[test]
fn an_idle_connection_is_closed() {
    let server = hasty();
    let stream = connect(&server);
    ask_first(&stream);
    assert_eq!(until_the_end(&stream), "");
}

#[test]
fn who_reads_slowly_but_reads_gets_everything() {
    let server = hasty();
    let token = server.mint("admin", "admin");
    let url =
        format!("GET /services/hrdb/Employee/export/CSV?wm_auth_token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut stream = connect(&server);
    stream.write_all(url.as_bytes()).unwrap();
    let text = until_the_end(&stream);
    assert!(text.starts_with("HTTP/1.1 200 ") && text.contains("\r\n0\r\n\r\n"), "{text}");
}
