//! A connection that ends when its client keeps it waiting: neither a request that never becomes whole nor an answer that
//! is never taken holds it for ever.
//!
//! actix-http has timers of its own for the head of the first request and for idle connections. It has none for the heads
//! of later requests, for bodies that nobody reads any more, and for clients that do not read; this one has them all.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::open_connections::Counted;
use crate::http::Turn;

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To send a whole request head, from the end of the last answer on.
    pub request: Duration,
    /// To take any part of an answer.
    pub answer: Duration,
}

impl Patience {
    fn shortest(self) -> Duration {
        self.request.min(self.answer)
    }
}

/// A stream of bytes to and from a client.
pub struct Watched<S> {
    stream: S,
    _counted: Counted,
    turn: Turn,
    patience: Patience,
    /// Since when the client has taken nothing of what it is sent.
    stalled_since: Option<Instant>,
    /// Never later than the next deadline.
    alarm: Pin<Box<Sleep>>,
    /// The task that it wakes.
    woken: Option<Waker>,
}

impl<S> Watched<S> {
    /// Watches a connection that has just been made.
    pub fn new(stream: S, patience: Patience, counted: Counted) -> Self {
        let turn = Turn::new();
        if counted.is_surplus() {
            turn.mark_surplus();
        }
        let alarm = Box::pin(sleep(patience.shortest()));
        Self { stream, _counted: counted, turn, patience, stalled_since: None, alarm, woken: None }
    }

    /// What is watched.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// Whose turn it is.
    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    /// Whether the client's time is up. If not, the task is woken when it may be.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        // Once it will wake this task, asking it again tells nothing before it rings.
        if self.woken.as_ref().is_some_and(|woken| woken.will_wake(context.waker())) && !self.alarm.is_elapsed() {
            return false;
        }
        self.woken = Some(context.waker().clone());
        while self.alarm.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let request = self.turn.waiting_since().map(|since| since + self.patience.request);
            let answer = self.stalled_since.map(|since| since + self.patience.answer);
            let deadline = [request, answer].into_iter().flatten().min();
            if deadline.is_some_and(|deadline| deadline <= now) {
                return true;
            }
            // A deadline that is not known yet is never nearer than that.
            let soon = now + self.patience.shortest();
            self.alarm.as_mut().reset(deadline.map_or(soon, |deadline| deadline.min(soon)).into());
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::app::open_connections::OpenConnections;

    fn watched(patience: Patience) -> Watched<Silent> {
        Watched::new(Silent, patience, OpenConnections::new(1).count_in())
    }

    /// A client that neither sends nor takes anything.
    struct Silent;

    impl AsyncRead for Silent {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Silent {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    const SHORT: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_secs(3600);

    async fn read(connection: &mut Watched<Silent>) -> io::Result<()> {
        let mut bytes = [0; 8];
        let mut into = ReadBuf::new(&mut bytes);
        poll_fn(|context| Pin::new(&mut *connection).poll_read(context, &mut into)).await
    }

    async fn write(connection: &mut Watched<Silent>) -> io::Result<usize> {
        poll_fn(|context| Pin::new(&mut *connection).poll_write(context, b"x")).await
    }

    #[test]
    fn who_sends_no_request_or_takes_no_answer_is_cut() {
        actix_rt::System::new().block_on(async {
            let mut connection = watched(Patience { request: SHORT, answer: LONG });
            assert_eq!(read(&mut connection).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
            let mut connection = watched(Patience { request: LONG, answer: SHORT });
            let _answering = connection.turn().begin();
            assert_eq!(write(&mut connection).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        });
    }

    #[test]
    fn nobody_is_late_while_his_answer_is_made_but_afterwards() {
        actix_rt::System::new().block_on(async {
            let mut connection = watched(Patience { request: SHORT, answer: LONG });
            let answering = connection.turn().begin();
            assert!(tokio::time::timeout(10 * SHORT, read(&mut connection)).await.is_err(), "it waits on");
            drop(answering);
            assert_eq!(read(&mut connection).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        });
    }
}
