//! How many tried to sign in with a password, and what came of it.

use super::accounts::SignInError;
use crate::figures::Counter;

/// Attempts since the start of the server. Basic credentials that were verified lately are none.
#[derive(Debug, Default)]
pub struct SignIns {
    good: Counter,
    bad: Counter,
    throttled: Counter,
    failed: Counter,
}

impl SignIns {
    /// Counts an attempt.
    pub fn count<T>(&self, outcome: &Result<T, SignInError>) {
        let counter = match outcome {
            Ok(_) => &self.good,
            Err(SignInError::BadCredentials) => &self.bad,
            Err(SignInError::TooManyAttempts(_)) => &self.throttled,
            Err(SignInError::Busy | SignInError::Unavailable(_) | SignInError::Failed(_)) => &self.failed,
        };
        counter.add(1);
    }

    /// The outcomes by name, and how many had each: right, wrong, not even tried after too many failures, and not decided
    /// because the server could not.
    #[must_use]
    pub fn outcomes(&self) -> [(&'static str, u64); 4] {
        [
            ("good", self.good.get()),
            ("bad", self.bad.get()),
            ("throttled", self.throttled.get()),
            ("failed", self.failed.get()),
        ]
    }
}
