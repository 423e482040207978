//! The audit log of a running server: what it tells, to whom a line belongs, and what it never holds.

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::process::{Running, basic, errors};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn in_json() -> Running {
    Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--log-format", "json", "--trusted-proxies", "127.0.0.1"]);
    })
}

/// The lines of a server that is stopped for it, each of which must be one JSON object.
fn lines(server: Running) -> Vec<Json> {
    let (_, folder) = server.stop("-TERM");
    let text = errors(folder.path());
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn of<'a>(lines: &'a [Json], target: &str) -> Vec<&'a Json> {
    lines.iter().filter(|line| line["target"] == target).collect()
}

#[test]
fn what_matters_to_safety_is_told_once_with_who_and_from_where() {
    let server = in_json();
    let from = ("X-Forwarded-For", "203.0.113.7");
    let right = basic("admin", "admin");
    let ask = |id: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        server.answer(method, path, &[&[("X-WM-Request-Track-Id", id), from], headers].concat(), body)
    };
    let mut minted = ask("t.mint", "GET", "services/security/token", &[("Authorization", &right)], "");
    let minted: Json = serde_json::from_str(&minted.body_mut().read_to_string().unwrap()).unwrap();
    let token = minted["wm_auth_token"].as_str().unwrap();
    let by_token = [("wm_auth_token", token), JSON];
    let signed_in = ask("t.in", "POST", "j_spring_security_check", &[FORM], "j_username=user&j_password=user");
    let cookies = signed_in.headers().get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("SESSION=")).unwrap();
    ask("t.forged", "POST", "services/hrdb/Vacation", &[("Cookie", session), JSON], "{}");
    ask("t.out", "GET", "j_spring_security_logout", &[("Cookie", session)], "");
    ask("t.form", "POST", "j_spring_security_check", &[FORM], "j_username=admin&j_password=wrong");
    ask("t.basic", "GET", "services/hrdb/User", &[("Authorization", &basic("admin", "wrong"))], "");
    ask("t.public", "GET", "services/security/info", &[("Authorization", &basic("admin", "wrong"))], "");
    ask("t.nobody", "GET", "services/hrdb/User?q=secret", &[], "");
    ask("t.token", "GET", "services/hrdb/User?wm_auth_token=stolen", &[], "");
    ask("t.right", "GET", "services/hrdb/User", &[("Authorization", &basic("user", "user"))], "");
    ask("t.new", "POST", "services/hrdb/Department", &by_token, r#"{"name":"hidden"}"#);
    ask("t.put", "PUT", "services/hrdb/Department/2", &by_token, r#"{"name":"hidden"}"#);
    ask("t.patch", "PATCH", "services/hrdb/Vacation/composite-id?id=3", &by_token, "{}");
    ask("t.gone", "DELETE", "services/hrdb/Vacation/4", &by_token, "");
    ask("t.absent", "DELETE", "services/hrdb/Vacation/999", &by_token, "");
    ask("t.user", "POST", "services/hrdb/User", &by_token, r#"{"username":"x","password":"hidden"}"#);
    ask("t.role", "PATCH", "services/hrdb/User/2", &by_token, r#"{"role":"adminrole"}"#);
    ask("t.fired", "DELETE", "services/hrdb/User/5", &by_token, "");
    ask("t.query", "PUT", "services/hrdb/queryExecutor/queries/LeaveAction", &by_token, r#"{"status":"x","id":1}"#);
    ask("t.read", "GET", "services/hrdb/Department", &by_token, "");
    let lines = lines(server);
    let audit = of(&lines, "hrdb::audit");
    let (admin, user) = ("USER/1", "USER/2");
    let row = |entity: &str, key: &str| json!({"service": "hrdb", "entity": entity, "key": key});
    let denied = |reason: &str, method: &str, path: &str| json!({"reason": reason, "method": method, "path": path});
    let expected = [
        ("t.mint", admin, "token_issued", json!({})),
        ("t.in", user, "signed_in", json!({"by": "form"})),
        ("t.forged", user, "denied", denied("no csrf token", "POST", "/services/hrdb/Vacation")),
        ("t.out", user, "signed_out", json!({})),
        ("t.form", "-", "sign_in_failed", json!({"by": "form"})),
        ("t.basic", "-", "sign_in_failed", json!({"by": "basic"})),
        ("t.public", "-", "sign_in_failed", json!({"by": "basic"})),
        ("t.nobody", "-", "denied", denied("not signed in", "GET", "/services/hrdb/User")),
        ("t.token", "-", "denied", denied("invalid token", "GET", "/services/hrdb/User")),
        ("t.right", user, "denied", denied("no right", "GET", "/services/hrdb/User")),
        ("t.new", admin, "created", row("Department", "11")),
        ("t.put", admin, "updated", row("Department", "2")),
        ("t.patch", admin, "updated", row("Vacation", "3")),
        ("t.gone", admin, "deleted", row("Vacation", "4")),
        ("t.user", admin, "account_created", row("User", "7")),
        ("t.role", admin, "account_updated", row("User", "2")),
        ("t.fired", admin, "account_deleted", row("User", "5")),
        ("t.query", admin, "query_run", json!({"service": "hrdb", "query": "LeaveAction"})),
    ];
    assert_eq!(audit.len(), expected.len(), "{audit:#?}");
    for (line, (id, who, event, details)) in audit.iter().zip(&expected) {
        assert_eq!((&line["request"], &line["event"]), (&json!(id), &json!(event)), "{line}");
        assert_eq!((&line["principal"], &line["address"]), (&json!(who), &json!("203.0.113.7")), "{line}");
        assert_eq!((&line["message"], &line["level"]), (&json!(event), &json!("info")), "{line}");
        for (name, value) in details.as_object().unwrap() {
            assert_eq!(&line[name], value, "{name}: {line}");
        }
        assert_eq!(line.as_object().unwrap().len(), 8 + details.as_object().unwrap().len(), "{line}");
    }
    let access = of(&lines, "hrdb::access");
    let read = access.iter().find(|line| line["request"] == "t.read").unwrap();
    assert_eq!((&read["method"], &read["path"]), (&json!("GET"), &json!("/services/hrdb/Department")));
    assert_eq!((&read["status"], &read["principal"]), (&json!(200), &json!(admin)));
    assert!(read["microseconds"].is_u64() && read["address"] == "203.0.113.7", "{read}");
    let text = serde_json::to_string(&lines).unwrap();
    let secret = session.strip_prefix("SESSION=").unwrap();
    for secret in [token, secret, "hidden", "wrong", "stolen", "secret", &right[6..], "q=", "$argon2"] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn nobody_writes_lines_of_his_own() {
    for format in ["text", "json"] {
        let server = Running::start(TempDir::new().unwrap(), |command| {
            command.args(["--log-format", format]);
        });
        let forged = "%0A[2030-01-01T00:00:00Z%20INFO%20%20hrdb::audit]%20forged";
        for path in [format!("services/hrdb/{forged}"), format!("services/hrdb/User/{forged}")] {
            server.get(&path, &basic("user", "user"));
            server.get(&path, &basic("admin", "admin"));
        }
        let body = r#"{"deptCode":"\n[x INFO hrdb::audit] forged"}"#;
        server.send("POST", "services/hrdb/Department", &[("Authorization", &basic("admin", "admin")), JSON], body);
        let (_, folder) = server.stop("-TERM");
        let log = errors(folder.path());
        assert!(log.lines().count() > 5, "{log}");
        let starts = |line: &str| line.starts_with(if format == "json" { "{\"time\":\"20" } else { "[20" });
        assert!(log.lines().all(|line| starts(line) && !line.starts_with("[2030")), "{log}");
    }
}
