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
    let server = Server::start_with(|settings| settings.max_sessions_per_user = 0);
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

#[test]
fn a_session_ends_after_its_whole_life_however_much_it_is_used() {
    for (setting, whole) in [(None, 43_200), (Some(5_000), 5_000)] {
        let server = Server::start_with(|settings| {
            settings.session_lifetime_seconds = setting.unwrap_or(settings.session_lifetime_seconds);
        });
        let browser = Browser::sign_in(&server, "admin", "admin");
        for _ in 0..(whole - 1) / 1_000 {
            server.pass_seconds(1_000);
            assert!(browser.is_alive(&server), "{whole}");
        }
        server.pass_seconds(whole - (whole - 1) / 1_000 * 1_000 - 1);
        assert!(browser.is_alive(&server), "{whole}");
        server.pass_seconds(1);
        assert!(!browser.is_alive(&server), "{whole}");
    }
}

#[test]
fn beyond_the_setting_the_oldest_session_of_all_goes() {
    let server = Server::start_with(|settings| settings.max_sessions = 2);
    let mut browsers = Vec::new();
    for (name, password) in [("admin", "admin"), ("user", "user"), ("boris.tran", "welcome")] {
        browsers.push(Browser::sign_in(&server, name, password));
        server.pass_seconds(1);
    }
    let alive: Vec<bool> = browsers.iter().map(|browser| browser.is_alive(&server)).collect();
    assert_eq!(alive, [false, true, true]);
}

#[test]
fn a_user_sees_his_own_sessions_and_which_he_is_using() {
    let server = Server::start();
    let first = Browser::sign_in(&server, "admin", "admin");
    let other = Browser::sign_in(&server, "erin.lund", "welcome");
    let agent = ("User-Agent", format!("Test/1.0 {}", "x".repeat(500)));
    let headers = [(agent.0, agent.1.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = server.nobody().send("POST", SIGN_IN, &headers, b"j_username=admin&j_password=admin");
    let second = Browser { session: answer.cookie("SESSION").unwrap(), csrf: answer.cookie("wm_xsrf_token").unwrap() };
    server.pass_seconds(60);
    let answer = second.client(&server).get("/services/security/sessions");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let list = answer.json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2, "{list:?}");
    let current: Vec<_> = list.iter().map(|session| session["current"].as_bool().unwrap()).collect();
    assert_eq!(current, [false, true], "oldest first");
    assert_eq!(list[1]["lastSeenAt"].as_u64().unwrap() - list[1]["createdAt"].as_u64().unwrap(), 60_000);
    assert_eq!(list[0]["lastSeenAt"], list[0]["createdAt"]);
    assert_eq!((&list[1]["rememberMe"], &list[1]["address"]), (&json!(false), &json!("127.0.0.1")));
    assert_eq!(list[1]["userAgent"].as_str().unwrap(), &agent.1[..160]);
    // Nothing in it opens anything.
    for secret in [&first.session, &first.csrf, &second.session, &second.csrf] {
        assert!(!answer.text().contains(secret.as_str()), "{}", answer.text());
    }
    for session in list {
        let cookie = format!("SESSION={}", session["id"].as_str().unwrap());
        assert_eq!(server.nobody().send("GET", WHO, &[("Cookie", &cookie)], b"").json(), json!({"result": null}));
    }
    // A program that acts for the account sees the same, and uses none of them.
    for client in [server.admin(), server.basic("admin", "admin")] {
        let list = client.get("/services/security/sessions").json();
        assert!(
            list.as_array().unwrap().len() == 2 && list.as_array().unwrap().iter().all(|one| one["current"] == false)
        );
    }
    assert_eq!(other.client(&server).get("/services/security/sessions").json().as_array().unwrap().len(), 1);
}

#[test]
fn a_user_ends_his_own_sessions_and_nobody_elses() {
    let server = Server::start();
    let (here, there) = (Browser::sign_in(&server, "admin", "admin"), Browser::sign_in(&server, "admin", "admin"));
    let other = Browser::sign_in(&server, "user", "user");
    let id = |browser: &Browser| {
        let list = browser.client(&server).get("/services/security/sessions").json();
        let current = list.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
        format!("/services/security/sessions/{}", current["id"].as_str().unwrap())
    };
    let forged = Client::new(server.address, Credentials::Session { session: here.session.clone(), csrf: None });
    assert_eq!(forged.delete(&id(&there)).status, 403);
    assert_eq!(here.client(&server).delete(&id(&other)).status, 404);
    assert!(there.is_alive(&server) && other.is_alive(&server));
    let path = id(&there);
    assert_eq!(here.client(&server).delete(&path).json(), json!({"result": true}));
    assert!(!there.is_alive(&server) && here.is_alive(&server) && other.is_alive(&server));
    assert_eq!(here.client(&server).delete(&path).status, 404, "there is none any more");
    assert_eq!(server.admin().delete(&id(&here)).status, 200, "a program of his may do so too");
    assert!(!here.is_alive(&server));
}
