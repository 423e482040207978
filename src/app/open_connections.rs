//! How many connections are open, and when there are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts connections; its clones count together.
#[derive(Clone, Default)]
pub struct OpenConnections(Arc<Count>);

#[derive(Default)]
struct Count {
    open: AtomicUsize,
    none: Notify,
}

/// A connection that counts until this is dropped.
pub struct Counted(Arc<Count>);

impl OpenConnections {
    /// One more.
    #[must_use]
    pub fn count_in(&self) -> Counted {
        self.0.open.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(&self.0))
    }

    /// How many there are now.
    #[must_use]
    pub fn number(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// Waits until there are none.
    pub async fn none(&self) {
        loop {
            // Asked for before the number is looked at: what ends in between is not missed.
            let none = self.0.none.notified();
            if self.number() == 0 {
                return;
            }
            none.await;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none.notify_waiters();
        }
    }
}
