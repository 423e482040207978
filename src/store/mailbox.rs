//! How results come from the writer to the threads that wait for them: all of a commit in one go.
//!
//! To wake a thread takes a system call, and where it shares a processor with the writer, it would run at once, for the sake
//! of one result, while the others are still being sent.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::StoreError;
use super::change::Change;

thread_local! {
    /// Of this thread, when it has one.
    static MAILBOX: RefCell<Option<Mailbox>> = const { RefCell::new(None) };
}

/// Changes that are done, and why their commit failed, if it did. There are never more than the writer's queue holds.
type Letter = (Vec<Box<dyn Change>>, Option<StoreError>);

/// Where the results for a thread are sent.
#[derive(Clone)]
pub struct Mailbox {
    number: u64,
    sender: UnboundedSender<Letter>,
}

/// The results that come for a thread.
pub struct Mail(UnboundedReceiver<Letter>);

/// From now on, what this thread has changed is answered through a mailbox; it has to [`Mail::deliver`] what comes.
pub fn begin_receiving() -> Mail {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let (sender, receiver) = unbounded_channel();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    MAILBOX.with_borrow_mut(|mailbox| *mailbox = Some(Mailbox { number, sender }));
    Mail(receiver)
}

impl Mail {
    /// Gives each of those who wait on this thread his result, for as long as there is a writer or may be one.
    pub async fn deliver(mut self) {
        while let Some((changes, failure)) = self.0.recv().await {
            for change in changes {
                change.answer(failure.as_ref());
            }
        }
    }
}

impl Mailbox {
    /// That of the calling thread; `None` when it reads none.
    #[must_use]
    pub fn own() -> Option<Self> {
        MAILBOX.with_borrow(Clone::clone)
    }
}

/// Sends results to where they are waited for; `failure` is that of the commit.
pub fn send(changes: Vec<Box<dyn Change>>, failure: Option<&StoreError>) {
    let mut letters: Vec<(Mailbox, Vec<Box<dyn Change>>)> = Vec::new();
    for change in changes {
        let Some(mailbox) = change.mailbox().cloned() else {
            change.answer(failure);
            continue;
        };
        match letters.iter_mut().find(|(other, _)| other.number == mailbox.number) {
            Some((_, changes)) => changes.push(change),
            None => letters.push((mailbox, vec![change])),
        }
    }
    for (mailbox, changes) in letters {
        // Nobody waits on a thread that has ended.
        let _ = mailbox.sender.send((changes, failure.cloned()));
    }
}
