//! Basic credentials: how they are written, what they outweigh, and what wrong ones lead to.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::json;

use crate::raw;
use crate::support::{Answer, Server};
use crate::tokens::{MINT, NOBODY};

const WHO: &str = "/services/security/user/username";

/// The value of `Authorization` for a name, a colon and a password.
pub fn header(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.nobody().send("GET", path, headers, b"")
}

#[test]
fn basic_credentials_are_understood_as_clients_write_them() {
    let server = Server::start();
    let (padded, bare) = (STANDARD.encode("admin:admin"), STANDARD_NO_PAD.encode("admin:admin"));
    assert_ne!(padded, bare, "the example needs padding");
    let values = [
        format!("Basic {padded}"),
        format!("basic {padded}"),
        format!("BASIC {padded}"),
        format!("bAsIc {bare}"),
        format!("Basic   {padded}  "),
    ];
    for value in values {
        assert_eq!(get(&server, WHO, &[("Authorization", &value)]).json(), json!({"result": "admin"}), "{value}");
        assert_eq!(get(&server, WHO, &[("authorization", &value)]).json(), json!({"result": "admin"}), "{value}");
    }
}

#[test]
fn names_and_passwords_may_hold_whatever_utf8_can_write() {
    let server = Server::start();
    let admin = server.admin();
    let long = "é".repeat(128);
    let accounts = [
        ("colons", "a:b::c:"),
        ("jörg", "pä:ß wörd €"),
        ("山田 太郎", "パスワード🔑"),
        ("o'neill\"%_\\", "' OR ''='"),
        ("spaces", "  two  "),
        ("longest", &long),
    ];
    for (name, password) in accounts {
        let body = json!({"username": name, "password": password, "role": "userrole"});
        assert_eq!(admin.post("/services/hrdb/User", &body).status, 200, "{name}");
        let answer = server.basic(name, password).get(WHO);
        assert_eq!(answer.json(), json!({ "result": name }), "{name}");
        let trimmed = password.trim_matches([' ', ':']);
        assert!(trimmed == password || server.basic(name, trimmed).get(MINT).text() == NOBODY, "{name}");
    }
}

#[test]
fn what_comes_with_basic_credentials_leaves_nothing_behind() {
    let server = Server::start();
    let client = server.basic("admin", "admin");
    let created = client.post("/services/hrdb/Department", &json!({"name": "Legal", "deptCode": "L1"}));
    assert_eq!(created.status, 200, "{}", created.text());
    let path = format!("/services/hrdb/Department/{}", created.json()["deptId"]);
    let answers = [
        created,
        client.put(&path, &json!({"name": "Law", "deptCode": "L1"})),
        client.patch(&path, &json!({"name": "Legal"})),
        client.delete(&path),
        client.get("/services/security/info"),
        client.get("/"),
        client.form("/j_spring_security_logout", ""),
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.set_cookies().count()), (200, 0), "{}", answer.text());
    }
}

#[test]
fn basic_credentials_outweigh_a_session() {
    let server = Server::start();
    let cookie = format!("SESSION={}", server.sign_in("user", "user").0);
    let right = get(&server, WHO, &[("Cookie", &cookie), ("Authorization", &header("admin:admin"))]);
    assert_eq!(right.json(), json!({"result": "admin"}));
    let headers =
        [("Cookie", cookie.as_str()), ("Authorization", &header("admin:admin")), ("Content-Type", "application/json")];
    let written = server.nobody().send("PATCH", "/services/hrdb/Department/1", &headers, br#"{"location":"Oslo"}"#);
    assert_eq!(written.status, 200, "no CSRF token is asked for: {}", written.text());
}

#[test]
fn wrong_basic_credentials_make_nobody_of_a_session_too() {
    let server = Server::start();
    let (session, csrf) = server.sign_in("admin", "admin");
    let cookie = format!("SESSION={session}");
    let wrong = [
        header("user:wrong"),
        header("admin:wrong"),
        header("nobody:admin"),
        header("admin"),
        "Basic".to_owned(),
        "basic !!!".to_owned(),
        "Basic YWRtaW46//8=".to_owned(),
    ];
    for value in wrong {
        let headers = [
            ("Cookie", cookie.as_str()),
            ("X-WM-XSRF-TOKEN", &csrf),
            ("Authorization", &value),
            ("Content-Type", "application/json"),
        ];
        assert_eq!(get(&server, MINT, &headers).text(), NOBODY, "{value}");
        assert_eq!(get(&server, WHO, &headers).json(), json!({"result": null}), "{value}");
        let written = server.nobody().send("PATCH", "/services/hrdb/Department/1", &headers, br#"{"location":"X"}"#);
        assert_eq!(written.status, 401, "{value}");
        assert_eq!(written.header("x-wm-login-errormessage"), Some("Session Not Found"), "{value}");
        assert_eq!(written.set_cookies().count(), 0, "{value}");
    }
    assert_eq!(get(&server, WHO, &[("Cookie", &cookie)]).json(), json!({"result": "admin"}), "the session lives on");
    let department = server.admin().get("/services/hrdb/Department/1").json();
    assert_ne!(department["location"], json!("X"));
}

#[test]
fn basic_credentials_that_are_no_text_are_wrong_ones_and_not_absent() {
    let server = Server::start();
    let (session, _) = server.sign_in("admin", "admin");
    let mut request =
        format!("GET {WHO} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: SESSION={session}\r\n");
    request.push_str("Authorization: Basic ");
    let mut request = request.into_bytes();
    request.extend_from_slice(b"\xE9\xFF\r\n\r\n");
    assert_eq!(raw::exchange(&server, &request).json(), json!({"result": null}));
}

#[test]
fn another_scheme_is_nothing_to_us() {
    let server = Server::start();
    let cookie = format!("SESSION={}", server.sign_in("user", "user").0);
    for value in ["Bearer 0123456789abcdef0123456789abcdef", "Digest username=\"admin\"", "Negotiate", "Basics YTph"] {
        let by_cookie = get(&server, WHO, &[("Cookie", &cookie), ("Authorization", value)]);
        assert_eq!(by_cookie.json(), json!({"result": "user"}), "{value}");
        let alone = get(&server, "/services/hrdb/Department", &[("Authorization", value)]);
        assert_eq!(alone.status, 401, "{value}");
        assert_eq!(alone.header("x-wm-login-errormessage"), Some("Session Not Found"), "{value}");
    }
}

#[test]
fn a_new_password_counts_at_once_and_none_at_all_lets_nobody_in() {
    let server = Server::start();
    let (admin, path) = (server.admin(), "/services/hrdb/User/4");
    assert_eq!(admin.patch(path, &json!({"password": "another one"})).status, 200);
    assert_eq!(server.basic("user2", "user2").get(WHO).json(), json!({"result": null}));
    assert_eq!(server.basic("user2", "another one").get(WHO).json(), json!({"result": "user2"}));
    assert_eq!(admin.patch(path, &json!({"password": null})).status, 200);
    for password in ["another one", "user2", "", "null"] {
        assert_eq!(server.basic("user2", password).get(WHO).json(), json!({"result": null}), "'{password}'");
    }
}

#[test]
fn one_name_in_both_sources_is_two_people_with_two_passwords() {
    let server = Server::start();
    let changed = server.admin().patch("/services/hrdb/Employee/2", &json!({"username": "admin"}));
    assert_eq!(changed.status, 200, "{}", changed.text());
    let user = server.basic("admin", "admin").get("/services/security/user").json();
    assert_eq!((&user["userId"], &user["userRoles"]), (&json!("1"), &json!(["adminrole"])));
    let employee = server.basic("admin", "welcome").get("/services/security/user").json();
    assert_eq!((&employee["userId"], &employee["userRoles"]), (&json!("2"), &json!(["user"])));
    assert_eq!(server.basic("admin", "neither").get(MINT).text(), NOBODY);
}
