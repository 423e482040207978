//! How long a request waits before this thread comes to it, and when that is too long to take on more.
//!
//! A thread serves its connections in turn. When more is asked of it than it can do, they all wait for as long as there are
//! connections, and in the end nobody has an answer in time. So it sends some away, which costs it next to nothing, until the
//! others no longer wait. The waiting time is measured, not guessed: now and then a task of no work of its own joins the end of
//! the line.
//!
//! Who is sent away has stood in the line as well, so a line that is only kept from growing further helps nobody. Once it has
//! been too long, it is made short, and kept short until there is no more to do than can be done.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::connection::Turn;

/// Who has waited for so long is sent away. A machine that is busy with something else for a moment is not overloaded.
const TOO_LONG: Duration = Duration::from_secs(1);
/// While there is too much to do, who has waited for so long.
const LONG: Duration = Duration::from_millis(100);
/// There is too much to do until nobody has been sent away for so long.
const SPELL: Duration = Duration::from_secs(2);
/// Time from one measurement to the next.
const PERIOD: Duration = Duration::from_millis(10);
/// What was measured longer ago says nothing of today.
const STALE: Duration = Duration::from_secs(2);

thread_local! {
    static PRESSURE: Cell<Pressure> = const { Cell::new(Pressure { joined: None, measured: None, refused: None }) };
}

/// What is known of the line.
#[derive(Clone, Copy, Default)]
struct Pressure {
    /// Since when the task that measures has been in it.
    joined: Option<Instant>,
    /// When the last one left it, and how long it had waited.
    measured: Option<(Instant, Duration)>,
    /// When somebody was last sent away.
    refused: Option<Instant>,
}

impl Pressure {
    fn is_too_high(self, now: Instant) -> bool {
        let waited = self.measured.filter(|(at, _)| now.duration_since(*at) < STALE).map(|(_, waited)| waited);
        let waits = self.joined.map(|since| now.duration_since(since));
        let overloaded = self.refused.is_some_and(|at| now.duration_since(at) < SPELL);
        waited.max(waits).is_some_and(|longest| longest > if overloaded { LONG } else { TOO_LONG })
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
            let measured = Some((left, left.duration_since(now)));
            PRESSURE.set(Pressure { joined: None, measured, ..PRESSURE.get() });
        });
    }
    let is_too_high = pressure.is_too_high(now);
    if is_too_high {
        PRESSURE.set(Pressure { refused: Some(now), ..PRESSURE.get() });
    }
    is_too_high
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
        let long = Pressure { measured: Some((began, TOO_LONG * 2)), ..nothing };
        assert!(long.is_too_high(began + PERIOD) && long.is_due(began + PERIOD), "until it is measured again");
        assert!(!long.is_too_high(began + STALE), "or was too long ago");
        let short = Pressure { measured: Some((began, PERIOD)), ..nothing };
        assert!(!short.is_too_high(began) && !short.is_due(began));
    }

    #[test]
    fn once_somebody_was_sent_away_the_line_is_kept_short_for_a_while() {
        let began = Instant::now();
        let waiting = Pressure { joined: Some(began), ..Pressure::default() };
        let soon = began + LONG + PERIOD;
        assert!(!waiting.is_too_high(soon));
        let overloaded = Pressure { refused: Some(began), ..waiting };
        assert!(overloaded.is_too_high(soon) && !overloaded.is_too_high(began + LONG));
        let last = began + PERIOD;
        let measured = Some((began + SPELL, LONG + PERIOD));
        let ending = Pressure { joined: None, measured, refused: Some(last) };
        assert!(ending.is_too_high(began + SPELL) && !ending.is_too_high(last + SPELL), "that is over");
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
            assert_eq!(PRESSURE.get().refused, Some(later), "it is remembered");
            measured().await;
            // Should the machine have been busy with something else for a moment, the next measurement is a better one.
            while is_too_high(Instant::now()) {
                measured().await;
            }
        });
    }
}
