//! Answers that are kept, and places that readers keep in the database: nobody notices either.

use serde_json::json;

use crate::databases::serve_script;
use crate::support::{Client, Server, eventually};

const PATH: &str = "/services/hrdb/Department/1";

/// Asks so often that both workers have been asked more than once.
fn ask(client: &Client, path: &str) -> Vec<String> {
    (0..12).map(|_| client.get(path).text()).collect()
}

#[test]
fn what_is_committed_is_in_the_very_next_answer() {
    let server = Server::start();
    let admin = server.token("admin", "admin");
    let elsewhere = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    elsewhere.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    for round in 0..30 {
        let location = format!("round {round}");
        if round % 2 == 0 {
            assert_eq!(admin.patch(PATH, &json!({ "location": location })).status, 200);
        } else {
            elsewhere.execute("UPDATE DEPARTMENT SET LOCATION = ?1 WHERE DEPT_ID = 1", [&location]).unwrap();
        }
        for path in [PATH, "/services/hrdb/Department", "/services/hrdb/Employee/1"] {
            for text in ask(&admin, path) {
                assert!(text.contains(&location), "{path} in {location}: {text}");
            }
        }
    }
}

#[test]
fn a_total_is_counted_anew_when_something_has_been_committed() {
    let server = Server::start_with(|settings| settings.answer_cache_bytes = 0);
    let admin = server.token("admin", "admin");
    let total = |page: usize| {
        let page = admin.get(&format!("/services/hrdb/Department?size=1&page={page}")).json();
        page["totalElements"].as_u64().unwrap()
    };
    let before = total(1);
    for added in 1..=10 {
        assert_eq!(admin.post("/services/hrdb/Department", &json!({ "name": "another" })).status, 200);
        for page in 1..=6 {
            assert_eq!(total(page), before + added);
        }
    }
    let few = admin.get("/services/hrdb/Department/count?q=name%20=%20'another'").text();
    let none = admin.get("/services/hrdb/Department/count?q=name%20=%20'nobody'").text();
    assert_eq!((few.as_str(), none.as_str()), ("10", "0"), "each filter has a total of its own");
}

#[test]
fn everyone_has_the_answers_that_he_would_have_if_none_were_kept() {
    let kept = Server::start();
    let read = Server::start_with(|settings| settings.answer_cache_bytes = 0);
    let employees = ["erin.lund", "amara.blake", "wanda.hoffman", "boris.tran", "samir.joshi"];
    let paths = [
        "/services/hrdb/Vacation",
        "/services/hrdb/Vacation/count",
        "/services/hrdb/Employee/3",
        "/services/hrdb/User",
    ];
    let asked = |server: &Server| {
        let mut clients: Vec<Client> = employees.iter().map(|name| server.token(name, "welcome")).collect();
        clients.extend(["admin", "user"].map(|name| server.token(name, name)));
        let mut answers = Vec::new();
        for _ in 0..6 {
            for path in paths {
                for client in &clients {
                    let answer = client.get(path);
                    answers.push((path, answer.status, answer.text(), answer.header("etag").map(str::to_owned)));
                }
            }
        }
        answers
    };
    let (kept, read) = (asked(&kept), asked(&read));
    assert!(read.iter().all(|(path, status, ..)| *status == 200 || path.ends_with("User")), "{read:?}");
    let counts: std::collections::BTreeSet<_> =
        read.iter().filter(|(path, ..)| path.ends_with("count")).map(|(_, _, text, _)| text).collect();
    assert!(counts.len() > 3, "they do not all see the same: {counts:?}");
    for (kept, read) in kept.iter().zip(&read) {
        // A refusal names its request.
        assert!(kept.1 == read.1 && (read.1 != 200 || kept == read), "{kept:?}\n{read:?}");
    }
}

#[test]
fn what_may_change_by_itself_is_read_each_time() {
    let script = "CREATE TABLE thing (id INTEGER PRIMARY KEY); INSERT INTO thing VALUES (1);
                  CREATE VIEW chance AS SELECT id, random() AS number FROM thing;";
    let server = serve_script("dice", script, |_| {});
    let admin = server.token("admin", "admin");
    let mut answers = ask(&admin, "/services/dice/Chance");
    assert!(answers[0].contains("\"number\":"), "{}", answers[0]);
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 12, "each is another number");
    let past = "/services/dice/Thing?q=id%20%3D%201";
    assert!(ask(&admin, past).iter().all(|text| text.contains("\"id\":1")));
}

#[test]
fn readers_do_not_keep_the_wal_from_being_written_back() {
    let server = Server::start_with(|settings| settings.workers = 1);
    let reader = server.token("admin", "admin");
    let wal = server.folder.path().join("hrdb.db-wal");
    let elsewhere = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    elsewhere.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    elsewhere.execute_batch("CREATE TABLE BALLAST (WEIGHT BLOB)").unwrap();
    let mut longest = 0;
    for _ in 0..600 {
        // Some fifty pages of 4 KiB each time: 120 MiB in all.
        elsewhere.execute("INSERT INTO BALLAST VALUES (zeroblob(200000))", []).unwrap();
        assert_eq!(reader.get(PATH).status, 200);
        longest = longest.max(std::fs::metadata(&wal).unwrap().len());
    }
    assert!(longest > 4_000_000, "{longest} bytes: it was there");
    assert!(longest < 40_000_000, "the WAL has grown to {longest} bytes");
}

#[test]
fn who_is_not_asked_lets_go_of_his_place() {
    let server = Server::start();
    let admin = server.token("admin", "admin");
    ask(&admin, PATH);
    assert_eq!(admin.patch(PATH, &json!({ "location": "elsewhere" })).status, 200);
    let elsewhere = rusqlite::Connection::open(server.folder.path().join("hrdb.db")).unwrap();
    let busy = || elsewhere.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    eventually(|| busy().is_ok_and(|busy| busy == 0), "nobody stands in the WAL any more");
}
