//! A connection that ends when its client keeps it waiting: neither a request that never becomes whole nor an answer that
//! is never taken holds it for ever.
//!
//! actix-http has timers of its own for the head of the first request and for idle connections. It has none for the heads
//! of later requests, for bodies that nobody reads any more, and for clients that do not read; this one has them all.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::http::Turn;

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To send a whole request head, from the end of the last answer on.
    pub request: Duration,
    /// To take any part of an answer.
    pub answer: Duration,
}

/// A stream of bytes to and from a client.
pub struct Watched<S> {
    stream: S,
    turn: Turn,
    patience: Patience,
    /// Since when the client has taken nothing of what it is sent.
    stalled_since: Option<Instant>,
    /// Never later than the next deadline.
    alarm: Pin<Box<Sleep>>,
}

impl<S> Watched<S> {
    /// Watches a connection that has just been made.
    pub fn new(stream: S, patience: Patience) -> Self {
        let alarm = Box::pin(sleep(patience.request));
        Self { stream, turn: Turn::new(), patience, stalled_since: None, alarm }
    }

    /// Whose turn it is.
    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    /// Whether the client's time is up. If not, the task is woken when it may be.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        while self.alarm.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let request = self.turn.waiting_since().map(|since| since + self.patience.request);
            let answer = self.stalled_since.map(|since| since + self.patience.answer);
            let deadline = [request, answer].into_iter().flatten().min();
            if deadline.is_some_and(|deadline| deadline <= now) {
                return true;
            }
            // While an answer is in the making, there is nothing to be late for; what comes after it is not far.
            let next = deadline.unwrap_or(now + self.patience.request.min(self.patience.answer));
            self.alarm.as_mut().reset(next.into());
        }
        false
    }

    /// A read or write that has to wait, unless it has waited for too long.
    fn or_overdue<T>(&mut self, poll: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if poll.is_pending() && self.is_overdue(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        poll
    }

    fn written(&mut self, poll: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if poll.is_ready() {
            self.stalled_since = None;
            self.turn.taken();
        } else {
            self.stalled_since.get_or_insert_with(Instant::now);
        }
        self.or_overdue(poll, context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, into);
        self.or_overdue(poll, context)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(poll, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(poll, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(context);
        self.or_overdue(poll, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(context);
        self.or_overdue(poll, context)
    }
}
