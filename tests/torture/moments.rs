//! The moments at which the server is killed, and what must hold afterwards.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::clients::Clients;
use crate::ledger::Rows;
use crate::process::{PATIENCE, Server, hrdb, wait_for};
use crate::random::Random;

const CLIENTS: usize = 6;
/// What a first start makes of the tables.
const SEEDED: [i64; 4] = [5, 10, 5, 20];
const SET_ALL: &str = "-- param: value integer\n-- param: name text\n-- param: place text\n\
    UPDATE DEPARTMENT SET NAME = :name, BUDGET = :value, Q1 = :value, Q2 = :value, Q3 = :value, Q4 = :value \
    WHERE LOCATION = :place\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// After so many changes, whatever is going on.
    Any,
    /// When a request has left its client, and no answer has come.
    BetweenAcceptAndCommit,
    /// When the log begins to be moved into the database.
    Checkpoint,
    /// While it goes down in order, with its last checkpoint.
    Shutdown,
    /// While a backup is being made; at times the backup dies as well.
    Backup,
    /// While the first start makes the database.
    FirstStart,
    /// While a backup is put in the place of the database.
    Restore,
}

impl Moment {
    pub const ALL: [Self; 7] = [
        Self::Any,
        Self::BetweenAcceptAndCommit,
        Self::Checkpoint,
        Self::Shutdown,
        Self::Backup,
        Self::FirstStart,
        Self::Restore,
    ];
}

/// A server that is killed again and again over one database.
pub struct Torture {
    random: Random,
    folder: TempDir,
    clients: Clients,
    /// How long a first start takes.
    first_start: Duration,
    figures: BTreeMap<String, u64>,
}

impl Torture {
    pub fn new(random: Random) -> Self {
        let folder = TempDir::new().unwrap();
        let queries = folder.path().join("queries/hrdb");
        std::fs::create_dir_all(&queries).unwrap();
        std::fs::write(queries.join("setAll.sql"), SET_ALL).unwrap();
        let begun = Instant::now();
        Server::start(folder.path()).kill();
        let first_start = begun.elapsed();
        Self { random, folder, clients: Clients::new(CLIENTS), first_start, figures: BTreeMap::new() }
    }

    pub fn acknowledged(&self) -> u64 {
        self.clients.acknowledged.load(Ordering::SeqCst)
    }

    fn count(&mut self, what: &str) {
        *self.figures.entry(what.to_owned()).or_default() += 1;
    }

    /// What came of it, as rows of a table.
    pub fn report(&self) -> String {
        let mut text = String::new();
        for (what, count) in &self.figures {
            let _ = writeln!(text, "| {what} | {count} |");
        }
        let _ = writeln!(text, "| changes acknowledged | {} |", self.acknowledged());
        let _ = writeln!(text, "| changes refused | {} |", self.clients.refused.load(Ordering::SeqCst));
        text
    }

    pub fn kill(&mut self, moment: Moment) {
        self.count(&format!("kills: {moment:?}"));
        match moment {
            Moment::FirstStart => return self.kill_first_start(),
            Moment::Restore => return self.kill_restore(),
            _ => {}
        }
        let mut server = Server::start(self.folder.path());
        let mut random = self.random.fork();
        let more = 1 + random.below(200);
        let jitter = Duration::from_micros(random.below(3_000));
        let (sent, acknowledged) = (&self.clients.sent, &self.clients.acknowledged);
        let (sent_before, before) = (sent.load(Ordering::SeqCst), acknowledged.load(Ordering::SeqCst));
        let goes_on = || wait_for(|| acknowledged.load(Ordering::SeqCst) >= before + more, PATIENCE);
        let main = self.folder.path().join("data/hrdb.db");
        let changed = || main.metadata().and_then(|data| data.modified()).unwrap();
        let mut note = None;
        self.clients.ask_during(&mut server, &mut random.fork(), |server| match moment {
            Moment::BetweenAcceptAndCommit => {
                assert!(wait_for(|| sent.load(Ordering::SeqCst) >= sent_before + more, PATIENCE), "clients ask");
                server.kill();
            }
            Moment::Checkpoint => {
                let before = changed();
                let seen = wait_for(|| changed() != before, Duration::from_secs(20));
                server.kill();
                note = Some(if seen { "checkpoints caught at it" } else { "checkpoints that did not come" });
            }
            Moment::Shutdown => {
                assert!(goes_on(), "clients are answered");
                server.terminate();
                let (begun, before) = (Instant::now(), changed());
                // By chance, or when the last checkpoint begins; requests in flight are finished before it.
                let by_chance = random.below(2) == 0;
                let is_time = || if by_chance { begun.elapsed() >= jitter * 10 } else { changed() != before };
                wait_for(|| is_time() || server.child.try_wait().unwrap().is_some(), PATIENCE);
                let ended = server.child.try_wait().unwrap().is_some();
                server.kill();
                note = Some(if ended { "shutdowns that were done before" } else { "shutdowns cut off" });
            }
            Moment::Backup => {
                assert!(goes_on(), "clients are answered");
                note = Some(self.kill_backup(server, &mut random, jitter));
            }
            _ => {
                assert!(goes_on(), "clients are answered");
                let reached = Instant::now();
                wait_for(|| reached.elapsed() >= jitter, PATIENCE);
                server.kill();
            }
        });
        if let Some(note) = note {
            self.count(note);
        }
        if random.below(4) == 0 {
            self.check("data/hrdb.db", &[]);
        }
        self.verify();
    }

    /// Kills the server, and every other time the backup as well; a backup that has its name is whole.
    fn kill_backup(&self, server: &mut Server, random: &mut Random, jitter: Duration) -> &'static str {
        let copy = self.folder.path().join("copy.db");
        let _ = std::fs::remove_file(&copy);
        let ledgers: Vec<i64> = self.clients.known().map(|known| known.ledger).collect();
        let mut command = hrdb(self.folder.path());
        let mut backup =
            command.args(["backup", "copy.db"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let partial = self.folder.path().join("copy.db.partial");
        wait_for(|| partial.exists() || copy.exists(), PATIENCE);
        let seen = Instant::now();
        wait_for(|| seen.elapsed() >= jitter, PATIENCE);
        let both = random.below(2) == 0;
        if both {
            let _ = backup.kill();
        }
        server.kill();
        let status = backup.wait().unwrap();
        assert!(both || status.success(), "a backup needs no server: {status}");
        if !copy.exists() {
            return "backups cut off";
        }
        self.check("copy.db", &["copy.db"]);
        let connection = open(&copy);
        for (client, least) in ledgers.into_iter().enumerate() {
            let rows = Rows::read(&connection, client);
            let found = rows.departments.get(&format!("{client}-0")).map_or(0, |row| row.value);
            assert!(found >= least, "the backup lacks what was acknowledged before: {found} instead of {least}");
        }
        "backups whole"
    }

    /// Every third time there is a database of the oldest schema already.
    fn kill_first_start(&mut self) {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir_all(folder.path().join("queries")).unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let path = folder.path().join("data/hrdb.db");
        let is_upgrade = self.random.below(3) == 0;
        let mut expected = SEEDED;
        let mut most = u64::try_from(self.first_start.as_micros()).unwrap();
        if is_upgrade {
            std::fs::copy(oldest(), &path).unwrap();
            expected = counts(&open(&path));
            // No password is hashed for it.
            most = 50_000;
        }
        let time = Duration::from_micros(self.random.below(most));
        let begun = Instant::now();
        let mut server = Server::spawn(folder.path());
        wait_for(|| begun.elapsed() >= time, PATIENCE);
        server.kill();
        let steps = if path.exists() { steps(&path) } else { 0 };
        let what = if is_upgrade { "upgrades" } else { "first starts" };
        self.count(&format!("{what} cut off after step {steps}"));
        Server::start(folder.path()).kill();
        let connection = open(&path);
        assert_eq!(counts(&connection), expected, "all rows, once");
        sound(&connection);
        let output = hrdb(folder.path()).arg("check").output().unwrap();
        assert!(output.status.success() && output.stdout.ends_with(b": sound\n"), "all steps: {output:?}");
    }

    /// Kills a restore over a copy of the database, with its log: it is the old one or the backup, and nothing between.
    fn kill_restore(&mut self) {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        for entry in std::fs::read_dir(self.folder.path().join("data")).unwrap().map(Result::unwrap) {
            let name = entry.file_name();
            if name == "hrdb.db" || name == "hrdb.db-wal" {
                std::fs::copy(entry.path(), data.join(name)).unwrap();
            }
        }
        let new = counts(&open(&oldest()));
        let old: Vec<Rows> = self.clients.known().map(|known| known.rows.clone()).collect();
        let mut command = hrdb(folder.path());
        let command = command.arg("restore").arg(oldest()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut restore = command.spawn().unwrap();
        let partial = data.join("hrdb.db.partial");
        wait_for(|| partial.exists() || restore.try_wait().unwrap().is_some(), PATIENCE);
        let (seen, time) = (Instant::now(), Duration::from_micros(self.random.below(40_000)));
        wait_for(|| seen.elapsed() >= time, PATIENCE);
        let _ = restore.kill();
        let is_done = restore.wait().unwrap().success();
        let output = hrdb(folder.path()).arg("check").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let connection = open(&data.join("hrdb.db"));
        let is_new = counts(&connection) == new;
        assert!(is_new || !is_done, "what has said that it is done is done");
        if !is_new {
            let found: Vec<Rows> = (0..CLIENTS).map(|client| Rows::read(&connection, client)).collect();
            assert!(found == old, "the old database has all its rows");
        }
        self.count(match (is_new, is_done) {
            (false, _) => "restores cut off before",
            (true, false) => "restores cut off after",
            (true, true) => "restores done",
        });
    }

    /// Has the command look through a file.
    fn check(&self, what: &str, arguments: &[&str]) {
        let output = hrdb(self.folder.path()).arg("check").args(arguments).output().unwrap();
        assert!(output.status.success(), "{what}: {output:?}");
    }

    /// Starts the server anew and holds the database against what the clients know.
    fn verify(&mut self) {
        let mut server = Server::start(self.folder.path());
        let connection = open(&self.folder.path().join("data/hrdb.db"));
        sound(&connection);
        let mut fates = Vec::new();
        for (client, mut known) in self.clients.known().enumerate() {
            let found = Rows::read(&connection, client);
            let mut with = known.rows.clone();
            if let Some(open) = &known.open {
                with.apply(open, None);
            }
            let (without, with) = (found == known.rows, found == with);
            let open = known.open.take();
            assert!(
                without || (open.is_some() && with),
                "client {client} knows {:#?}\nasked for {open:?}\nand finds {found:#?}",
                known.rows
            );
            if open.is_some() {
                fates.push(if with { "unanswered changes: whole" } else { "unanswered changes: absent" });
            }
            known.rows = found;
        }
        drop(connection);
        server.kill();
        for fate in fates {
            self.count(fate);
        }
    }
}

/// A database of the oldest schema.
fn oldest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-0002.db")
}

/// Rows of the sample's tables.
fn counts(connection: &Connection) -> [i64; 4] {
    ["DEPARTMENT", "EMPLOYEE", "\"USER\"", "VACATION"]
        .map(|table| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap())
}

fn open(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
}

/// How far a database has come; what is not there yet counts as nothing.
fn steps(path: &Path) -> i64 {
    open(path).query_row("SELECT count(*) FROM _hrdb_migration", [], |row| row.get(0)).unwrap_or(0)
}

fn sound(connection: &Connection) {
    let integrity: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    let dangling: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(dangling, 0, "rows that refer to none");
}
