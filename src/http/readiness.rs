//! Whether the server can do its work: what is looked at, and how often.
//!
//! Anybody may ask, and as often as he likes: the disk is looked at once a second, and by one thread at a time. The others
//! say what was found last. The first look is taken before anybody can ask.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use crate::auth::Clock;
use crate::store::Database;

/// How long what was found counts, in milliseconds.
const FRESH: u64 = 1_000;
/// Who is still looking after so long, in milliseconds, has found something bad.
const HANGING: u64 = 10_000;
/// Since when somebody looks, when nobody does.
const NOBODY: u64 = u64::MAX;

/// What is looked at, by name. The place is the bit in `Readiness::found`.
const CHECKS: [&str; 3] = ["databases", "writers", "disk"];
/// Nothing is wrong.
const ALL: u8 = (1 << CHECKS.len()) - 1;
/// Asked about besides them.
const RUNNING: &str = "running";

/// Looks and remembers.
pub struct Readiness {
    databases: Vec<(String, Arc<Database>)>,
    folder: PathBuf,
    /// Bytes that the disk must have left.
    least_room: u64,
    stopping: AtomicBool,
    /// A bit for each of [`CHECKS`] that was good.
    found: AtomicU8,
    /// When that was, by the clock.
    at: AtomicU64,
    /// Since when somebody has been looking, by the clock, or [`NOBODY`].
    looking: AtomicU64,
    clock: Clock,
}

impl Readiness {
    /// Of these databases, and of the disk on which the folder is.
    #[must_use]
    pub fn new(databases: Vec<(String, Arc<Database>)>, folder: PathBuf, least_room: u64, clock: Clock) -> Self {
        let readiness = Self {
            databases,
            folder,
            least_room,
            stopping: AtomicBool::new(false),
            found: AtomicU8::new(ALL),
            at: AtomicU64::new(clock.now()),
            looking: AtomicU64::new(NOBODY),
            clock,
        };
        readiness.look_again(readiness.clock.now());
        readiness
    }

    /// From now on the server is not ready.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Each check by name, and whether it is good.
    #[must_use]
    pub fn checks(&self) -> [(&'static str, bool); CHECKS.len() + 1] {
        let found = self.found();
        let [databases, writers, disk] = std::array::from_fn(|place| (CHECKS[place], found & (1 << place) != 0));
        [databases, writers, disk, (RUNNING, !self.stopping.load(Ordering::Relaxed))]
    }

    /// Bytes that are left on the disk; `None` when the system does not say.
    #[must_use]
    pub fn room(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn found(&self) -> u8 {
        let now = self.clock.now();
        if now.saturating_sub(self.at.load(Ordering::Acquire)) < FRESH {
            return self.found.load(Ordering::Relaxed);
        }
        match self.looking.compare_exchange(NOBODY, now, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                let found = self.look_again(now);
                self.looking.store(NOBODY, Ordering::Release);
                found
            }
            Err(since) if now.saturating_sub(since) >= HANGING => 0,
            Err(_) => self.found.load(Ordering::Relaxed),
        }
    }

    fn look_again(&self, now: u64) -> u8 {
        let found = self.look();
        tell(self.found.swap(found, Ordering::Relaxed), found);
        self.at.store(now, Ordering::Release);
        found
    }

    fn look(&self) -> u8 {
        let (mut databases, mut writers) = (true, true);
        for (name, database) in &self.databases {
            if let Err(error) = database.answers() {
                log::warn!("database {name} does not answer: {error}");
                databases = false;
            }
            if !database.has_its_writer() {
                log::warn!("the writer of database {name} does not run");
                writers = false;
            }
        }
        let disk = self.least_room == 0 || self.room().is_some_and(|room| room >= self.least_room);
        [databases, writers, disk].into_iter().enumerate().map(|(place, good)| u8::from(good) << place).sum()
    }
}

/// Says in the log what is another than before.
fn tell(before: u8, found: u8) {
    for (place, name) in CHECKS.iter().enumerate() {
        let (was_good, is_good) = (before & (1 << place) != 0, found & (1 << place) != 0);
        match (was_good, is_good) {
            (true, false) => log::warn!("not ready: {name}"),
            (false, true) => log::info!("ready again: {name}"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Options;

    fn bad(readiness: &Readiness) -> Vec<&'static str> {
        readiness.checks().into_iter().filter(|(_, good)| !good).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_dead_writer_a_full_disk_and_the_end_are_told_within_a_second_and_not_looked_for_more_often() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE SALE (ID INTEGER PRIMARY KEY)").unwrap();
        let database = Arc::new(Database::open_existing(&path, "shop", Options::default(), 1).unwrap());
        let (clock, time) = Clock::manual();
        let of = |least| {
            let databases = vec![("shop".to_owned(), Arc::clone(&database))];
            Readiness::new(databases, folder.path().to_owned(), least, clock.clone())
        };
        let (readiness, full) = (of(1), of(u64::MAX));
        assert_eq!((bad(&readiness), bad(&full)), (vec![], vec!["disk"]));
        assert!(readiness.room().is_some_and(|room| room > 0));
        database.close();
        time.store(999, Ordering::SeqCst);
        assert!(bad(&readiness).is_empty(), "nobody has looked again");
        time.store(1_000, Ordering::SeqCst);
        assert_eq!(bad(&readiness), ["writers"]);
        readiness.stop();
        assert_eq!(bad(&readiness), ["writers", "running"], "at once");
        assert_eq!(bad(&of(0)), ["writers"], "0 does not mind the disk");
    }

    #[test]
    fn who_finds_somebody_else_looking_says_what_was_found_last_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, time) = Clock::manual();
        let readiness = Readiness::new(Vec::new(), folder.path().to_owned(), 1, clock);
        time.store(60_000, Ordering::SeqCst);
        // However long nobody has asked: somebody has just begun to look.
        readiness.looking.store(60_000, Ordering::SeqCst);
        assert!(bad(&readiness).is_empty());
        time.store(69_999, Ordering::SeqCst);
        assert!(bad(&readiness).is_empty());
        time.store(70_000, Ordering::SeqCst);
        assert_eq!(bad(&readiness), CHECKS, "who looks for so long finds nothing good");
        readiness.looking.store(NOBODY, Ordering::SeqCst);
        assert!(bad(&readiness).is_empty(), "nobody hangs any more");
    }
}
