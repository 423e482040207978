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
use super::quota::Share;

/// Slowest rate, in the long run, at which a body may come.
const BYTES_PER_SECOND: u64 = 8 * 1024;

/// What of a body every request may keep without asking: small requests never wait for somebody's large one. What this can
/// come to is bounded by the number of connections.
const FREE: usize = 16 * 1024;
/// What is made room for at first.
const FIRST: usize = 512;

/// A body with a deadline.
pub struct Body {
    payload: Payload,
    began: Instant,
    patience: Duration,
    received: u64,
    has_looked: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Body {
    /// A body that has so many seconds to come, and more as it comes.
    #[must_use]
    pub fn new(payload: Payload, seconds: u32) -> Self {
        let (began, patience) = (Instant::now(), Duration::from_secs(seconds.into()));
        Self { payload, began, patience, received: 0, has_looked: false, timer: None }
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
        let this = &mut *self;
        if !this.has_looked {
            // What comes along with its head is there at a second look, and needs no timer.
            this.has_looked = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(this.began + this.patience)));
        // It is moved only when it has run out: until then, what has come since cannot matter.
        while timer.as_mut().poll(context).is_ready() {
            let earned = Duration::from_secs(this.received / BYTES_PER_SECOND);
            let deadline = this.began + this.patience + earned;
            if Instant::now() >= deadline {
                return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

/// What has come of a body. Room is made as bytes come, never because they are announced.
pub struct Kept {
    bytes: Vec<u8>,
    limit: usize,
    share: Option<Share>,
}

impl Kept {
    /// Nothing yet, of at most `limit` bytes. All but the first are taken from the share; without one there are no others.
    #[must_use]
    pub fn new(limit: usize, share: Option<Share>) -> Self {
        let limit = if share.is_some() { limit } else { limit.min(FREE) };
        Self { bytes: Vec::new(), limit, share }
    }

    /// Keeps more.
    ///
    /// # Errors
    /// [`Failure::BodyTooLarge`], and [`Failure::Overloaded`] when bodies take all the memory that they may.
    pub fn add(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let (needed, capacity) = (self.bytes.len() + chunk.len(), self.bytes.capacity());
        if needed > self.limit {
            return Err(Failure::BodyTooLarge(self.limit));
        }
        if needed > capacity {
            // What fits into what is free stays there.
            let most = if needed <= FREE { FREE.min(self.limit) } else { self.limit };
            let wanted = needed.max(capacity * 2).max(FIRST).min(most);
            let more = wanted.saturating_sub(FREE) - capacity.saturating_sub(FREE);
            if more > 0
                && let Some(share) = &mut self.share
            {
                share.grow(more as u64).map_err(|_| Failure::Overloaded)?;
            }
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// The bytes, and what must be held for as long as anything made of them.
    #[must_use]
    pub fn finish(self) -> (Vec<u8>, Option<Share>) {
        (self.bytes, self.share)
    }
}

/// What the caller is told when his body cannot be read to its end.
pub fn failure(error: &PayloadError) -> Failure {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => Failure::TooSlow,
        _ => Failure::Unreadable,
    }
}
