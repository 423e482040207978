//! The way down of a server: nobody new is let in, requests in flight have their time, what hangs is cut.

use std::io;
use std::pin::pin;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::rt::time::timeout;
use futures_util::future::{Either, select};
use tokio::sync::mpsc;

use super::open_connections::OpenConnections;

/// What ends by itself within this is not worth a line in the log.
const PROMPT: Duration = Duration::from_millis(200);
/// The threads have nothing left to do but to close their databases.
const THREADS: Duration = Duration::from_secs(2);

/// A server, and what there is to wait for when it stops.
pub struct Drain {
    /// The server.
    pub server: Server,
    /// Its connections; those that are idle are closed at once.
    pub open: OpenConnections,
    /// How long requests in flight have.
    pub limit: Duration,
    /// Ends when the last of its threads does.
    pub threads: mpsc::Receiver<()>,
}

impl Drain {
    /// Serves until something asks for the end, by its name, or the server's handle has stopped it. `cut` ends the work that
    /// is still done then for connections that are no more.
    ///
    /// # Errors
    /// What the server reports.
    pub async fn serve(mut self, stop: impl Future<Output = &'static str>, cut: impl FnOnce()) -> io::Result<()> {
        let result = match select(pin!(stop), &mut self.server).await {
            Either::Right((result, _)) => result,
            Either::Left((name, _)) => self.stop(name).await,
        };
        // Whatever still holds a connection or a thread ends now.
        drop(self.server);
        cut();
        if timeout(THREADS, self.threads.recv()).await.is_err() {
            log::warn!("a thread that serves requests has not ended");
        }
        result
    }

    async fn stop(&mut self, name: &str) -> io::Result<()> {
        log::info!("{name}: stopping; {} connections are open", self.open.number());
        // The command is on its way; the server carries it out below.
        drop(self.server.handle().stop(true));
        let mut drained = pin!(async {
            match select(&mut self.server, pin!(self.open.none())).await {
                Either::Left((result, _)) => result,
                Either::Right(_) => Ok(()),
            }
        });
        let prompt = PROMPT.min(self.limit);
        if let Ok(result) = timeout(prompt, &mut drained).await {
            return result;
        }
        let (open, seconds) = (self.open.number(), self.limit.as_secs());
        log::info!("waiting for {open} connections with requests in flight, for {seconds} s at most");
        if let Ok(result) = timeout(self.limit.saturating_sub(prompt), &mut drained).await {
            return result;
        }
        log::warn!("{} connections are cut: their requests have taken too long", self.open.number());
        Ok(())
    }
}
