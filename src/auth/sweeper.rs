//! The thread that frees the memory of dead tokens and sessions.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::session::SessionStore;
use super::token::TokenStore;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(5);

/// Handle of the thread; stopping it joins it.
pub struct Sweeper {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Sweeper {
    /// Starts the thread.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(tokens: Arc<TokenStore>, sessions: Arc<SessionStore>) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("hrdb-sweeper".to_owned()).spawn(move || {
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                let (dead_tokens, dead_sessions) = (tokens.sweep(), sessions.sweep());
                if dead_tokens + dead_sessions > 0 {
                    log::debug!("forgot {dead_tokens} tokens and {dead_sessions} sessions");
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Stops the thread and waits for it.
    pub fn stop(self) {
        drop(self.stop);
        let _ = self.thread.join();
    }
}
