//! Browsers that stay signed in: a cookie that begins sessions, is replaced at each use, and gives a thief away.

use serde_json::{Value as Json, json};

use crate::sign_in::{SIGN_IN, cookies};
use crate::support::{Answer, Server};

const WHO: &str = "/services/security/user/username";
const DAYS_15: u64 = 1_296_000;

/// Signs in with a ticked box; returns the cookie's value.
fn remembered(server: &Server, name: &str, password: &str) -> String {
    let answer = server.nobody().form(SIGN_IN, &format!("j_username={name}&j_password={password}&j_rememberme=true"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookie("remember-me").unwrap()
}

/// Asks who one is, with the cookie alone.
fn ask(server: &Server, cookie: &str) -> Answer {
    server.nobody().send("GET", WHO, &[("Cookie", &format!("remember-me={cookie}"))], b"")
}

fn who(answer: &Answer) -> Json {
    answer.json()["result"].clone()
}

fn rows(server: &Server) -> i64 {
    let file = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    file.query_row("SELECT count(*) FROM _hrdb_remember_me", [], |row| row.get(0)).unwrap()
}

#[test]
fn only_a_ticked_box_is_remembered() {
    let server = Server::start();
    for (value, ticked) in [
        ("&j_rememberme=true", true),
        ("&j_rememberme=on", true),
        ("&j_rememberme=YES", true),
        ("&j_rememberme=1", true),
        ("&j_rememberme=false", false),
        ("&j_rememberme=", false),
        ("&remember-me=true", false),
        ("", false),
    ] {
        let answer = server.nobody().form(SIGN_IN, &format!("j_username=user&j_password=user{value}"));
        assert_eq!((answer.status, answer.cookie("remember-me").is_some()), (200, ticked), "{value}");
    }
    let answer = server.nobody().form(SIGN_IN, "j_username=user&j_password=wrong&j_rememberme=true");
    assert_eq!((answer.status, answer.set_cookies().count()), (401, 0));
}

#[test]
fn the_cookie_lives_for_as_long_as_the_setting_says_and_no_script_reads_it() {
    for (setting, context, seconds) in [(None, "", DAYS_15), (Some(3_600), "/Demo", 3_600)] {
        let server = Server::start_with(|settings| {
            settings.remember_me_seconds = setting.unwrap_or(settings.remember_me_seconds);
            context.clone_into(&mut settings.context_path);
        });
        let form = "j_username=user&j_password=user&j_rememberme=true";
        let answer = server.nobody().form(&format!("{context}{SIGN_IN}"), form);
        let (_, value, attributes) = cookies(&answer).into_iter().find(|(name, ..)| name == "remember-me").unwrap();
        let expected =
            [format!("Max-Age={seconds}"), format!("Path={context}/"), "HttpOnly".into(), "SameSite=Lax".into()];
        assert_eq!(attributes, expected.into_iter().collect());
        server.pass_seconds(seconds - 1);
        let answer = ask(&server, &value);
        assert_eq!(who(&answer), "user");
        server.pass_seconds(1);
        let answer = ask(&server, &answer.cookie("remember-me").unwrap());
        assert_eq!(
            (who(&answer), answer.cookie("remember-me").as_deref()),
            (Json::Null, Some("")),
            "use lengthens nothing"
        );
    }
}

#[test]
fn without_the_setting_nobody_is_remembered() {
    let server = Server::start_with(|settings| settings.remember_me_seconds = 0);
    assert_eq!(server.nobody().get("/services/security/info").json()["rememberMeEnabled"], json!(false));
    let answer = server.nobody().form(SIGN_IN, "j_username=user&j_password=user&j_rememberme=true");
    assert_eq!((answer.status, answer.cookie("remember-me")), (200, None));
}

#[test]
fn the_cookie_begins_a_session_wherever_it_comes() {
    let server = Server::start();
    let mut cookie = remembered(&server, "admin", "admin");
    let page: (&str, &str) = ("Sec-Fetch-Mode", "navigate");
    for (path, headers, status) in [
        ("/services/hrdb/User", vec![], 200),
        ("/", vec![page], 200),
        ("/services/security/info", vec![], 200),
        ("/services/hrdb/Nothing", vec![], 404),
        ("/app.css", vec![], 200),
    ] {
        let sent = format!("SESSION=long-gone; remember-me={cookie}");
        let headers: Vec<_> = headers.into_iter().chain([("Cookie", sent.as_str())]).collect();
        let answer = server.nobody().send("GET", path, &headers, b"");
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}: no cache keeps the cookies");
        let session = format!("SESSION={}", answer.cookie("SESSION").unwrap());
        assert_eq!(server.nobody().send("GET", WHO, &[("Cookie", &session)], b"").json()["result"], "admin", "{path}");
        let csrf = answer.cookie("wm_xsrf_token").unwrap();
        let headers = [("Cookie", session.as_str()), ("X-WM-XSRF-TOKEN", csrf.as_str())];
        assert_eq!(server.nobody().send("DELETE", "/services/hrdb/User/999", &headers, b"").status, 404, "{path}");
        let next = answer.cookie("remember-me").unwrap();
        assert_ne!(next, cookie, "{path}: its token is replaced");
        cookie = next;
    }
    let list = server.admin().get("/services/security/sessions").json();
    assert!(list.as_array().unwrap().iter().all(|session| session["rememberMe"] == true), "{list}");
}

#[test]
fn a_page_elsewhere_cannot_write_with_it() {
    let server = Server::start();
    let cookie = format!("remember-me={}", remembered(&server, "admin", "admin"));
    let answer = server.nobody().send("DELETE", "/services/hrdb/Vacation/1", &[("Cookie", &cookie)], b"");
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(server.admin().get("/services/hrdb/Vacation/1").status, 200);
    // The browser has what it needs to send its own request again.
    let (session, csrf) = (answer.cookie("SESSION").unwrap(), answer.cookie("wm_xsrf_token").unwrap());
    let headers = [("Cookie", &*format!("SESSION={session}")), ("X-WM-XSRF-TOKEN", csrf.as_str())];
    assert_eq!(server.nobody().send("DELETE", "/services/hrdb/Vacation/1", &headers, b"").status, 200);
}

#[test]
fn a_live_session_a_token_or_basic_credentials_leave_it_alone() {
    let server = Server::start();
    let cookie = remembered(&server, "admin", "admin");
    let (session, _) = server.sign_in("user", "user");
    let remember_me = format!("remember-me={cookie}");
    let both = format!("SESSION={session}; {remember_me}");
    let token = server.mint("boris.tran", "welcome");
    for (headers, name) in [
        (vec![("Cookie", both.as_str())], json!("user")),
        (vec![("Cookie", remember_me.as_str()), ("wm_auth_token", token.as_str())], json!("boris.tran")),
        (vec![("Cookie", remember_me.as_str()), ("Authorization", "Basic !!!")], Json::Null),
    ] {
        let answer = server.nobody().send("GET", WHO, &headers, b"");
        assert_eq!((who(&answer), answer.set_cookies().count()), (name, 0));
    }
    assert_eq!(who(&ask(&server, &cookie)), "admin", "it has not been used");
}

#[test]
fn requests_that_are_sent_at_once_share_one_session_and_one_new_cookie() {
    let server = Server::start();
    let cookie = remembered(&server, "user", "user");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(|| ask(&server, &cookie))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| who(answer) == "user"));
    let next = answers[0].cookie("remember-me").unwrap();
    assert!(
        answers.iter().all(|answer| answer.cookie("remember-me").as_ref() == Some(&next)),
        "whichever comes last is good"
    );
    server.pass_seconds(59);
    let late = ask(&server, &cookie);
    assert_eq!(
        (who(&late), late.cookie("remember-me"), late.cookie("SESSION")),
        (json!("user"), Some(next.clone()), None)
    );
    assert_eq!(who(&ask(&server, &next)), "user");
}

#[test]
fn a_cookie_that_was_used_long_ago_was_copied_and_ends_everything() {
    let server = Server::start();
    let (cookie, other) = (remembered(&server, "user", "user"), remembered(&server, "user", "user"));
    let stranger = remembered(&server, "user2", "user2");
    let answer = ask(&server, &cookie);
    let (session, next) = (answer.cookie("SESSION").unwrap(), answer.cookie("remember-me").unwrap());
    let token = server.token("user", "user");
    server.pass_seconds(60);
    let thief = ask(&server, &cookie);
    assert_eq!(
        (who(&thief), thief.cookie("remember-me").as_deref(), thief.cookie("SESSION")),
        (Json::Null, Some(""), None)
    );
    assert_eq!(
        server.nobody().send("GET", WHO, &[("Cookie", &format!("SESSION={session}"))], b"").json()["result"],
        Json::Null
    );
    assert_eq!(token.get(WHO).status, 401);
    for cookie in [&next, &other] {
        assert_eq!(who(&ask(&server, cookie)), Json::Null);
    }
    assert_eq!(who(&ask(&server, &stranger)), "user2", "nobody else's");
    assert_eq!(who(&server.basic("user", "user").get(WHO)), "user", "he can sign in again");
}

#[test]
fn what_was_made_up_is_taken_back_and_changes_nothing() {
    let server = Server::start();
    let cookie = remembered(&server, "user", "user");
    let made_up = "0123456789abcdef0123456789abcdef";
    for value in [
        "x",
        ".",
        "a.b",
        made_up,
        &format!("{made_up}.{made_up}"),
        &format!("{made_up}.{}", &cookie[33..]),
        &cookie[..64],
    ] {
        let answer = ask(&server, value);
        assert_eq!(
            (answer.status, who(&answer), answer.cookie("remember-me").as_deref()),
            (200, Json::Null, Some("")),
            "{value}"
        );
    }
    assert_eq!(who(&ask(&server, &cookie)), "user");
}

#[test]
fn signing_out_forgets_this_browser_only() {
    let server = Server::start();
    let (gone, kept) = (remembered(&server, "user", "user"), remembered(&server, "user", "user"));
    let answer =
        server.nobody().send("GET", "/j_spring_security_logout", &[("Cookie", &format!("remember-me={gone}"))], b"");
    assert_eq!((answer.status, answer.cookie("remember-me").as_deref()), (302, Some("")));
    assert_eq!(who(&ask(&server, &gone)), Json::Null);
    assert_eq!(who(&ask(&server, &kept)), "user");
}

#[test]
fn ending_a_session_from_elsewhere_forgets_its_browser() {
    let server = Server::start();
    let answer = ask(&server, &remembered(&server, "user", "user"));
    let next = answer.cookie("remember-me").unwrap();
    let client = server.token("user", "user");
    for session in client.get("/services/security/sessions").json().as_array().unwrap() {
        let path = format!("/services/security/sessions/{}", session["id"].as_str().unwrap());
        assert_eq!(client.delete(&path).status, 200);
    }
    assert_eq!(who(&ask(&server, &next)), Json::Null);
}

#[test]
fn another_user_of_the_same_browser_is_not_followed_by_the_first() {
    let server = Server::start();
    let first = remembered(&server, "admin", "admin");
    let headers = [("Cookie", &*format!("remember-me={first}")), ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = server.nobody().send("POST", SIGN_IN, &headers, b"j_username=user&j_password=user");
    assert_eq!((answer.status, answer.cookie("remember-me").as_deref()), (200, Some("")), "{}", answer.text());
    assert_eq!(who(&ask(&server, &first)), Json::Null);
}

#[test]
fn a_restart_remembers_and_the_file_holds_no_secret() {
    let server = Server::start();
    let cookie = remembered(&server, "user", "user");
    let cookie = ask(&server, &cookie).cookie("remember-me").unwrap();
    let folder = server.stop();
    let bytes = std::fs::read(folder.path().join("hrdb.db")).unwrap();
    for secret in cookie.split('.') {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    let server = Server::start_in(folder, |_| {});
    assert_eq!(who(&ask(&server, &cookie)), "user");
}

#[test]
fn an_account_is_remembered_by_twenty_browsers_and_the_table_is_nobodys_entity() {
    let server = Server::start();
    let first = remembered(&server, "user", "user");
    let others: Vec<String> = (0..20)
        .map(|_| {
            server.pass_seconds(1);
            remembered(&server, "user", "user")
        })
        .collect();
    assert_eq!(rows(&server), 20);
    assert_eq!(who(&ask(&server, &first)), Json::Null);
    assert_eq!(who(&ask(&server, &others[0])), "user");
    for name in ["_hrdb_remember_me", "HrdbRememberMe", "hrdbRememberMe"] {
        assert_eq!(server.admin().get(&format!("/services/hrdb/{name}")).status, 404, "{name}");
    }
}

#[test]
fn the_table_is_swept_of_what_is_past_its_time() {
    let server = Server::start();
    remembered(&server, "user", "user");
    server.pass_seconds(DAYS_15 - 100);
    remembered(&server, "user", "user");
    server.pass_seconds(100);
    let started = std::time::Instant::now();
    while rows(&server) != 1 {
        assert!(started.elapsed().as_secs() < 60, "in vain");
        std::thread::yield_now();
    }
}
