//! How long a request waits before this thread comes to it, and when that is too long to take on more.
//!
//! A thread serves its connections in turn. When more is asked of it than it can do, they all wait for as long as there are
//! connections, and in the end nobody has an answer in time. So it sends some away at once, which costs it next to nothing,
//! until the others no longer wait. The waiting time is measured, not guessed: now and then a task of no work of its own
//! joins the end of the line.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::connection::Turn;

/// Who has waited for so long is sent away.
const TOO_LONG: Duration = Duration::from_secs(1);
/// Time from one measurement to the next.
const PERIOD: Duration = Duration::from_millis(10);
/// What was measured longer ago says nothing of today.
const STALE: Duration = Duration::from_secs(2);

thread_local! {
    static PRESSURE: Cell<Pressure> = const { Cell::new(Pressure { joined: None, measured: None }) };
}

/// What is known of the line.
#[derive(Clone, Copy, Default)]
struct Pressure {
    /// Since when the task that measures has been in it.
    joined: Option<Instant>,
    /// When the last one left it, and how long it had waited.
    measured: Option<(Instant, Duration)>,
}

impl Pressure {
    fn is_too_high(self, now: Instant) -> bool {
        let waited = self.measured.filter(|(at, _)| now.duration_since(*at) < STALE).map(|(_, waited)| waited);
        let waits = self.joined.map(|since| now.duration_since(since));
        waited.max(waits).is_some_and(|longest| longest > TOO_LONG)
    }

    fn is_due(self, now: Instant) -> bool {
        self.joined.is_none() && self.measured.is_none_or(|(at, _)| now.duration_since(at) >= PERIOD)
    }
}

/// Whether a request that this thread has come to now should be sent away: because it came over a connection too many, or
/// because this thread is too far behind.
pub fn is_refused(turn: Option<&Turn>, now: Instant) -> bool {
    turn.is_some_and(Turn::is_surplus) || is_too_high(now)
}

fn is_too_high(now: Instant) -> bool {
    let pressure = PRESSURE.get();
    if pressure.is_due(now) {
        PRESSURE.set(Pressure { joined: Some(now), ..pressure });
        actix_web::rt::spawn(async move {
            tokio::task::yield_now().await;
            let left = Instant::now();
            PRESSURE.set(Pressure { joined: None, measured: Some((left, left.duration_since(now))) });
        });
    }
    pressure.is_too_high(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_too_high_while_the_line_is_long_and_no_longer() {
        let began = Instant::now();
        let nothing = Pressure::default();
        assert!(!nothing.is_too_high(began) && nothing.is_due(began));
        let waiting = Pressure { joined: Some(began), ..nothing };
        assert!(!waiting.is_too_high(began + TOO_LONG));
        assert!(waiting.is_too_high(began + TOO_LONG + PERIOD), "also before it has come to its turn");
        assert!(!waiting.is_due(began + STALE), "one at a time");
        let long = Pressure { joined: None, measured: Some((began, TOO_LONG * 2)) };
        assert!(long.is_too_high(began + PERIOD) && long.is_due(began + PERIOD), "until it is measured again");
        assert!(!long.is_too_high(began + STALE), "or was too long ago");
        let short = Pressure { joined: None, measured: Some((began, PERIOD)) };
        assert!(!short.is_too_high(began) && !short.is_due(began));
    }

    #[test]
    fn a_thread_that_is_kept_busy_notices_it_and_recovers() {
        actix_rt::System::new().block_on(async {
            assert!(!is_too_high(Instant::now()));
            // The measuring task stands in line while this one keeps the thread.
            let later = Instant::now() + TOO_LONG * 2;
            assert!(is_too_high(later));
            let measured = async || {
                while PRESSURE.get().joined.is_some() {
                    tokio::task::yield_now().await;
                }
            };
            measured().await;
            assert!(!is_too_high(Instant::now()), "the line was short");
        });
    }
}
