//! Many clients that change their own rows, each one thing at a time, until the server is gone.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use serde_json::{Value as Json, json};

use crate::ledger::{Change, Rows, location, text};
use crate::process::{Connection, Server};
use crate::random::Random;

/// Departments that a client keeps, so that its rows span several pages.
const DEPARTMENTS: usize = 30;

/// What a client knows.
#[derive(Debug, Default, Clone)]
pub struct Known {
    /// What is acknowledged.
    pub rows: Rows,
    /// What was asked for and not answered.
    pub open: Option<Change>,
    /// Counts its changes, so that no two have the same number.
    pub counter: i64,
    /// The last number that a change of its first department was acknowledged with.
    pub ledger: i64,
}

/// The clients of one server.
pub struct Clients {
    known: Vec<Mutex<Known>>,
    pub sent: AtomicU64,
    pub acknowledged: AtomicU64,
    pub refused: AtomicU64,
    stop: AtomicBool,
}

impl Clients {
    pub fn new(count: usize) -> Self {
        let known = (0..count).map(|_| Mutex::default()).collect();
        Self {
            known,
            sent: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        }
    }

    pub fn known(&self) -> impl Iterator<Item = MutexGuard<'_, Known>> {
        self.known.iter().map(|known| known.lock().unwrap())
    }

    /// Has all clients ask the server while `job` runs, which ends it.
    pub fn ask_during(&self, server: &mut Server, random: &mut Random, job: impl FnOnce(&mut Server)) {
        let header = format!("wm_auth_token: {}", server.token());
        let port = server.port;
        self.stop.store(false, Ordering::SeqCst);
        std::thread::scope(|scope| {
            for (client, known) in self.known.iter().enumerate() {
                let (mut random, header) = (random.fork(), &header);
                scope.spawn(move || {
                    let Ok(mut connection) = Connection::open(port, header) else { return };
                    let mut goes_on = true;
                    while goes_on && !self.stop.load(Ordering::SeqCst) {
                        goes_on = self.step(client, known, &mut connection, &mut random);
                    }
                });
            }
            job(server);
            self.stop.store(true, Ordering::SeqCst);
        });
    }

    /// Asks for one change; false when the server is gone.
    fn step(&self, client: usize, known: &Mutex<Known>, connection: &mut Connection, random: &mut Random) -> bool {
        let (change, (method, path, body)) = {
            let mut known = known.lock().unwrap();
            known.counter += 1;
            let change = choose(client, &known, random);
            let request = request(client, &known.rows, &change);
            known.open = Some(change.clone());
            (change, request)
        };
        let answer = connection.ask(method, &path, &body.to_string(), || {
            self.sent.fetch_add(1, Ordering::SeqCst);
        });
        let Ok((status, answer)) = answer else { return false };
        let mut known = known.lock().unwrap();
        match status {
            200 => {
                let id = answer["deptId"].as_i64();
                known.rows.apply(&change, id);
                if let Change::Set { code, value } = &change
                    && *code == ledger(client)
                {
                    known.ledger = *value;
                }
                self.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            // A department with employees is not deleted.
            409 => {
                self.refused.fetch_add(1, Ordering::SeqCst);
            }
            // A server that is going down may say so.
            503 => return false,
            other => panic!("{change:?} is answered with {other}: {answer}"),
        }
        known.open = None;
        true
    }
}

/// The code of the department that a client changes again and again.
fn ledger(client: usize) -> String {
    format!("{client}-0")
}

fn choose(client: usize, known: &Known, random: &mut Random) -> Change {
    let (rows, value) = (&known.rows, known.counter);
    let ledger = ledger(client);
    if !rows.departments.contains_key(&ledger) {
        return Change::Create { code: ledger, value };
    }
    let code = format!("{client}-{value}");
    if rows.departments.len() < DEPARTMENTS / 2 {
        return Change::Create { code, value };
    }
    let others: Vec<&String> = rows.departments.keys().filter(|code| **code != ledger).collect();
    let other = others[usize::try_from(random.below(others.len() as u64)).unwrap()];
    match random.below(10) {
        0 | 1 if others.len() < DEPARTMENTS => Change::Create { code, value },
        0..=2 => Change::Delete { code: other.clone() },
        3 => Change::SetAll { value },
        4 if rows.employees.len() < DEPARTMENTS => {
            Change::Hire { name: format!("{client}-{value}"), department: rows.departments[other].id.unwrap() }
        }
        5 | 6 => Change::Set { code: other.clone(), value },
        _ => Change::Set { code: ledger, value },
    }
}

fn request(client: usize, rows: &Rows, change: &Change) -> (&'static str, String, Json) {
    let department = |code: &String| format!("/services/hrdb/Department/{}", rows.departments[code].id.unwrap());
    let whole = |value: i64| {
        let (name, place) = (text(value), location(client));
        json!({"name": name, "location": place, "budget": value, "q1": value, "q2": value, "q3": value, "q4": value})
    };
    match change {
        Change::Create { code, value } => {
            let mut body = whole(*value);
            body["deptCode"] = json!(code);
            ("POST", "/services/hrdb/Department".to_owned(), body)
        }
        Change::Set { code, value } => ("PATCH", department(code), whole(*value)),
        Change::SetAll { value } => {
            let body = json!({"value": value, "name": text(*value), "place": location(client)});
            ("PUT", "/services/hrdb/queryExecutor/queries/setAll".to_owned(), body)
        }
        Change::Delete { code } => ("DELETE", department(code), Json::Null),
        Change::Hire { name, department } => {
            let body = json!({"username": name, "deptId": department, "city": location(client)});
            ("POST", "/services/hrdb/Employee".to_owned(), body)
        }
    }
}
