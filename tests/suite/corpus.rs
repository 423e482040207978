//! Everything that fuzzing has found worth keeping, asked of the real server: refused or answered, never a fault.

use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Answer, Server};

/// Asks for each input of a target; the least number there must be keeps the test from asking nothing.
fn each(target: &str, least: usize, ask: impl Fn(&[u8]) -> Option<Answer>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut asked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(answer) = ask(&std::fs::read(&path).unwrap()) else { continue };
        assert!([200, 400].contains(&answer.status), "{}: {} {}", path.display(), answer.status, answer.text());
        if answer.status == 400 {
            answer.error();
        }
        asked += 1;
    }
    assert!(asked >= least, "{asked} inputs for {target}");
}

fn encoded(bytes: &[u8]) -> Option<String> {
    Some(utf8_percent_encode(std::str::from_utf8(bytes).ok()?, NON_ALPHANUMERIC).to_string())
}

#[test]
fn no_filter_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    each("q", 8, |bytes| Some(admin.form("/services/hrdb/Vacation/filter", &format!("q={}", encoded(bytes)?))));
}

#[test]
fn no_order_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    each("sort", 2, |bytes| Some(admin.get(&format!("/services/hrdb/Vacation?sort={}", encoded(bytes)?))));
}

#[test]
fn no_search_of_the_corpus_is_a_fault() {
    let server = Server::start();
    let admin = server.admin();
    let headers = [("Content-Type", "application/json")];
    each("search", 2, |bytes| Some(admin.send("POST", "/services/hrdb/Vacation/search", &headers, bytes)));
}
