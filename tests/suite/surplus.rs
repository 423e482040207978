//! More connections than there may be: each is told so at once, and there is room again when one has ended.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::Server;

const REQUEST: &[u8] = b"GET /services/security/enabled HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Asks and reads the beginning of the answer; the connection stays open if the server lets it.
fn status(mut stream: &TcpStream) -> String {
    stream.write_all(REQUEST).unwrap();
    let mut line = [0; 12];
    stream.read_exact(&mut line).unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

fn full(most: usize) -> (Server, Vec<TcpStream>) {
    let server = Server::start_with(|settings| {
        settings.max_connections = most;
        settings.keep_alive_seconds = 3600;
    });
    let peers: Vec<TcpStream> = (0..most).map(|_| connect(&server)).collect();
    for peer in &peers {
        assert_eq!(status(peer), "HTTP/1.1 200");
    }
    (server, peers)
}

#[test]
fn a_connection_too_many_is_refused_at_once_and_closed() {
    let (server, peers) = full(4);
    for _ in 0..20 {
        let mut surplus = connect(&server);
        surplus.write_all(REQUEST).unwrap();
        let mut answer = String::new();
        surplus.read_to_string(&mut answer).unwrap();
        let answer = answer.to_lowercase();
        assert!(answer.starts_with("http/1.1 503"), "{answer}");
        assert!(answer.contains("\r\nretry-after: 1\r\n") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
    }
    drop(peers);
}

#[test]
fn when_one_has_ended_there_is_room_for_another() {
    let (server, mut peers) = full(2);
    assert_eq!(status(&connect(&server)), "HTTP/1.1 503");
    drop(peers.pop());
    let patience = Instant::now() + Duration::from_secs(60);
    while status(&connect(&server)) != "HTTP/1.1 200" {
        assert!(Instant::now() < patience, "there is no room again");
    }
}
