//! The thread that frees what has had its time: tokens, sessions, files.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(5);

/// Handle of the thread; stopping it joins it.
pub struct Sweeper {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Sweeper {
    /// Starts the thread, which runs each of the sweeps every few seconds.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(sweeps: Vec<Box<dyn Fn() + Send>>) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("hrdb-sweeper".to_owned()).spawn(move || {
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                for sweep in &sweeps {
                    sweep();
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
