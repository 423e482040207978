//! How many connections are open, which are too many, and when there are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts connections; its clones count together.
#[derive(Clone)]
pub struct OpenConnections(Arc<Count>);

struct Count {
    most: usize,
    open: AtomicUsize,
    none: Notify,
}

/// A connection that counts until this is dropped.
pub struct Counted {
    count: Arc<Count>,
    is_surplus: bool,
}

impl OpenConnections {
    /// There may be so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Count { most, open: AtomicUsize::new(0), none: Notify::new() }))
    }

    /// One more.
    #[must_use]
    pub fn count_in(&self) -> Counted {
        let before = self.0.open.fetch_add(1, Ordering::SeqCst);
        Counted { count: Arc::clone(&self.0), is_surplus: before >= self.0.most }
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

impl Counted {
    /// Whether there were as many as there may be without it.
    #[must_use]
    pub fn is_surplus(&self) -> bool {
        self.is_surplus
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.count.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.count.none.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_the_last_connection_is_told_when_it_has_gone() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let open = OpenConnections::new(2);
        runtime.block_on(open.none());
        let counted = [open.count_in(), open.clone().count_in(), open.count_in()];
        assert_eq!(counted.each_ref().map(Counted::is_surplus), [false, false, true]);
        assert_eq!(open.number(), 3);
        let ending = std::thread::spawn(move || drop(counted));
        runtime.block_on(open.none());
        assert_eq!(open.number(), 0);
        ending.join().unwrap();
    }
}
