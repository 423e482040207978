//! Requests that no client library would send, byte for byte.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value as Json;

/// Only keeps a server that never answers from blocking the test for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back on the connection until its end.
#[derive(Debug)]
pub struct Reply {
    /// Status of the first answer; `None` when the connection ended without one.
    pub status: Option<u16>,
    /// How many answers came.
    pub answers: usize,
    /// Body of the first answer.
    pub body: String,
}

impl Reply {
    fn of(received: &[u8]) -> Self {
        let text = String::from_utf8_lossy(received);
        let status = text.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        let (head, rest) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let body = rest.chars().take(content_length(head).unwrap_or(0)).collect();
        Self { status, answers: text.matches("HTTP/1.").count(), body }
    }

    /// Message key of the one entry of the error envelope.
    #[track_caller]
    pub fn message_key(&self) -> String {
        let json: Json = serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let entries = json["errors"]["error"].as_array().unwrap_or_else(|| panic!("no envelope: {self:?}"));
        assert_eq!(entries.len(), 1, "{self:?}");
        entries[0]["messageKey"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends the bytes, waits for an answer, then says that there is nothing more to come and reads to the end.
pub fn ask(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = send(address, bytes);
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    while !has_whole_answer(&received) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => received.extend_from_slice(&buffer[..length]),
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut received);
    Reply::of(&received)
}

/// Sends the bytes and says at once that there is nothing more to come; then reads to the end.
pub fn break_off(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = send(address, bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    Reply::of(&received)
}

/// Sends the bytes and goes away without waiting for anything.
pub fn vanish(address: SocketAddr, bytes: &[u8]) {
    drop(send(address, bytes));
}

/// A server that has seen enough may close while we are still sending; that is its right.
fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let _ = stream.write_all(bytes);
    stream
}

fn has_whole_answer(received: &[u8]) -> bool {
    let text = String::from_utf8_lossy(received);
    let Some((head, rest)) = text.split_once("\r\n\r\n") else { return false };
    content_length(head).is_some_and(|length| rest.len() >= length)
}

fn content_length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}
