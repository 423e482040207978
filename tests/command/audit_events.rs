//! Every event of the audit log: a request that brings it about, and a line that says who, from where and which.

use std::collections::BTreeSet;

use hrdb::http::audit::EVENTS;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use ureq::Body;
use ureq::http::Response;

use crate::process::{Running, basic, errors};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const ADDRESS: &str = "203.0.113.9";

/// A server, and all that must not come to its log.
struct Course {
    server: Running,
    secrets: Vec<String>,
}

impl Course {
    /// Sends a request under an id that names it.
    fn ask(&mut self, id: &str, call: (&str, &str), headers: &[(&str, &str)], body: &str) -> (u16, Vec<String>, Json) {
        let mine = [("X-WM-Request-Track-Id", id), ("X-Forwarded-For", ADDRESS)];
        let mut answer = self.server.answer(call.0, call.1, &[&mine, headers].concat(), body);
        let cookies = cookies(&answer);
        self.secrets.extend(cookies.iter().filter_map(|cookie| Some(cookie.split_once('=')?.1.to_owned())));
        let text = answer.body_mut().read_to_string().unwrap();
        let json: Json = serde_json::from_str(&text).unwrap_or_default();
        self.secrets.extend(json["wm_auth_token"].as_str().map(str::to_owned));
        (answer.status().as_u16(), cookies, json)
    }

    fn sign_in(&mut self, id: &str, name: &str, password: &str) -> Vec<String> {
        let form = format!("j_username={name}&j_password={password}&j_rememberme=true");
        self.ask(id, ("POST", "j_spring_security_check"), &[FORM], &form).1
    }

    fn token(&mut self, id: &str, name: &str, password: &str) -> String {
        let authorization = basic(name, password);
        let answer = self.ask(id, ("GET", "services/security/token"), &[("Authorization", &authorization)], "");
        answer.2["wm_auth_token"].as_str().unwrap().to_owned()
    }
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(answer: &Response<Body>) -> Vec<String> {
    let set = answer.headers().get_all("set-cookie").iter();
    set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

fn named<'a>(cookies: &'a [String], name: &str) -> &'a str {
    cookies.iter().find(|cookie| cookie.starts_with(name)).unwrap()
}

/// Holds the log of a server, which is stopped for it, against what is expected: request, principal, event, details.
#[track_caller]
fn hold(course: Course, expected: &[(&str, &str, &str, Json)]) {
    let Course { server, secrets } = course;
    let (_, folder) = server.stop("-TERM");
    let text = errors(folder.path());
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audit: Vec<&Json> = lines.iter().filter(|line| line["target"] == "hrdb::audit").collect();
    for (line, (id, who, event, details)) in audit.iter().zip(expected) {
        assert_eq!((&line["request"], &line["event"]), (&json!(id), &json!(event)), "{line}");
        let address = if *id == "-" { "-" } else { ADDRESS };
        assert_eq!((&line["principal"], &line["address"]), (&json!(who), &json!(address)), "{line}");
        let mut told = line.as_object().unwrap().clone();
        told.retain(|name, _| {
            !["time", "level", "target", "message", "request", "principal", "address", "event"].contains(&name.as_str())
        });
        assert_eq!(&Json::Object(told), details, "{line}");
    }
    assert_eq!(audit.len(), expected.len(), "{audit:#?}");
    let seen: BTreeSet<&str> = audit.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(seen, EVENTS.iter().map(|(name, _)| *name).collect(), "every event is brought about");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        assert!(!text.contains(secret.as_str()), "{secret} is in the log");
    }
}

#[test]
fn every_event_is_recorded_with_who_from_where_and_in_which_request_and_without_secrets() {
    let server = Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--log-format", "json", "--trusted-proxies", "127.0.0.1", "--sign-in-attempts", "2"]);
    });
    let mut course = Course { server, secrets: Vec::new() };
    let (admin, user, erin) = ("USER/1", "USER/2", "EMPLOYEE/1");
    let password = "services/security/password";
    let mut expected: Vec<(&str, &str, &str, Json)> = Vec::new();
    let mut expect = |id, who, event, details: Json| expected.push((id, who, event, details));

    // Sessions, and a remembered browser whose cookie somebody has copied.
    let first = course.sign_in("t.in", "user", "user");
    expect("t.in", user, "signed_in", json!({"by": "form"}));
    let remembered = named(&first, "remember-me=").to_owned();
    let mut latest = remembered.clone();
    for id in ["t.back", "t.again"] {
        let (_, cookies, _) = course.ask(id, ("GET", "services/security/info"), &[("Cookie", &latest)], "");
        expect(id, user, "signed_in", json!({"by": "remember-me"}));
        named(&cookies, "remember-me=").clone_into(&mut latest);
    }
    let (_, _, info) = course.ask("t.stolen", ("GET", "services/security/info"), &[("Cookie", &remembered)], "");
    assert_eq!(info["authenticated"], false);
    expect("t.stolen", user, "cookie_stolen", json!({}));
    let second = course.sign_in("t.second", "user", "user");
    expect("t.second", user, "signed_in", json!({"by": "form"}));
    let cookie = named(&second, "SESSION=").to_owned();
    let csrf = named(&second, "wm_xsrf_token=").split_once('=').unwrap().1.to_owned();
    let from_page = [("Cookie", cookie.as_str()), ("X-WM-XSRF-TOKEN", csrf.as_str()), JSON];
    let (_, _, sessions) = course.ask("t.list", ("GET", "services/security/sessions"), &from_page, "");
    let id = format!("services/security/sessions/{}", sessions[0]["id"].as_str().unwrap());
    course.ask("t.end", ("DELETE", &id), &from_page, "");
    expect("t.end", user, "session_ended", json!({}));

    // Tokens.
    for (id, path) in [("t.revoke", "services/security/token"), ("t.all", "services/security/tokens")] {
        let token = course.token("t.mint", "user", "user");
        expect("t.mint", user, "token_issued", json!({}));
        course.ask(id, ("DELETE", path), &[("wm_auth_token", &token)], "");
        expect(id, user, "token_revoked", json!({"count": "1"}));
    }

    // Passwords that are wrong, not tried any more, and changed.
    let body = |current: &str| json!({"currentPassword": current, "newPassword": "much better now"}).to_string();
    course.secrets.extend(["much better now", "wrong guess"].map(str::to_owned));
    let token = course.token("t.erin", "erin.lund", "welcome");
    expect("t.erin", erin, "token_issued", json!({}));
    let by_token = [("wm_auth_token", token.as_str()), JSON];
    course.ask("t.new", ("POST", password), &by_token, &body("welcome"));
    // What ends is told of the account, before the request that did it is done.
    expect("-", erin, "account_changed", json!({"sessions": "0", "tokens": "1"}));
    expect("t.new", erin, "password_changed", json!({}));
    let erin_now = basic("erin.lund", "much better now");
    course.secrets.push(erin_now[6..].to_owned());
    for id in ["t.wrong1", "t.wrong2"] {
        let headers = [("Authorization", erin_now.as_str()), JSON];
        assert_eq!(course.ask(id, ("POST", password), &headers, &body("wrong guess")).0, 400);
        expect(id, erin, "password_refused", json!({}));
    }
    assert_eq!(
        course.ask("t.slow", ("POST", password), &[("Authorization", &erin_now), JSON], &body("wrong guess")).0,
        429
    );
    expect("t.slow", erin, "throttled", json!({"by": "current password"}));
    let (form, wrong) = ("j_username=boris.tran&j_password=wrong+guess", basic("boris.tran", "wrong guess"));
    let (check, user_list) = (("POST", "j_spring_security_check"), ("GET", "services/hrdb/User"));
    course.ask("t.form", check, &[FORM], form);
    expect("t.form", "-", "sign_in_failed", json!({"by": "form"}));
    course.ask("t.basic", user_list, &[("Authorization", &wrong)], "");
    expect("t.basic", "-", "sign_in_failed", json!({"by": "basic"}));
    assert_eq!(course.ask("t.form2", check, &[FORM], form).0, 429);
    expect("t.form2", "-", "throttled", json!({"by": "form"}));
    assert_eq!(course.ask("t.basic2", user_list, &[("Authorization", &wrong)], "").0, 429);
    expect("t.basic2", "-", "throttled", json!({"by": "basic"}));

    // Pages elsewhere, and signing out.
    let elsewhere = ("Sec-Fetch-Site", "cross-site");
    course.ask("t.far", ("POST", "j_spring_security_logout"), &[elsewhere], "");
    let path = "/j_spring_security_logout";
    expect("t.far", "-", "denied", json!({"reason": "cross-site", "method": "POST", "path": path}));
    let third = course.sign_in("t.third", "user", "user");
    expect("t.third", user, "signed_in", json!({"by": "form"}));
    let csrf = named(&third, "wm_xsrf_token=").split_once('=').unwrap().1.to_owned();
    let from_page = [("Cookie", named(&third, "SESSION=")), ("X-WM-XSRF-TOKEN", &csrf)];
    course.ask("t.out", ("POST", "j_spring_security_logout"), &from_page, "");
    expect("t.out", user, "signed_out", json!({}));

    // Rows.
    let token = course.token("t.admin", "admin", "admin");
    expect("t.admin", admin, "token_issued", json!({}));
    let by_token = [("wm_auth_token", token.as_str()), JSON];
    for (id, event, call, body, entity, key) in [
        ("t.r1", "created", ("POST", "services/hrdb/Department"), "{}", "Department", "11"),
        ("t.r2", "updated", ("PATCH", "services/hrdb/Department/2"), "{}", "Department", "2"),
        ("t.r3", "deleted", ("DELETE", "services/hrdb/Vacation/4"), "", "Vacation", "4"),
        ("t.a1", "account_created", ("POST", "services/hrdb/User"), r#"{"password":"hidden row"}"#, "User", "7"),
        ("t.a2", "account_updated", ("PATCH", "services/hrdb/User/2"), "{}", "User", "2"),
        ("t.a3", "account_deleted", ("DELETE", "services/hrdb/User/5"), "", "User", "5"),
    ] {
        let (status, _, answer) = course.ask(id, call, &by_token, body);
        assert_eq!(status, 200, "{id}: {answer}");
        expect(id, admin, event, json!({"service": "hrdb", "entity": entity, "key": key}));
    }
    let query = ("PUT", "services/hrdb/queryExecutor/queries/LeaveAction");
    course.ask("t.query", query, &by_token, r#"{"status":"x","id":1}"#);
    expect("t.query", admin, "query_run", json!({"service": "hrdb", "query": "LeaveAction"}));
    course.secrets.extend(["hidden row", "wrong+guess", "$argon2"].map(str::to_owned));

    hold(course, &expected);
}
