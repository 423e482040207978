//! `Server-Timing`: how long the stages of an answer took, for who is signed in, when the operator wants it told.
//!
//! A stranger could learn from it what he must not: whether a name is known, or how much there is of something.

use std::cell::Cell;
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderName, HeaderValue};

/// The header's name.
pub const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

tokio::task_local! {
    /// What the handler that runs has waited for databases.
    static DATABASE: Cell<Duration>;
}

/// The stages of one answer. Where nobody is told, no clock is looked at.
pub struct Timing {
    begun: Instant,
    is_on: Cell<bool>,
    caller: Cell<Duration>,
    rules: Cell<Option<Duration>>,
    database: Cell<Option<Duration>>,
    handler: Cell<Option<Duration>>,
}

impl Timing {
    /// Of an answer that began then.
    #[must_use]
    pub fn new(begun: Instant) -> Self {
        Self {
            begun,
            is_on: Cell::new(false),
            caller: Cell::default(),
            rules: Cell::default(),
            database: Cell::default(),
            handler: Cell::default(),
        }
    }

    /// The caller has been found, and is to be told.
    pub fn begin(&self) {
        self.is_on.set(true);
        self.caller.set(self.begun.elapsed());
    }

    /// Runs the handler.
    pub async fn handled<T>(&self, handler: impl Future<Output = T>) -> T {
        if !self.is_on.get() {
            return handler.await;
        }
        let begun = Instant::now();
        self.rules.set(Some(begun.duration_since(self.begun).saturating_sub(self.caller.get())));
        let whole = async {
            let answer = handler.await;
            (answer, DATABASE.with(Cell::get))
        };
        let (answer, database) = DATABASE.scope(Cell::default(), whole).await;
        self.database.set(Some(database));
        self.handler.set(Some(begun.elapsed().saturating_sub(database)));
        answer
    }

    /// The header of the answer, which is ready now; `None` when nobody is told.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        if !self.is_on.get() {
            return None;
        }
        let stages = [
            ("caller", Some(self.caller.get())),
            ("rules", self.rules.get()),
            ("database", self.database.get()),
            ("handler", self.handler.get()),
            ("total", Some(self.begun.elapsed())),
        ];
        let text =
            |(name, took): (&str, Option<Duration>)| Some(format!("{name};dur={:.3}", took?.as_secs_f64() * 1e3));
        HeaderValue::from_str(&stages.into_iter().filter_map(text).collect::<Vec<_>>().join(", ")).ok()
    }
}

/// Waits for a database, and adds to what the handler has waited.
pub async fn of_database<T>(job: impl Future<Output = T>) -> T {
    if DATABASE.try_with(|_| ()).is_err() {
        return job.await;
    }
    let begun = Instant::now();
    let result = job.await;
    let _ = DATABASE.try_with(|waited| waited.set(waited.get() + begun.elapsed()));
    result
}
