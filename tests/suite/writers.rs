//! Many clients write at once: what a client was told is what there is afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::databases::serve_script;
use crate::rows;
use crate::support::{Answer, Client, Server, is_slowed_down};

/// As many as are served in time by a server that a tool makes slow, too.
fn threads() -> usize {
    if is_slowed_down() { 6 } else { 32 }
}

/// How long they write. Longer finds more.
fn duration() -> Duration {
    let seconds = std::env::var("HRDB_TEST_WRITE_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(10))
}

/// A table that everyone writes, and the property by which a change is told from another.
struct Table {
    entity: &'static str,
    key: &'static str,
    mark: &'static str,
    sql: &'static str,
    /// Last row of the seed.
    seed: i64,
}

const TABLES: [Table; 2] = [
    Table {
        entity: "Vacation",
        key: "id",
        mark: "status",
        sql: "SELECT ID, STATUS, EMP_ID FROM VACATION WHERE ID > ?1",
        seed: 21,
    },
    Table {
        entity: "Department",
        key: "deptId",
        mark: "deptCode",
        sql: "SELECT DEPT_ID, DEPT_CODE, TENANT_ID FROM DEPARTMENT WHERE DEPT_ID > ?1",
        seed: 10,
    },
];

/// What one thread was told: of each row that it made, the last mark, or that the row is gone.
type Told = [BTreeMap<i64, Option<String>>; 2];

struct Worker {
    client: Client,
    number: usize,
    step: u64,
    told: Told,
}

impl Worker {
    /// Everything that is asked here is right, so every answer must be 200.
    #[track_caller]
    fn good(&self, answer: &Answer) -> Json {
        let text = answer.text();
        assert!(!text.contains("locked") && answer.status == 200, "worker {}: {} {text}", self.number, answer.status);
        answer.json()
    }

    /// A mark that no other thread makes, and this one once.
    fn mark(&mut self) -> String {
        self.step += 1;
        format!("w{}-{}", self.number, self.step)
    }

    /// Values of a row: the mark, and a second column that must go with it.
    fn body(&self, table: &Table, mark: &str) -> Json {
        let second = i64::try_from(self.step % 10).unwrap() + 1;
        if table.entity == "Vacation" {
            json!({ "status": mark, "empId": second, "startDate": "2024-02-29" })
        } else {
            json!({ "deptCode": mark, "tenantId": second })
        }
    }

    /// One change, of a kind that depends on the step: each third makes a row, the others change or delete one.
    fn work(&mut self) {
        let which = usize::try_from(self.step % 2).unwrap();
        let table = &TABLES[which];
        let mark = self.mark();
        let body = self.body(table, &mark);
        let path = format!("/services/hrdb/{}", table.entity);
        let mut living = self.told[which].iter().filter(|(_, mark)| mark.is_some()).map(|(id, _)| *id);
        let own = living.next_back();
        match (self.step / 2 % 5, own) {
            (0 | 1, _) | (_, None) => {
                let made = self.good(&self.client.post(&path, &body));
                let before = self.told[which].insert(made[table.key].as_i64().unwrap(), Some(mark));
                assert!(before.is_none(), "an id is given once");
            }
            (2, Some(id)) => {
                let made = self.good(&self.client.put(&format!("{path}/{id}"), &body));
                assert_eq!(made[table.mark], mark);
                self.told[which].insert(id, Some(mark));
            }
            (3, Some(id)) => {
                let made = self.good(&self.client.patch(&format!("{path}/{id}"), &body));
                assert_eq!(made[table.mark], mark);
                self.told[which].insert(id, Some(mark));
            }
            (_, Some(id)) => {
                assert_eq!(self.good(&self.client.delete(&format!("{path}/{id}"))), true);
                self.told[which].insert(id, None);
            }
        }
        // Who has been told something sees it from then on.
        if self.step.is_multiple_of(7)
            && let Some((id, Some(mark))) = self.told[which].last_key_value()
        {
            let seen = self.good(&self.client.get(&format!("{path}/{id}")));
            assert_eq!(seen[table.mark], *mark);
        }
    }
}

/// All rows of an entity, over the wire.
fn listed(client: &Client, table: &Table) -> BTreeMap<i64, String> {
    let mut found = BTreeMap::new();
    for number in 1.. {
        let page = client.get(&format!("/services/hrdb/{}?size=100&page={number}", table.entity)).json();
        for row in page["content"].as_array().unwrap() {
            let id = row[table.key].as_i64().unwrap();
            if id > table.seed {
                found.insert(id, row[table.mark].as_str().unwrap().to_owned());
            }
        }
        if page["last"] == true {
            break;
        }
    }
    found
}

#[test]
fn what_32_writers_were_told_is_what_there_is() {
    let server = Server::start();
    let told: Mutex<Told> = Mutex::default();
    let admin = server.admin();
    let (begin, duration) = (Instant::now(), duration());
    std::thread::scope(|scope| {
        for number in 0..threads() {
            let client = Client::clone(&admin);
            let told = &told;
            scope.spawn(move || {
                let mut worker = Worker { client, number, step: number as u64, told: Told::default() };
                while begin.elapsed() < duration {
                    worker.work();
                }
                let mut told = told.lock().unwrap();
                for (all, own) in told.iter_mut().zip(worker.told) {
                    for (id, mark) in own {
                        assert!(all.insert(id, mark).is_none(), "two threads were given the id {id}");
                    }
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    let expected =
        told.map(|rows| rows.into_iter().filter_map(|(id, mark)| Some((id, mark?))).collect::<BTreeMap<i64, String>>());
    for (table, expected) in TABLES.iter().zip(&expected) {
        assert!(expected.len() > threads(), "{} rows of {} are enough to mean something", expected.len(), table.entity);
        assert_eq!(listed(&admin, table), *expected, "{} over the wire", table.entity);
    }
    let folder = server.stop();
    let connection = rows::open(folder.path());
    for (table, expected) in TABLES.iter().zip(&expected) {
        let mut statement = connection.prepare(table.sql).unwrap();
        let rows =
            statement.query_map([table.seed], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, i64>(2)?))).unwrap();
        let (found, seconds): (BTreeMap<i64, String>, Vec<i64>) = rows.map(Result::unwrap).unzip();
        assert_eq!(found, *expected, "{} in the file", table.entity);
        assert!(seconds.iter().all(|second| (1..=10).contains(second)), "each change is whole");
    }
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
    assert_eq!(text("PRAGMA integrity_check").unwrap(), "ok");
    assert_eq!(text("PRAGMA foreign_key_check"), Err(rusqlite::Error::QueryReturnedNoRows));
    // A server on the same file has them all.
    let server = Server::start_in(folder, |_| {});
    assert_eq!(listed(&server.admin(), &TABLES[0]), expected[0]);
}

#[test]
fn changes_of_one_row_by_many_leave_it_whole() {
    let server = Server::start();
    let admin = server.admin();
    // Each change sets five columns to one number; a mixture of two changes would show.
    std::thread::scope(|scope| {
        for number in 0..8 {
            let client = Client::clone(&admin);
            scope.spawn(move || {
                for round in 0..25 {
                    let value = number * 1000 + round;
                    let body = json!({"q1": value, "q2": value, "q3": value, "q4": value, "budget": value});
                    let answer = if round % 2 == 0 {
                        client.patch("/services/hrdb/Department/1", &body)
                    } else {
                        client.put("/services/hrdb/Department/1", &body)
                    };
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    for row in [answer.json(), client.get("/services/hrdb/Department/1").json()] {
                        assert!(["q2", "q3", "q4", "budget"].iter().all(|other| row[other] == row["q1"]), "{row}");
                    }
                }
            });
        }
    });
}

/// A row without a key is refused after it has been added, and a taken mark rolls back the whole transaction.
const SPOILING: &str = "
    CREATE TABLE TAG (NAME TEXT PRIMARY KEY, MARK TEXT);
    CREATE TABLE NOTE (ID INTEGER PRIMARY KEY, MARK TEXT UNIQUE ON CONFLICT ROLLBACK);
    INSERT INTO NOTE VALUES (1, 'taken');
";

#[test]
fn changes_that_fail_leave_nothing_and_take_no_others_with_them() {
    let mounted = serve_script("board", SPOILING, |_| ());
    let admin = mounted.token("admin", "admin");
    std::thread::scope(|scope| {
        for number in 0..16 {
            let admin = &admin;
            scope.spawn(move || {
                for step in 0..25 {
                    let mark = format!("{number}-{step}");
                    let (entity, body, expected) = match number % 4 {
                        0 => ("Tag", json!({ "mark": mark }), 400),
                        1 => ("Note", json!({ "mark": "taken" }), 409),
                        2 => ("Tag", json!({ "name": mark, "mark": mark }), 200),
                        _ => ("Note", json!({ "mark": mark }), 200),
                    };
                    let answer = admin.post(&format!("/services/board/{entity}"), &body);
                    assert_eq!(answer.status, expected, "{entity} {body}: {}", answer.text());
                }
            });
        }
    });
    let file = rusqlite::Connection::open(mounted.files.path().join("board.db")).unwrap();
    let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM TAG"), 100);
    assert_eq!(count("SELECT count(*) FROM TAG WHERE NAME IS NULL OR NAME <> MARK"), 0);
    assert_eq!(count("SELECT count(*) FROM NOTE"), 101);
}
