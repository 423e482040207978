//! The body of a request as it comes, which must not take for ever.
//!
//! A client has a time for it (the setting `body_timeout_seconds`) and a second more for every [`BYTES_PER_SECOND`] that it
//! has sent, so that a large file has long and a trickle does not. Every way to read a body goes through here.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::error::Failure;

/// Slowest rate, in the long run, at which a body may come.
const BYTES_PER_SECOND: u64 = 8 * 1024;

/// A body with a deadline.
pub struct Body {
    payload: Payload,
    began: Instant,
    patience: Duration,
    received: u64,
    deadline: Pin<Box<Sleep>>,
}

impl Body {
    /// A body that has so many seconds to come, and more as it comes.
    #[must_use]
    pub fn new(payload: Payload, seconds: u32) -> Self {
        let (began, patience) = (Instant::now(), Duration::from_secs(seconds.into()));
        Self { payload, began, patience, received: 0, deadline: Box::pin(sleep_until(began + patience)) }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(context);
        if let Poll::Ready(next) = next {
            if let Some(Ok(bytes)) = &next {
                self.received += bytes.len() as u64;
            }
            return Poll::Ready(next);
        }
        // The timer is moved only when it has run out: until then, what has come since cannot matter.
        while self.deadline.as_mut().poll(context).is_ready() {
            let earned = Duration::from_secs(self.received / BYTES_PER_SECOND);
            let deadline = self.began + self.patience + earned;
            if Instant::now() >= deadline {
                return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
            }
            self.deadline.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

/// What the caller is told when his body cannot be read to its end.
pub fn failure(error: &PayloadError) -> Failure {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => Failure::TooSlow,
        _ => Failure::Unreadable,
    }
}
