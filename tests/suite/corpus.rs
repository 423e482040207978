//! Everything that fuzzing has found worth keeping, asked of the real server: refused or answered, never a fault.

use std::path::Path;

use crate::databases::encode;
use crate::support::{Answer, Server};

/// Asks for each input of a target, a JSON string a line. The least number that there must be keeps the test from asking
/// nothing.
fn each(target: &str, least: usize, ask: impl Fn(&str) -> Answer) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(format!("{target}.jsonl"));
    let inputs: Vec<String> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(inputs.len() >= least, "{} inputs for {target}", inputs.len());
    for input in inputs {
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
