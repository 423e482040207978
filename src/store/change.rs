//! A change on its way through the writer: how it is run, and what it leaves behind when it fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::mailbox::Mailbox;
use super::{StoreError, Transaction};

/// A change in the queue, whatever its types are.
pub trait Change: Send {
    /// Runs it in the open transaction and keeps its result. When it fails, it leaves nothing behind.
    ///
    /// # Errors
    /// [`Spoilt`], which says that it has.
    fn run(&mut self, connection: &Connection, isolation: Isolation) -> Result<(), Spoilt>;
    /// Where the thread that waits for the result has it sent; `None` when it is to be given to it at once.
    fn mailbox(&self) -> Option<&Mailbox>;
    /// Gives the result, or the failure of the commit that was to hold it.
    fn answer(self: Box<Self>, failure: Option<&StoreError>);
}

/// What keeps a change that fails from leaving something behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Nothing but SQLite, which undoes a statement that fails. Most changes fail at their first statement, if at all.
    Statement,
    /// A savepoint of its own, for which SQLite copies every page that it touches.
    Savepoint,
}

/// A transaction that must not be committed: a change has failed, and something of it is still there, or the whole
/// transaction has been rolled back because of it.
pub struct Spoilt;

/// A change, and who waits for its result.
pub struct Pending<T, E, F> {
    job: F,
    result: Option<Result<T, E>>,
    mailbox: Option<Mailbox>,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Pending<T, E, F> {
    /// One that has not been run. The calling thread waits for it.
    pub fn new(job: F, sender: oneshot::Sender<Result<T, E>>) -> Self {
        Self { job, result: None, mailbox: Mailbox::own(), sender }
    }
}

impl<T, E, F> Change for Pending<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&Transaction<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection, isolation: Isolation) -> Result<(), Spoilt> {
        let before = connection.total_changes();
        let result = match isolation {
            Isolation::Statement => attempt(connection, &self.job),
            Isolation::Savepoint => in_savepoint(connection, &self.job),
        };
        let has_left = isolation == Isolation::Statement && result.is_err() && connection.total_changes() != before;
        let is_gone = connection.is_autocommit();
        self.result = Some(match result {
            Ok(_) if is_gone => {
                Err(StoreError::Unavailable("the database rolled the transaction back".to_owned()).into())
            }
            result => result,
        });
        if has_left || is_gone { Err(Spoilt) } else { Ok(()) }
    }

    fn mailbox(&self) -> Option<&Mailbox> {
        self.mailbox.as_ref()
    }

    fn answer(self: Box<Self>, failure: Option<&StoreError>) {
        let result = match (self.result, failure) {
            (Some(Err(own)), _) => Err(own),
            (Some(Ok(value)), None) => Ok(value),
            (_, Some(failure)) => Err(failure.clone().into()),
            (None, None) => Err(StoreError::Failed("the change was not run".to_owned()).into()),
        };
        // A caller who has gone away does not need his answer.
        let _ = self.sender.send(result);
    }
}

fn attempt<T, E: From<StoreError>>(
    connection: &Connection,
    job: impl Fn(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(|| job(&Transaction::new(connection))))
        .unwrap_or_else(|_| Err(StoreError::Failed("the change panicked".to_owned()).into()))
}

fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    job: impl Fn(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    execute(connection, "SAVEPOINT change")?;
    let result = attempt(connection, job);
    // SQLite itself rolls everything back on some failures (a full disk); then there is no savepoint left.
    if !connection.is_autocommit() {
        if result.is_err() {
            execute(connection, "ROLLBACK TO change")?;
        }
        execute(connection, "RELEASE change")?;
    }
    result
}

/// Runs a statement without parameters, which is kept prepared.
///
/// # Errors
/// What SQLite reports.
pub fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
