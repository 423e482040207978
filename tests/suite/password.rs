//! Changing one's own password.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Client, Credentials, Server};

const PASSWORD: &str = "/services/security/password";
const WHO: &str = "/services/security/user/username";

fn change(client: &Client, current: &str, new: &str) -> Answer {
    client.post(PASSWORD, &json!({"currentPassword": current, "newPassword": new}))
}

fn who(client: &Client) -> Json {
    client.get(WHO).json()["result"].clone()
}

#[test]
fn whoever_knows_his_password_gives_himself_another() {
    let server = Server::start();
    // Of each account source, by each way of signing in.
    for (name, password) in [("user", "user"), ("boris.tran", "welcome")] {
        let mut current = password.to_owned();
        for (position, way) in ["token", "Basic", "session"].into_iter().enumerate() {
            let new = format!("much better {position}");
            let client = match way {
                "token" => server.token(name, &current),
                "Basic" => server.basic(name, &current),
                _ => server.browser(name, &current),
            };
            let (token, browser) = (server.token(name, &current), server.browser(name, &current));
            let answer = change(&client, &current, &new);
            assert_eq!(answer.status, 200, "{way}: {}", answer.text());
            assert_eq!(answer.json(), json!({"result": true, "sessionKept": way == "session"}));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(server.basic(name, &current).get("/services/hrdb/Department").status, 401, "{way}");
            assert_eq!(who(&server.basic(name, &new)), name, "{way}");
            assert_eq!(token.get(WHO).status, 401, "{way}");
            assert_eq!(who(&browser), Json::Null, "{way}: his other sessions have ended");
            current = new;
        }
    }
}

#[test]
fn the_session_in_which_it_is_changed_goes_on_under_a_new_id() {
    let server = Server::start();
    let form = "j_username=user&j_password=user&j_rememberme=true";
    let answer = server.nobody().form("/j_spring_security_check", form);
    let (session, csrf) = (answer.cookie("SESSION").unwrap(), answer.cookie("wm_xsrf_token").unwrap());
    let remembered = answer.cookie("remember-me").unwrap();
    let cookies = format!("SESSION={session}; remember-me={remembered}");
    let body = json!({"currentPassword": "user", "newPassword": "much better"}).to_string();
    let headers = [("Cookie", cookies.as_str()), ("X-WM-XSRF-TOKEN", &csrf), ("Content-Type", "application/json")];
    let answer = server.nobody().send("POST", PASSWORD, &headers, body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.cookie("remember-me").as_deref(), Some(""), "the browser is no longer remembered");
    let new = (answer.cookie("SESSION").unwrap(), answer.cookie("wm_xsrf_token").unwrap());
    assert!(new.0 != session && new.1 != csrf);
    let client =
        |session: &str| Client::new(server.address, Credentials::Session { session: session.into(), csrf: None });
    assert_eq!(who(&client(&new.0)), "user");
    assert_eq!(who(&client(&session)), Json::Null);
    let cookie = format!("remember-me={remembered}");
    assert_eq!(server.nobody().send("GET", WHO, &[("Cookie", &cookie)], b"").json()["result"], Json::Null);
}

#[test]
fn a_wrong_current_password_changes_nothing() {
    let server = Server::start_with(|settings| settings.sign_in_attempts = 0);
    let (token, browser) = (server.token("user", "user"), server.browser("user", "user"));
    for client in [&token, &browser] {
        for wrong in ["", "User", "admin", &"x".repeat(2_000)] {
            let answer = change(client, wrong, "much better");
            assert_eq!(
                (answer.status, answer.message().as_str()),
                (400, "Invalid Input: the current password is wrong")
            );
            assert_eq!((answer.header("x-wm-login-errormessage"), answer.set_cookies().count()), (None, 0));
        }
        assert_eq!(who(client), "user");
    }
    assert_eq!(who(&server.basic("user", "user")), "user");
}

#[test]
fn who_has_got_hold_of_a_session_cannot_guess_the_password_for_long() {
    let server = Server::start();
    let browser = server.browser("user", "user");
    let statuses: Vec<u16> =
        (0..7).map(|turn| change(&browser, &format!("guess{turn}"), "much better").status).collect();
    assert_eq!(statuses, [400, 400, 400, 400, 400, 429, 429]);
    assert_eq!(change(&browser, "user", "much better").status, 429, "not even the right one is looked at");
    assert_eq!(who(&browser), "user", "what is signed in goes on");
    server.pass_seconds(5);
    assert_eq!(change(&browser, "user", "much better").status, 200);
}

#[test]
fn a_new_password_has_as_many_characters_as_the_settings_say() {
    for (setting, least) in [(None, 8), (Some(3), 3)] {
        let server = Server::start_with(|settings| {
            settings.min_password_length = setting.unwrap_or(settings.min_password_length);
        });
        let client = server.token("user", "user");
        for refused in ["", &"ü".repeat(least - 1), &"x".repeat(129)] {
            let answer = change(&client, "user", refused);
            assert_eq!(answer.status, 400, "{refused}");
            let expected = format!("Data Integrity Violation: newPassword takes {least} to 128 characters");
            assert_eq!(answer.message(), expected);
        }
        assert_eq!(change(&client, "user", &"ü".repeat(least)).status, 200);
        assert_eq!(who(&server.basic("user", &"ü".repeat(least))), "user");
    }
}

#[test]
fn what_is_no_such_body_is_refused() {
    let server = Server::start();
    let client = server.token("user", "user");
    for body in [
        json!([]),
        json!("text"),
        json!({}),
        json!({"currentPassword": "user"}),
        json!({"newPassword": "much better"}),
        json!({"currentPassword": null, "newPassword": "much better"}),
        json!({"currentPassword": "user", "newPassword": 12_345_678}),
        json!({"currentPassword": ["user"], "newPassword": "much better"}),
    ] {
        let answer = client.post(PASSWORD, &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        answer.error();
    }
    assert_eq!(client.form(PASSWORD, "currentPassword=user&newPassword=much+better").status, 415);
    assert_eq!(change(&server.forged("user", "user"), "user", "much better").status, 403);
    assert_eq!(change(&server.nobody(), "user", "much better").status, 401);
    assert_eq!(who(&client), "user");
}
