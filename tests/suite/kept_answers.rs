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
fn everyone_has_the_answers_that_he_would_have_if_none_were_kept() {
    let kept = Server::start();
    let read = Server::start_with(|settings| settings.answer_cache_bytes = 0);
    let callers = ["admin", "user", "Eric", "Brad", "Keith", "Chris", "Amanda"];
    let paths = [
        "/services/hrdb/Vacation",
        "/services/hrdb/Vacation/count",
        "/services/hrdb/Employee/3",
        "/services/hrdb/User",
    ];
    let asked = |server: &Server| {
        let clients: Vec<Client> = callers.iter().map(|name| server.basic(name, name)).collect();
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
    assert!(read.iter().any(|(_, status, ..)| *status == 200));
    assert_eq!(kept.len(), read.len());
    for (kept, read) in kept.iter().zip(&read) {
        if read.1 == 200 {
            assert_eq!(kept, read);
        } else {
            assert_eq!(kept.1, read.1);
        }
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
    let server = Server::start();
    let wal = server.folder.path().join("hrdb.db-wal");
    let (reader, writer) = (server.token("admin", "admin"), server.token("admin", "admin"));
    let mut longest = 0;
    for round in 0..3000 {
        assert_eq!(writer.patch(PATH, &json!({ "location": format!("round {round}") })).status, 200);
        assert_eq!(reader.get(PATH).status, 200);
        longest = longest.max(std::fs::metadata(&wal).unwrap().len());
    }
    // Without readers it grows to four thousand pages of 4 KiB, and a page has a head of its own.
    assert!(longest > 4_000_000, "{longest} bytes: it was there");
    assert!(longest < 25_000_000, "the WAL has grown to {longest} bytes");
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
