//! How many tried to sign in with a password, and what came of it.

use crate::figures::Counter;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Name and password were right.
    Good,
    /// They were wrong.
    Bad,
    /// They were not even looked at, after too many failures.
    Throttled,
    /// The server could not decide.
    Failed,
}

impl Outcome {
    /// All of them, and what they are called.
    pub const ALL: [(Self, &str); 4] =
        [(Self::Good, "good"), (Self::Bad, "bad"), (Self::Throttled, "throttled"), (Self::Failed, "failed")];
}

/// Attempts since the start of the server. Basic credentials that were verified lately are none.
#[derive(Debug, Default)]
pub struct SignIns([Counter; Outcome::ALL.len()]);

impl SignIns {
    /// Counts an attempt.
    pub fn count(&self, outcome: Outcome) {
        self.0[outcome as usize].add(1);
    }

    /// The outcomes by name, and how many had each.
    #[must_use]
    pub fn outcomes(&self) -> [(&'static str, u64); Outcome::ALL.len()] {
        Outcome::ALL.map(|(outcome, name)| (name, self.0[outcome as usize].get()))
    }
}
