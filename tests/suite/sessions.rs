//! Browser sessions: a new id at each sign-in, an end by idleness, and as many as the settings allow.

use serde_json::json;

use crate::sign_in::SIGN_IN;
use crate::support::{Answer, Client, Credentials, Server};

const WHO: &str = "/services/security/user/username";

/// A signed-in browser, as its cookies.
struct Browser {
    session: String,
    csrf: String,
}

impl Browser {
    fn sign_in(server: &Server, name: &str, password: &str) -> Self {
        let (session, csrf) = server.sign_in(name, password);
        Self { session, csrf }
    }

    fn client(&self, server: &Server) -> Client {
        let credentials = Credentials::Session { session: self.session.clone(), csrf: Some(self.csrf.clone()) };
        Client::new(server.address, credentials)
    }

    /// Asks; which also keeps the session alive.
    fn is_alive(&self, server: &Server) -> bool {
        !self.client(server).get(WHO).json()["result"].is_null()
    }

    fn sign_in_again(&self, server: &Server, name: &str, password: &str) -> Answer {
        self.client(server).form(SIGN_IN, &format!("j_username={name}&j_password={password}"))
    }
}

#[test]
fn who_does_not_sign_in_has_no_session() {
    let server = Server::start();
    for cookie in ["", "SESSION=mine; wm_xsrf_token=mine", "SESSION=0123456789abcdef0123456789abcdef"] {
        for path in ["/", "/login.html", "/services/security/info", "/services/security/token", "/services/hrdb/User"] {
            let answer = server.nobody().send("GET", path, &[("Cookie", cookie)], b"");
            assert_eq!(answer.set_cookies().count(), 0, "{path} with '{cookie}'");
        }
        assert_eq!(server.nobody().send("GET", WHO, &[("Cookie", cookie)], b"").json(), json!({"result": null}));
    }
}

#[test]
fn signing_in_makes_a_new_session_and_ends_the_one_before() {
    let server = Server::start();
    let first = Browser::sign_in(&server, "admin", "admin");
    let answer = first.sign_in_again(&server, "user", "user");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let second = Browser { session: answer.cookie("SESSION").unwrap(), csrf: answer.cookie("wm_xsrf_token").unwrap() };
    assert_ne!((&first.session, &first.csrf), (&second.session, &second.csrf));
    assert!(!first.is_alive(&server), "who has seen the old id gains nothing");
    assert_eq!(second.client(&server).get(WHO).json(), json!({"result": "user"}));
    let mixed = Browser { session: second.session.clone(), csrf: first.csrf };
    assert_eq!(mixed.client(&server).form("/j_spring_security_logout", "").status, 403, "the old CSRF token is dead");
}

#[test]
fn an_id_that_was_planted_never_becomes_a_session() {
    let server = Server::start();
    let planted = ("Cookie", "SESSION=0123456789abcdef0123456789abcdef");
    let headers = [planted, ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = server.nobody().send("POST", SIGN_IN, &headers, b"j_username=admin&j_password=admin");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_ne!(answer.cookie("SESSION").unwrap(), "0123456789abcdef0123456789abcdef");
    assert_eq!(server.nobody().send("GET", WHO, &[planted], b"").json(), json!({"result": null}));
}

#[test]
fn who_is_signed_in_signs_in_again_only_with_the_csrf_token() {
    let server = Server::start();
    let browser = Browser::sign_in(&server, "admin", "admin");
    let forged = Client::new(server.address, Credentials::Session { session: browser.session.clone(), csrf: None });
    let answer = forged.form(SIGN_IN, "j_username=user&j_password=user");
    assert_eq!((answer.status, answer.set_cookies().count()), (403, 0), "{}", answer.text());
    assert_eq!(answer.error()["messageKey"], "com.wavemaker.runtime.json$AccessDenied");
    let failed = browser.sign_in_again(&server, "user", "wrong");
    assert_eq!((failed.status, failed.set_cookies().count()), (401, 0), "{}", failed.text());
    assert_eq!(browser.client(&server).get(WHO).json(), json!({"result": "admin"}), "neither changed anything");
    assert_eq!(browser.sign_in_again(&server, "user", "user").status, 200);
}

#[test]
fn a_session_ends_when_nobody_uses_it_for_long_enough() {
    for (setting, timeout) in [(None, 1800), (Some(60), 60)] {
        let server = Server::start_with(|settings| {
            settings.session_timeout_seconds = setting.unwrap_or(settings.session_timeout_seconds);
        });
        let (used, left) = (Browser::sign_in(&server, "admin", "admin"), Browser::sign_in(&server, "admin", "admin"));
        server.pass_seconds(timeout - 1);
        assert!(used.is_alive(&server), "{timeout}");
        server.pass_seconds(1);
        assert!(!left.is_alive(&server), "{timeout}");
        server.pass_seconds(timeout - 2);
        assert!(used.is_alive(&server), "{timeout}: use keeps it alive");
        server.pass_seconds(timeout);
        assert!(!used.is_alive(&server), "{timeout}");
        let answer = used.client(&server).get("/services/hrdb/Department");
        assert_eq!((answer.status, answer.set_cookies().count()), (401, 0), "{timeout}");
        assert_eq!(answer.header("x-wm-login-errormessage"), Some("Session Not Found"), "{timeout}");
        // Nobody needs no CSRF token, so whose session has ended can sign in again at once.
        let forged = Client::new(server.address, Credentials::Session { session: used.session, csrf: None });
        assert_eq!(forged.form(SIGN_IN, "j_username=admin&j_password=admin").status, 200, "{timeout}");
    }
}

#[test]
fn one_user_has_as_many_sessions_as_the_setting_allows() {
    let server = Server::start_with(|settings| settings.max_sessions_per_user = 2);
    let first = Browser::sign_in(&server, "admin", "admin");
    server.pass_seconds(1);
    let second = Browser::sign_in(&server, "admin", "admin");
    let other = Browser::sign_in(&server, "user", "user");
    server.pass_seconds(1);
    assert!(first.is_alive(&server), "so that the second is the one that was used least recently");
    server.pass_seconds(1);
    let third = Browser::sign_in(&server, "admin", "admin");
    let alive = [&first, &second, &third, &other].map(|browser| browser.is_alive(&server));
    assert_eq!(alive, [true, false, true, true]);
    let answer = second.client(&server).get("/services/hrdb/Department");
    assert_eq!(answer.header("x-wm-login-errormessage"), Some("Session Not Found"));
    // Neither tokens nor Basic credentials are sessions.
    assert_eq!(server.admin().get(WHO).status, 200);
    assert_eq!(server.basic("admin", "admin").get(WHO).status, 200);
    assert!(first.is_alive(&server) && third.is_alive(&server));
}

#[test]
fn signing_in_again_with_the_same_browser_pushes_nobody_out() {
    let server = Server::start_with(|settings| settings.max_sessions_per_user = 2);
    let elsewhere = Browser::sign_in(&server, "admin", "admin");
    server.pass_seconds(1);
    let here = Browser::sign_in(&server, "admin", "admin");
    assert_eq!(here.sign_in_again(&server, "admin", "admin").status, 200);
    assert!(elsewhere.is_alive(&server), "the browser's own session has made room");
}

#[test]
fn without_a_limit_nobody_is_pushed_out() {
    let server = Server::start();
    let browsers: Vec<_> = (0..12).map(|_| Browser::sign_in(&server, "admin", "admin")).collect();
    assert!(browsers.iter().all(|browser| browser.is_alive(&server)));
}

#[test]
fn a_user_and_an_employee_of_the_same_key_are_two_people() {
    let server = Server::start_with(|settings| settings.max_sessions_per_user = 1);
    let user = Browser::sign_in(&server, "admin", "admin");
    let employee = Browser::sign_in(&server, "erin.lund", "welcome");
    for browser in [&user, &employee] {
        let id = browser.client(&server).get("/services/security/user/userid");
        assert_eq!(id.json(), json!({"result": "1"}), "both still signed in, under the same key");
    }
    let again = Browser::sign_in(&server, "admin", "admin");
    assert_eq!([&user, &employee, &again].map(|browser| browser.is_alive(&server)), [false, true, true]);
}

#[test]
fn cookies_of_others_do_not_disturb_a_session() {
    let server = Server::start();
    let (session, _) = server.sign_in("admin", "admin");
    // A browser sends along what any other application on the same host has set, on whichever port.
    for others in ["a=b", "a=\"b c\"", "nameless", "=empty", "a=%FF", "a=%", "JSESSIONID=x", "session=x", "XSESSION=x"]
    {
        for cookie in [format!("{others}; SESSION={session}"), format!("SESSION={session}; {others}")] {
            let answer = server.nobody().send("GET", WHO, &[("Cookie", &cookie)], b"");
            assert_eq!(answer.json(), json!({"result": "admin"}), "{others} in {cookie}");
        }
    }
}
