//! The signals that end the server: the first one lets it end in order, the next one ends it at once.
//!
//! They are waited for on a thread of their own, so that a second one counts whatever the others are waiting for.

use std::io;
use std::sync::mpsc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What a shell reports for a command that was ended by a signal is this and the signal's number.
const ENDED_BY_SIGNAL: i32 = 128;

/// A signal that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Interrupt,
    Quit,
    Terminate,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Quit => "SIGQUIT",
            Self::Terminate => "SIGTERM",
        }
    }

    fn number(self) -> i32 {
        match self {
            Self::Interrupt => SignalKind::interrupt().as_raw_value(),
            Self::Quit => SignalKind::quit().as_raw_value(),
            Self::Terminate => SignalKind::terminate().as_raw_value(),
        }
    }
}

/// Signals are waited for from when this is made, also by a process 1, which would otherwise ignore them.
pub struct Signals {
    first: oneshot::Receiver<&'static str>,
}

impl Signals {
    /// Has SIGTERM and SIGINT wait to be asked for, and end the process when they come again; SIGQUIT ends it at once. The
    /// exit code is then 128 and the signal's number.
    ///
    /// # Errors
    /// A sentence when the system refuses.
    pub fn install() -> Result<Self, String> {
        let failed = |error: io::Error| format!("cannot wait for signals: {error}");
        let (installed, is_installed) = mpsc::channel();
        let (sender, first) = oneshot::channel();
        std::thread::Builder::new()
            .name("hrdb-signals".to_owned())
            .spawn(move || match listen() {
                Ok((runtime, mut signals)) => {
                    let _ = installed.send(Ok(()));
                    runtime.block_on(obey(&mut signals, sender));
                }
                Err(error) => {
                    let _ = installed.send(Err(error));
                }
            })
            .map_err(failed)?;
        let outcome = is_installed.recv().map_err(|_| "cannot wait for signals: the thread has ended".to_owned())?;
        outcome.map_err(failed)?;
        Ok(Self { first })
    }

    /// Waits for the first one; its name.
    pub async fn first(self) -> &'static str {
        match self.first.await {
            Ok(name) => name,
            // The thread ends with the process only.
            Err(_) => std::future::pending().await,
        }
    }
}

type Listening = (tokio::runtime::Runtime, [(Kind, Signal); 3]);

fn listen() -> io::Result<Listening> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _inside = runtime.enter();
        [
            (Kind::Interrupt, signal(SignalKind::interrupt())?),
            (Kind::Quit, signal(SignalKind::quit())?),
            (Kind::Terminate, signal(SignalKind::terminate())?),
        ]
    };
    Ok((runtime, signals))
}

async fn obey(signals: &mut [(Kind, Signal); 3], first: oneshot::Sender<&'static str>) {
    let mut first = Some(first);
    loop {
        let kind = next(signals).await;
        if let Some(first) = first.take().filter(|_| kind != Kind::Quit) {
            let _ = first.send(kind.name());
        } else {
            log::warn!("{}: ends at once", kind.name());
            // What was acknowledged is on the disk; what was not is undone by SQLite at the next start.
            std::process::exit(ENDED_BY_SIGNAL + kind.number());
        }
    }
}

async fn next(signals: &mut [(Kind, Signal); 3]) -> Kind {
    std::future::poll_fn(|context| {
        let came = signals.iter_mut().find_map(|(kind, signal)| signal.poll_recv(context).is_ready().then_some(*kind));
        came.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
    })
    .await
}
