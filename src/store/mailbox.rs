//! How results come from the writer to the threads that wait for them: all of a commit in one go.
//!
//! To wake a thread takes a system call, and where it shares a processor with the writer, it would run at once, for the sake
//! of one result, while the others are still being sent.

use std::cell::RefCell;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

thread_local! {
    /// Of this thread, when it has one.
    static MAILBOX: RefCell<Option<Mailbox>> = const { RefCell::new(None) };
}

/// Gives results to those who wait for them on the thread to which it is sent.
pub type Letter = Box<dyn FnOnce() + Send>;

/// Where the results for a thread are sent.
#[derive(Clone)]
pub struct Mailbox(UnboundedSender<Letter>);

/// The results that come for a thread.
pub struct Mail(UnboundedReceiver<Letter>);

/// From now on, what this thread has changed is answered through a mailbox; it has to `deliver` what comes.
#[must_use]
pub fn begin_receiving() -> Mail {
    let (sender, receiver) = unbounded_channel();
    MAILBOX.with_borrow_mut(|mailbox| *mailbox = Some(Mailbox(sender)));
    Mail(receiver)
}

impl Mail {
    /// Gives each of those who wait on this thread his result, for as long as there is a writer or may be one.
    pub async fn deliver(mut self) {
        while let Some(letter) = self.0.recv().await {
            letter();
        }
    }
}

impl Mailbox {
    /// That of the calling thread; `None` when it reads none.
    #[must_use]
    pub fn own() -> Option<Self> {
        MAILBOX.with_borrow(Clone::clone)
    }

    /// Whether it is the same as another.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }

    /// Sends results. Nobody waits on a thread that has ended.
    pub fn send(&self, letter: Letter) {
        let _ = self.0.send(letter);
    }
}
