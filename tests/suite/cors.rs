//! Pages of other origins: what they may read when the operator names them. That they may read nothing otherwise stands
//! in `envelope`.

use serde_json::json;

use crate::support::{Answer, Client, Credentials, Server};

const APP: (&str, &str) = ("Origin", "https://app.example.com");
const EVIL: (&str, &str) = ("Origin", "https://evil.example");

fn allowing(origins: &str, credentials: bool) -> Server {
    Server::start_with(|settings| {
        settings.cors_allowed_origins = origins.parse().unwrap();
        settings.cors_allow_credentials = credentials;
    })
}

fn preflight(client: &Client, origin: (&str, &str), method: &str, names: &str) -> Answer {
    let asked = [origin, ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", names)];
    client.send("OPTIONS", "/services/hrdb/Department/1", &asked, b"")
}

fn varies(answer: &Answer, by: &str) -> bool {
    let values = answer.headers.iter().filter(|(name, _)| name == "vary");
    values.flat_map(|(_, value)| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(by))
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.message().as_str()), (403, "Access Denied  Invalid CORS request"));
    let rights = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
    assert_eq!(rights.count(), 0, "{:?}", answer.headers);
    assert!(varies(answer, "Origin"));
}

#[test]
fn a_named_origin_is_told_what_it_may_send_before_anybody_has_signed_in() {
    let server = allowing("https://app.example.com,http://localhost:3000", false);
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer = preflight(&server.nobody(), APP, method, "wm_auth_token, content-type");
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{method}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP.1));
        assert_eq!(answer.header("access-control-allow-methods"), Some(method));
        assert_eq!(answer.header("access-control-allow-headers"), Some("wm_auth_token, content-type"));
        assert_eq!(answer.header("access-control-max-age"), Some("1600"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        for by in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            assert!(varies(&answer, by), "{by}");
        }
    }
    for name in ["x\u{7f}", "a(b)", &"x".repeat(2000)] {
        let bytes = format!("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: {}\r\n", APP.1)
            + &format!("Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: {name}\r\n\r\n");
        assert_eq!(crate::raw::exchange(&server, bytes.as_bytes()).header("access-control-allow-headers"), None);
    }
    for method in ["TRACE", "BREW", "get"] {
        let answer = preflight(&server.nobody(), APP, method, "x");
        assert_eq!((answer.status, answer.header("access-control-allow-methods")), (403, None), "{method}");
    }
}

#[test]
fn a_named_origin_may_read_answers_and_refusals() {
    let server = allowing("https://app.example.com", false);
    for (client, path, status) in [
        (server.admin(), "/services/hrdb/Department/1", 200),
        (server.admin(), "/services/hrdb/Department/99", 404),
        (server.nobody(), "/services/hrdb/Department/1", 401),
    ] {
        let answer = client.send("GET", path, &[APP], b"");
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP.1), "{path}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in ["ETag", "X-WM-Request-Track-Id", "Retry-After"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        assert!(varies(&answer, "Origin"));
        // An answer that was asked for without an origin must not be kept for one.
        let own = client.get(path);
        assert!(varies(&own, "Origin") && own.header("access-control-allow-origin").is_none(), "{path}");
    }
}

#[test]
fn an_origin_that_is_not_named_is_refused() {
    let server = allowing("https://app.example.com", false);
    let before = server.admin().get("/services/hrdb/Department/count").text();
    for origin in [
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:444",
        "https://app.example.com.evil.example",
        "https://x.app.example.com",
        "null",
        "",
    ] {
        assert_refused(&preflight(&server.nobody(), ("Origin", origin), "GET", "x"));
        let body = [("Origin", origin), ("Content-Type", "application/json")];
        assert_refused(&server.admin().send("POST", "/services/hrdb/Department", &body, b"{}"));
    }
    assert_eq!(server.admin().get("/services/hrdb/Department/count").text(), before);
}

#[test]
fn a_page_of_the_server_itself_is_no_other_origin() {
    let server = allowing("https://app.example.com", false);
    let own = format!("http://{}", server.address);
    let headers = [("Origin", own.as_str()), ("Content-Type", "application/json")];
    let answer = server.browser("admin", "admin").send("POST", "/services/hrdb/Department", &headers, b"{}");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
}

#[test]
fn everybody_may_be_allowed_to_read_what_needs_no_cookie() {
    let server = allowing("*", false);
    let answer = server.admin().send("GET", "/services/hrdb/Department/1", &[EVIL], b"");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(preflight(&server.nobody(), EVIL, "PUT", "x").status, 200);
}

#[test]
fn a_session_from_another_origin_needs_its_csrf_token_all_the_same() {
    let server = allowing("https://app.example.com", true);
    let (session, csrf) = server.sign_in("admin", "admin");
    let as_session = |csrf| Client::new(server.address, Credentials::Session { session: session.clone(), csrf });
    let change = [APP, ("Content-Type", "application/json")];
    let send =
        |client: &Client| client.send("PATCH", "/services/hrdb/Department/1", &change, br#"{"location":"Oslo"}"#);
    let forged = send(&as_session(None));
    assert_eq!((forged.status, forged.header("access-control-allow-credentials")), (403, Some("true")));
    assert!(forged.message().contains("CSRF"), "{}", forged.text());
    let proved = send(&as_session(Some(csrf)));
    assert_eq!((proved.status, &proved.json()["location"]), (200, &json!("Oslo")));
}
