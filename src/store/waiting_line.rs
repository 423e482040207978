//! How long what is queued has been waiting, and would have to wait.
//!
//! A queue of so many entries says nothing about time: it is soon worked off, or takes minutes when the disk is slow. Who
//! would have to wait for too long is better told at once, when there is still something that he can do.
//!
//! How long the first one has been waiting says it too late: whoever has come meanwhile stands behind him. So it is also
//! reckoned from how fast the line has moved.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Nobody joins behind somebody who has been waiting for so long, nor where he would have to wait for so long himself.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// Who had fewer before him says nothing of a long line: many are done together in hardly more time than one.
const MANY: u32 = 64;

/// Since when each entry of a queue has been waiting, the first one first.
#[derive(Default)]
pub struct WaitingLine(Mutex<Line>);

#[derive(Default)]
struct Line {
    /// When each joined, and how many were before him.
    entries: VecDeque<(Instant, u32)>,
    /// How long it last took for each entry of a long line; `None` until that is known of this one.
    pace: Option<Duration>,
}

/// The first in line has been waiting for too long, or the last one would have to.
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
        let before = u32::try_from(line.entries.len()).unwrap_or(u32::MAX);
        let has_waited = line.entries.front().is_some_and(|(since, _)| now.duration_since(*since) > LONGEST_WAIT);
        if has_waited || line.pace.is_some_and(|pace| pace.saturating_mul(before) > LONGEST_WAIT) {
            return Err(TooSlow.into());
        }
        enqueue()?;
        line.entries.push_back((now, before));
        Ok(())
    }

    /// How many are waiting.
    pub fn length(&self) -> usize {
        self.0.lock().entries.len()
    }

    /// The first one's turn has come.
    pub fn leave(&self) {
        self.leave_at(Instant::now());
    }

    fn leave_at(&self, now: Instant) {
        let mut line = self.0.lock();
        if let Some((since, before)) = line.entries.pop_front()
            && before >= MANY
        {
            line.pace = Some(now.duration_since(since) / before);
        }
        if line.entries.is_empty() {
            line.pace = None;
        }
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
    fn nobody_joins_where_he_would_have_to_wait_for_too_long() {
        let (line, began) = (WaitingLine::default(), Instant::now());
        let join = |after: Duration| line.join(began + after, || Ok::<(), TooSlow>(()));
        let each = LONGEST_WAIT / 200;
        for _ in 0..=MANY {
            assert_eq!(join(Duration::ZERO), Ok(()));
        }
        for done in 0..MANY {
            line.leave_at(began + each * done);
        }
        while line.0.lock().entries.len() < 300 {
            assert_eq!(join(each * MANY), Ok(()), "nothing is known of a long line yet");
        }
        line.leave_at(began + each * MANY);
        assert_eq!(join(each * MANY), Err(TooSlow), "299 times a 200th of it is too long");
        for _ in 0..99 {
            line.leave_at(began + each * (MANY + 1));
        }
        assert_eq!(join(each * (MANY + 1)), Ok(()), "200 times is not, or the line has come to move faster");
        while !line.0.lock().entries.is_empty() {
            line.leave_at(began + LONGEST_WAIT);
        }
        assert_eq!(line.0.lock().pace, None, "the next line is another one");
    }

    #[test]
    fn who_is_not_queued_does_not_stand_in_line() {
        let (line, began) = (WaitingLine::default(), Instant::now());
        assert_eq!(line.join(began, || Err(TooSlow)), Err(TooSlow), "the queue was full");
        assert_eq!(line.join(began + LONGEST_WAIT * 2, || Ok::<(), TooSlow>(())), Ok(()));
    }
}
