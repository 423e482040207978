//! From a thread that writes to an answer that is sent meanwhile.
//!
//! What writes holds a connection to the database and a turn of few, so a client may take its time only so far: what it
//! keeps the writer waiting, all in all, is half a minute and a second for every 16 KiB that it has taken.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use super::background;
use super::error::Failure;

/// Bytes that are sent together.
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait to be sent: a slow reader slows the writer down, it does not fill the memory.
const WAITING: usize = 4;
/// What every client is given.
const PACE: Pace = Pace { patience: Duration::from_secs(30), bytes_per_second: 16 * 1024 };

/// How slow a client may be.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// How long it may keep the writer waiting, whatever it takes.
    patience: Duration,
    /// Slowest rate, in the long run, at which it may take its answer.
    bytes_per_second: u64,
}

impl Pace {
    /// How long the writer may have waited when so many bytes have been written, of which the last need not be taken yet.
    fn allowed(self, sent: u64) -> Duration {
        let taken = sent.saturating_sub(((WAITING + 1) * CHUNK) as u64);
        self.patience + Duration::from_secs(taken / self.bytes_per_second)
    }
}

/// What has become of the writer. It is set before the writing end goes away.
type End = Arc<AtomicU8>;
/// It writes, or has failed.
const OPEN: u8 = 0;
/// It has written everything.
const WHOLE: u8 = 1;
/// It has waited for too long: what still waits to be sent is thrown away.
const CUT: u8 = 2;

/// The writing end. It fails when nobody listens any more, or too slowly.
pub struct Sink {
    chunk: Vec<u8>,
    sender: Sender<Result<Bytes, Failure>>,
    end: End,
    pace: Pace,
    sent: u64,
    waited: Duration,
}

impl Sink {
    fn new(sender: Sender<Result<Bytes, Failure>>, end: End, pace: Pace) -> Self {
        Self { chunk: Vec::new(), sender, end, pace, sent: 0, waited: Duration::ZERO }
    }

    fn send(&mut self, chunk: Bytes) -> io::Result<()> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        self.sent += chunk.len() as u64;
        let chunk = match self.sender.try_send(Ok(chunk)) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(_)) => return Err(gone()),
            Err(TrySendError::Full(chunk)) => chunk,
        };
        let (began, left) = (Instant::now(), self.pace.allowed(self.sent).saturating_sub(self.waited));
        let sending = async { timeout(left, self.sender.send(chunk)).await };
        let sent = Handle::current().block_on(sending);
        self.waited += began.elapsed();
        if let Ok(sent) = sent {
            return sent.map_err(|_| gone());
        }
        self.end.store(CUT, Ordering::Release);
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK + CHUNK / 4));
        self.send(chunk.into())
    }
}

/// Lets `write` write on a thread of its own and answers with what it writes. What goes wrong before the first byte is an
/// error like any other; later, the answer breaks off.
///
/// # Errors
/// The failure of `write`.
pub async fn stream(
    mut response: actix_web::HttpResponseBuilder,
    write: impl FnOnce(&mut Sink) -> Result<(), Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let (sender, mut receiver) = channel(WAITING);
    let end = End::new(AtomicU8::new(OPEN));
    let mut sink = Sink::new(sender, Arc::clone(&end), PACE);
    actix_web::rt::task::spawn_blocking(move || {
        background::lower_priority();
        let result = write(&mut sink).and_then(|()| {
            io::Write::flush(&mut sink).map_err(|error| Failure::Internal(format!("an answer cannot be sent: {error}")))
        });
        match result {
            Ok(()) => sink.end.store(WHOLE, Ordering::Release),
            // Nobody may be listening any more, or nobody who takes it: then the end says enough.
            Err(failure) => drop(sink.sender.try_send(Err(failure))),
        }
    });
    match receiver.recv().await {
        None if end.load(Ordering::Acquire) == WHOLE => Ok(response.finish()),
        None => Err(Failure::Internal("an answer was not written".to_owned())),
        Some(Err(failure)) => Err(failure),
        Some(Ok(first)) => Ok(response.streaming(rest(first, receiver, end))),
    }
}

/// The chunks; an error in the place of those that are missing, so that no part passes for the whole.
fn rest(
    first: Bytes,
    receiver: Receiver<Result<Bytes, Failure>>,
    end: End,
) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::unfold((Some(first), receiver, end), |(first, mut receiver, end)| async move {
        let broken = |why: &str| {
            log::warn!("an answer broke off: {why}");
            Some(Err(io::Error::other("the answer breaks off")))
        };
        let next = match first {
            _ if end.load(Ordering::Acquire) == CUT => broken("its reader is too slow"),
            Some(first) => Some(Ok(first)),
            None => match receiver.recv().await {
                Some(Ok(chunk)) => Some(Ok(chunk)),
                Some(Err(failure)) => broken(&format!("{failure:?}")),
                None if end.load(Ordering::Acquire) == WHOLE => None,
                None => broken("its writer has gone"),
            },
        };
        Some((next?, (None, receiver, end)))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::StreamExt as _;

    use super::*;

    const HASTY: Pace = Pace { patience: Duration::from_millis(5), bytes_per_second: u64::MAX };
    const CALM: Pace = Pace { patience: Duration::from_secs(3600), bytes_per_second: 1 };

    /// Writes so many chunks on a thread of its own, as answers are written; returns what it came to, when it has ended.
    async fn written(sink: Sink, chunks: usize) -> io::Result<()> {
        let write = move || {
            let mut sink = sink;
            (0..chunks).try_for_each(|_| sink.write_all(&vec![0; CHUNK]))
        };
        actix_web::rt::task::spawn_blocking(write).await.unwrap()
    }

    #[test]
    fn who_does_not_take_his_answer_is_cut_and_gets_no_more_of_it() {
        actix_rt::System::new().block_on(async {
            let (sender, mut receiver) = channel(WAITING);
            let end = End::default();
            let sink = Sink::new(sender, Arc::clone(&end), HASTY);
            let writing = actix_web::rt::spawn(written(sink, 100));
            let first = receiver.recv().await.unwrap().unwrap();
            assert_eq!(writing.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
            let mut rest = Box::pin(rest(first, receiver, end));
            assert!(rest.next().await.unwrap().is_err(), "no part passes for the whole");
        });
    }

    #[test]
    fn who_takes_his_answer_gets_it_however_long_it_is() {
        actix_rt::System::new().block_on(async {
            let (sender, mut receiver) = channel(WAITING);
            let sink = Sink::new(sender, End::default(), CALM);
            let writing = actix_web::rt::spawn(written(sink, 1_000));
            let mut taken = 0;
            while let Some(chunk) = receiver.recv().await {
                taken += chunk.unwrap().len();
            }
            writing.await.unwrap().unwrap();
            assert_eq!(taken, 1_000 * CHUNK);
        });
    }

    #[test]
    fn time_is_earned_by_what_has_been_taken_and_not_by_what_only_waits_to_be() {
        let waiting = ((WAITING + 1) * CHUNK) as u64;
        assert_eq!(PACE.allowed(waiting), Duration::from_secs(30));
        assert_eq!(PACE.allowed(waiting + 10 * 16 * 1024), Duration::from_secs(40));
    }

    #[test]
    fn an_answer_whose_writer_goes_without_a_word_breaks_off() {
        actix_rt::System::new().block_on(async {
            for (state, whole) in [(OPEN, false), (WHOLE, true)] {
                let (sender, receiver) = channel(WAITING);
                let end = End::default();
                end.store(state, Ordering::Release);
                drop(sender);
                let mut rest = Box::pin(rest(Bytes::from_static(b"x"), receiver, end));
                assert!(rest.next().await.unwrap().is_ok());
                assert_eq!(rest.next().await.is_none(), whole);
            }
        });
    }
}
