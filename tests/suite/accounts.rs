//! Accounts: where they are, how their passwords are kept, for how long Basic credentials are remembered.

use std::path::Path;

use hrdb::app::Application;
use hrdb::auth::{Clock, hash_password};
use hrdb::config::{AccountSource, PasswordCost, Settings};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::databases::filtered;
use crate::sign_in::SIGN_IN;
use crate::support::Server;
use crate::tokens::{MINT, NOBODY};

const WHO: &str = "/services/security/user/username";
const DEPARTMENTS: &str = "/services/hrdb/Department/count";
const DEMO: &str = "/services/security/demo-accounts";
/// What the sample had before this server's cost was set.
const CHEAPER: PasswordCost = PasswordCost { memory_kib: 7_168, iterations: 1, parallelism: 1 };

fn database(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("hrdb.db")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection
}

fn stored(folder: &Path, name: &str) -> String {
    let sql = "SELECT PASSWORD FROM \"USER\" WHERE USERNAME = ?1";
    database(folder).query_row(sql, [name], |row| row.get(0)).unwrap()
}

fn source(table: &str, roles: &[&str], active: Option<&str>) -> AccountSource {
    let text = str::to_owned;
    AccountSource {
        table: text(table),
        id: text(if table == "EMPLOYEE" { "EMP_ID" } else { "USER_ID" }),
        username: text("USERNAME"),
        password: text("PASSWORD"),
        role: text("ROLE"),
        roles: roles.iter().map(|role| text(role)).collect(),
        active: active.map(text),
    }
}

fn who(server: &Server, name: &str, password: &str) -> Json {
    server.basic(name, password).get(WHO).json()["result"].clone()
}

/// The one line with which a start is refused.
fn refused(sources: Vec<AccountSource>) -> String {
    let folder = Server::start().stop();
    let mut settings = Settings::defaults();
    settings.listen = "127.0.0.1:0".parse().unwrap();
    folder.path().to_str().unwrap().clone_into(&mut settings.data_dir);
    settings.accounts = Some(sources);
    let built = actix_rt::System::new().block_on(async { Application::build(&settings, Clock::system()).err() });
    let line = built.expect("the start is refused");
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

#[test]
fn a_filter_says_which_rows_may_sign_in() {
    let active = "department.name != 'Sales' and empId <= 4";
    let server = Server::start_with(|settings| {
        let employees = source("EMPLOYEE", &["admin", "user"], Some(active));
        settings.accounts = Some(vec![source("USER", &["adminrole"], None), employees]);
    });
    assert_eq!(who(&server, "erin.lund", "welcome"), json!("erin.lund"));
    assert_eq!(who(&server, "boris.tran", "welcome"), json!("boris.tran"));
    assert_eq!(who(&server, "amara.blake", "welcome"), Json::Null, "in Sales");
    assert_eq!(who(&server, "judith.bauer", "welcome"), Json::Null, "number 6");
    assert_eq!(who(&server, "admin", "admin"), json!("admin"));
    assert_eq!(who(&server, "user", "user"), Json::Null, "a role that may not");
    // A row that ceases to be active is out at once, remembered or not.
    assert_eq!(server.admin().patch("/services/hrdb/Employee/2", &json!({"deptId": 4})).status, 200);
    assert_eq!(who(&server, "boris.tran", "welcome"), Json::Null);
}

#[test]
fn a_replaced_source_takes_the_place_of_those_that_are_built_in() {
    let server = Server::start_with(|settings| settings.accounts = Some(vec![source("USER", &["userrole"], None)]));
    assert_eq!(who(&server, "user", "user"), json!("user"));
    for (name, password) in [("admin", "admin"), ("erin.lund", "welcome")] {
        assert_eq!(who(&server, name, password), Json::Null, "{name}");
    }
    let user = server.token("user", "user");
    assert_eq!(user.get("/services/hrdb/queryExecutor/queries/totalBudget").status, 200, "bundled queries still run");
}

#[test]
fn accounts_that_are_told_apart_by_a_text_end_with_a_change_like_all_others() {
    let by_name = AccountSource { id: "USERNAME".to_owned(), ..source("USER", &["adminrole", "userrole"], None) };
    let server = Server::start_with(|settings| settings.accounts = Some(vec![by_name]));
    let (admin, user) = (server.admin(), server.token("user", "user"));
    let row = filtered(&admin, "hrdb/User", "username = 'user'").json()["content"][0]["userId"].clone();
    assert_eq!(user.get(DEPARTMENTS).status, 200);
    assert_eq!(admin.patch(&format!("/services/hrdb/User/{row}"), &json!({"role": "adminrole"})).status, 200);
    assert_eq!(user.get(DEPARTMENTS).status, 401, "what he was allowed to do is no longer true");
    assert_eq!(admin.get(DEPARTMENTS).status, 200, "nobody else is touched");
    assert_eq!(server.token("user", "user").get(DEPARTMENTS).status, 200);
}

#[test]
fn a_source_that_does_not_fit_the_database_stops_the_start_in_one_line() {
    let good = || source("USER", &["adminrole"], None);
    let with = |change: fn(&mut AccountSource)| {
        let mut source = good();
        change(&mut source);
        refused(vec![source])
    };
    for (line, named) in [
        (with(|source| source.table = "NOBODY".into()), "NOBODY"),
        (with(|source| source.id = "NO_ID".into()), "NO_ID"),
        (with(|source| (source.table, source.id) = ("EMPLOYEE".into(), "BIRTHDATE".into())), "no number or text"),
        (with(|source| source.username = "NO_NAME".into()), "NO_NAME"),
        (with(|source| source.password = "NO_WORD".into()), "NO_WORD"),
        (with(|source| source.role = "NO_ROLE".into()), "NO_ROLE"),
        (with(|source| source.roles.clear()), "no role"),
        (with(|source| source.active = Some("role =".into())), "active"),
        (with(|source| source.active = Some("nothing = 1".into())), "nothing"),
        (with(|source| source.active = Some("userId = 'x'".into())), "userId"),
        (with(|source| source.active = Some("password is not null".into())), "password"),
        (with(|source| source.active = Some("role = :role".into())), "active"),
        (refused(vec![good(), good()]), "two account sources USER"),
    ] {
        assert!(line.contains(named), "{named}: {line}");
    }
}

#[test]
fn an_old_hash_is_renewed_at_the_next_sign_in_and_a_demo_password_stays_one() {
    let folder = Server::start().stop();
    let (old, fresh) = (hash_password("user", CHEAPER).unwrap(), stored(folder.path(), "admin"));
    let connection = database(folder.path());
    connection
        .execute("UPDATE _hrdb_demo_password SET HASH = ?1 WHERE HASH = ?2", [&old, &stored(folder.path(), "user")])
        .unwrap();
    connection.execute("UPDATE \"USER\" SET PASSWORD = ?1 WHERE USERNAME = 'user'", [&old]).unwrap();
    drop(connection);
    let server = Server::start_in(folder, |_| {});
    let demo = server.nobody().get(DEMO).json();
    assert!(
        demo.as_array().unwrap().contains(&json!({"source": "USER", "name": "user", "role": "userrole"})),
        "{demo}"
    );
    assert_eq!(server.basic("user", "wrong").get(MINT).text(), NOBODY);
    assert_eq!(stored(server.folder.path(), "user"), old, "a failure renews nothing");
    for _ in 0..2 {
        assert_eq!(server.basic("user", "user").get(MINT).status, 200);
        assert_eq!(server.nobody().form(SIGN_IN, "j_username=user&j_password=user").status, 200);
    }
    let renewed = stored(server.folder.path(), "user");
    assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{renewed}");
    assert_eq!(server.nobody().get(DEMO).json(), demo, "everybody still knows it");
    server.basic("admin", "admin").get(MINT);
    assert_eq!(stored(server.folder.path(), "admin"), fresh, "what is up to date is left alone");
}

#[test]
fn a_hash_costs_what_the_settings_say() {
    let cost = |settings: &mut Settings| {
        (settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism) = (8_192, 3, 2);
    };
    let server = Server::start_with(cost);
    let body = json!({"username": "made", "password": "secret", "role": "userrole"});
    assert_eq!(server.admin().post("/services/hrdb/User", &body).status, 200);
    for name in ["made", "admin"] {
        let stored = stored(server.folder.path(), name);
        assert!(stored.starts_with("$argon2id$v=19$m=8192,t=3,p=2$"), "{name}: {stored}");
    }
    assert_eq!(who(&server, "made", "secret"), json!("made"));
}

#[test]
fn a_plain_text_lets_nobody_in() {
    let server = Server::start();
    let plain = "UPDATE \"USER\" SET PASSWORD = 'user' WHERE USERNAME = 'user'";
    database(server.folder.path()).execute(plain, []).unwrap();
    assert_eq!(who(&server, "user", "user"), Json::Null);
    assert_eq!(stored(server.folder.path(), "user"), "user");
}

#[test]
fn remembered_credentials_do_not_outlive_their_account_whoever_changes_it() {
    let server = Server::start();
    let change = |sql: &str| assert_eq!(database(server.folder.path()).execute(sql, []).unwrap(), 1, "{sql}");
    let roles = || server.basic("user2", "user2").get("/services/security/user/roles").json();
    assert_eq!(roles(), json!(["userrole"]));
    change("UPDATE \"USER\" SET ROLE = 'adminrole' WHERE USERNAME = 'user2'");
    assert_eq!(roles(), json!(["adminrole"]));
    change("UPDATE \"USER\" SET ROLE = 'anonymous' WHERE USERNAME = 'user2'");
    assert_eq!(roles(), json!([]));
    change("UPDATE \"USER\" SET ROLE = 'userrole' WHERE USERNAME = 'user2'");
    assert_eq!(roles(), json!(["userrole"]));
    change("UPDATE \"USER\" SET USERNAME = 'other' WHERE USERNAME = 'user2'");
    assert_eq!(roles(), json!([]));
    change("UPDATE \"USER\" SET USERNAME = 'user2' WHERE USERNAME = 'other'");
    let sql = "UPDATE \"USER\" SET PASSWORD = (SELECT PASSWORD FROM \"USER\" WHERE USERNAME = 'user') \
               WHERE USERNAME = 'user2'";
    change(sql);
    assert_eq!(roles(), json!([]));
    assert_eq!(who(&server, "user2", "user"), json!("user2"));
    change("DELETE FROM \"USER\" WHERE USERNAME = 'user2'");
    assert_eq!(who(&server, "user2", "user"), Json::Null);
}

#[test]
fn another_password_is_not_let_in_by_one_that_is_remembered() {
    let server = Server::start();
    assert_eq!(who(&server, "admin", "admin"), json!("admin"));
    for password in ["", "admi", "admin ", "Admin", "adminadmin"] {
        assert_eq!(server.basic("admin", password).get(MINT).text(), NOBODY, "'{password}'");
    }
    assert_eq!(server.basic("admin", "sixth").get(MINT).status, 429);
}

#[test]
fn the_accounts_that_still_have_a_password_of_the_sample_are_told_to_everybody_and_no_others() {
    let server = Server::first_start(|settings| settings.admin_password = Some("set".parse().unwrap()));
    let names = || -> Vec<String> {
        let list = server.nobody().get(DEMO).json();
        let name = |account: &Json| {
            assert_eq!(account.as_object().unwrap().keys().collect::<Vec<_>>(), ["source", "name", "role"]);
            account["name"].as_str().unwrap().to_owned()
        };
        list.as_array().unwrap().iter().map(name).collect()
    };
    let mut expected = vec!["user", "admin2", "user2"];
    expected.extend(["erin.lund", "boris.tran", "clara.moreno", "amara.blake", "jonas.leclair", "judith.bauer"]);
    expected.extend(["kofi.nakamura", "wanda.hoffman", "samir.joshi", "petra.garcia"]);
    assert_eq!(names(), expected, "neither admin, who was given one, nor anon, who cannot sign in");
    let admin = server.token("admin", "set");
    assert_eq!(admin.patch("/services/hrdb/User/2", &json!({"password": "own"})).status, 200);
    assert_eq!(admin.patch("/services/hrdb/User/3", &json!({"password": null})).status, 200);
    assert_eq!(admin.patch("/services/hrdb/User/4", &json!({"role": "anonymous"})).status, 200);
    assert_eq!(admin.patch("/services/hrdb/Employee/1", &json!({"username": "erin"})).status, 200);
    expected[3] = "erin";
    assert_eq!(names(), expected[3..]);
    database(server.folder.path()).execute("UPDATE EMPLOYEE SET PASSWORD = NULL", []).unwrap();
    assert_eq!(server.nobody().get(DEMO).text(), "[]");
    let folder: TempDir = server.stop();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.nobody().get(DEMO).text(), "[]");
}

#[test]
fn a_table_that_comes_before_the_accounts_while_the_server_runs_confuses_nobody() {
    let server = Server::start();
    // Entities stand in the order of their names.
    database(server.folder.path()).execute_batch("CREATE TABLE AAA (ID INTEGER PRIMARY KEY, NAME TEXT)").unwrap();
    let admin = loop {
        let admin = server.admin();
        if admin.get("/services/hrdb/Aaa").status == 200 {
            break admin;
        }
    };
    assert_eq!(admin.get(WHO).json(), json!({"result": "admin"}));
    assert_eq!(server.nobody().form(SIGN_IN, "j_username=erin.lund&j_password=welcome").status, 200);
}
