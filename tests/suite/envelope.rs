//! What every answer has in common: one shape of errors in every layer, the same headers, and nothing about the server.

use serde_json::json;

use crate::raw;
use crate::support::{Answer, Server};

const ACCESS_DENIED: &str = "com.wavemaker.runtime.json$AccessDenied";
const NOT_FOUND: &str = "com.wavemaker.runtime.requested.resource.not.found";
const INVALID_INPUT: &str = "com.wavemaker.runtime.data$InvalidInput";
const UNAUTHORIZED: &str = "com.wavemaker.unAuthorized";

/// The headers that every answer has, and those that none has.
#[track_caller]
fn assert_common(answer: &Answer, case: &str) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{case}");
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{case} has no policy"));
    for part in ["default-src 'none'", "frame-ancestors "] {
        assert!(policy.contains(part), "{case}: {policy}");
    }
    for part in ["unsafe-inline", "unsafe-eval", "*", "http:"] {
        assert!(!policy.contains(part), "{case}: {policy}");
    }
    let id = answer.header("x-wm-request-track-id").unwrap_or_else(|| panic!("{case} has no request id"));
    assert!(id.contains('.'), "{case}: {id}");
    for name in ["server", "x-powered-by", "via", "access-control-allow-origin", "access-control-allow-credentials"] {
        assert_eq!(answer.header(name), None, "{case}: {name}");
    }
    if answer.status >= 400 {
        let text = answer.text().to_lowercase();
        for word in ["actix", "sqlite", "rust", "panicked", ".rs", env!("CARGO_PKG_VERSION")] {
            assert!(!text.contains(word), "{case} tells of {word}: {text}");
        }
    }
}

#[test]
fn every_layer_fails_in_the_same_shape() {
    let server = Server::start();
    let (admin, user, nobody) = (server.admin(), server.token("user", "user"), server.nobody());
    let forged = server.forged("admin", "admin");
    let wrong = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    let preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT")];
    let text = [("Content-Type", "text/plain")];
    let not_found = |path: &str| (404, NOT_FOUND, format!("Requested resource {path} not found"));
    let no_method =
        |method: &str| (405, INVALID_INPUT, format!("Invalid Input: Request method '{method}' is not supported"));
    let refused = (403, ACCESS_DENIED, "Access Denied  Access is denied".to_owned());
    let unknown = (401, UNAUTHORIZED, "unAuthorized".to_owned());
    let cases = [
        ("an unknown page", nobody.get("/a/b"), not_found("/a/b")),
        ("an unknown service", admin.get("/services/nothing/User"), not_found("/services/nothing/User")),
        ("an unknown entity", admin.get("/services/hrdb/user"), not_found("/services/hrdb/user")),
        ("an unknown url", admin.get("/services/hrdb/a/b/c/d"), not_found("/services/hrdb/a/b/c/d")),
        ("a slash at the end", admin.get("/services/hrdb/Nothing/"), not_found("/services/hrdb/Nothing")),
        ("below the context", wrong.admin().get("/Demo/services/x/y"), not_found("/services/x/y")),
        ("another method", admin.delete("/services/security/info"), no_method("DELETE")),
        ("an invented method", admin.send("BREW", "/services/hrdb/User/1", &[], b""), no_method("BREW")),
        ("TRACE", admin.send("TRACE", "/login.html", &[], b""), no_method("TRACE")),
        ("nobody", nobody.get("/services/hrdb/User"), unknown.clone()),
        ("nobody with another method", nobody.send("BREW", "/services/hrdb/User", &[], b""), unknown.clone()),
        ("nobody at an unknown url", nobody.get("/services/hrdb/a/b/c/d"), unknown),
        ("a role that may not", user.get("/services/hrdb/User"), refused.clone()),
        ("a role that may not write", user.delete("/services/hrdb/Department/1"), refused),
        (
            "a request forged",
            forged.delete("/services/hrdb/Department/1"),
            (403, ACCESS_DENIED, "Access Denied  The CSRF token".to_owned()),
        ),
        (
            "a preflight",
            nobody.send("OPTIONS", "/services/hrdb/User", &preflight, b""),
            (403, ACCESS_DENIED, "Access Denied  Invalid CORS request".to_owned()),
        ),
        (
            "another type",
            admin.send("POST", "/services/hrdb/Department", &text, b"x"),
            (415, "com.wavemaker.commons.json$UnexpectedError", "Content-Type 'text/plain'".to_owned()),
        ),
        (
            "no JSON",
            admin.send("POST", "/services/hrdb/Department", &[], b"x"),
            (400, "com.wavemaker.commons.json$MessageNotReadable", "Message not readable".to_owned()),
        ),
        ("broken UTF-8", admin.get("/services/hrdb/User?sort=%FF"), (400, INVALID_INPUT, "Invalid Input: ".to_owned())),
        ("a NUL", admin.get("/services/hrdb/User/%00"), (400, INVALID_INPUT, "Invalid Input: ".to_owned())),
        ("no number", admin.get("/services/hrdb/User/x"), (400, INVALID_INPUT, "Invalid Input: ".to_owned())),
    ];
    for (case, answer, (status, key, message)) in cases {
        assert_eq!(answer.status, status, "{case}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error["messageKey"], key, "{case}");
        assert!(answer.message().starts_with(&message), "{case}: {error}");
        // A client fills the template with these; here it is filled, and they are still there.
        for parameter in error["parameters"].as_array().unwrap() {
            let parameter = parameter.as_str().unwrap_or_else(|| panic!("{case}: a parameter is a text"));
            assert!(status == 401 || answer.message().contains(parameter), "{case}: {error}");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
        let waits = answer.header("x-wm-login-errormessage") == Some("Session Not Found");
        assert_eq!(waits, status == 401, "{case}");
        assert_common(&answer, case);
    }
}

#[test]
fn what_fails_inside_says_nothing_of_its_cause() {
    let server = Server::start();
    let admin = server.admin();
    let file = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    // Every change of a vacation now runs into a function that there is not.
    for change in ["INSERT", "UPDATE", "DELETE"] {
        let trigger = format!("CREATE TRIGGER T{change} AFTER {change} ON VACATION BEGIN SELECT no_such_thing(); END");
        file.execute_batch(&trigger).unwrap();
    }
    for answer in [
        admin.post("/services/hrdb/Vacation", &json!({"empId": 1})),
        admin.patch("/services/hrdb/Vacation/1", &json!({"empId": 2})),
        admin.delete("/services/hrdb/Vacation/1"),
    ] {
        assert_eq!(answer.status, 500, "{}", answer.text());
        assert_eq!(answer.error()["messageKey"], "com.wavemaker.commons.json$UnexpectedError");
        assert_eq!(answer.error()["parameters"], json!(["Internal Server Error"]));
        assert_eq!(answer.message(), "Internal Server Error");
        assert!(!answer.text().contains("no_such_thing"));
        assert_common(&answer, "a broken trigger");
    }
    assert_eq!(admin.get("/services/hrdb/Department").status, 200, "the rest goes on");
}

#[test]
fn an_escaped_path_is_guarded_like_a_plain_one() {
    let server = Server::start();
    let (user, employee) = (server.token("user", "user"), server.token("boris.tran", "welcome"));
    for path in
        ["/services/hrdb/%55ser", "/services/hrdb/%55%73%65%72/1", "/services/%68rdb/User", "/services/hrdb/User/"]
    {
        for client in [&user, &employee] {
            assert_eq!(client.get(path).status, 403, "{path}");
        }
        assert_eq!(server.nobody().get(path).status, 401, "{path}");
    }
    for path in [
        "/services/hrdb/Department/../User",
        "/services/./hrdb/User",
        "/services//hrdb/User",
        "/services/hrdb/User%2F1",
    ] {
        let answer = user.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
        answer.error();
    }
}

#[test]
fn a_path_says_which_methods_it_takes() {
    let server = Server::start();
    for (path, allow) in [
        ("/services/hrdb/User", "GET, POST, HEAD, OPTIONS"),
        ("/services/hrdb/User/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("/services/security/token", "GET, DELETE, HEAD, OPTIONS"),
        ("/j_spring_security_check", "POST, OPTIONS"),
        ("/login.html", "GET, HEAD, OPTIONS"),
    ] {
        let sorted = |text: &str| {
            let mut names: Vec<_> = text.split(", ").map(str::to_owned).collect();
            names.sort();
            names
        };
        // With an origin, but without the question of a preflight, it is an ordinary request.
        for headers in [&[][..], &[("Origin", "https://evil.example")]] {
            for client in [server.nobody(), server.admin(), server.forged("admin", "admin")] {
                let answer = client.send("OPTIONS", path, headers, b"");
                assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}: {}", answer.text());
                assert_eq!(sorted(answer.header("allow").unwrap()), sorted(allow), "{path}");
                assert_common(&answer, path);
            }
        }
        let answer = server.admin().send("BREW", path, &[], b"");
        assert_eq!(answer.status, 405, "{path}");
        assert_eq!(sorted(answer.header("allow").unwrap()), sorted(allow), "{path}");
    }
}

#[test]
fn no_other_origin_is_given_a_right() {
    let server = Server::start();
    let origin = ("Origin", "https://evil.example");
    for method in ["GET", "POST", "PUT", "DELETE"] {
        for path in ["/services/hrdb/User", "/services/security/token", "/", "/j_spring_security_check"] {
            let headers = [origin, ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "x")];
            let answer = server.nobody().send("OPTIONS", path, &headers, b"");
            assert_eq!(answer.status, 403, "{method} {path}");
            assert_eq!(answer.message(), "Access Denied  Invalid CORS request", "{method} {path}");
            assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{method} {path}");
            assert_common(&answer, path);
        }
    }
    let answer = server.admin().send("GET", "/services/hrdb/User/1", &[origin], b"");
    assert_eq!(answer.status, 200, "who asks without asking for permission is answered, which his browser keeps back");
    assert_common(&answer, "another origin");
}

#[test]
fn a_preflight_is_refused_before_it_is_known_whether_there_is_such_a_url() {
    let server = Server::start();
    let headers = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")];
    for path in ["/services/hrdb/a/b/c/d", "/services", "/a/b"] {
        let answer = server.nobody().send("OPTIONS", path, &headers, b"");
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
    }
}

#[test]
fn every_good_answer_has_the_common_headers_too() {
    let server = Server::start();
    let admin = server.admin();
    for path in
        ["/", "/login.html", "/app.css", "/services/security/info", "/services/hrdb/Employee", "/services/hrdb/User/1"]
    {
        assert_common(&admin.get(path), path);
        assert_common(&admin.send("HEAD", path, &[], b""), path);
    }
    let tag = admin.get("/app.css").header("etag").unwrap().to_owned();
    assert_common(&admin.send("GET", "/app.css", &[("If-None-Match", &tag)], b""), "304");
    assert_common(&server.nobody().form("/j_spring_security_check", "j_username=admin&j_password=admin"), "signing in");
    assert_common(&server.nobody().form("/j_spring_security_check", ""), "failing to sign in");
    assert_common(&server.nobody().send("GET", "/", &[("Accept", "text/html")], b""), "a redirect");
    assert_common(&server.nobody().send("GET", "/", &[("wm_auth_token", "x")], b""), "an invalid token");
}

#[test]
fn a_request_keeps_its_id_if_it_is_a_decent_one() {
    let server = Server::start();
    let id = |given: Option<&str>, path: &str| {
        let headers: Vec<_> = given.map(|given| ("X-WM-Request-Track-Id", given)).into_iter().collect();
        server.nobody().send("GET", path, &headers, b"").header("x-wm-request-track-id").unwrap().to_owned()
    };
    for path in ["/login.html", "/services/hrdb/User", "/nothing"] {
        assert_eq!(id(Some("app.AbC_12-3"), path), "app.AbC_12-3", "{path}");
        assert_eq!(id(Some("a.b.c"), path), "a.b.c", "{path}");
        assert_eq!(id(Some("abc123"), path), "app.abc123", "{path}");
        let endless = "a.".repeat(500);
        for indecent in ["", "a b.c", "<script>.x", "\"a.b\"", "a.b;c", "a.b/c", "a.b:c", endless.as_str()] {
            let own = id(Some(indecent), path);
            let random = own.strip_prefix("app.").unwrap_or_else(|| panic!("{path} with {indecent}: {own}"));
            assert!(random.len() == 8 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{own}");
        }
        assert_ne!(id(None, path), id(None, path), "{path}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let server = Server::start();
    let (admin, nobody) = (server.admin(), server.nobody());
    for (client, path) in [
        (&nobody, "/login.html"),
        (&nobody, "/app.css"),
        (&nobody, "/services/security/info"),
        (&nobody, "/services/application/wmProperties.js"),
        (&nobody, "/services/hrdb/User"),
        (&nobody, "/nothing"),
        (&nobody, "/services/security/token"),
        (&admin, "/"),
        (&admin, "/services/hrdb/User"),
        (&admin, "/services/hrdb/User/1"),
        (&admin, "/services/hrdb/User/999"),
        (&admin, "/services/hrdb/User/count"),
        (&admin, "/services/security/token"),
    ] {
        let (get, head) = (client.get(path), client.send("HEAD", path, &[], b""));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control", "x-wm-login-errormessage"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[test]
fn a_request_that_is_no_http_is_refused_and_the_server_goes_on() {
    let server = Server::start();
    for request in [
        "GET /login.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n".to_owned(),
        "GET /login.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_owned(),
        "GET /login.html HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n".to_owned(),
        "GET /lo gin.html HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "\r\n\r\nnonsense\r\n\r\n".to_owned(),
    ] {
        let answer = raw::exchange(&server, request.as_bytes());
        assert!((400..500).contains(&answer.status), "{request}: {}", answer.text());
        assert_eq!(answer.header("server"), None);
    }
    assert_eq!(server.nobody().get("/login.html").status, 200);
}
