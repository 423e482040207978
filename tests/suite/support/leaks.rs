//! Watches every answer and every line of the log, in all tests, for the secrets that the tests have used.
//!
//! A secret is known from the moment at which a client first sends it; the answer that hands it out comes before, and so do
//! lines of the log, which are looked up again then. A leak in an answer fails the test that got it. A leak in the log fails
//! whichever test looks next: all servers share one log.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, RwLock};

use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};

use super::client::{Answer, Credentials};

/// Passwords shorter than this are words that answers are full of anyway.
const SHORTEST: usize = 7;
/// Length of tokens, session ids and their kin: lower-case hex.
const HEX: usize = 32;

/// Tokens, session ids and CSRF tokens.
static HEX_SECRETS: LazyLock<RwLock<HashSet<String>>> = LazyLock::new(RwLock::default);
/// Passwords, and the credentials of Basic.
static TEXT_SECRETS: LazyLock<RwLock<HashSet<String>>> = LazyLock::new(RwLock::default);
/// What in lines of the log may turn out to be one of them, and the line.
static SEEN: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
/// Lines of the log that hold one.
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Watch;

/// Adds the fields of a record to its line.
struct Fields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let _ = write!(self.0, " {key}={value}");
        Ok(())
    }
}

impl Log for Watch {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Ours in full, the libraries' as an operator has them.
        metadata.target().starts_with("hrdb") || metadata.level() <= LevelFilter::Info
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut line = record.args().to_string();
            // Access and audit lines say most in their fields. A visitor that cannot fail ends without an error.
            let _ = record.key_values().visit(&mut Fields(&mut line));
            // First seen, then compared, as a secret is first known, then looked up: one of the two finds it.
            SEEN.lock().unwrap().extend(hex(&line).map(|window| (window.to_owned(), line.clone())));
            if let Some(secret) = found(&line) {
                LEAKS.lock().unwrap().push(format!("{secret} in: {line}"));
            }
        }
    }

    fn flush(&self) {}
}

/// Begins to watch the log.
pub fn watch() {
    static WATCH: Watch = Watch;
    if log::set_logger(&WATCH).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
}

/// A caller's secrets are about to be used.
pub fn used(credentials: &Credentials) {
    match credentials {
        Credentials::Nobody => {}
        Credentials::Basic(_, password) => used_password(password),
        Credentials::TokenHeader(token) | Credentials::TokenQuery(token) => used_hex(token),
        Credentials::Session { session, csrf } => {
            used_hex(session);
            if let Some(csrf) = csrf {
                used_hex(csrf);
            }
        }
    }
}

/// A password is about to be used.
pub fn used_password(password: &str) {
    if password.len() >= SHORTEST {
        TEXT_SECRETS.write().unwrap().insert(password.to_owned());
    }
}

fn used_hex(secret: &str) {
    if secret.len() == HEX && HEX_SECRETS.write().unwrap().insert(secret.to_owned()) {
        let line = SEEN.lock().unwrap().get(secret).cloned();
        LEAKS.lock().unwrap().extend(line.map(|line| format!("{secret} in: {line}")));
    }
}

/// Fails when an answer or the log holds a secret.
#[track_caller]
pub fn check(request: &str, answer: &Answer) {
    // The files of the front-end are the same for everybody, and offer the sample's passwords.
    let of_front_end = !request.contains("/services") && !request.contains("/j_spring");
    let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    for text in headers.chain([answer.text()]) {
        let secret = if of_front_end { found_made(&text) } else { found(&text) };
        if let Some(secret) = secret {
            panic!("the answer to {request} holds the secret {secret}: {text}");
        }
    }
    check_log();
}

/// Fails when the log has held a secret.
#[track_caller]
pub fn check_log() {
    let leaks = LEAKS.lock().unwrap();
    assert!(leaks.is_empty(), "the log holds secrets: {leaks:#?}");
}

/// A secret that a text holds; a stored hash of a password is one as well.
fn found(text: &str) -> Option<String> {
    let password = || TEXT_SECRETS.read().unwrap().iter().find(|secret| text.contains(secret.as_str())).cloned();
    found_made(text).or_else(password)
}

/// A secret that the server has made.
fn found_made(text: &str) -> Option<String> {
    if text.contains("$argon2") {
        return Some("a hash".to_owned());
    }
    let known = HEX_SECRETS.read().unwrap();
    hex(text).find(|window| known.contains(*window)).map(str::to_owned)
}

/// What of a text is of the length of tokens and made of their letters.
fn hex(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|letter: char| !matches!(letter, '0'..='9' | 'a'..='f')).filter(|run| run.len() >= HEX);
    runs.flat_map(|run| (0..=run.len() - HEX).map(move |start| &run[start..start + HEX]))
}

#[test]
fn a_leak_is_found_wherever_it_is() {
    let token = "feed0123456789abcdef0123456789ab";
    assert_eq!(found(token), None, "nobody has used it");
    used(&Credentials::TokenHeader(token.to_owned()));
    used_password("correct horse battery");
    for text in
        [token.to_owned(), format!("aaa{token}"), format!("x={token}&y"), "a correct horse battery b".to_owned()]
    {
        assert!(found(&text).is_some(), "{text}");
    }
    assert_eq!(found("feed0123456789abcdef0123456789a"), None);
}

#[test]
fn the_fields_of_a_line_are_part_of_it() {
    let mut line = "a line".to_owned();
    let fields: &[(&str, Value<'_>)] = &[("one", Value::from("text")), ("two", Value::from(2))];
    log::kv::Source::visit(&fields, &mut Fields(&mut line)).unwrap();
    assert_eq!(line, "a line one=text two=2");
}
