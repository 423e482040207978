//! Access tokens: 1:1 copies of a caller's rights at the time of minting, for a fixed time, in memory only.
//!
//! A token is found by its hash, and its deadline is compared then. The sweeper frees memory; it decides nothing.

use std::sync::Arc;

use super::clock::Clock;
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::shards::{Shards, Swept, Verdict};

/// All live tokens.
pub struct TokenStore {
    tokens: Shards<Token>,
    validity_milliseconds: u64,
    clock: Clock,
}

#[derive(Clone)]
struct Token {
    principal: Arc<Principal>,
    deadline: u64,
}

impl TokenStore {
    /// An empty store whose tokens live for so many seconds.
    #[must_use]
    pub fn new(validity_seconds: u32, clock: Clock) -> Self {
        Self { tokens: Shards::new(), validity_milliseconds: u64::from(validity_seconds) * 1000, clock }
    }

    /// Makes a token. Earlier ones of the same caller stay valid.
    #[must_use]
    pub fn issue(&self, principal: Arc<Principal>) -> PlainSecret {
        let plain = PlainSecret::generate();
        let deadline = self.clock.now() + self.validity_milliseconds;
        self.tokens.insert(SecretHash::of(plain.expose()), Token { principal, deadline });
        plain
    }

    /// Whose token this is, if it is one and still lives.
    #[must_use]
    pub fn find(&self, presented: &str) -> Option<Arc<Principal>> {
        let token = self.tokens.get(SecretHash::of(presented))?;
        (self.clock.now() < token.deadline).then_some(token.principal)
    }

    /// Forgets tokens that have died. Equal lifetimes die in the order in which they were made.
    #[allow(clippy::must_use_candidate)] // most callers do not count
    pub fn sweep(&self) -> Swept {
        let now = self.clock.now();
        self.tokens.sweep(|token| if token.deadline <= now { Verdict::Remove } else { Verdict::Stop })
    }

    /// Tokens in memory, dead ones included until they are swept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    fn somebody() -> Arc<Principal> {
        Arc::new(Principal {
            source: "USER".into(),
            key: "1".into(),
            name: "admin".into(),
            roles: vec!["adminrole".into()],
        })
    }

    #[test]
    fn a_token_dies_on_time_even_if_nothing_sweeps() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(1800, clock);
        let token = store.issue(somebody());
        time.store(1_799_999, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_some());
        time.store(1_800_000, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_none());
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn use_does_not_make_a_token_live_longer() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(10, clock);
        let token = store.issue(somebody());
        for second in 0..10 {
            time.store(second * 1000, Ordering::SeqCst);
            assert!(store.find(token.expose()).is_some());
        }
        time.store(10_000, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_none());
    }

    #[test]
    fn sweeping_forgets_the_dead_and_only_them() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(10, clock);
        let early: Vec<_> = (0..5_000).map(|_| store.issue(somebody())).collect();
        time.store(5_000, Ordering::SeqCst);
        let late: Vec<_> = (0..1_000).map(|_| store.issue(somebody())).collect();
        assert_eq!(store.sweep().removed, 0);
        time.store(10_000, Ordering::SeqCst);
        assert_eq!(store.sweep().removed, early.len());
        assert_eq!(store.len(), late.len());
        assert!(late.iter().all(|token| store.find(token.expose()).is_some()));
    }

    #[test]
    fn tokens_are_32_hex_digits_and_never_the_same() {
        let store = TokenStore::new(10, Clock::system());
        let tokens: std::collections::HashSet<String> =
            (0..1_000).map(|_| store.issue(somebody()).expose().to_owned()).collect();
        assert_eq!(tokens.len(), 1_000);
        let hex = |token: &String| token.len() == 32 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        assert!(tokens.iter().all(hex));
        assert!(store.find("").is_none());
    }
}
