//! What no HTTP library would send: broken request lines, headers and bodies, too much of everything. The server refuses
//! it as the sender's fault, keeps its rows and goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use crate::rows;
use crate::support::Server;
use crate::wire::{Reply, ask, break_off, vanish};

const LIMIT: usize = 4096;

/// A server that takes bodies of [`LIMIT`] bytes, and a token of its administrator.
struct Victim {
    server: Server,
    token: String,
    before: String,
}

impl Victim {
    fn start() -> Self {
        let server = Server::start_with(|settings| settings.body_limit_bytes = LIMIT);
        let token = server.mint("admin", "admin");
        let before = rows::everything(server.folder.path());
        Self { server, token, before }
    }

    /// A request with token and Host. The headers are whole lines.
    fn request(&self, line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let head = format!("{line}\r\nHost: localhost\r\nwm_auth_token: {}\r\n{headers}\r\n", self.token);
        [head.as_bytes(), body].concat()
    }

    fn ask(&self, bytes: &[u8]) -> Reply {
        ask(self.server.address, bytes)
    }

    /// Fails when the server has stopped answering or a row has changed.
    #[track_caller]
    fn assert_unharmed(self) {
        let reply = self.ask(&self.request("GET /services/hrdb/Department/count HTTP/1.1", "", b""));
        assert_eq!((reply.status, reply.body.as_str()), (Some(200), "5"), "the server still answers");
        // A server that has stopped has finished whatever it was doing.
        rows::assert_unchanged(self.server.stop().path(), &self.before, "a broken request");
    }
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in body.chunks(1000) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// A JSON object of exactly so many bytes.
fn object_of(length: usize) -> Vec<u8> {
    let frame = r#"{"name":"x","ignored":""}"#;
    format!(r#"{{"name":"x","ignored":"{}"}}"#, "y".repeat(length - frame.len())).into_bytes()
}

#[test]
fn a_request_that_is_no_http_is_a_bad_request() {
    let victim = Victim::start();
    let host = "Host: localhost\r\n\r\n";
    for bytes in [
        "rubbish\r\n\r\n".to_owned(),
        format!("GET\r\n{host}"),
        format!("GET /\r\n{host}"),
        format!(" GET / HTTP/1.1\r\n{host}"),
        format!("GET / HTTP/1.1 x\r\n{host}"),
        format!("GET / HTTP/9.9\r\n{host}"),
        format!("GET / HTTX/1.1\r\n{host}"),
        format!("G\u{e9}T / HTTP/1.1\r\n{host}"),
        format!("GET /a b HTTP/1.1\r\n{host}"),
        format!("GET /\0 HTTP/1.1\r\n{host}"),
        format!("GET /services/hrdb/Department#\u{1} HTTP/1.1\r\n{host}"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nNo colon\r\n{host}"),
        format!("GET / HTTP/1.1\r\n: no name\r\n{host}"),
        format!("GET / HTTP/1.1\r\nBad name: x\r\n{host}"),
        format!("GET / HTTP/1.1\r\nX : x\r\n{host}"),
        format!("GET / HTTP/1.1\r\nX: a\0b\r\n{host}"),
        format!("GET / HTTP/1.1\r\nX: a\r\n folded\r\n{host}"),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".to_owned(),
        "\0".repeat(200_000),
        "\r\n".repeat(10) + "x\r\n\r\n",
    ] {
        let reply = victim.ask(bytes.as_bytes());
        let shown = format!("{:?}", bytes.chars().take(60).collect::<String>());
        assert!(matches!(reply.status, Some(400..=499)), "{shown}: {reply:?}");
        assert_eq!(reply.answers, 1, "{shown}: {reply:?}");
    }
    victim.assert_unharmed();
}

#[test]
fn a_request_for_no_host_or_for_two_is_a_bad_request() {
    let victim = Victim::start();
    let token = format!("wm_auth_token: {}\r\n", victim.token);
    for (headers, status) in [
        ("", 400),
        ("Host: a\r\nHost: b\r\n", 400),
        ("Host: a\r\nHost: a\r\n", 400),
        ("Host: localhost\r\n", 200),
        ("hOST: localhost:1\r\n", 200),
    ] {
        let reply = victim.ask(format!("GET /services/hrdb/Department HTTP/1.1\r\n{token}{headers}\r\n").as_bytes());
        assert_eq!(reply.status, Some(status), "{headers:?}: {reply:?}");
        let writing = format!("DELETE /services/hrdb/Vacation/99 HTTP/1.1\r\n{token}{headers}\r\n");
        let expected = if status == 400 { 400 } else { 404 };
        assert_eq!(victim.ask(writing.as_bytes()).status, Some(expected), "{headers:?}");
    }
    victim.assert_unharmed();
}

#[test]
fn a_body_whose_length_is_not_clear_is_a_bad_request() {
    let victim = Victim::start();
    let body = br#"{"name":"smuggled"}"#;
    for headers in [
        "Content-Length: 19\r\nContent-Length: 20\r\n",
        "Content-Length: 19\r\nContent-Length: 0\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +19\r\n",
        "Content-Length: 19x\r\n",
        "Content-Length: 0x13\r\n",
        "Content-Length: \r\n",
        "Content-Length: 1 9\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 19\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 19\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: x\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        let reply = victim.ask(&victim.request("PATCH /services/hrdb/Department/1 HTTP/1.1", &headers, body));
        assert!(matches!(reply.status, Some(400..=499)), "{headers:?}: {reply:?}");
        assert_eq!(reply.answers, 1, "{headers:?}: {reply:?}");
    }
    victim.assert_unharmed();
}

#[test]
fn a_body_over_the_limit_is_refused_when_it_is_announced() {
    let victim = Victim::start();
    for (method, path) in [("POST", "Department"), ("PUT", "Department/1"), ("PATCH", "Department/1")] {
        for length in [LIMIT + 1, 1 << 30, usize::MAX / 2] {
            let headers = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
            let line = format!("{method} /services/hrdb/{path} HTTP/1.1");
            // Not one byte of it is sent: the announcement is enough.
            let reply = victim.ask(&victim.request(&line, &headers, b""));
            assert_eq!(reply.status, Some(413), "{method} {length}: {reply:?}");
            assert_eq!(reply.message_key(), "com.wavemaker.commons.json$UnexpectedError");
        }
    }
    victim.assert_unharmed();
}

#[test]
fn a_body_over_the_limit_is_refused_when_it_is_not_announced() {
    let victim = Victim::start();
    let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    for (method, path) in [("POST", "Department"), ("PUT", "Department/1"), ("PATCH", "Department/1")] {
        let line = format!("{method} /services/hrdb/{path} HTTP/1.1");
        let reply = victim.ask(&victim.request(&line, headers, &chunked(&object_of(LIMIT + 1))));
        assert_eq!(reply.status, Some(413), "{method}: {reply:?}");
        assert_eq!(reply.message_key(), "com.wavemaker.commons.json$UnexpectedError");
        assert_eq!(reply.answers, 1, "{method}: {reply:?}");
    }
    let form = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n";
    let body = chunked(&b"j_username=admin&j_password=".iter().copied().chain([b'x'; LIMIT]).collect::<Vec<u8>>());
    let reply = victim.ask(&victim.request("POST /j_spring_security_check HTTP/1.1", form, &body));
    assert_eq!(reply.status, Some(413), "{reply:?}");
    victim.assert_unharmed();
}

#[test]
fn a_body_of_just_the_limit_is_taken() {
    let victim = Victim::start();
    let body = object_of(LIMIT);
    let headers = format!("Content-Type: application/json\r\nContent-Length: {LIMIT}\r\n");
    let line = "POST /services/hrdb/Department HTTP/1.1";
    assert_eq!(victim.ask(&victim.request(line, &headers, &body)).status, Some(200));
    let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    assert_eq!(victim.ask(&victim.request(line, headers, &chunked(&body))).status, Some(200));
    assert_eq!(victim.server.admin().get("/services/hrdb/Department/count").text(), "7");
}

#[test]
fn a_body_that_is_16_mib_long_is_over_the_default_limit_by_one_byte() {
    let server = Server::start();
    let admin = server.admin();
    let send = |length: usize| {
        let body = object_of(length);
        admin.send("POST", "/services/hrdb/Department", &[("Content-Type", "application/json")], &body).status
    };
    assert_eq!(send(16 * 1024 * 1024), 200);
    assert_eq!(send(16 * 1024 * 1024 + 1), 413);
}

#[test]
fn the_body_of_a_refused_request_is_never_taken_for_a_request() {
    let victim = Victim::start();
    let hidden = victim.request("DELETE /services/hrdb/Vacation/1 HTTP/1.1", "", b"");
    let mut body = hidden.clone();
    body.extend(std::iter::repeat_n(b' ', LIMIT));
    let nobody = format!(
        "POST /services/hrdb/Department HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        hidden.len()
    );
    for (bytes, status) in [
        (
            victim.request(
                "POST /services/hrdb/Department HTTP/1.1",
                &format!("Content-Length: {}\r\n", body.len()),
                &body,
            ),
            413,
        ),
        (
            victim.request(
                "POST /services/hrdb/Department HTTP/1.1",
                "Transfer-Encoding: chunked\r\n",
                &chunked(&body),
            ),
            413,
        ),
        (
            victim.request(
                "POST /services/hrdb/Nope HTTP/1.1",
                &format!("Content-Length: {}\r\n", hidden.len()),
                &hidden,
            ),
            404,
        ),
        (
            victim.request(
                "DELETE /services/hrdb/Vacation/99 HTTP/1.1",
                &format!("Content-Length: {}\r\n", hidden.len()),
                &hidden,
            ),
            404,
        ),
        (
            victim.request(
                "GET /services/hrdb/Vacation/99 HTTP/1.1",
                &format!("Content-Length: {}\r\n", hidden.len()),
                &hidden,
            ),
            404,
        ),
        (
            victim.request(
                "POST /services/hrdb/Department HTTP/1.1",
                &format!("Content-Type: text/plain\r\nContent-Length: {}\r\n", hidden.len()),
                &hidden,
            ),
            415,
        ),
        ([nobody.as_bytes(), &hidden].concat(), 401),
    ] {
        let reply = victim.ask(&bytes);
        assert_eq!((reply.status, reply.answers), (Some(status), 1), "{reply:?}");
    }
    victim.assert_unharmed();
}

#[test]
fn a_request_that_is_broken_off_does_nothing() {
    let victim = Victim::start();
    let json = "Content-Type: application/json\r\n";
    let whole = victim.request(
        "POST /services/hrdb/Department HTTP/1.1",
        &format!("{json}Content-Length: 19\r\n"),
        br#"{"name":"half-way"}"#,
    );
    for length in [1, 3, 20, 60, whole.len() - 40, whole.len() - 20, whole.len() - 19, whole.len() - 1] {
        let reply = break_off(victim.server.address, &whole[..length]);
        assert!(reply.status.is_none_or(|status| (400..500).contains(&status)), "{length} bytes: {reply:?}");
        vanish(victim.server.address, &whole[..length]);
    }
    // A whole object, but more was announced; and chunks without the last.
    for (headers, body) in [
        ("Content-Length: 100\r\n", "{\"name\":\"half-way\"}"),
        ("Transfer-Encoding: chunked\r\n", "13\r\n{\"name\":\"half-way\"}\r\n"),
        ("Transfer-Encoding: chunked\r\n", "13\r\n{\"name\":\"half"),
    ] {
        let bytes =
            victim.request("POST /services/hrdb/Department HTTP/1.1", &format!("{json}{headers}"), body.as_bytes());
        let reply = break_off(victim.server.address, &bytes);
        assert!(reply.status.is_none_or(|status| (400..500).contains(&status)), "{headers:?} {body}: {reply:?}");
        vanish(victim.server.address, &bytes);
    }
    victim.assert_unharmed();
}

#[test]
fn headers_and_paths_without_end_are_refused() {
    let victim = Victim::start();
    let line = "GET /services/hrdb/Department HTTP/1.1";
    let mut many = String::new();
    for number in 0..2000 {
        many.extend(["X-", &number.to_string(), ": x\r\n"]);
    }
    for bytes in [
        victim.request(line, &format!("X: {}\r\n", "x".repeat(1 << 20)), b""),
        victim.request(line, &format!("{}: x\r\n", "x".repeat(1 << 20)), b""),
        victim.request(line, &many, b""),
        victim.request(&format!("GET /{} HTTP/1.1", "x".repeat(1 << 20)), "", b""),
        victim.request(&format!("GET /{} HTTP/1.1", "x".repeat(70_000)), "", b""),
        victim.request(&format!("GET /services/hrdb/Department?sort={} HTTP/1.1", "name,".repeat(12_000)), "", b""),
        victim.request(&format!("GET /services{} HTTP/1.1", "/a".repeat(30_000)), "", b""),
        victim.request(&format!("{} / HTTP/1.1", "X".repeat(1 << 20)), "", b""),
        vec![b'x'; 1 << 21],
    ] {
        let reply = victim.ask(&bytes);
        let shown: String = String::from_utf8_lossy(&bytes).chars().take(40).collect();
        assert!(matches!(reply.status, Some(400..=499)), "{shown}…: {reply:?}");
    }
    victim.assert_unharmed();
}

#[test]
fn unusual_but_whole_requests_are_answered_in_the_envelope() {
    let victim = Victim::start();
    for (line, status) in [
        ("BREW /services/hrdb/Department HTTP/1.1", 405),
        ("TRACE /services/hrdb/Department HTTP/1.1", 405),
        ("get /services/hrdb/Department HTTP/1.1", 405),
        ("GET http://elsewhere/services/hrdb/Nope HTTP/1.1", 400),
        ("GET http://localhost/services/hrdb/Nope HTTP/1.1", 404),
        ("GET /services/hrdb/Nope HTTP/1.0", 404),
        ("GET /services/hrdb/Department/x?a&&=&b HTTP/1.1", 400),
    ] {
        let reply = victim.ask(&victim.request(line, "", b""));
        assert_eq!(reply.status, Some(status), "{line}: {reply:?}");
        reply.message_key();
    }
    victim.assert_unharmed();
}

#[test]
fn requests_that_come_in_one_piece_are_answered_one_by_one() {
    let victim = Victim::start();
    let one = victim.request("GET /services/hrdb/Department/99 HTTP/1.1", "", b"");
    let two = victim.request("GET /services/hrdb/Department/count HTTP/1.1", "Connection: close\r\n", b"");
    let mut stream = TcpStream::connect(victim.server.address).unwrap();
    stream.write_all(&[one.as_slice(), &one, &two].concat()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let statuses: Vec<&str> =
        text.match_indices("HTTP/1.1 ").map(|(at, found)| &text[at + found.len()..][..3]).collect();
    assert_eq!(statuses, ["404", "404", "200"], "{text}");
    assert!(text.ends_with('5'), "{text}");
    assert_eq!(victim.server.admin().post("/services/hrdb/Department", &json!({})).status, 200);
}
