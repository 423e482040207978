//! `/services/security/*` and the application's properties: what clients read to know who is signed in.

use serde_json::Value as Json;

use crate::support::{Answer, Client, Server};

/// The answer of every URL to nobody.
const NOBODY: [(&str, &str); 8] = [
    ("/services/security/enabled", r#"{"result":"true"}"#),
    (
        "/services/security/user",
        concat!(
            r#"{"tenantId":0,"userId":null,"userName":null,"userRoles":null,"#,
            r#""authenticated":false,"securityEnabled":true,"loginTime":0}"#
        ),
    ),
    ("/services/security/user/authenticated", r#"{"result":false}"#),
    ("/services/security/user/username", r#"{"result":null}"#),
    ("/services/security/user/userid", r#"{"result":null}"#),
    ("/services/security/user/roles", "[]"),
    ("/services/security/user/login_time", r#"{"result":"0"}"#),
    ("/services/security/ssologin", ""),
];

/// The text of `/info`, of which three parts differ.
fn info(user: &str, timeout_minutes: u32, most_sessions: i64) -> String {
    let authenticated = user != "null";
    [
        r#"{"securityEnabled":true,"#,
        &format!(r#""authenticated":{authenticated},"rememberMeEnabled":true,"#),
        r#""loginConfig":{"type":"PAGE","pageName":"Login","cookieMaxAge":-1,"cookiePath":"","#,
        r#""cookieBase64Encode":true,"jvmRoute":"","sameSite":"Lax","#,
        &format!(r#""sessionTimeout":{{"type":"DIALOG","pageName":"","timeoutValue":{timeout_minutes}}},"#),
        &format!(r#""sessionConcurrencyConfig":{{"maxSessionsAllowed":{most_sessions}}}}},"#),
        &format!(r#""userInfo":{user},"#),
        r#""csrfHeaderName":"X-WM-XSRF-TOKEN","csrfCookieName":"wm_xsrf_token"}"#,
    ]
    .concat()
}

#[track_caller]
fn assert_answer(answer: &Answer, body: &str, case: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (200, body), "{case}");
    assert!(body.is_empty() || answer.header("content-type") == Some("application/json"), "{case}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}: it is different for everybody");
    assert_eq!(answer.set_cookies().count(), 0, "{case}");
}

fn login_time(client: &Client) -> u64 {
    let text = client.get("/services/security/user/login_time").json()["result"].as_str().unwrap().to_owned();
    text.parse().unwrap()
}

#[test]
fn nobody_is_told_that_he_is_nobody() {
    let server = Server::start_with(|settings| settings.sign_in_attempts = 0);
    // A cookie that means nothing, and wrong credentials, make nobody of the caller, not a failure.
    for headers in [[("Cookie", "SESSION=unknown")], [("Authorization", "Basic YWRtaW46d3Jvbmc=")], [("X", "")]] {
        for (path, body) in NOBODY {
            assert_answer(&server.nobody().send("GET", path, &headers, b""), body, path);
        }
        let answer = server.nobody().send("GET", "/services/security/info", &headers, b"");
        assert_answer(&answer, &info("null", 30, 100), "info");
    }
}

#[test]
fn everybody_is_told_who_he_is_however_he_signed_in() {
    let server = Server::start();
    for (name, password, key, role) in [
        ("admin", "admin", "1", "adminrole"),
        ("user2", "user2", "4", "userrole"),
        ("erin.lund", "welcome", "1", "admin"),
        ("petra.garcia", "welcome", "10", "user"),
    ] {
        let callers = [
            server.basic(name, password),
            server.token(name, password),
            server.query_token(name, password),
            server.browser(name, password),
            server.forged(name, password),
        ];
        for client in callers {
            for (path, body) in [
                ("enabled", r#"{"result":"true"}"#.to_owned()),
                ("user/authenticated", r#"{"result":true}"#.to_owned()),
                ("user/username", format!(r#"{{"result":"{name}"}}"#)),
                ("user/userid", format!(r#"{{"result":"{key}"}}"#)),
                ("user/roles", format!(r#"["{role}"]"#)),
                ("ssologin", String::new()),
            ] {
                assert_answer(&client.get(&format!("/services/security/{path}")), &body, &format!("{name}: {path}"));
            }
            let user = format!(
                r#"{{"userId":"{key}","userName":"{name}","userRoles":["{role}"],"landingPage":null,"userAttributes":{{}}}}"#
            );
            assert_answer(&client.get("/services/security/info"), &info(&user, 30, 100), name);
            let answer = client.get("/services/security/user");
            let moment = answer.json()["loginTime"].as_u64().unwrap();
            let user = format!(
                concat!(
                    r#"{{"tenantId":0,"userId":"{key}","userName":"{name}","userRoles":["{role}"],"#,
                    r#""authenticated":true,"securityEnabled":true,"loginTime":{moment}}}"#
                ),
                key = key,
                name = name,
                role = role,
                moment = moment
            );
            assert_answer(&answer, &user, name);
        }
    }
}

#[test]
fn a_session_remembers_when_it_began_in_milliseconds_since_1970() {
    let server = Server::start();
    let browser = server.browser("admin", "admin");
    let moment = login_time(&browser);
    assert!((1_700_000_000_000..4_000_000_000_000).contains(&moment), "{moment}");
    server.pass_seconds(60);
    assert_eq!(login_time(&browser), moment);
    assert_eq!(browser.get("/services/security/user").json()["loginTime"].as_u64(), Some(moment));
    // Who comes without a session signs in with each request.
    assert!(login_time(&server.admin()) >= moment);
    assert!(login_time(&server.basic("admin", "admin")) >= moment);
}

#[test]
fn info_tells_the_settings_of_sessions() {
    for (seconds, minutes, most, told) in [(1800, 30, 0, -1), (90, 2, 3, 3), (1, 1, 1, 1)] {
        let server = Server::start_with(|settings| {
            settings.session_timeout_seconds = seconds;
            settings.max_sessions_per_user = most;
        });
        let answer = server.nobody().get("/services/security/info");
        assert_answer(&answer, &info("null", minutes, told), &format!("{seconds} seconds, {most} sessions"));
    }
}

#[test]
fn a_name_that_needs_escaping_comes_out_as_it_is() {
    let server = Server::start();
    let name = "o\"neill <b>&amp;é";
    let body = serde_json::json!({"username": name, "password": "secret", "role": "userrole"});
    assert_eq!(server.admin().post("/services/hrdb/User", &body).status, 200);
    let client = server.basic(name, "secret");
    assert_eq!(client.get("/services/security/user/username").json()["result"], name);
    assert_eq!(client.get("/services/security/info").json()["userInfo"]["userName"], name);
    assert_eq!(client.get("/services/security/user/userid").json()["result"], "7", "the next key of the sample");
}

#[test]
fn the_application_s_properties_are_a_script_for_everybody() {
    let server = Server::start();
    // A React Native client adds the time, so that no cache answers.
    for path in ["/services/application/wmProperties.js", "/services/application/wmProperties.js?t=1718000000000"] {
        for client in [server.nobody(), server.admin(), server.browser("boris.tran", "welcome")] {
            let answer = client.get(path);
            assert_eq!((answer.status, answer.set_cookies().count()), (200, 0), "{}", answer.text());
            let content_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap();
            assert!(["application/javascript", "text/javascript"].contains(&content_type), "{content_type}");
            let script = answer.text();
            let assigned = script.trim().strip_prefix("const _WM_APP_PROPERTIES = ");
            let assigned = assigned.and_then(|rest| rest.strip_suffix(';')).unwrap_or_else(|| panic!("{script}"));
            let properties: Json = serde_json::from_str(assigned).unwrap();
            // Without the first, a client never asks who is signed in; without the last two, it cannot write.
            assert_eq!(properties["securityEnabled"], true);
            assert_eq!(properties["xsrf_header_name"], "X-WM-XSRF-TOKEN");
            assert_eq!(properties["xsrf_cookie_name"], "wm_xsrf_token");
            assert_eq!(properties["type"], "APPLICATION");
            for key in ["homePage", "name", "displayName", "version", "defaultLanguage"] {
                assert!(properties[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {properties}");
            }
            assert!(properties["supportedLanguages"].is_object(), "{properties}");
            assert!(properties["preferBrowserLang"].is_boolean(), "{properties}");
        }
    }
}
