//! What bodies may take of the server: small ones for small things, few values, and no more memory in all than is set.

use std::cell::RefCell;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::databases::{encode, serve_with};
use crate::support::{Answer, Client, Server};

const EMPLOYEE: &str = "/services/hrdb/Employee";
const JSON: (&str, &str) = ("Content-Type", "application/json");
/// Keeps a test from asking for ever.
const TRIES: usize = 2_000;

#[track_caller]
fn refused(answer: &Answer, status: u16, part: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.message().contains(part), "{part}: {}", answer.message());
}

#[test]
fn who_is_not_signed_in_sends_a_few_kilobytes_and_no_more() {
    let server = Server::start();
    let form = |length: usize| {
        let frame = "j_username=nobody&j_password=";
        server.nobody().form("/j_spring_security_check", &format!("{frame}{}", "x".repeat(length - frame.len())))
    };
    assert_eq!(form(8 * 1024).status, 401);
    refused(&form(8 * 1024 + 1), 413, "8192");
    refused(&form(100_000), 413, "8192");
    let passwords = json!({"currentPassword": "x".repeat(9_000), "newPassword": "long enough"});
    refused(&server.admin().post("/services/security/password", &passwords), 413, "8192");
}

#[test]
fn a_question_may_be_as_long_as_the_longest_filter_and_no_longer() {
    let server = Server::start();
    let admin = server.admin();
    // Each character is four bytes, each of which a form writes as three.
    let longest = format!("firstname != '{}'", "\u{1d11e}".repeat(65_536 - 15));
    assert_eq!(longest.chars().count(), 65_536);
    for (path, expected) in [("filter", 10), ("count", 10)] {
        let answer = admin.form(&format!("{EMPLOYEE}/{path}"), &format!("q={}", encode(&longest)));
        let found = if path == "count" { answer.json() } else { answer.json()["totalElements"].clone() };
        assert_eq!((answer.status, found), (200, json!(expected)), "{path}");
    }
    let too_long = "x".repeat(1024 * 1024);
    for path in ["filter", "count"] {
        refused(&admin.form(&format!("{EMPLOYEE}/{path}"), &format!("q={too_long}")), 413, "1048576");
    }
    for path in ["search", "aggregations", "export"] {
        refused(&admin.post(&format!("{EMPLOYEE}/{path}"), &json!(too_long)), 413, "1048576");
    }
}

#[test]
fn nobody_needs_more_than_a_thousand_parameters() {
    let server = Server::start();
    let admin = server.admin();
    for (pairs, status) in [(999, 200), (1_000, 400), (100_000, 400)] {
        let form = format!("q=empId=1{}", "&a".repeat(pairs));
        for path in ["filter", "count"] {
            assert_eq!(admin.form(&format!("{EMPLOYEE}/{path}"), &form).status, status, "{pairs} {path}");
        }
    }
    for client in [&admin, &server.nobody()] {
        let answer = client.get(&format!("/services/security/enabled?{}", "a&".repeat(1_001)));
        refused(&answer, 400, "more than 1000 parameters");
        assert_eq!(client.get(&format!("/services/security/enabled?{}", "a&".repeat(1_000))).status, 200);
    }
    let sign_in = format!("j_username=admin&j_password=admin{}", "&a".repeat(1_000));
    refused(&server.nobody().form("/j_spring_security_check", &sign_in), 400, "more than 1000 parameters");
}

#[test]
fn json_has_a_limited_number_of_values_however_small_they_are() {
    let server = Server::start();
    let admin = server.admin();
    let shapes = |values: usize| {
        let list = |value: &str, each: usize| format!("[{}0]", format!("{value},").repeat(values / each));
        [list("0", 1), list("[]", 1), list(r#"{"a":0}"#, 2), format!(r#"{{{}"b":0}}"#, r#""a":0,"#.repeat(values))]
    };
    for body in shapes(20_000) {
        for path in ["search", "aggregations", "export"] {
            let answer = admin.send("POST", &format!("{EMPLOYEE}/{path}"), &[JSON], body.as_bytes());
            refused(&answer, 400, "more than 20000 values");
        }
    }
    for shape in shapes(100_000) {
        let row = format!(r#"{{"unknown":{shape}}}"#);
        let answer = admin.send("PATCH", "/services/hrdb/Department/1", &[JSON], row.as_bytes());
        refused(&answer, 400, "more than 100000 values");
    }
    for shape in shapes(50_000) {
        let row = format!(r#"{{"unknown":{shape},"location":"Oslo"}}"#);
        let answer = admin.send("PATCH", "/services/hrdb/Department/1", &[JSON], row.as_bytes());
        assert_eq!((answer.status, &answer.json()["location"]), (200, &json!("Oslo")), "unknown members are ignored");
    }
}

#[test]
fn a_pattern_is_no_longer_than_it_can_be_matched_in_no_time() {
    let server = Server::start();
    let admin = server.admin();
    let filter = |q: &str| admin.form(&format!("{EMPLOYEE}/filter"), &format!("q={}", encode(q)));
    let search = |word: &str, text: &str| {
        let condition = json!([{"attributeName": "firstname", "attributeValue": text, "attributeType": "STRING", "filterCondition": word}]);
        admin.post(&format!("{EMPLOYEE}/search"), &condition)
    };
    let like = |length: usize| format!("firstname like '{}'", "x".repeat(length));
    assert_eq!(filter(&like(1_000)).json()["totalElements"], 0);
    refused(&filter(&like(1_001)), 400, "at most 1000 bytes");
    refused(&filter(&format!("not lower(firstname) like lower('%{}%')", "Ä".repeat(500))), 400, "at most 1000 bytes");
    refused(&filter(&format!("firstname like '{}'", "*".repeat(334))), 400, "at most 1000 bytes");
    for (word, wildcards) in [("LIKE", 0), ("STARTING_WITH", 1), ("ENDING_WITH", 1), ("CONTAINING", 2)] {
        assert_eq!(search(word, &"x".repeat(1_000 - wildcards)).json()["totalElements"], 0, "{word}");
        refused(&search(word, &"x".repeat(1_001 - wildcards)), 400, "at most 1000 bytes");
    }
    assert_eq!(filter(&vec![like(1_000); 10].join(" or ")).json()["totalElements"], 0);
    refused(&filter(&vec![like(1_000); 11].join(" or ")), 400, "at most 10000 bytes together");
}

/// A server that gives all bodies together 96 KiB, and one user 72 KiB.
fn tight(settings: &mut hrdb::config::Settings) {
    (settings.body_limit_bytes, settings.file_limit_bytes) = (64 * 1024, 64 * 1024);
    settings.body_memory_bytes = 96 * 1024;
}

/// Asks until the answer has this status.
#[track_caller]
fn until(status: u16, ask: impl Fn() -> Answer) -> Answer {
    let mut answers = (0..TRIES).map(|_| ask());
    answers.find(|answer| answer.status == status).unwrap_or_else(|| panic!("never {status}"))
}

/// Sends requests that do not come to their end until something is refused for want of memory: of two bodies that come at the
/// same time either may be refused, so one of these is not enough. Returns the connections, and the refusal.
fn fill(server: &Server, head: &str, begin: &str, ask: impl Fn() -> Answer) -> (Vec<TcpStream>, Answer) {
    let token = server.mint("admin", "admin");
    let head = format!("POST {head}\r\nwm_auth_token: {token}\r\nHost: localhost\r\nContent-Length: 65000\r\n\r\n");
    let request = format!("{head}{begin}{}", "x".repeat(60_000));
    let unfinished = RefCell::new(Vec::new());
    let refused = until(503, || {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        unfinished.borrow_mut().push(stream);
        ask()
    });
    (unfinished.into_inner(), refused)
}

/// A form with a filter of so many bytes.
fn filter(client: &Client, length: usize) -> Answer {
    client.form("/services/hrdb/Department/filter", &format!("q=deptId=1{}", " ".repeat(length - 10)))
}

fn row(length: usize) -> Json {
    json!({"unknown": "x".repeat(length)})
}

#[test]
fn bodies_that_do_not_end_take_no_more_memory_than_there_is_for_them() {
    let server = Server::start_with(tight);
    let (admin, user) = (server.admin(), server.token("user", "user"));
    assert_eq!(filter(&admin, 60_000).status, 200);
    let head = "/services/hrdb/Department HTTP/1.1\r\nContent-Type: application/json";
    let change = || admin.patch("/services/hrdb/Department/1", &row(60_000));
    let (unfinished, refused) = fill(&server, head, r#"{"name":""#, change);
    assert_eq!((refused.header("retry-after"), refused.error()["id"].is_null()), (Some("1"), true));
    assert_eq!(filter(&admin, 60_000).status, 503, "whatever the body is for");
    assert_eq!(filter(&user, 20_000).status, 200, "somebody else has room yet");
    assert_eq!(admin.patch("/services/hrdb/Department/1", &row(10_000)).status, 200, "small ones always have");
    drop(unfinished);
    until(200, change);
}

#[test]
fn files_on_their_way_take_no_more_memory_than_there_is_for_bodies() {
    let server = serve_with(&["music"], tight);
    let admin = server.admin();
    let number = AtomicUsize::new(0);
    let upload = |length: usize| {
        let title = number.fetch_add(1, Ordering::Relaxed);
        let part = |name: &str, content: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n{content}\r\n")
        };
        let row = part("wm_data_json", &format!(r#"{{"artistId": 1, "title": "No. {title}"}}"#));
        let body = format!("{row}{}--x--\r\n", part("cover", &"x".repeat(length)));
        let content_type = [("Content-Type", "multipart/form-data; boundary=x")];
        admin.send("POST", "/services/music/Album", &content_type, body.as_bytes())
    };
    assert_eq!(upload(60_000).status, 200);
    let begin = "--x\r\nContent-Disposition: form-data; name=\"cover\"; filename=\"a\"\r\n\r\n";
    let head = "/services/music/Album HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x";
    let (unfinished, _) = fill(&server, head, begin, || upload(60_000));
    assert_eq!(upload(10_000).status, 200);
    drop(unfinished);
    until(200, || upload(60_000));
    assert_eq!(upload(64 * 1024 + 1).status, 413);
}
