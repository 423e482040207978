//! A changed account ends what it holds: at once when it is changed here, within moments when it is changed elsewhere.

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::{Client, Credentials, Server, eventually};

const WHO: &str = "/services/security/user/username";

/// Everything that an account can hold, and what of it still works.
struct Held {
    token: Client,
    session: Client,
    remembered: String,
}

impl Held {
    fn of(server: &Server, name: &str, password: &str) -> Self {
        let form = format!("j_username={name}&j_password={password}&j_rememberme=true");
        let answer = server.nobody().form("/j_spring_security_check", &form);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let session = answer.cookie("SESSION").unwrap();
        let session = Client::new(server.address, Credentials::Session { session, csrf: None });
        Self { token: server.token(name, password), session, remembered: answer.cookie("remember-me").unwrap() }
    }

    /// Whether token and session work: always both or neither.
    #[track_caller]
    fn is_alive(&self) -> bool {
        let (token, session) = (self.token.get(WHO), self.session.get(WHO));
        let alive = (token.status == 200, !session.json()["result"].is_null());
        assert_eq!(alive.0, alive.1, "token and session end together");
        alive.0
    }

    /// Whether the browser would be signed in again by itself. This uses the cookie up.
    fn is_remembered(&self, server: &Server) -> bool {
        let cookie = format!("remember-me={}", self.remembered);
        !server.nobody().send("GET", WHO, &[("Cookie", &cookie)], b"").json()["result"].is_null()
    }
}

#[test]
fn a_changed_role_name_or_password_ends_everything_before_the_change_is_answered() {
    let server = Server::start();
    let admin = server.admin();
    let cases: [(&str, &str, Json); 8] = [
        ("PATCH", "/services/hrdb/User/4", json!({"role": "adminrole"})),
        ("PATCH", "/services/hrdb/User/4", json!({"role": "anonymous"})),
        ("PATCH", "/services/hrdb/User/4", json!({"role": null})),
        ("PATCH", "/services/hrdb/User/4", json!({"username": "user-two"})),
        ("PATCH", "/services/hrdb/User/4", json!({"password": "another"})),
        ("PATCH", "/services/hrdb/User/4", json!({"password": null})),
        ("PUT", "/services/hrdb/User/4", json!({"username": "user2", "role": "adminrole"})),
        ("DELETE", "/services/hrdb/User/4", json!({})),
    ];
    for (method, path, change) in cases {
        let (held, other) = (Held::of(&server, "user2", "user2"), Held::of(&server, "user", "user"));
        let answer = admin.json(method, path, &change);
        assert_eq!(answer.status, 200, "{change}: {}", answer.text());
        assert!(!held.is_alive() && !held.is_remembered(&server), "{method} {change}");
        assert!(other.is_alive() && other.is_remembered(&server), "{method} {change}: nobody else's");
        if method != "DELETE" {
            let back = json!({"username": "user2", "password": "user2", "role": "userrole"});
            assert_eq!(admin.patch(path, &back).status, 200);
        }
    }
}

#[test]
fn an_account_that_is_as_it_was_again_gets_nothing_back() {
    let server = Server::start();
    let admin = server.admin();
    let held = Held::of(&server, "user2", "user2");
    for role in ["adminrole", "userrole"] {
        assert_eq!(admin.patch("/services/hrdb/User/4", &json!({ "role": role })).status, 200);
    }
    assert!(!held.is_alive());
}

#[test]
fn what_no_sign_in_depends_on_ends_nothing() {
    let server = Server::start();
    let admin = server.admin();
    let (boris, user, own) = (
        Held::of(&server, "boris.tran", "welcome"),
        Held::of(&server, "user2", "user2"),
        Held::of(&server, "admin", "admin"),
    );
    for (path, change) in [
        ("/services/hrdb/Employee/2", json!({"street": "1 New Road", "birthdate": "1990-01-01"})),
        ("/services/hrdb/Employee/2", json!({"username": "boris.tran", "role": "user"})),
        ("/services/hrdb/User/4", json!({"tenantId": 7})),
        ("/services/hrdb/User/4", json!({"role": "userrole"})),
    ] {
        assert_eq!(admin.patch(path, &change).status, 200, "{change}");
    }
    assert_eq!(admin.patch("/services/hrdb/User/4", &json!({"username": "x".repeat(21)})).status, 400);
    assert_eq!(admin.post("/services/hrdb/User", &json!({"username": "new", "role": "userrole"})).status, 200);
    assert!(boris.is_alive() && user.is_alive() && own.is_alive());
    assert!(boris.is_remembered(&server) && user.is_remembered(&server));
}

#[test]
fn the_same_key_in_another_table_is_somebody_else() {
    let server = Server::start();
    let (employee, user) = (Held::of(&server, "erin.lund", "welcome"), Held::of(&server, "admin", "admin"));
    assert_eq!(server.admin().patch("/services/hrdb/Employee/1", &json!({"role": "user"})).status, 200);
    assert!(!employee.is_alive() && user.is_alive(), "employee 1 is not user 1");
    assert!(!employee.is_remembered(&server) && user.is_remembered(&server));
}

/// A server with queries of its own.
fn with_queries(queries: &[(&str, &str)]) -> (Server, TempDir) {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("hrdb")).unwrap();
    for (name, sql) in queries {
        std::fs::write(folder.path().join("hrdb").join(format!("{name}.sql")), sql).unwrap();
    }
    let path = folder.path().to_str().unwrap().to_owned();
    (Server::start_with(|settings| settings.queries_dir = path), folder)
}

#[test]
fn a_named_query_ends_what_it_changes_too_even_all_at_once() {
    let (server, _folder) = with_queries(&[
        ("promote", "-- param: id integer\nUPDATE \"USER\" SET ROLE = 'adminrole' WHERE USER_ID = :id"),
        ("clear", "DELETE FROM \"USER\""),
    ]);
    let admin = server.admin();
    let queries = "/services/hrdb/queryExecutor/queries";
    let (held, other) = (Held::of(&server, "user2", "user2"), Held::of(&server, "user", "user"));
    assert_eq!(admin.put(&format!("{queries}/promote"), &json!({"id": 4})).json(), json!({"result": 1}));
    assert!(!held.is_alive() && other.is_alive());
    let employee = Held::of(&server, "boris.tran", "welcome");
    // SQLite empties a table without a word about its rows.
    assert_eq!(admin.delete(&format!("{queries}/clear")).status, 200);
    assert!(!other.is_alive() && employee.is_alive());
    assert_eq!(admin.get(WHO).status, 401, "the administrator has removed himself");
}

#[test]
fn a_change_by_another_program_is_noticed() {
    let server = Server::start();
    let file = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    for change in [
        "UPDATE \"USER\" SET ROLE = 'anonymous' WHERE USER_ID = 4",
        "UPDATE EMPLOYEE SET PASSWORD = 'another' WHERE EMP_ID = 2",
        "DELETE FROM \"USER\" WHERE USER_ID = 2",
    ] {
        let table = if change.contains("EMPLOYEE") {
            "boris.tran"
        } else if change.contains("= 4") {
            "user2"
        } else {
            "user"
        };
        let held = Held::of(&server, table, if table == "boris.tran" { "welcome" } else { table });
        let other = Held::of(&server, "erin.lund", "welcome");
        file.execute_batch("UPDATE EMPLOYEE SET CITY = 'Elsewhere'").unwrap();
        assert!(held.is_alive(), "{change}");
        file.execute(change, []).unwrap();
        // The token's end is what is waited for: a moment later the session has ended as well.
        eventually(|| held.token.get(WHO).status == 401, change);
        eventually(|| held.session.get(WHO).json()["result"].is_null(), change);
        assert!(!held.is_remembered(&server), "{change}");
        assert!(other.is_alive(), "{change}");
    }
}

#[test]
fn a_remembered_sign_in_does_not_outlive_a_change_made_while_nothing_ran() {
    let server = Server::start();
    let (held, other) = (Held::of(&server, "user2", "user2"), Held::of(&server, "user", "user"));
    let folder = server.stop();
    let file = rusqlite::Connection::open(folder.path().join("hrdb.db")).unwrap();
    file.execute("UPDATE \"USER\" SET ROLE = 'adminrole' WHERE USER_ID = 4", []).unwrap();
    drop(file);
    let server = Server::start_in(folder, |_| {});
    assert!(!held.is_remembered(&server) && other.is_remembered(&server));
}

#[test]
fn while_roles_change_no_token_ever_acts_with_the_old_one() {
    let server = Server::start();
    let admin = server.admin();
    for round in 0..6 {
        let role = if round % 2 == 0 { "adminrole" } else { "userrole" };
        // Minting goes on while the role changes.
        let minted: Vec<String> = std::thread::scope(|scope| {
            let first = server.token("user2", "user2");
            let minting = scope.spawn(move || {
                let mut minted = Vec::new();
                loop {
                    let answer = first.get("/services/security/token");
                    match answer.status {
                        200 => minted.push(answer.json()["wm_auth_token"].as_str().unwrap().to_owned()),
                        _ => return minted,
                    }
                }
            });
            assert_eq!(admin.patch("/services/hrdb/User/4", &json!({ "role": role })).status, 200);
            minting.join().unwrap()
        });
        for token in minted {
            let client = Client::new(server.address, Credentials::TokenHeader(token));
            assert_eq!(client.get(WHO).status, 401, "round {round}");
        }
    }
}
