//! Headers of every answer of every endpoint, and the hosts for which there is one.

use hrdb::http::endpoints::ENDPOINTS;

use crate::endpoints::example;
use crate::support::{Answer, Server};
use crate::{raw, support::Client};

#[track_caller]
fn assert_hard(answer: &Answer, is_page: bool, case: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{case}");
        assert_eq!(answer.headers.iter().filter(|(key, _)| key == name).count(), 1, "{case}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{case} has no policy"));
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{case}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{case}: {policy}");
    assert_eq!(policy.contains("script-src 'self'"), is_page, "{case}: {policy}");
    if is_page {
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{case}");
        let permissions = answer.header("permissions-policy").unwrap();
        for feature in ["camera=()", "microphone=()", "geolocation=()", "payment=()"] {
            assert!(permissions.contains(feature), "{case}: {permissions}");
        }
    }
    let caching = answer.header("cache-control").unwrap_or_else(|| panic!("{case} may be kept"));
    assert!(caching.contains("no-store") || caching.contains("no-cache"), "{case}: {caching}");
    assert!(answer.header("x-wm-request-track-id").is_some() && answer.header("server").is_none(), "{case}");
    assert!(answer.header("strict-transport-security").is_none(), "{case} came by http");
}

#[test]
fn every_answer_of_every_endpoint_tells_browsers_what_not_to_do_with_it() {
    let server = Server::start();
    for endpoint in ENDPOINTS {
        let example = example(endpoint);
        let method = endpoint.method.name();
        for client in [server.nobody(), server.basic("user", "user"), server.basic("admin", "admin")] {
            let ask = |client: &Client| match &example.body {
                Some(body) => client.json(method, example.path, body),
                None => client.send(method, example.path, &[], b""),
            };
            let answer = ask(&client);
            let case = format!("{} {}", endpoint.id, answer.status);
            assert_hard(
                &answer,
                !["/services/", "/health/", "/metrics"].iter().any(|start| example.path.starts_with(start)),
                &case,
            );
            if example.path.starts_with("/services/security/") || example.path.starts_with("/j_spring") {
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
            }
        }
    }
}

#[test]
fn a_browser_that_came_by_https_must_come_back_by_it() {
    for (seconds, expected) in [(31_536_000, Some("max-age=31536000")), (60, Some("max-age=60")), (0, None)] {
        let server = Server::start_with(|settings| {
            settings.trusted_proxies = "127.0.0.1".parse().unwrap();
            settings.hsts_max_age_seconds = seconds;
        });
        for path in ["/login.html", "/services/security/info", "/services/hrdb/User"] {
            let answer = server.nobody().send("GET", path, &[("X-Forwarded-Proto", "https")], b"");
            assert_eq!(answer.header("strict-transport-security"), expected, "{path}");
            assert_eq!(server.nobody().get(path).header("strict-transport-security"), None, "{path} by http");
        }
    }
}

fn status(server: &Server, head: &str) -> u16 {
    raw::exchange(server, format!("{head}Connection: close\r\n\r\n").as_bytes()).status
}

#[test]
fn a_host_that_is_none_is_refused_in_the_envelope() {
    let server = Server::start();
    for host in ["", " ", "a b", "a/b", "a@b", "a\\b", "a:x", "a:99999", "\u{e4}", "<script>", "[::1", "a,b", "a%20b"] {
        let bytes = format!("GET /services/security/info HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = raw::exchange(&server, bytes.as_bytes());
        assert_eq!(answer.status, 400, "{host}: {}", answer.text());
        assert_eq!(answer.message(), "Invalid Input: the request names no host", "{host}");
    }
    let hosts = ["a", "a.example:80", "127.0.0.1", "[::1]:8080", "A_b-c"];
    let named = Server::start_with(|settings| settings.allowed_hosts = hosts.join(",").parse().unwrap());
    for host in hosts {
        assert_eq!(status(&named, &format!("GET /services/security/info HTTP/1.1\r\nHost: {host}\r\n")), 200, "{host}");
    }
    // Only a proxy is asked with a whole URL, which must not contradict the header.
    let whole = |host: &str| format!("GET http://localhost/services/security/info HTTP/1.1\r\nHost: {host}\r\n");
    assert_eq!((status(&server, &whole("localhost")), status(&server, &whole("127.0.0.1"))), (200, 400));
    assert_eq!(status(&server, "GET /services/security/info HTTP/1.0\r\n"), 200, "an old client knows no hosts");
}

#[test]
fn a_request_for_a_host_that_is_not_named_is_refused() {
    let server = Server::start_with(|settings| {
        settings.allowed_hosts = "hr.example.com,127.0.0.1:8080".parse().unwrap();
        settings.trusted_proxies = "127.0.0.1".parse().unwrap();
    });
    let ask = |version: &str, headers: &str| status(&server, &format!("GET /login.html HTTP/{version}\r\n{headers}"));
    for (headers, expected) in [
        ("Host: hr.example.com\r\n", 200),
        ("Host: HR.example.com:8443\r\n", 200),
        ("Host: 127.0.0.1:8080\r\n", 200),
        ("Host: 127.0.0.1\r\n", 400),
        ("Host: evil.example\r\n", 400),
        ("Host: hr.example.com.evil.example\r\n", 400),
        ("Host: evil.example\r\nX-Forwarded-Host: hr.example.com\r\n", 200),
        ("Host: hr.example.com\r\nX-Forwarded-Host: evil.example\r\n", 400),
    ] {
        assert_eq!(ask("1.1", headers), expected, "{headers}");
    }
    assert_eq!(ask("1.0", ""), 400, "who names no host asks for none that is served");
}
