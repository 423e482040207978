//! A running server: its address, how it ends, its log.

use std::os::unix::process::ExitStatusExt as _;

use serde_json::json;
use tempfile::TempDir;

use crate::process::{Running, basic, errors, files, hrdb, refused};

#[test]
fn port_0_is_a_free_port_that_is_printed() {
    let one = Running::start(TempDir::new().unwrap(), |_| {});
    let two = Running::start(TempDir::new().unwrap(), |_| {});
    assert_ne!(one.url, two.url);
    for server in [one, two] {
        assert!(server.url.starts_with("http://127.0.0.1:") && !server.url.contains(":0/"), "{}", server.url);
        assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")), (200, json!(5)));
    }
}

#[test]
fn a_port_that_is_taken_is_one_line_and_exit_code_1() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let address = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let folder = TempDir::new().unwrap();
    let mut command = hrdb(folder.path());
    command.args(["--listen", &address]);
    let (code, line) = refused(command, folder.path());
    assert_eq!(code, 1);
    assert!(line.contains(&address), "{line}");
    assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).0, 200, "the first goes on");
}

#[test]
fn a_folder_that_cannot_be_used_is_one_line_and_exit_code_1() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("data"), "a file where the folder should be").unwrap();
    let (code, line) = refused(hrdb(folder.path()), folder.path());
    assert_eq!(code, 1);
    assert!(line.contains("data"), "{line}");
    let mut command = hrdb(folder.path());
    command.args(["--data-dir", "."]);
    std::fs::write(folder.path().join("hrdb.db"), "no database, whatever its name says").unwrap();
    let (code, line) = refused(command, folder.path());
    assert_eq!(code, 1);
    assert!(line.contains("hrdb.db"), "{line}");
}

#[test]
fn a_service_without_its_file_is_one_line_and_exit_code_1() {
    let folder = TempDir::new().unwrap();
    let mut command = hrdb(folder.path());
    // The sample's own database is made before, and says so in the log.
    command.args(["--service", "shop=missing.db", "--log", "error"]);
    let (code, line) = refused(command, folder.path());
    assert_eq!(code, 1);
    assert!(line.contains("missing.db"), "{line}");
    assert!(!folder.path().join("missing.db").exists(), "it is not made");
}

#[test]
fn a_signal_to_end_is_obeyed_in_order() {
    for signal in ["-TERM", "-INT"] {
        let server = Running::start(TempDir::new().unwrap(), |_| {});
        assert_eq!(server.get("services/hrdb/Department/count", &basic("admin", "admin")).0, 200);
        let (status, folder) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {}", errors(folder.path()));
        assert_eq!(files(&folder.path().join("data")), ["hrdb.db"], "{signal}: one tidy file is left");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let mut folder = TempDir::new().unwrap();
    for round in 0..3 {
        let server = Running::start(folder, |_| {});
        let token = server.token("admin", "admin");
        let headers = [("wm_auth_token", token.as_str()), ("Content-Type", "application/json")];
        let (_, found) = server.send("GET", "services/hrdb/Department/count", &headers, "");
        assert_eq!(found, 5 + round * 20, "round {round}");
        for _ in 0..20 {
            assert_eq!(server.send("POST", "services/hrdb/Department", &headers, "{}").0, 200);
        }
        let status;
        (status, folder) = server.stop("-KILL");
        assert_eq!(status.signal(), Some(9));
    }
}

#[test]
fn the_log_holds_no_query_no_token_and_no_password() {
    let server = Running::start(TempDir::new().unwrap(), |command| {
        command.args(["--log", "debug"]).env("HRDB_ADMIN_PASSWORD", "set-51c9");
    });
    let token = server.token("admin", "set-51c9");
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Requested-With", "XMLHttpRequest")];
    let signed_in = server.answer("POST", "j_spring_security_check", &form, "j_username=admin&j_password=set-51c9");
    let cookies = signed_in.headers().get_all("set-cookie").iter();
    let cookies: Vec<String> = cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    let values = cookies.iter().map(|cookie| cookie.split(['=', ';']).nth(1).unwrap().to_owned());
    let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    assert!(values.len() >= 2, "a session and a CSRF token: {cookies:?}");
    let session = format!("SESSION={}", values[0]);
    let json = [("wm_auth_token", token.as_str()), ("Content-Type", "application/json")];
    let wrong = basic("admin", "wrong-8d1e");
    for (method, path, headers, body) in [
        ("GET", &*format!("services/hrdb/User?wm_auth_token={token}&sort=username&marker-a1=1"), &[][..], ""),
        ("GET", "services/hrdb/User?sort=marker-b2", &json, ""),
        ("GET", "services/hrdb/Department?page=marker-c3", &json, ""),
        ("GET", "services/hrdb/User?wm_auth_token=stolen-d4", &[], ""),
        ("GET", "services/hrdb/User", &[("wm_auth_token", "stolen-d4")], ""),
        ("GET", "services/hrdb/User", &[("Authorization", &wrong)], ""),
        ("GET", "services/hrdb/User", &[("Cookie", &session)], ""),
        ("POST", "j_spring_security_check", &form, "j_username=admin&j_password=wrong-8d1e"),
        ("POST", "services/hrdb/User", &json, r#"{"username":"n","password":"made-9f02"}"#),
        ("PUT", "services/hrdb/User/2", &json, r#"{"username":"user","password":"made-9f02"}"#),
        ("PATCH", "services/hrdb/User/2", &json, r#"{"password":["made-9f02"]}"#),
        ("POST", "services/hrdb/User", &json, r#"{"role":"much too long for it","password":"made-9f02"}"#),
        ("POST", "services/hrdb/User", &json, r#"{"password":"made-9f02"#),
        ("GET", "nothing?marker-e5", &[], ""),
    ] {
        server.answer(method, path, headers, body);
    }
    let (_, folder) = server.stop("-TERM");
    let log = errors(folder.path());
    assert!(log.contains("GET /services/hrdb/User 200") && log.contains("POST /services/hrdb/User 400"), "{log}");
    let fixed = ["set-51c9", "wrong-8d1e", "made-9f02", "marker-", "stolen-d4", "$argon2", "sort=", "wm_auth_token="];
    let encoded = [basic("admin", "set-51c9"), wrong].map(|header| header.replace("Basic ", ""));
    let secrets = fixed.into_iter().map(str::to_owned).chain(encoded).chain(values).chain([token]);
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
}

#[test]
fn the_log_warns_of_passwords_that_everybody_knows_at_every_start() {
    let mut folder = TempDir::new().unwrap();
    for _ in 0..2 {
        (_, folder) = Running::start(folder, |_| {}).stop("-TERM");
        let log = errors(folder.path());
        assert!(log.lines().any(|line| line.contains("WARN") && line.contains("password")), "{log}");
    }
}
