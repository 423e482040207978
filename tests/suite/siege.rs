//! Many bad clients at once, in small: a healthy one is answered all the while, and nothing changes. `tests/hostile.py` does
//! the same in large and takes the time.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::rows;
use crate::support::Server;
use crate::wire::{break_off, vanish};

/// Requests in which a DELETE is hidden that a proxy in front would take for a body.
fn smuggling(token: &str) -> Vec<Vec<u8>> {
    let hidden =
        format!("DELETE /services/hrdb/Vacation/1 HTTP/1.1\r\nHost: localhost\r\nwm_auth_token: {token}\r\n\r\n");
    let length = hidden.len();
    let shapes = [
        (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), "0\r\n\r\n"),
        (format!("Content-Length: 0\r\nContent-Length: {length}\r\n"), ""),
        (format!("Content-Length: +{length}\r\n"), ""),
        (format!("X: a\r\n Content-Length: {length}\r\n"), ""),
        (format!("Transfer-Encoding: xchunked\r\nContent-Length: {length}\r\n"), ""),
        ("Transfer-Encoding: identity, chunked\r\n".to_owned(), "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n".to_owned(), "0x0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n".to_owned(), "ffffffffffffffff1\r\n"),
        ("Transfer-Encoding: chunked\r\n".to_owned(), "2\r\nabc\r\n0\r\n\r\n"),
    ];
    let whole = |(headers, before): (String, &str)| {
        format!("POST /services/security/info HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{before}{hidden}")
            .into_bytes()
    };
    shapes.into_iter().map(whole).collect()
}

#[test]
fn a_siege_neither_stops_nor_changes_the_server() {
    let server = Server::start();
    let token = server.mint("admin", "admin");
    let before = rows::everything(server.folder.path());
    let idle: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    for (number, mut stream) in idle.iter().enumerate() {
        stream
            .write_all(
                [&b"G"[..], b"", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"][number % 3],
            )
            .unwrap();
    }
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let healthy = scope.spawn(|| {
            let client = server.query_token("user", "user");
            let mut answers = 0;
            while !is_over.load(Ordering::SeqCst) || answers < 10 {
                assert_eq!(client.get("/services/hrdb/Department/1").status, 200);
                answers += 1;
            }
        });
        let guessing = scope.spawn(|| {
            for number in 0..20 {
                let status = server.basic("admin", &format!("x{number}")).get("/services/hrdb/User").status;
                assert!([401, 429, 503].contains(&status), "{status}");
            }
        });
        let rubbish = scope.spawn(|| {
            for _ in 0..5 {
                for bytes in smuggling(&token) {
                    let reply = break_off(server.address, &bytes);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    assert!(reply.answers <= 1, "{text}: {reply:?}");
                    assert!(reply.status.is_none_or(|status| (400..500).contains(&status)), "{text}: {reply:?}");
                }
                vanish(server.address, &[b'\xff'; 10_000]);
                vanish(server.address, &b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));
            }
        });
        let ended = [guessing.join(), rubbish.join()];
        is_over.store(true, Ordering::SeqCst);
        assert!(healthy.join().is_ok() && ended.iter().all(Result::is_ok));
    });
    drop(idle);
    rows::assert_unchanged(server.stop().path(), &before, "a siege");
}
