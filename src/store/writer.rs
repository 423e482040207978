//! The one writer: a thread through which every change goes.
//!
//! What has queued up while a commit was on its way to the disk is committed together. One that fails takes no other with
//! it: where it leaves something behind, all of them are run again, each within a savepoint of its own, and where that does
//! not help, each in a transaction of its own. A caller has its answer only after the commit.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::change::{Change, Isolation, Pending, Spoilt, execute};
use super::mailbox::Mailbox;
use super::waiting_line::{TooSlow, WaitingLine};
use super::wal_index::WalIndex;
use super::watch::{self, Lookout, Watch};
use super::{StoreError, Transaction};
use crate::figures::{Counter, Histogram, TIMES, Totals};

/// Changes that may wait; beyond it a caller is told to come back later.
const QUEUE: usize = 4_096;
/// Changes in one commit, so that none waits long for its neighbours.
const BATCH: usize = 256;
/// Bounds for how many changes a commit holds.
const BATCHES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];

/// What the writer has done, which its thread alone counts, and what it has still to do.
pub struct WriterFigures {
    /// Of the changes in the queue.
    line: Arc<WaitingLine>,
    failed: Counter,
    made: Counter,
    batches: Histogram,
    commits: Histogram,
}

impl WriterFigures {
    fn new(line: Arc<WaitingLine>) -> Self {
        let (failed, made) = Default::default();
        Self { line, failed, made, batches: Histogram::new(BATCHES), commits: Histogram::new(TIMES) }
    }

    /// Changes in the queue.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.line.length() as u64
    }

    /// Commits that failed for another reason than a constraint.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failed.get()
    }

    /// Changes of each commit.
    #[must_use]
    pub fn batches(&self) -> Totals {
        self.batches.totals()
    }

    /// How many commits there have been: another number after each, before anybody is told of it.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.made.get()
    }

    /// Nanoseconds that each commit took to be on the disk, its changes not counted.
    #[must_use]
    pub fn commits(&self) -> Totals {
        self.commits.totals()
    }
}

/// Handle of the writer thread.
pub struct Writer {
    /// Guards nothing but the closing of the queue: `None` once the writer is told to stop.
    queue: RwLock<Option<SyncSender<Box<dyn Change>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    figures: Arc<WriterFigures>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when no thread can be started.
    pub fn start(
        connection: Connection,
        watch: Arc<Watch>,
        wal_index: Option<Arc<WalIndex>>,
    ) -> Result<Self, StoreError> {
        let (queue, changes) = sync_channel(QUEUE);
        let line = Arc::new(WaitingLine::default());
        let figures = Arc::new(WriterFigures::new(Arc::clone(&line)));
        let changes = Changes { queue: changes, line };
        let counted = Arc::clone(&figures);
        let thread = std::thread::Builder::new()
            .name("hrdb-writer".to_owned())
            .spawn(move || match Lookout::new(watch, &connection) {
                Ok(lookout) => run(&connection, &changes, lookout, wal_index.as_deref(), &counted),
                Err(error) => log::error!("the writer cannot watch its database, and stops: {error}"),
            })
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { queue: RwLock::new(Some(queue)), thread: Mutex::new(Some(thread)), figures })
    }

    /// Runs a change; its result comes when it is on disk, or rolled back. A change is run a second time when the commit
    /// that it shared with others has failed because of one of them.
    ///
    /// # Errors
    /// The job's own, [`StoreError::Busy`] when the queue is full or too slow, and what the commit reports.
    pub async fn write<T, E>(&self, job: impl Fn(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let change = Box::new(Pending::new(job, sender));
        {
            let queue = self.queue.read();
            let queue = queue.as_ref().ok_or(StoreError::Busy)?;
            let enqueue = || {
                queue.try_send(change).map_err(|error| match error {
                    TrySendError::Full(_) => StoreError::Busy,
                    TrySendError::Disconnected(_) => StoreError::Failed("the writer has stopped".to_owned()),
                })
            };
            self.figures.line.join(Instant::now(), enqueue)?;
        }
        receiver.await.unwrap_or_else(|_| Err(StoreError::Failed("the writer has stopped".to_owned()).into()))
    }

    /// Whether the thread runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.lock().as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// What it has done.
    #[must_use]
    pub fn figures(&self) -> &WriterFigures {
        &self.figures
    }

    /// Lets the queue run empty and waits for the thread to end.
    pub fn stop(&self) {
        drop(self.queue.write().take());
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
    }
}

impl From<TooSlow> for StoreError {
    fn from(_: TooSlow) -> Self {
        Self::Busy
    }
}

/// The writer's end of the queue.
struct Changes {
    queue: Receiver<Box<dyn Change>>,
    line: Arc<WaitingLine>,
}

impl Changes {
    /// The next one, when it comes soon.
    fn wait(&self) -> Result<Box<dyn Change>, RecvTimeoutError> {
        self.queue.recv_timeout(watch::PERIOD).inspect(|_| self.line.leave())
    }

    /// The next one, when it is there.
    fn next(&self) -> Option<Box<dyn Change>> {
        self.queue.try_recv().ok().inspect(|_| self.line.leave())
    }
}

fn run(
    connection: &Connection,
    queue: &Changes,
    mut lookout: Lookout<'_>,
    wal_index: Option<&WalIndex>,
    figures: &WriterFigures,
) {
    loop {
        match queue.wait() {
            Ok(first) => {
                let changes = gather(first, queue);
                commit(connection, changes, queue, &mut lookout, figures);
            }
            Err(RecvTimeoutError::Timeout) => write_back(connection, wal_index),
            Err(RecvTimeoutError::Disconnected) => break,
        }
        lookout.look_around();
    }
    // Leaves one tidy file behind; a failure costs nothing but that.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
}

/// Lets those who are about to send a change do so first, for as long as there are any. Without it, this thread would run as
/// soon as the first one has come, and on a busy processor keep the next from coming until it is on the disk by itself.
fn gather(first: Box<dyn Change>, queue: &Changes) -> Vec<Box<dyn Change>> {
    let mut changes = vec![first];
    loop {
        std::thread::yield_now();
        let before = changes.len();
        changes.extend(std::iter::from_fn(|| queue.next()).take(BATCH - before));
        if changes.len() == before || changes.len() == BATCH {
            return changes;
        }
    }
}

/// Readers hold no place in a long WAL, and the last commit before a pause may have left one.
fn write_back(connection: &Connection, wal_index: Option<&WalIndex>) {
    let long = wal_index.and_then(WalIndex::state).is_some_and(|state| !state.may_be_held());
    if long && let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        log::warn!("the WAL cannot be written back: {error}");
    }
}

fn commit(
    connection: &Connection,
    mut changes: Vec<Box<dyn Change>>,
    queue: &Changes,
    lookout: &mut Lookout<'_>,
    figures: &WriterFigures,
) {
    let mut outcome = commit_together(connection, &mut changes, queue, Isolation::Statement, figures);
    if let Err(Unfinished::Spoilt) = outcome {
        roll_back(connection);
        outcome = commit_together(connection, &mut changes, queue, Isolation::Savepoint, figures);
    }
    match outcome {
        Ok(()) => {
            lookout.committed();
            answer(changes, None);
        }
        // A deferred constraint speaks up only at the commit, and does not say whose fault it is. And a constraint or a
        // trigger can roll back what the others did.
        Err(Unfinished::Spoilt | Unfinished::Failed(StoreError::ForeignKey | StoreError::Check(_))) => {
            roll_back(connection);
            for change in changes {
                commit_alone(connection, change, lookout, figures);
            }
        }
        Err(Unfinished::Failed(error)) => {
            log::error!("a commit of {} changes failed: {error}", changes.len());
            figures.failed.add_alone(1);
            roll_back(connection);
            answer(changes, Some(&error));
        }
    }
}

/// Gives changes their results, those of a thread together; `failure` is that of the commit.
fn answer(changes: Vec<Box<dyn Change>>, failure: Option<&StoreError>) {
    let mut by_thread: Vec<(Mailbox, Vec<Box<dyn Change>>)> = Vec::new();
    for change in changes {
        let Some(mailbox) = change.mailbox().cloned() else {
            change.answer(failure);
            continue;
        };
        match by_thread.iter_mut().find(|(other, _)| other.is(&mailbox)) {
            Some((_, changes)) => changes.push(change),
            None => by_thread.push((mailbox, vec![change])),
        }
    }
    for (mailbox, changes) in by_thread {
        let failure = failure.cloned();
        mailbox.send(Box::new(move || changes.into_iter().for_each(|change| change.answer(failure.as_ref()))));
    }
}

fn commit_alone(
    connection: &Connection,
    mut change: Box<dyn Change>,
    lookout: &mut Lookout<'_>,
    figures: &WriterFigures,
) {
    let result = execute(connection, "BEGIN IMMEDIATE").and_then(|()| {
        // What has rolled everything back has its own result.
        if change.run(connection, Isolation::Savepoint).is_ok() { finish(connection, 1, figures) } else { Ok(()) }
    });
    if result.is_err() {
        roll_back(connection);
    } else {
        lookout.committed();
    }
    answer(vec![change], result.err().as_ref());
}

/// Commits so many changes.
fn finish(connection: &Connection, changes: usize, figures: &WriterFigures) -> Result<(), StoreError> {
    let begun = Instant::now();
    execute(connection, "COMMIT")?;
    figures.made.add_alone(1);
    figures.commits.record_alone(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX));
    figures.batches.record_alone(changes as u64);
    Ok(())
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        log::error!("a transaction cannot be rolled back: {error}");
    }
}

/// Why changes are not on the disk.
enum Unfinished {
    Spoilt,
    Failed(StoreError),
}

impl From<Spoilt> for Unfinished {
    fn from(_: Spoilt) -> Self {
        Self::Spoilt
    }
}

impl From<StoreError> for Unfinished {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// `changes` holds the first; those that have queued up meanwhile are added.
fn commit_together(
    connection: &Connection,
    changes: &mut Vec<Box<dyn Change>>,
    queue: &Changes,
    isolation: Isolation,
    figures: &WriterFigures,
) -> Result<(), Unfinished> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let mut position = 0;
    while let Some(change) = changes.get_mut(position) {
        change.run(connection, isolation)?;
        position += 1;
        if position < BATCH
            && let Some(next) = queue.next()
        {
            changes.push(next);
        }
    }
    Ok(finish(connection, changes.len(), figures)?)
}
