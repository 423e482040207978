//! Signing out: the session dies, the cookies are taken back, and it never fails.

use std::collections::BTreeSet;

use serde_json::json;

use crate::sign_in::cookies;
use crate::support::{Answer, Client, Credentials, Server};

type Headers<'a> = &'a [(&'a str, &'a str)];

const SIGN_OUT: &str = "/j_spring_security_logout";
const SCRIPT: (&str, &str) = ("X-Requested-With", "XMLHttpRequest");
const WHO: &str = "/services/security/user/username";

#[track_caller]
fn assert_taken_back(answer: &Answer, path: &str, case: &str) {
    let cookies = cookies(answer);
    let names: BTreeSet<_> = cookies.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["SESSION", "wm_xsrf_token", "remember-me"]), "{case}");
    for (name, value, attributes) in &cookies {
        assert_eq!(value, "", "{case}: {name}");
        // A browser takes a cookie back only under the path under which it was set.
        for attribute in ["Max-Age=0", path] {
            assert!(attributes.contains(attribute), "{case}: {name} has {attributes:?}");
        }
    }
}

#[track_caller]
fn assert_signed_out(answer: &Answer, scripted: bool, case: &str) {
    let (status, location) = if scripted { (200, None) } else { (302, Some("/")) };
    assert_eq!((answer.status, answer.header("location")), (status, location), "{case}: {}", answer.text());
    // A WaveMaker client would read a body as the address of a single sign-on.
    assert_eq!(answer.text(), "", "{case}");
    assert_taken_back(answer, "Path=/", case);
}

#[test]
fn signing_out_ends_the_session_and_takes_the_cookies_back() {
    let server = Server::start();
    let page = ("Sec-Fetch-Mode", "navigate");
    let cases: [(&str, Headers<'_>, bool); 6] = [
        ("POST", &[SCRIPT], true),
        ("POST", &[], false),
        ("POST", &[page], false),
        ("GET", &[SCRIPT], true),
        ("GET", &[page], false),
        ("GET", &[("X-Requested-With", "com.android.browser")], false),
    ];
    for (method, headers, scripted) in cases {
        let (browser, other) = (server.browser("admin", "admin"), server.browser("admin", "admin"));
        let case = format!("{method} {headers:?}");
        assert_signed_out(&browser.send(method, SIGN_OUT, headers, b""), scripted, &case);
        assert_eq!(browser.get(WHO).json(), json!({"result": null}), "{case}");
        assert_eq!(other.get(WHO).json(), json!({"result": "admin"}), "{case}: another session of his lives on");
        assert_signed_out(&browser.send(method, SIGN_OUT, headers, b""), scripted, &format!("{case}, once more"));
    }
}

#[test]
fn nobody_can_sign_out_too() {
    let server = Server::start();
    for cookie in ["", "SESSION=unknown; wm_xsrf_token=unknown"] {
        for method in ["GET", "POST"] {
            let case = format!("{method} with '{cookie}'");
            let answer = server.nobody().send(method, SIGN_OUT, &[("Cookie", cookie), SCRIPT], b"");
            assert_signed_out(&answer, true, &case);
            let answer = server.nobody().send(method, SIGN_OUT, &[("Cookie", cookie)], b"");
            assert_signed_out(&answer, false, &case);
        }
    }
}

#[test]
fn another_page_cannot_post_a_sign_out() {
    let server = Server::start();
    let (session, csrf) = server.sign_in("admin", "admin");
    let client = |csrf: Option<&str>| {
        let credentials = Credentials::Session { session: session.clone(), csrf: csrf.map(str::to_owned) };
        Client::new(server.address, credentials)
    };
    for wrong in [None, Some("wrong")] {
        for headers in [&[SCRIPT][..], &[]] {
            let answer = client(wrong).send("POST", SIGN_OUT, headers, b"");
            assert_eq!((answer.status, answer.set_cookies().count()), (403, 0), "{wrong:?}");
            answer.error();
        }
    }
    assert_eq!(client(None).get(WHO).json(), json!({"result": "admin"}));
    // React Native sends a form without fields.
    assert_signed_out(&client(Some(&csrf)).form(SIGN_OUT, ""), true, "with the CSRF token");
    assert_eq!(client(None).get(WHO).json(), json!({"result": null}));
}

#[test]
fn who_comes_with_a_token_or_basic_credentials_has_nothing_to_give_back() {
    let server = Server::start();
    for client in [server.admin(), server.query_token("admin", "admin"), server.basic("admin", "admin")] {
        let answer = client.form(SIGN_OUT, "");
        assert_eq!((answer.status, answer.text().as_str(), answer.set_cookies().count()), (200, "", 0));
        let answer = client.get(SIGN_OUT);
        assert_eq!((answer.status, answer.header("location"), answer.set_cookies().count()), (302, Some("/"), 0));
        assert_eq!(client.get(WHO).json(), json!({"result": "admin"}));
    }
}

#[test]
fn below_a_context_path_signing_out_leads_to_it() {
    let server = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    let browser = server.browser("admin", "admin");
    let answer = browser.get("/Demo/j_spring_security_logout");
    assert_eq!((answer.status, answer.header("location")), (302, Some("/Demo/")));
    assert_taken_back(&answer, "Path=/Demo/", "below the context path");
    assert_eq!(browser.get(WHO).json(), json!({"result": null}));
}
