//! The whole server on a port of this machine, asked over one connection: nothing that it is sent may be a fault of its own.
#![allow(dead_code)] // each target uses what it needs

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::time::Duration;

use hrdb::app::Application;
use hrdb::auth::Clock;
use hrdb::config::{Mount, Settings};
use rusqlite::Connection;
use tempfile::TempDir;

/// Passwords are hashed at the least cost that there is, and nobody has to wait for guessing: this is about the text.
fn address() -> SocketAddr {
    static ADDRESS: OnceLock<(TempDir, SocketAddr)> = OnceLock::new();
    let (_, address) = ADDRESS.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = folder.path().join("pictures.db");
        Connection::open(&pictures)
            .and_then(|made| made.execute_batch("CREATE TABLE picture (id INTEGER PRIMARY KEY, name TEXT, image BLOB);
                                                 INSERT INTO picture (id) VALUES (1);"))
            .expect("a database with bytes");
        let mut settings = Settings::defaults();
        settings.listen = "127.0.0.1:0".parse().expect("an address");
        folder.path().to_str().expect("a path").clone_into(&mut settings.data_dir);
        settings.services.insert("pictures".to_owned(), Mount { path: pictures, ..Mount::default() });
        settings.workers = 1;
        (settings.argon2_memory_kib, settings.argon2_iterations) = (8, 1);
        (settings.sign_in_attempts, settings.basic_cache_seconds) = (0, 0);
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async {
                let application = Application::build(&settings, Clock::manual().0).expect("the server starts");
                sender.send(application.address()).expect("somebody listens");
                application.run(std::future::pending()).await.expect("it goes on");
            });
        });
        (folder, receiver.recv().expect("the server starts"))
    });
    *address
}

fn connect() -> TcpStream {
    let stream = TcpStream::connect(address()).expect("it takes connections");
    stream.set_read_timeout(Some(Duration::from_secs(8))).expect("a socket");
    stream.set_nodelay(true).expect("a socket");
    stream
}

/// Sends one request and returns the status and the body of its answer.
pub fn ask(request: &[u8]) -> (u16, Vec<u8>) {
    thread_local! {
        static CONNECTION: RefCell<Option<TcpStream>> = const { RefCell::new(None) };
    }
    CONNECTION.with_borrow_mut(|kept| {
        // One that was kept may have been closed since.
        let again = kept.take().and_then(|mut stream| exchange(&mut stream, request).map(|answer| (stream, answer)));
        let (stream, (status, body, closes)) = again.unwrap_or_else(|| {
            let mut stream = connect();
            let answer = exchange(&mut stream, request).expect("an answer");
            (stream, answer)
        });
        *kept = Some(stream).filter(|_| !closes);
        assert!(status < 500, "{status}: {}", String::from_utf8_lossy(&body));
        (status, body)
    })
}

fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<(u16, Vec<u8>, bool)> {
    // It may answer, and close, before it has read everything.
    let _ = stream.write_all(request);
    let (mut received, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let body = end + 4;
            if received.len() >= body + length.unwrap_or(0) {
                let status = head.get(9..12)?.parse().ok()?;
                return Some((status, received.split_off(body), head.contains("connection: close")));
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(read) => received.extend_from_slice(&chunk[..read]),
        }
    }
}

/// Whether bytes may stand in a header: HTTP itself refuses the others, and a line's end would end the header.
pub fn is_header(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7f))
}

/// Some bytes as base64.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(LETTERS[(bits >> (18 - 6 * place)) as usize & 63].into());
        }
    }
    text
}
