//! What a body may be: how large, of which type, and how broken; and what an answer may be.

use serde_json::json;

use crate::raw;
use crate::support::{Answer, Client, Server};

const LIMIT: usize = 1024;
const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn small() -> Server {
    Server::start_with(|settings| settings.body_limit_bytes = LIMIT)
}

/// A JSON object of so many bytes that changes nothing.
fn object(length: usize) -> String {
    let frame = r#"{"location":"Oslo"}"#;
    format!("{}{}", frame, " ".repeat(length - frame.len()))
}

/// A failed sign-in of so many bytes.
fn form(length: usize) -> String {
    let frame = "j_username=admin&j_password=";
    format!("{}{}", frame, "x".repeat(length - frame.len()))
}

#[track_caller]
fn assert_too_large(answer: &Answer, case: &str) {
    assert_eq!(answer.status, 413, "{case}: {}", answer.text());
    let error = answer.error();
    assert_eq!(error["messageKey"], "com.wavemaker.commons.json$UnexpectedError", "{case}");
    assert!(error["message"].as_str().unwrap().contains("1024"), "{case}: {error}");
}

#[test]
fn a_body_over_the_limit_is_refused_whatever_it_is() {
    let server = small();
    let admin = server.admin();
    for length in [LIMIT + 1, LIMIT * 20] {
        for (method, path) in [
            ("POST", "/services/hrdb/Department"),
            ("PUT", "/services/hrdb/Department/1"),
            ("PATCH", "/services/hrdb/Department/1"),
            ("PATCH", "/services/hrdb/Department/composite-id?deptId=1"),
        ] {
            let answer = admin.send(method, path, &[JSON], object(length).as_bytes());
            assert_too_large(&answer, &format!("{method} {path} of {length}"));
        }
        let answer = server.nobody().send("POST", "/j_spring_security_check", &[FORM], form(length).as_bytes());
        assert_too_large(&answer, &format!("a sign-in of {length}"));
        for path in ["/services/hrdb/Department/filter", "/services/hrdb/Department/count"] {
            let query = format!("q=deptId=1{}", " ".repeat(length - 10));
            assert_too_large(&admin.send("POST", path, &[FORM], query.as_bytes()), &format!("{path} of {length}"));
        }
    }
    let exactly = admin.send("PATCH", "/services/hrdb/Department/1", &[JSON], object(LIMIT).as_bytes());
    assert_eq!(exactly.status, 200, "{}", exactly.text());
    let exactly = server.nobody().send("POST", "/j_spring_security_check", &[FORM], form(LIMIT).as_bytes());
    assert_eq!(exactly.status, 401, "{}", exactly.text());
    let stranger = server.nobody().send("POST", "/services/hrdb/Department", &[JSON], object(LIMIT + 1).as_bytes());
    assert_eq!(stranger.status, 401, "who may not write is not measured");
}

#[test]
fn a_body_that_does_not_say_how_long_it_is_is_measured_as_it_comes() {
    let server = small();
    let token = server.mint("admin", "admin");
    let head = format!(
        "PATCH /services/hrdb/Department/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nwm_auth_token: {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunked = |length: usize| {
        let body = object(length);
        let chunks = body
            .as_bytes()
            .chunks(100)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)));
        format!("{head}{}0\r\n\r\n", chunks.collect::<String>())
    };
    let fits = raw::exchange(&server, chunked(LIMIT).as_bytes());
    assert_eq!(fits.status, 200, "{}", fits.text());
    assert_too_large(&raw::exchange(&server, chunked(LIMIT + 1).as_bytes()), "chunks");
}

#[test]
fn a_body_of_another_type_is_refused_and_one_without_type_is_read() {
    let server = Server::start();
    let admin = server.admin();
    let send = |content_type: Option<&str>| {
        let headers: Vec<_> = content_type.map(|given| ("Content-Type", given)).into_iter().collect();
        admin.send("PATCH", "/services/hrdb/Department/1", &headers, br#"{"location":"Oslo"}"#)
    };
    for content_type in ["text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "jsonp"] {
        let answer = send(Some(content_type));
        assert_eq!(answer.status, 415, "{content_type}");
        let text = format!("Content-Type '{content_type}' is not supported");
        assert_eq!(answer.error()["messageKey"], "com.wavemaker.commons.json$UnexpectedError", "{content_type}");
        assert_eq!(answer.error()["parameters"], json!([text]), "{content_type}");
        assert_eq!(answer.message(), text, "{content_type}");
    }
    for content_type in ["application/json;charset=UTF-8", "Application/JSON", "application/merge-patch+json"] {
        assert_eq!(send(Some(content_type)).status, 200, "{content_type}");
    }
    assert_eq!(send(None).status, 200);
    // WaveMaker's clients put a type on requests that have no body.
    for content_type in ["text/plain", "application/json", "nonsense"] {
        let answer = admin.send("GET", "/services/hrdb/Department", &[("Content-Type", content_type)], b"");
        assert_eq!(answer.status, 200, "{content_type}");
    }
    let answer = admin.send("DELETE", "/services/hrdb/Vacation/999", &[JSON], br#"{"id":999}"#);
    assert_eq!(answer.status, 404, "a body on DELETE is not read: {}", answer.text());
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    let unreadable = "com.wavemaker.commons.json$MessageNotReadable";
    let incorrect = "com.wavemaker.commons.json$InvalidJsonObject";
    for (body, key) in [
        (&b""[..], unreadable),
        (b"{", unreadable),
        (b"{\"location\":\"Oslo\"} x", unreadable),
        (b"null", unreadable),
        (b"\xff\xfe", unreadable),
        (b"{\"location\":\"\xff\"}", unreadable),
        (b"[]", incorrect),
        (b"1", incorrect),
        (b"\"text\"", incorrect),
    ] {
        let case = String::from_utf8_lossy(body).into_owned();
        let answer = admin.send("POST", "/services/hrdb/Department", &[JSON], body);
        assert_eq!(answer.status, 400, "{case}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], key, "{case}");
    }
    let deep = format!("{{\"location\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = admin.send("POST", "/services/hrdb/Department", &[JSON], deep.as_bytes());
    assert_eq!((answer.status, &answer.error()["messageKey"]), (400, &json!(unreadable)), "endless nesting");
}

#[test]
fn who_accepts_no_json_gets_none() {
    let server = Server::start();
    let admin = server.admin();
    let get =
        |client: &Client, accept: &str| client.send("GET", "/services/hrdb/Department/1", &[("Accept", accept)], b"");
    let page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for accept in ["*/*", "application/json", "application/*", "application/json, text/plain, */*", page, ""] {
        assert_eq!(get(&admin, accept).status, 200, "{accept}");
    }
    for accept in ["application/xml", "text/html", "image/*, text/csv;q=0.5"] {
        let answer = get(&admin, accept);
        assert_eq!(answer.status, 406, "{accept}");
        answer.error();
        // What is wrong with a request is said in JSON, whatever it accepts.
        assert_eq!(get(&server.nobody(), accept).status, 401, "{accept}");
    }
}
