//! How long what is queued has been waiting.
//!
//! A queue of so many entries says nothing about time: it is soon worked off, or takes minutes when the disk is slow. Who
//! would have to wait for too long is better told at once, when there is still something that he can do.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Nobody joins behind somebody who has been waiting for so long.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Since when each entry of a queue has been waiting, the first one first.
#[derive(Default)]
pub struct WaitingLine(Mutex<VecDeque<Instant>>);

/// The first in line has been waiting for too long.
#[derive(Debug, PartialEq, Eq)]
pub struct TooSlow;

impl WaitingLine {
    /// Joins the line by way of `enqueue`, which puts the entry into the queue itself, or fails to.
    ///
    /// # Errors
    /// [`TooSlow`], and what `enqueue` says.
    pub fn join<E: From<TooSlow>>(&self, now: Instant, enqueue: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        // Held while it is queued, so that the entries here are in the order of those there.
        let mut line = self.0.lock();
        if line.front().is_some_and(|since| now.duration_since(*since) > LONGEST_WAIT) {
            return Err(TooSlow.into());
        }
        enqueue()?;
        line.push_back(now);
        Ok(())
    }

    /// The first one's turn has come.
    pub fn leave(&self) {
        self.0.lock().pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_joins_behind_who_has_waited_for_too_long_until_he_has_left() {
        let (line, began) = (WaitingLine::default(), Instant::now());
        let join = |after: Duration| line.join(began + after, || Ok::<(), TooSlow>(()));
        assert_eq!(join(Duration::ZERO), Ok(()));
        assert_eq!(join(LONGEST_WAIT), Ok(()));
        assert_eq!(join(LONGEST_WAIT * 2), Err(TooSlow));
        line.leave();
        assert_eq!(join(LONGEST_WAIT * 2), Ok(()), "the next has waited for less");
        assert_eq!(join(LONGEST_WAIT * 3), Err(TooSlow));
        line.leave();
        line.leave();
        assert_eq!(join(LONGEST_WAIT * 9), Ok(()), "nobody is waiting");
    }

    #[test]
    fn who_is_not_queued_does_not_stand_in_line() {
        let (line, began) = (WaitingLine::default(), Instant::now());
        assert_eq!(line.join(began, || Err(TooSlow)), Err(TooSlow), "the queue was full");
        assert_eq!(line.join(began + LONGEST_WAIT * 2, || Ok::<(), TooSlow>(())), Ok(()));
    }
}
