//! Time as tokens and sessions count it: milliseconds that never go back. A test sets it by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A source of time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's monotonic clock, from this instant on.
    System(Instant),
    /// Stands still until it is set.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::System(Instant::now())
    }

    /// A clock that is moved by hand, and the hand.
    #[must_use]
    pub fn manual() -> (Self, Arc<AtomicU64>) {
        let time = Arc::new(AtomicU64::new(0));
        (Self::Manual(Arc::clone(&time)), time)
    }

    /// Milliseconds since some fixed moment.
    #[must_use]
    pub fn now(&self) -> u64 {
        match self {
            Self::System(start) => u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            Self::Manual(time) => time.load(Ordering::SeqCst),
        }
    }

    /// Milliseconds since 1970, for what outlives the process. A clock that is moved by hand starts from now.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        match self {
            Self::System(_) => epoch_milliseconds(),
            Self::Manual(time) => epoch_milliseconds() + time.load(Ordering::SeqCst),
        }
    }
}

/// Milliseconds since 1970, for people to read.
#[must_use]
pub fn epoch_milliseconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
