//! Everything that fuzzing has found worth keeping, asked of the real server: refused or answered, never a fault.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hrdb::config::Mount;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::databases::encode;
use crate::raw;
use crate::support::{Answer, Server};

/// The inputs that each target of bytes has at least.
const MANY: usize = 150;
const DISPOSITION: &[u8] = b"--x\r\nContent-Disposition: form-data; ";
const COUNT: &[u8] = b"GET /services/hrdb/Department/count HTTP/1.1\r\n";

/// The inputs of a target, a JSON string a line. The least number that there must be keeps a test from asking nothing.
fn inputs(target: &str, least: usize) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(format!("{target}.jsonl"));
    let inputs: Vec<String> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(inputs.len() >= least, "{} inputs for {target}", inputs.len());
    inputs
}

/// Those of a target that takes bytes: each character stands for the byte of its number.
fn bytes(target: &str, least: usize) -> impl Iterator<Item = Vec<u8>> {
    inputs(target, least).into_iter().map(|text| text.chars().map(|byte| u8::try_from(byte).unwrap()).collect())
}

/// Sends a head that lacks its end, and a body, over a connection of its own.
fn exchange(server: &Server, head: &[u8], body: &[u8]) -> Answer {
    raw::exchange(server, &[head, b"\r\nHost: localhost\r\nConnection: close\r\n\r\n", body].concat())
}

/// Whether it can be a header at all.
fn is_header(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7f))
}

/// Asks for each input of a target.
fn each(target: &str, least: usize, ask: impl Fn(&str) -> Answer) {
    for input in inputs(target, least) {
        let answer = ask(&input);
        assert!([200, 400].contains(&answer.status), "{input:?}: {} {}", answer.status, answer.text());
        if answer.status == 400 {
            answer.error();
        }
    }
}

#[test]
fn no_filter_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    each("q", 500, |text| admin.form("/services/hrdb/Vacation/filter", &format!("q={}", encode(text))));
}

#[test]
fn no_order_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    each("sort", 200, |text| admin.get(&format!("/services/hrdb/Vacation?sort={}", encode(text))));
}

#[test]
fn no_search_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    let headers = [("Content-Type", "application/json")];
    each("search", 500, |text| admin.send("POST", "/services/hrdb/Vacation/search", &headers, text.as_bytes()));
}

#[test]
fn no_basic_header_of_the_corpus_lets_in_whom_it_should_not() {
    // Nobody has to wait for guessing, and hashing costs next to nothing: this is about the text.
    let server = Server::first_start(|settings| {
        settings.sign_in_attempts = 0;
        (settings.argon2_memory_kib, settings.argon2_iterations) = (8, 1);
    });
    for input in bytes("basic", MANY) {
        let Some((first, rest)) = input.split_first() else { continue };
        let is_encoded = first % 2 == 0;
        let value = if is_encoded { format!("Basic {}", STANDARD.encode(rest)).into_bytes() } else { rest.to_vec() };
        if is_header(&value) {
            let answer = exchange(&server, &[COUNT, b"Authorization: ", &value[..]].concat(), b"");
            let known = [&b"admin:admin"[..], b"user:user"].contains(&rest);
            let expected: &[u16] = if !is_encoded {
                &[200, 401]
            } else if known {
                &[200]
            } else {
                &[401]
            };
            assert!(expected.contains(&answer.status), "{input:?}: {} {}", answer.status, answer.text());
        }
    }
}

#[test]
fn no_cookie_of_the_corpus_is_a_session() {
    let server = Server::start();
    for input in bytes("cookies", MANY).filter(|input| is_header(input)) {
        let answer = exchange(&server, &[COUNT, b"Cookie: ", &input[..]].concat(), b"");
        assert_eq!(answer.status, 401, "{input:?}: {}", answer.text());
    }
}

#[test]
fn no_form_of_the_corpus_is_a_fault() {
    let folder = TempDir::new().unwrap();
    let pictures = folder.path().join("pictures.db");
    Connection::open(&pictures)
        .unwrap()
        .execute_batch(
            "CREATE TABLE picture (id INTEGER PRIMARY KEY, name TEXT, image BLOB); INSERT INTO picture (id) VALUES (1)",
        )
        .unwrap();
    let server = Server::start_with(|settings| {
        settings.services.insert("pictures".to_owned(), Mount { path: pictures, ..Mount::default() });
    });
    let token = server.mint("admin", "admin");
    for input in bytes("multipart", MANY) {
        let Some((first, rest)) = input.split_first() else { continue };
        let body = match first % 3 {
            0 => rest.to_vec(),
            1 => [DISPOSITION, b"name=\"wm_data_json\"\r\n\r\n", rest, b"\r\n--x--\r\n"].concat(),
            _ => [DISPOSITION, rest, b"\r\n--x--\r\n"].concat(),
        };
        let head = format!(
            "POST /services/pictures/Picture/1 HTTP/1.1\r\nwm_auth_token: {token}\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}",
            body.len()
        );
        let answer = exchange(&server, head.as_bytes(), &body);
        let expected = [200, 400, 404, 409, 413];
        assert!(expected.contains(&answer.status), "{input:?}: {} {}", answer.status, answer.text());
    }
}
