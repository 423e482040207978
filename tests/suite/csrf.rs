//! The CSRF token: a session's writing request must show it, and nobody else needs one.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Server};

const PATH: &str = "/services/hrdb/Department/1";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn location(server: &Server) -> Json {
    server.admin().get(PATH).json()["location"].clone()
}

#[track_caller]
fn assert_refused(answer: &Answer, case: &str) {
    assert_eq!(answer.status, 403, "{case}: {}", answer.text());
    let error = answer.error();
    assert_eq!(error["messageKey"], "com.wavemaker.runtime.json$AccessDenied", "{case}");
    let (message, parameter) = (error["message"].as_str().unwrap(), error["parameters"][0].as_str().unwrap());
    assert_eq!(message, format!("Access Denied  {parameter}"), "{case}");
    assert!(parameter.contains("X-WM-XSRF-TOKEN") && parameter.contains("_csrf"), "{case}: {parameter}");
    for name in ["x-wm-login-errormessage", "set-cookie", "location"] {
        assert_eq!(answer.header(name), None, "{case}: {name}");
    }
}

#[test]
fn a_session_writes_only_with_its_own_csrf_token() {
    let server = Server::start();
    let (session, csrf) = server.sign_in("admin", "admin");
    let (_, others) = server.sign_in("admin", "admin");
    let (cookie, shout, longer) = (format!("SESSION={session}"), csrf.to_uppercase(), format!("{csrf}0"));
    // The cookie is for scripts to read: a browser sends it whoever made the request, so it proves nothing.
    let both = format!("SESSION={session}; wm_xsrf_token={csrf}");
    let cases = [
        ("the token", &cookie, Some(csrf.as_str()), "", true),
        ("the token as parameter", &cookie, None, csrf.as_str(), true),
        ("the token in both places", &cookie, Some(&csrf), &csrf, true),
        ("a header that is right and a parameter that is wrong", &cookie, Some(&csrf), &others, true),
        ("nothing", &cookie, None, "", false),
        ("only the cookie", &both, None, "", false),
        ("an empty header", &cookie, Some(""), "", false),
        ("another session's", &cookie, Some(&others), "", false),
        ("another session's as parameter", &cookie, None, &others, false),
        ("another case", &cookie, Some(&shout), "", false),
        ("a longer one", &cookie, Some(&longer), "", false),
        ("a part", &cookie, Some(&csrf[..31]), "", false),
        ("the session's id", &cookie, Some(&session), "", false),
        ("an empty header and the parameter", &cookie, Some(""), &csrf, false),
        ("a wrong header and the parameter", &cookie, Some(&others), &csrf, false),
    ];
    for (turn, (case, cookie, header, parameter, good)) in cases.into_iter().enumerate() {
        let path = if parameter.is_empty() { PATH.to_owned() } else { format!("{PATH}?_csrf={parameter}") };
        let mut headers = vec![JSON, ("Cookie", cookie.as_str())];
        headers.extend(header.map(|header| ("x-wm-xsrf-token", header)));
        let (before, wanted) = (location(&server), json!(format!("Place {turn}")));
        let body = json!({ "location": wanted }).to_string();
        let answer = server.nobody().send("PATCH", &path, &headers, body.as_bytes());
        if good {
            assert_eq!(answer.status, 200, "{case}: {}", answer.text());
            assert_eq!(location(&server), wanted, "{case}");
        } else {
            assert_refused(&answer, case);
            assert_eq!(location(&server), before, "{case}");
        }
    }
}

#[test]
fn every_writing_method_needs_the_csrf_token_before_anything_else_is_looked_at() {
    let server = Server::start();
    let forged = server.forged("admin", "admin");
    let before = server.admin().get("/services/hrdb/Department?size=100").text();
    for (method, path) in [
        ("POST", "/services/hrdb/Department"),
        ("POST", "/services/hrdb/Nothing"),
        ("POST", "/services/hrdb/Department/filter"),
        ("POST", "/services/hrdb/Department/count"),
        ("PUT", PATH),
        ("PATCH", PATH),
        ("DELETE", "/services/hrdb/Department/5"),
        ("DELETE", "/services/hrdb/Department/999"),
        ("PUT", "/services/hrdb/Department/composite-id?deptId=1"),
        ("POST", "/j_spring_security_check"),
        ("POST", "/j_spring_security_logout"),
    ] {
        assert_refused(&forged.send(method, path, &[JSON], b"no json"), &format!("{method} {path}"));
    }
    assert_eq!(server.admin().get("/services/hrdb/Department?size=100").text(), before);
    assert_eq!(forged.get("/services/security/user/username").json(), json!({"result": "admin"}), "still signed in");
    let employee = server.forged("boris.tran", "welcome");
    assert_refused(&employee.delete("/services/hrdb/User/1"), "who may not anyway");
}

#[test]
fn methods_that_change_nothing_are_free() {
    let server = Server::start();
    let forged = server.forged("admin", "admin");
    for method in ["GET", "HEAD", "OPTIONS"] {
        for path in [PATH, "/services/security/info", "/services/security/token", "/"] {
            assert_eq!(forged.send(method, path, &[], b"").status, 200, "{method} {path}");
        }
    }
    let wrong = [("X-WM-XSRF-TOKEN", "wrong")];
    assert_eq!(forged.send("GET", PATH, &wrong, b"").status, 200, "what is not needed is not looked at");
}

#[test]
fn who_does_not_come_with_a_session_needs_no_csrf_token() {
    let server = Server::start();
    for client in [server.basic("admin", "admin"), server.admin(), server.query_token("admin", "admin")] {
        assert_eq!(client.patch(PATH, &json!({"location": "Oslo"})).status, 200);
        let headers = [JSON, ("X-WM-XSRF-TOKEN", "wrong")];
        assert_eq!(client.send("PATCH", PATH, &headers, br#"{"location":"Oslo"}"#).status, 200);
    }
    for cookie in ["", "SESSION=", "SESSION=0123456789abcdef0123456789abcdef", "wm_xsrf_token=x"] {
        let answer = server.nobody().send("PATCH", PATH, &[JSON, ("Cookie", cookie)], br#"{"location":"Oslo"}"#);
        assert_eq!(answer.status, 401, "'{cookie}': {}", answer.text());
        assert_eq!(answer.header("x-wm-login-errormessage"), Some("Session Not Found"), "'{cookie}'");
    }
}

#[test]
fn the_csrf_token_stays_the_same_for_a_session_and_is_another_for_each() {
    let server = Server::start();
    let first = server.browser("admin", "admin");
    let (_, again) = server.sign_in("admin", "admin");
    for turn in 0..3 {
        let answer = first.patch(PATH, &json!({"location": format!("Place {turn}")}));
        assert_eq!((answer.status, answer.set_cookies().count()), (200, 0), "{}", answer.text());
    }
    let (_, other) = server.sign_in("admin", "admin");
    assert_ne!(again, other);
}
