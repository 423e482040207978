//! From a thread that writes to an answer that is sent meanwhile.

use std::io;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::error::Failure;

/// Bytes that are sent together.
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait to be sent: a slow reader slows the writer down, it does not fill the memory.
const WAITING: usize = 4;

/// The writing end. It fails when nobody listens any more.
pub struct Sink {
    chunk: Vec<u8>,
    sender: Sender<Result<Bytes, Failure>>,
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
        self.sender.blocking_send(Ok(chunk.into())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
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
    actix_web::rt::task::spawn_blocking(move || {
        let mut sink = Sink { chunk: Vec::new(), sender };
        let result = write(&mut sink).and_then(|()| {
            io::Write::flush(&mut sink).map_err(|error| Failure::Internal(format!("an answer cannot be sent: {error}")))
        });
        if let Err(failure) = result {
            // Nobody may be listening any more.
            let _ = sink.sender.blocking_send(Err(failure));
        }
    });
    match receiver.recv().await {
        None => Ok(response.finish()),
        Some(Err(failure)) => Err(failure),
        Some(Ok(first)) => Ok(response.streaming(rest(first, receiver))),
    }
}

fn rest(first: Bytes, receiver: Receiver<Result<Bytes, Failure>>) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::unfold((Some(first), receiver), |(first, mut receiver)| async move {
        let next = match first {
            Some(first) => Some(Ok(first)),
            None => receiver.recv().await,
        };
        let next = next?.map_err(|failure| {
            log::warn!("an answer broke off: {failure:?}");
            io::Error::other("the answer breaks off")
        });
        Some((next, (None, receiver)))
    })
}
