//! Tells somebody about changes to the rows of some tables, whoever made them.
//!
//! Two ways lead to a row. A change through this server is made on the writer's connection, where SQLite names each row that
//! it touches, by whatever statement, trigger or cascade; the watcher is told on the writer's thread after the commit and
//! before any caller has his answer. A change by another process shows in `PRAGMA data_version`, which the same thread
//! looks at every second, idle or not; SQLite does not say what has changed then, so the watcher is told that anything may
//! have.
//!
//! SQLite passes over some rows in silence: those that a DELETE without WHERE removes, those that a REPLACE pushes out, those
//! of a table without rowid, and the old number of a row that is given a new one. More rows changed than named, and any row
//! added to a watched table, count as a change of everything; and whenever a watched table was touched at all, the next look
//! around, within a second, is at everything too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::Connection;
use rusqlite::hooks::Action;

use super::{Reader, StoreError};

/// How often other processes' changes are looked for.
pub const PERIOD: Duration = Duration::from_secs(1);
/// Rows that are named one by one; more are a change of everything.
const MOST_NAMED: usize = 64;

/// What of the watched tables a commit may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// These rows: table and rowid.
    Rows(Vec<(String, i64)>),
    /// Any row of any of them.
    Anything,
}

/// Is told after each commit that concerns it. It runs on the thread that writes, so it must be quick.
pub type Watcher = Box<dyn Fn(&Reader<'_>, &Changed) + Send>;

/// What the writer's thread and the hook on its connection share.
#[derive(Default)]
pub struct Watch {
    watcher: Mutex<Option<Watcher>>,
    /// Guards what has been touched since the last commit. The hook takes it within a statement, the thread between two.
    touched: Mutex<Touched>,
}

#[derive(Default)]
struct Touched {
    tables: Vec<String>,
    rows: Vec<(String, i64)>,
    all: bool,
    /// Rows of any table that SQLite has named.
    named: u64,
}

/// The writer's side, with what it has seen last.
pub struct Lookout<'a> {
    watch: Arc<Watch>,
    connection: &'a Connection,
    changes: u64,
    version: i64,
    looked: Instant,
    /// A watched table was touched since the last look around.
    again: bool,
}

impl Watch {
    /// Begins to watch tables, in place of what was watched before.
    pub fn begin(&self, tables: Vec<String>, watcher: Watcher) {
        self.touched.lock().tables = tables;
        *self.watcher.lock() = Some(watcher);
    }

    /// Ends it, and lets go of the watcher.
    pub fn end(&self) {
        drop(self.watcher.lock().take());
    }

    fn note(&self, action: Action, table: &str, row: i64) {
        let mut touched = self.touched.lock();
        touched.named += 1;
        let Some(table) = touched.tables.iter().find(|other| other.eq_ignore_ascii_case(table)).cloned() else {
            return;
        };
        if action == Action::SQLITE_INSERT || touched.rows.len() >= MOST_NAMED {
            touched.all = true;
        } else if !touched.rows.iter().any(|(other, number)| *number == row && *other == table) {
            touched.rows.push((table, row));
        }
    }
}

impl<'a> Lookout<'a> {
    /// Takes its place at the writer's connection.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn new(watch: Arc<Watch>, connection: &'a Connection) -> Result<Self, StoreError> {
        let noting = Arc::clone(&watch);
        connection.update_hook(Some(move |action, _: &str, table: &str, row| noting.note(action, table, row)))?;
        let version = data_version(connection)?;
        let changes = connection.total_changes();
        Ok(Self { watch, connection, changes, version, looked: Instant::now(), again: false })
    }

    /// After a commit, before anyone is told of it.
    pub fn committed(&mut self) {
        let total = self.connection.total_changes();
        let changed = {
            let mut touched = self.watch.touched.lock();
            let unnamed = total.wrapping_sub(self.changes) > touched.named;
            touched.named = 0;
            let rows = std::mem::take(&mut touched.rows);
            let all = std::mem::take(&mut touched.all) || unnamed;
            if all {
                Some(Changed::Anything)
            } else {
                Some(Changed::Rows(rows)).filter(|rows| *rows != Changed::Rows(Vec::new()))
            }
        };
        self.changes = total;
        if let Some(changed) = changed {
            self.again = true;
            self.tell(&changed);
        }
    }

    /// Looks for what others have changed, at most once a period.
    pub fn look_around(&mut self) {
        if self.looked.elapsed() < PERIOD {
            return;
        }
        self.looked = Instant::now();
        // What cannot be read may have changed.
        let version = data_version(self.connection).ok();
        if std::mem::take(&mut self.again) || version != Some(self.version) {
            self.version = version.unwrap_or(self.version);
            self.tell(&Changed::Anything);
        }
    }

    fn tell(&self, changed: &Changed) {
        let watcher = self.watch.watcher.lock();
        let Some(watcher) = watcher.as_ref() else { return };
        if catch_unwind(AssertUnwindSafe(|| watcher(&Reader::new(self.connection), changed))).is_err() {
            log::error!("a watcher of the database panicked");
        }
    }
}

fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}
