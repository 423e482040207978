//! Access tokens: 1:1 copies of a caller's rights at the time of minting, for a fixed time, in memory only.
//!
//! A token is found by its hash, and its deadline is compared then. The sweeper frees memory; it decides nothing. A token
//! ends before its time when it is revoked, when its account has changed, and when newer ones need its room.

use std::sync::Arc;

use super::clock::Clock;
use super::holdings::{Held, Holdings, Limits};
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::shards::{Swept, Verdict};

/// All live tokens.
pub struct TokenStore {
    tokens: Holdings<Token>,
    validity_milliseconds: u64,
    clock: Clock,
}

#[derive(Clone)]
struct Token {
    principal: Arc<Principal>,
    deadline: u64,
}

impl Held for Token {
    const IN_ORDER: bool = true;

    fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    fn rank(&self) -> u64 {
        self.deadline
    }
}

impl TokenStore {
    /// An empty store whose tokens live for so many seconds.
    #[must_use]
    pub fn new(validity_seconds: u32, limits: Limits, clock: Clock) -> Self {
        Self { tokens: Holdings::new(limits), validity_milliseconds: u64::from(validity_seconds) * 1000, clock }
    }

    /// Makes a token. Earlier ones of the same caller stay valid; beyond the limits the oldest go.
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

    /// Ends a token; returns whether there was one.
    #[allow(clippy::must_use_candidate)] // who has just made it knows
    pub fn revoke(&self, presented: &str) -> bool {
        self.tokens.remove(SecretHash::of(presented)).is_some()
    }

    /// Ends all tokens of an account but those whose principal is still good; returns how many.
    #[allow(clippy::must_use_candidate)] // most callers do not count
    pub fn keep(&self, account: SecretHash, good: impl Fn(&Principal) -> bool) -> usize {
        self.tokens.keep(account, |token| good(&token.principal)).len()
    }

    /// Whether an account has any.
    #[must_use]
    pub fn holds(&self, account: SecretHash) -> bool {
        self.tokens.holds(account)
    }

    /// Everyone who has a token, once.
    #[must_use]
    pub fn principals(&self) -> Vec<Arc<Principal>> {
        self.tokens.principals()
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

    use super::super::principal::Standing;
    use super::*;

    const FREE: Limits = Limits { per_account: 0, in_all: 0 };

    fn somebody() -> Arc<Principal> {
        account("1")
    }

    fn account(key: &str) -> Arc<Principal> {
        Arc::new(Principal {
            source: "USER".into(),
            key: key.into(),
            name: "admin".into(),
            roles: vec!["adminrole".into()],
            standing: Standing::default(),
        })
    }

    #[test]
    fn a_token_dies_on_time_even_if_nothing_sweeps() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(1800, FREE, clock);
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
        let store = TokenStore::new(10, FREE, clock);
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
        let store = TokenStore::new(10, FREE, clock);
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
        let store = TokenStore::new(10, FREE, Clock::system());
        let tokens: std::collections::HashSet<String> =
            (0..1_000).map(|_| store.issue(somebody()).expose().to_owned()).collect();
        assert_eq!(tokens.len(), 1_000);
        let hex = |token: &String| token.len() == 32 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        assert!(tokens.iter().all(hex));
        assert!(store.find("").is_none());
    }

    #[test]
    fn beyond_the_limits_the_oldest_go_first_of_the_account_then_of_all() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(100, Limits { per_account: 3, in_all: 5 }, clock);
        let mut tokens = Vec::new();
        for (second, key) in [(0, "1"), (1, "2"), (2, "1"), (3, "1"), (4, "1"), (5, "2"), (6, "3")] {
            time.store(second * 1000, Ordering::SeqCst);
            tokens.push(store.issue(account(key)));
        }
        let alive: Vec<bool> = tokens.iter().map(|token| store.find(token.expose()).is_some()).collect();
        // The first made room for the fourth of its account, the second for the sixth of all.
        assert_eq!(alive, [false, false, true, true, true, true, true]);
        assert_eq!(store.len(), 5);
    }

    #[test]
    fn what_is_revoked_makes_room_and_leaves_nothing_behind() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(10, Limits { per_account: 2, in_all: 0 }, clock);
        let kept = store.issue(somebody());
        for _ in 0..5_000 {
            let token = store.issue(somebody());
            assert!(store.revoke(token.expose()) && !store.revoke(token.expose()));
        }
        assert!(store.find(kept.expose()).is_some(), "those that were revoked pushed nobody out");
        assert_eq!((store.len(), store.principals().len()), (1, 1));
        time.store(10_000, Ordering::SeqCst);
        assert_eq!(store.sweep().removed, 1);
        assert_eq!((store.len(), store.principals().len()), (0, 0));
    }

    #[test]
    fn all_of_an_account_end_together_and_nobody_elses() {
        let store = TokenStore::new(10, FREE, Clock::system());
        let mine: Vec<_> = (0..300).map(|_| store.issue(account("1"))).collect();
        let other = store.issue(account("2"));
        let standing = Standing::of("admin", "adminrole", None);
        let newer = store.issue(Arc::new(Principal { standing, ..(*account("1")).clone() }));
        assert_eq!(store.keep(account("1").account(), |principal| principal.standing == standing), mine.len());
        assert!(mine.iter().all(|token| store.find(token.expose()).is_none()));
        assert!(store.find(other.expose()).is_some() && store.find(newer.expose()).is_some());
        assert_eq!(store.keep(account("1").account(), |_| false), 1);
        assert_eq!(store.principals().len(), 1);
    }
}
