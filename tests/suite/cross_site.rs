//! Pages elsewhere: what a browser must not do for them, and whom that does not concern.

use serde_json::json;

use crate::sign_in::SIGN_IN;
use crate::support::{Answer, Server};
use crate::tokens::MINT;

type Headers<'a> = &'a [(&'a str, &'a str)];

const SIGN_OUT: &str = "/j_spring_security_logout";
const WHO: &str = "/services/security/user/username";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const EVIL: (&str, &str) = ("Origin", "https://evil.example");

fn site(value: &str) -> (&str, &str) {
    ("Sec-Fetch-Site", value)
}

/// Headers of requests that a browser sends for another page, however it says so.
const ELSEWHERE: [Headers<'_>; 8] = [
    &[("Sec-Fetch-Site", "cross-site")],
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
    &[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
    // A host next to this one.
    &[("Sec-Fetch-Site", "same-site"), ("Origin", "http://other.localhost")],
    &[("Sec-Fetch-Site", "same-site")],
    &[("Sec-Fetch-Site", "made-up")],
    // Browsers that do not send the other header, or do not by plain http.
    &[EVIL],
    &[("Origin", "null")],
];

fn sign_in(server: &Server, headers: Headers<'_>) -> Answer {
    let form = b"j_username=admin&j_password=admin";
    server.nobody().send("POST", SIGN_IN, &[&[FORM], headers].concat(), form)
}

#[track_caller]
fn assert_refused(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.set_cookies().count()), (403, 0), "{case}: {}", answer.text());
    assert_eq!(answer.message(), "Access Denied  A page of another origin may not ask for this", "{case}");
}

#[test]
fn a_page_elsewhere_signs_nobody_in() {
    let server = Server::start();
    for headers in ELSEWHERE {
        assert_refused(&sign_in(&server, headers), &format!("{headers:?}"));
    }
}

#[test]
fn pages_of_our_own_and_programs_sign_in_as_ever() {
    let server = Server::start();
    let own = format!("http://{}", server.address);
    let behind_tls = format!("https://{}", server.address);
    let cases: [Headers<'_>; 7] = [
        &[],
        &[site("same-origin"), ("Origin", &own)],
        &[site("none"), ("Sec-Fetch-Mode", "navigate")],
        // A proxy may address the server by another name: the browser knows which origin it is.
        &[site("same-origin"), ("Origin", "https://hr.example.com")],
        &[("Origin", &own)],
        &[("Origin", &behind_tls)],
        &[("Referer", "https://evil.example/")],
    ];
    for headers in cases {
        let answer = sign_in(&server, headers);
        assert!([200, 302].contains(&answer.status) && answer.cookie("SESSION").is_some(), "{headers:?}");
    }
}

#[test]
fn an_origin_that_the_settings_name_may_sign_people_in_and_all_origins_may_not() {
    let with = |origins: &str| Server::start_with(|settings| settings.cors_allowed_origins = origins.parse().unwrap());
    let server = with("https://app.example.com");
    let app = ("Origin", "https://app.example.com");
    for headers in [&[app][..], &[app, site("cross-site")], &[app, site("same-site")]] {
        assert!(sign_in(&server, headers).cookie("SESSION").is_some(), "{headers:?}");
    }
    assert_refused(&sign_in(&server, &[site("cross-site")]), "no origin");
    assert_eq!(sign_in(&server, &[EVIL, site("cross-site")]).status, 403);
    assert_refused(&sign_in(&with("*"), &[EVIL, site("cross-site")]), "all origins may call, with what they can prove");
}

#[test]
fn a_page_elsewhere_signs_nobody_out() {
    let server = Server::start();
    let browser = server.browser("admin", "admin");
    for headers in ELSEWHERE {
        for method in ["GET", "POST"] {
            let case = format!("{method} {headers:?}");
            assert_refused(&browser.send(method, SIGN_OUT, headers, b""), &case);
            // The cookie need not come along: the answer would take it back all the same.
            assert_refused(&server.nobody().send(method, SIGN_OUT, headers, b""), &format!("{case}, no cookie"));
        }
    }
    assert_eq!(browser.get(WHO).json(), json!({"result": "admin"}));
    let by_link = [site("same-origin"), ("Sec-Fetch-Mode", "navigate")];
    assert_eq!(browser.send("GET", SIGN_OUT, &by_link, b"").status, 302, "a link of ours");
    assert_eq!(browser.get(WHO).json(), json!({"result": null}));
    let typed = server.browser("admin", "admin").send("GET", SIGN_OUT, &[site("none")], b"");
    assert_eq!((typed.status, typed.set_cookies().count()), (302, 3), "an address that was typed");
}

#[test]
fn a_page_elsewhere_makes_no_token_of_a_cookie() {
    let server = Server::start();
    let browser = server.browser("admin", "admin");
    for headers in ELSEWHERE {
        let answer = browser.send("GET", MINT, headers, b"");
        assert_refused(&answer, &format!("{headers:?}"));
        // Who shows a token or a password did not leave that to the browser.
        for client in [server.basic("admin", "admin"), server.admin()] {
            assert_eq!(client.send("GET", MINT, headers, b"").status, 200, "{headers:?}");
        }
    }
    assert_eq!(browser.send("GET", MINT, &[site("same-origin")], b"").status, 200);
    assert_eq!(browser.get(MINT).status, 200);
}
