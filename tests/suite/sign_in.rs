//! Signing in with a form: who may, and what scripts and browsers are answered.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Answer, Server};

pub const SIGN_IN: &str = "/j_spring_security_check";
const WHO: &str = "/services/security/user/username";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const SCRIPT: (&str, &str) = ("X-Requested-With", "XMLHttpRequest");
const GOING_TO_A_PAGE: (&str, &str) = ("Sec-Fetch-Mode", "navigate");
const WANTS_A_PAGE: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

const FAILED: &str = concat!(
    r#"{"errors":{"error":[{"id":null,"messageKey":"com.wavemaker.runtime.security.authentication.failed","#,
    r#""message":"Authentication Failed :Bad credentials","parameters":["Bad credentials"]}]}}"#
);

type Headers = &'static [(&'static str, &'static str)];

/// A cookie as it is set: its name, its value and its attributes.
pub fn cookies(answer: &Answer) -> Vec<(String, String, BTreeSet<String>)> {
    let split = |cookie: &str| {
        let mut parts = cookie.split(';').map(|part| part.trim().to_owned());
        let first = parts.next().unwrap();
        let (name, value) = owned(first.split_once('=').unwrap());
        (name, value, parts.collect())
    };
    answer.set_cookies().map(split).collect()
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Sends a form with headers of the test's choice.
fn post(server: &Server, headers: &[(&str, &str)], form: &str) -> Answer {
    let headers: Vec<_> = [FORM].iter().chain(headers).copied().collect();
    server.nobody().send("POST", SIGN_IN, &headers, form.as_bytes())
}

#[track_caller]
fn assert_failed(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (401, FAILED), "{case}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
    // With "Session Not Found" a client would wait for a sign-in, which is what has just failed.
    assert_eq!(answer.header("x-wm-login-errormessage"), Some("Authentication Failed"), "{case}");
    for name in ["location", "set-cookie", "www-authenticate"] {
        assert_eq!(answer.header(name), None, "{case}: {name}");
    }
}

fn is_signed_in(server: &Server, answer: &Answer, name: &str) -> bool {
    let cookie = format!("SESSION={}", answer.cookie("SESSION").unwrap_or_default());
    server.nobody().send("GET", WHO, &[("Cookie", &cookie)], b"").json() == json!({ "result": name })
}

#[test]
fn a_script_gets_the_csrf_token_and_a_browser_is_sent_home() {
    let server = Server::start();
    let form = "j_username=admin&j_password=admin&j_rememberme=false";
    let cases: [(&str, Headers, bool); 6] = [
        ("a WaveMaker client", &[SCRIPT, ("Accept", "application/json, text/plain, */*")], false),
        ("a script without a mark", &[], false),
        ("a fetch", &[("Sec-Fetch-Mode", "cors"), WANTS_A_PAGE], false),
        ("a script that navigates", &[SCRIPT, GOING_TO_A_PAGE, WANTS_A_PAGE], false),
        ("a browser", &[GOING_TO_A_PAGE, WANTS_A_PAGE], true),
        ("an old browser", &[WANTS_A_PAGE], true),
    ];
    for (case, headers, is_browser) in cases {
        let answer = post(&server, headers, form);
        let csrf = answer.cookie("wm_xsrf_token").unwrap_or_else(|| panic!("{case}: {}", answer.text()));
        if is_browser {
            assert_eq!((answer.status, answer.header("location")), (302, Some("/")), "{case}");
            assert_eq!(answer.text(), "", "{case}");
        } else {
            assert_eq!((answer.status, answer.header("location")), (200, None), "{case}");
            assert_eq!(answer.header("content-type"), Some("text/plain;charset=utf-8"), "{case}");
            assert_eq!(answer.text(), format!(r#"{{"wm_xsrf_token":"{csrf}"}}"#), "{case}");
            assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-")), "{case}");
        }
        assert_eq!(answer.header("x-wm-login-errormessage"), None, "{case}");
        assert!(is_signed_in(&server, &answer, "admin"), "{case}");
    }
}

#[test]
fn the_cookies_have_exactly_the_attributes_that_they_need() {
    let server = Server::start_with(|settings| settings.trusted_proxies = "127.0.0.1".parse().unwrap());
    let plain: [&[(&str, &str)]; 3] = [&[], &[("X-Forwarded-Proto", "http")], &[WANTS_A_PAGE]];
    let secure: [&[(&str, &str)]; 2] =
        [&[("X-Forwarded-Proto", "https")], &[("X-Forwarded-Proto", "https"), WANTS_A_PAGE]];
    let all = plain.map(|headers| (headers, false)).into_iter().chain(secure.map(|headers| (headers, true)));
    for (headers, secure) in all {
        let cookies = cookies(&post(&server, headers, "j_username=admin&j_password=admin"));
        let names: Vec<_> = cookies.iter().map(|(name, _, _)| name.as_str()).collect();
        assert_eq!(names, ["SESSION", "wm_xsrf_token"]);
        assert_ne!(cookies[0].1, cookies[1].1, "a script that may read the one must not learn the other");
        for (name, value, attributes) in &cookies {
            assert!(value.len() >= 32, "{name} has at least 128 bits");
            // The script of a page reads the CSRF token and must not read the session. No Max-Age, no Expires: both end
            // with the browser.
            let mut expected = BTreeSet::from(["Path=/", "SameSite=Lax"]);
            expected.extend((name == "SESSION").then_some("HttpOnly"));
            expected.extend(secure.then_some("Secure"));
            let attributes: BTreeSet<_> = attributes.iter().map(String::as_str).collect();
            assert_eq!(attributes, expected, "{name} with {headers:?}");
        }
    }
}

#[test]
fn a_failed_sign_in_says_nothing_but_that() {
    let server = Server::start_with(|settings| settings.sign_in_attempts = 0);
    let ways: [&[(&str, &str)]; 4] = [&[SCRIPT], &[], &[GOING_TO_A_PAGE, WANTS_A_PAGE], &[WANTS_A_PAGE]];
    for headers in ways {
        assert_failed(&post(&server, headers, "j_username=admin&j_password=wrong"), &format!("{headers:?}"));
    }
    for (case, form) in [
        ("another case of the name", "j_username=ADMIN&j_password=admin"),
        ("another case of the password", "j_username=admin&j_password=ADMIN"),
        ("white space after the password", "j_username=admin&j_password=admin+"),
        ("white space before the password", "j_username=admin&j_password=%20admin"),
        ("white space within the name", "j_username=ad+min&j_password=admin"),
        ("a role that cannot sign in", "j_username=anon&j_password=anon"),
        ("an empty password", "j_username=admin&j_password="),
        ("no password", "j_username=admin"),
        ("no name", "j_password=admin"),
        ("a blank name", "j_username=++&j_password=admin"),
        ("nothing", ""),
        ("fields of another name", "username=admin&password=admin"),
        ("fields in another case", "J_USERNAME=admin&J_PASSWORD=admin"),
        ("a stored hash", "j_username=admin&j_password=%24argon2id%24v%3D19"),
        ("a pattern", "j_username=%25&j_password=admin"),
        ("an injection", "j_username=admin'--&j_password=x"),
        ("a NUL", "j_username=admin%00&j_password=admin"),
    ] {
        assert_failed(&post(&server, &[SCRIPT], form), case);
    }
    let long = format!("j_username={}&j_password={}", "a".repeat(4_000), "b".repeat(4_000));
    assert_failed(&post(&server, &[SCRIPT], &long), "fields as long as may be");
}

#[test]
fn an_unknown_user_and_a_wrong_password_look_the_same() {
    let server = Server::start();
    // All that may differ is what differs from one request to the next.
    let shown = |form: &str| {
        let answer = post(&server, &[SCRIPT], form);
        let varies = |name: &str| ["date", "x-wm-request-track-id", "server-timing"].contains(&name);
        let headers: BTreeSet<_> = answer.headers.iter().filter(|(name, _)| !varies(name)).cloned().collect();
        (answer.status, headers, answer.text())
    };
    let wrong = shown("j_username=admin&j_password=wrong");
    for form in [
        "j_username=nobody.here&j_password=wrong",
        "j_username=erin.lund&j_password=wrong",
        "j_username=anon&j_password=anon",
    ] {
        assert_eq!(shown(form), wrong, "{form}");
    }
}

#[test]
fn every_account_of_both_sources_can_sign_in_and_its_name_is_trimmed() {
    let server = Server::start();
    for (name, password) in [
        ("admin", "admin"),
        ("user", "user"),
        ("admin2", "admin2"),
        ("user2", "user2"),
        ("erin.lund", "welcome"),
        ("boris.tran", "welcome"),
    ] {
        for form in [
            format!("j_username={name}&j_password={password}"),
            format!("j_username=+{name}%20%0A&j_password={password}"),
            format!("j_password={password}&x=y&j_username={}&", name.replace('.', "%2E")),
        ] {
            let answer = post(&server, &[SCRIPT], &form);
            assert_eq!(answer.status, 200, "{form}: {}", answer.text());
            assert!(is_signed_in(&server, &answer, name), "{form}");
        }
    }
}

#[test]
fn what_a_form_escapes_is_what_was_typed() {
    let server = Server::start();
    let body = json!({"username": "jörg", "password": " a+b&c=d%é ", "role": "userrole"});
    assert_eq!(server.admin().post("/services/hrdb/User", &body).status, 200);
    let answer = post(&server, &[SCRIPT], "j_username=j%C3%B6rg&j_password=+a%2Bb%26c%3Dd%25%C3%A9%20");
    assert!(is_signed_in(&server, &answer, "jörg"), "{}", answer.text());
}

#[test]
fn a_browser_can_be_sent_to_a_page_of_the_application_and_nowhere_else() {
    let server = Server::start();
    for (page, location) in [
        ("Main", "/#Main"),
        ("", "/"),
        ("%2F%2Fevil.example", "/#%2F%2Fevil%2Eexample"),
        ("a%0D%0ASet-Cookie:+x=y", "/#a%0D%0ASet%2DCookie%3A%20x%3Dy"),
    ] {
        let form = format!("j_username=admin&j_password=admin&redirectPage={page}");
        let answer = post(&server, &[GOING_TO_A_PAGE], &form);
        assert_eq!((answer.status, answer.header("location")), (302, Some(location)), "{page}");
        assert_eq!(answer.set_cookies().count(), 2, "{page}");
        let answer = post(&server, &[SCRIPT], &form);
        assert_eq!((answer.status, answer.header("location")), (200, None), "{page}");
    }
}

#[test]
fn only_a_posted_form_signs_in() {
    let server = Server::start();
    let body = br#"{"j_username":"admin","j_password":"admin"}"#;
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let answer = server.nobody().send("POST", SIGN_IN, &[("Content-Type", content_type), SCRIPT], body);
        assert_eq!(answer.status, 415, "{content_type}: {}", answer.text());
        assert_eq!((answer.error()["id"].is_null(), answer.set_cookies().count()), (true, 0));
        assert_eq!(answer.header("x-wm-login-errormessage"), None, "{content_type}");
    }
    let with_charset = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    let answer = server.nobody().send("POST", SIGN_IN, &[with_charset, SCRIPT], b"j_username=admin&j_password=admin");
    assert_eq!(answer.status, 200, "{}", answer.text());
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
        let path = format!("{SIGN_IN}?j_username=admin&j_password=admin");
        let answer = server.nobody().send(method, &path, &[SCRIPT], b"");
        assert_eq!((answer.status, answer.set_cookies().count()), (405, 0), "{method}");
        assert_eq!(answer.header("allow"), Some("POST, OPTIONS"), "{method}");
    }
}

#[test]
fn who_comes_with_a_token_or_basic_credentials_is_given_no_cookie() {
    let server = Server::start();
    // Such a request is stateless, whatever it asks for.
    for client in [server.admin(), server.query_token("admin", "admin"), server.basic("admin", "admin")] {
        let answer = client.form(SIGN_IN, "j_username=user&j_password=user");
        assert_eq!(answer.set_cookies().count(), 0, "{} {}", answer.status, answer.text());
    }
}
