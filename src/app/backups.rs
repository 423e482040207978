//! Backups at intervals, and how many of them are kept.
//!
//! One thread of lowest priority makes them, one after the other. When the next is due is read off the files that are there,
//! so that a server which is often started neither makes too many nor forgets one. Only files whose names are exactly of the
//! form that this thread gives, `SERVICE-20260131T235959Z.db`, are ever removed.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::keeping::stamp;
use crate::config::Settings;
use crate::store::{self, BackupFigures, PARTIAL_ENDING, Pace};

/// How often it looks whether a backup is due.
const PERIOD: Duration = Duration::from_secs(20);
/// How long it waits after one that failed.
const RETRY: Duration = Duration::from_secs(300);

/// Handle of the thread; stopping it joins it.
pub struct Backups {
    cut: Arc<AtomicBool>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Backups {
    /// Starts the thread for the databases that this server writes to; `None` when the settings name no folder.
    ///
    /// # Errors
    /// A sentence for the operator when the folder cannot be used.
    pub fn start(settings: &Settings, figures: Arc<BackupFigures>) -> Result<Option<Self>, String> {
        if settings.backup_dir.is_empty() {
            return Ok(None);
        }
        let folder = PathBuf::from(&settings.backup_dir);
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        let interval = SignedDuration::from_mins(settings.backup_every_minutes.into());
        let keep = settings.backup_keep as usize;
        let mut turns = vec![Turn::new(super::SAMPLE, super::sample_path(settings), &folder, interval, keep)];
        for (name, mount) in settings.services.iter().filter(|(_, mount)| !mount.read_only) {
            turns.push(Turn::new(name, mount.path.clone(), &folder, interval, keep));
        }
        for turn in &turns {
            let newest =
                turn.newest().map_err(|error| format!("cannot read the folder {}: {error}", folder.display()))?;
            if let Some(newest) = newest {
                figures.found(newest.as_second());
            }
        }
        let (stop, stopped) = channel();
        let cut = Arc::new(AtomicBool::new(false));
        let cut_short = Arc::clone(&cut);
        let thread = std::thread::Builder::new()
            .name("hrdb-backups".to_owned())
            .spawn(move || run(turns, &stopped, &cut_short, &figures))
            .map_err(|error| format!("cannot start the thread of the backups: {error}"))?;
        Ok(Some(Self { cut, stop, thread }))
    }

    /// Stops the thread and waits for it. A backup that is being made is given up.
    pub fn stop(self) {
        self.cut.store(true, Ordering::Relaxed);
        drop(self.stop);
        let _ = self.thread.join();
    }
}

fn run(mut turns: Vec<Turn>, stopped: &Receiver<()>, cut: &Arc<AtomicBool>, figures: &BackupFigures) {
    // Linux gives each thread a priority of its own. Where that fails, a backup costs the others a little more.
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        log::debug!("cannot lower the priority of the backups' thread: {error}");
    }
    loop {
        for turn in &mut turns {
            if cut.load(Ordering::Relaxed) {
                return;
            }
            turn.take(Timestamp::now(), cut, figures);
        }
        if stopped.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// The backups of one database.
struct Turn {
    name: String,
    path: PathBuf,
    folder: PathBuf,
    interval: SignedDuration,
    /// So many are kept; 0 is all of them.
    keep: usize,
    failed: Option<Instant>,
}

impl Turn {
    fn new(name: &str, path: PathBuf, folder: &Path, interval: SignedDuration, keep: usize) -> Self {
        Self { name: name.to_owned(), path, folder: folder.to_owned(), interval, keep, failed: None }
    }

    /// Makes a backup if one is due, and removes those that are too many then.
    fn take(&mut self, now: Timestamp, cut: &Arc<AtomicBool>, figures: &BackupFigures) {
        if self.failed.is_some_and(|failed| failed.elapsed() < RETRY) {
            return;
        }
        let begun = Instant::now();
        self.failed = None;
        match self.make(now, cut) {
            Ok(None) => {}
            Ok(Some(bytes)) => {
                log::info!("backed up {}: {bytes} bytes", self.name);
                figures.succeeded(bytes, begun.elapsed(), now.as_second());
            }
            Err(_) if cut.load(Ordering::Relaxed) => {}
            Err(error) => {
                log::error!("the backup of {} in {} failed: {error}", self.name, self.folder.display());
                figures.failed();
                self.failed = Some(Instant::now());
            }
        }
    }

    fn make(&self, now: Timestamp, cut: &Arc<AtomicBool>) -> Result<Option<u64>, String> {
        if !is_due(now, self.newest().map_err(|error| error.to_string())?, self.interval) {
            return Ok(None);
        }
        let target = self.folder.join(format!("{}-{}.db", self.name, stamp(now)));
        let bytes = store::back_up(&self.path, &target, false, Pace::Gentle, cut).map_err(|error| error.to_string())?;
        self.remove_old().map_err(|error| format!("old ones cannot be removed: {error}"))?;
        Ok(Some(bytes))
    }

    fn newest(&self) -> std::io::Result<Option<Timestamp>> {
        Ok(self.made()?.into_iter().map(|(time, _)| time).max())
    }

    /// The backups that are there, by when they were made.
    fn made(&self) -> std::io::Result<Vec<(Timestamp, PathBuf)>> {
        let mut made = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Some(time) = self.time_of(&entry, ".db") {
                made.push((time, entry.path()));
            }
        }
        Ok(made)
    }

    fn remove_old(&self) -> std::io::Result<()> {
        let mut made = self.made()?;
        made.sort();
        let too_many = if self.keep == 0 { 0 } else { made.len().saturating_sub(self.keep) };
        for (_, path) in &made[..too_many] {
            std::fs::remove_file(path)?;
            log::info!("removed the old backup {}", path.display());
        }
        // What a kill has left: nobody else makes backups of this name, and of ours none is being made now.
        let cut_off = format!(".db{PARTIAL_ENDING}");
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if self.time_of(&entry, &cut_off).is_some() {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// When a file was made, if this thread has made it.
    fn time_of(&self, entry: &DirEntry, ending: &str) -> Option<Timestamp> {
        let name = entry.file_name();
        let text = name.to_str()?.strip_prefix(&self.name)?.strip_prefix('-')?.strip_suffix(ending)?;
        let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        // A link is somebody else's, and so is a time that is written in another way.
        (stamp(time) == text && entry.file_type().ok()?.is_file()).then_some(time)
    }
}

/// A clock that was set back does not keep the next backup waiting.
fn is_due(now: Timestamp, newest: Option<Timestamp>, interval: SignedDuration) -> bool {
    newest.is_none_or(|newest| newest > now || now.duration_since(newest) >= interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_backup_is_due_when_there_is_none_when_the_interval_is_over_and_when_the_clock_was_set_back() {
        let (now, hour) = (at("2026-03-01T12:00:00Z"), SignedDuration::from_hours(1));
        assert!(is_due(now, None, hour));
        assert!(is_due(now, Some(at("2026-03-01T11:00:00Z")), hour));
        assert!(!is_due(now, Some(at("2026-03-01T11:00:01Z")), hour));
        assert!(!is_due(now, Some(now), hour));
        assert!(is_due(now, Some(at("2026-03-01T12:00:01Z")), hour));
    }

    #[test]
    fn only_the_oldest_files_of_exactly_its_own_names_are_removed() {
        let folder = tempfile::TempDir::new().unwrap();
        let ours = ["20260101T000000Z", "20251231T235959Z", "20260102T000000Z"].map(|time| format!("hrdb-{time}.db"));
        let others = [
            "hrdb-20250101T000000Z.db.bak",
            "hrdb-20250101T000000.db",
            "hrdb-20251301T000000Z.db",
            "hrdb-2025-01-01T00:00:00Z.db",
            "hrdb-2-20250101T000000Z.db",
            "Hrdb-20250101T000000Z.db",
            "music-20250101T000000Z.db",
            "hrdb.db",
            "hrdb-.db",
        ];
        for name in ours.iter().map(String::as_str).chain(others) {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        std::fs::write(folder.path().join("hrdb-20260102T000001Z.db.partial"), "cut off").unwrap();
        std::fs::create_dir(folder.path().join("hrdb-20240101T000000Z.db")).unwrap();
        std::os::unix::fs::symlink("hrdb.db", folder.path().join("hrdb-20240102T000000Z.db")).unwrap();
        let turn = Turn::new("hrdb", "none".into(), folder.path(), SignedDuration::from_hours(1), 2);
        assert_eq!(turn.newest().unwrap(), Some(at("2026-01-02T00:00:00Z")));
        turn.remove_old().unwrap();
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let mut expected: Vec<String> = others.map(str::to_owned).to_vec();
        expected.extend(["hrdb-20240101T000000Z.db", "hrdb-20240102T000000Z.db"].map(str::to_owned));
        expected.extend([ours[0].clone(), ours[2].clone()]);
        left.sort();
        expected.sort();
        assert_eq!(left, expected);
        let all = Turn { keep: 0, ..turn };
        all.remove_old().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), expected.len(), "0 keeps all");
    }

    #[test]
    fn what_became_of_backups_is_counted_and_a_failure_is_not_repeated_at_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let (path, backups) = (folder.path().join("a.db"), folder.path().join("backups"));
        std::fs::create_dir(&backups).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE A (B)").unwrap();
        let (figures, cut) = (BackupFigures::default(), Arc::default());
        let mut turn = Turn::new("a", path.clone(), &backups, SignedDuration::from_hours(1), 0);
        let (first, second) = (at("2026-03-01T12:00:00Z"), at("2026-03-01T13:00:00Z"));
        turn.take(first, &cut, &figures);
        turn.take(at("2026-03-01T12:59:59Z"), &cut, &figures);
        assert_eq!((figures.successes(), figures.failures(), figures.last_success()), (1, 0, first.as_second()));
        turn.take(second, &cut, &figures);
        assert_eq!((figures.successes(), figures.last_success()), (2, second.as_second()));
        assert_eq!(figures.last_bytes(), backups.join("a-20260301T130000Z.db").metadata().unwrap().len());
        std::fs::remove_file(&path).unwrap();
        for _ in 0..2 {
            turn.take(at("2026-03-01T14:00:00Z"), &cut, &figures);
            assert_eq!((figures.successes(), figures.failures(), figures.last_success()), (2, 1, second.as_second()));
        }
        cut.store(true, Ordering::Relaxed);
        turn.failed = None;
        turn.take(at("2026-03-01T15:00:00Z"), &cut, &figures);
        assert_eq!(figures.failures(), 1, "one that is given up has not failed");
    }
}
