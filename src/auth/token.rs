//! Access tokens: 1:1 copies of a caller's rights at the time of minting, for a fixed time, in memory only.
//!
//! A token is found by its hash, and its deadline is compared then. The sweeper frees memory; it decides nothing. A token
//! ends before its time when it is revoked, when its account has changed, and when newer ones need its room.
//!
//! A token can get itself a successor, and a session a token, so each remembers when its caller last proved who he is. What
//! is made of another ends when a session would have ended that had begun at that moment, so that no chain goes on for ever.

use std::sync::Arc;

use super::clock::Clock;
use super::holdings::{Held, Holdings, Limits};
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::shards::{Swept, Verdict};

/// How long tokens live.
#[derive(Debug, Clone, Copy)]
pub struct TokenLifetimes {
    /// One of them.
    pub one_seconds: u32,
    /// It and all that come of it, from the moment on at which their caller proved who he is. Never shorter than the first
    /// of them.
    pub chain_seconds: u32,
}

/// When a caller proved who he is, by the clock of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved(pub(super) u64);

/// Who comes with a token.
#[derive(Clone)]
pub struct Bearer {
    /// Who it is.
    pub principal: Arc<Principal>,
    /// When he proved it, before the first token of the chain was made.
    pub proved: Proved,
}

/// A token that has just been made.
pub struct Issued {
    /// What its bearer is to send.
    pub token: PlainSecret,
    /// For so many seconds it lives, the begun one not counted.
    pub seconds: u64,
}

/// All live tokens.
pub struct TokenStore {
    tokens: Holdings<Token>,
    lifetimes: TokenLifetimes,
    clock: Clock,
}

#[derive(Clone)]
struct Token {
    principal: Arc<Principal>,
    proved: Proved,
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
    /// An empty store.
    #[must_use]
    pub fn new(lifetimes: TokenLifetimes, limits: Limits, clock: Clock) -> Self {
        Self { tokens: Holdings::new(limits), lifetimes, clock }
    }

    /// Makes a token for who has proved who he is with this very request, or did when his session or first token began.
    /// Earlier ones of the same caller stay valid; beyond the limits the oldest go.
    #[must_use]
    pub fn issue(&self, principal: Arc<Principal>, proved: Option<Proved>) -> Issued {
        let token = PlainSecret::generate();
        let now = self.clock.now();
        let proved = proved.unwrap_or(Proved(now));
        let (one, chain) = (u64::from(self.lifetimes.one_seconds), u64::from(self.lifetimes.chain_seconds));
        let deadline = (now + one * 1000).min(proved.0 + chain.max(one) * 1000);
        self.tokens.insert(SecretHash::of(token.expose()), Token { principal, proved, deadline });
        Issued { token, seconds: deadline.saturating_sub(now) / 1000 }
    }

    /// Whose token this is, if it is one and still lives.
    #[must_use]
    pub fn find(&self, presented: &str) -> Option<Bearer> {
        let token = self.tokens.get(SecretHash::of(presented))?;
        (self.clock.now() < token.deadline).then_some(Bearer { principal: token.principal, proved: token.proved })
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

    /// Forgets tokens that have died. They are looked at in the order in which they were made, up to the first that lives:
    /// one whose chain ends early may stay behind it, dead, for as long as a token lives.
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

    fn lives(seconds: u32) -> TokenLifetimes {
        TokenLifetimes { one_seconds: seconds, chain_seconds: seconds * 10 }
    }

    fn issue(store: &TokenStore, principal: Arc<Principal>) -> PlainSecret {
        store.issue(principal, None).token
    }

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
        let store = TokenStore::new(lives(1800), FREE, clock);
        let token = issue(&store, somebody());
        time.store(1_799_999, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_some());
        time.store(1_800_000, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_none());
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn use_does_not_make_a_token_live_longer() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(lives(10), FREE, clock);
        let token = issue(&store, somebody());
        for second in 0..10 {
            time.store(second * 1000, Ordering::SeqCst);
            assert!(store.find(token.expose()).is_some());
        }
        time.store(10_000, Ordering::SeqCst);
        assert!(store.find(token.expose()).is_none());
    }

    #[test]
    fn a_chain_of_tokens_ends_when_its_first_proof_is_too_old() {
        for (chain_seconds, end) in [(25, 25), (10, 10), (3, 10)] {
            let (clock, time) = Clock::manual();
            time.store(50_000, Ordering::SeqCst);
            let store = TokenStore::new(TokenLifetimes { one_seconds: 10, chain_seconds }, FREE, clock);
            let first = store.issue(somebody(), None);
            assert_eq!(first.seconds, 10, "the first has its full time");
            let mut last = first.token;
            for second in 0..end {
                time.store(50_000 + second * 1000, Ordering::SeqCst);
                let bearer = store.find(last.expose()).unwrap_or_else(|| panic!("{second} of {end}"));
                let next = store.issue(bearer.principal, Some(bearer.proved));
                assert_eq!(next.seconds, (end - second).min(10));
                last = next.token;
            }
            time.store(50_000 + end * 1000 - 1, Ordering::SeqCst);
            let bearer = store.find(last.expose()).unwrap();
            assert_eq!(store.issue(bearer.principal, Some(bearer.proved)).seconds, 0, "less than one is none");
            time.store(50_000 + end * 1000, Ordering::SeqCst);
            assert!(store.find(last.expose()).is_none(), "{chain_seconds}");
            assert!(store.sweep().removed > 1);
            assert!(store.is_empty(), "nothing outlives its chain");
        }
    }

    #[test]
    fn sweeping_forgets_the_dead_and_only_them() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(lives(10), FREE, clock);
        let early: Vec<_> = (0..5_000).map(|_| issue(&store, somebody())).collect();
        time.store(5_000, Ordering::SeqCst);
        let late: Vec<_> = (0..1_000).map(|_| issue(&store, somebody())).collect();
        assert_eq!(store.sweep().removed, 0);
        time.store(10_000, Ordering::SeqCst);
        assert_eq!(store.sweep().removed, early.len());
        assert_eq!(store.len(), late.len());
        assert!(late.iter().all(|token| store.find(token.expose()).is_some()));
    }

    #[test]
    fn tokens_are_32_hex_digits_and_never_the_same() {
        let store = TokenStore::new(lives(10), FREE, Clock::system());
        let tokens: std::collections::HashSet<String> =
            (0..1_000).map(|_| issue(&store, somebody()).expose().to_owned()).collect();
        assert_eq!(tokens.len(), 1_000);
        let hex = |token: &String| token.len() == 32 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        assert!(tokens.iter().all(hex));
        assert!(store.find("").is_none());
    }

    #[test]
    fn beyond_the_limits_the_oldest_go_first_of_the_account_then_of_all() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(lives(100), Limits { per_account: 3, in_all: 5 }, clock);
        let mut tokens = Vec::new();
        for (second, key) in [(0, "1"), (1, "2"), (2, "1"), (3, "1"), (4, "1"), (5, "2"), (6, "3")] {
            time.store(second * 1000, Ordering::SeqCst);
            tokens.push(issue(&store, account(key)));
        }
        let alive: Vec<bool> = tokens.iter().map(|token| store.find(token.expose()).is_some()).collect();
        // The first made room for the fourth of its account, the second for the sixth of all.
        assert_eq!(alive, [false, false, true, true, true, true, true]);
        assert_eq!(store.len(), 5);
    }

    #[test]
    fn what_is_revoked_makes_room_and_leaves_nothing_behind() {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(lives(10), Limits { per_account: 2, in_all: 0 }, clock);
        let kept = issue(&store, somebody());
        for _ in 0..5_000 {
            let token = issue(&store, somebody());
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
        let store = TokenStore::new(lives(10), FREE, Clock::system());
        let mine: Vec<_> = (0..300).map(|_| issue(&store, account("1"))).collect();
        let other = issue(&store, account("2"));
        let standing = Standing::of("admin", "adminrole", None);
        let newer = issue(&store, Arc::new(Principal { standing, ..(*account("1")).clone() }));
        assert_eq!(store.keep(account("1").account(), |principal| principal.standing == standing), mine.len());
        assert!(mine.iter().all(|token| store.find(token.expose()).is_none()));
        assert!(store.find(other.expose()).is_some() && store.find(newer.expose()).is_some());
        assert_eq!(store.keep(account("1").account(), |_| false), 1);
        assert_eq!(store.principals().len(), 1);
    }

    #[test]
    fn what_many_threads_issue_revoke_and_sweep_is_neither_lost_nor_left_over() {
        let rounds = if cfg!(miri) { 2 } else { 500 };
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(lives(10), FREE, clock);
        let shared = issue(&store, account("shared"));
        let done = std::sync::atomic::AtomicBool::new(false);
        let kept: Vec<PlainSecret> = std::thread::scope(|scope| {
            let own = |key: &'static str| {
                let (store, shared) = (&store, &shared);
                move || {
                    let mut kept = Vec::new();
                    for round in 0..rounds {
                        let (stays, ends) = (issue(store, account(key)), issue(store, account("all")));
                        assert_eq!(store.find(stays.expose()).unwrap().principal.key, key);
                        if round % 2 == 0 {
                            // Somebody else may have ended all of the account's already.
                            let before = store.find(ends.expose()).is_some();
                            assert!(!store.revoke(ends.expose()) || before);
                        } else {
                            store.keep(account("all").account(), |_| false);
                        }
                        assert!(store.find(ends.expose()).is_none() && store.find(shared.expose()).is_some());
                        kept.push(stays);
                    }
                    kept
                }
            };
            let workers = [scope.spawn(own("1")), scope.spawn(own("2")), scope.spawn(own("2"))];
            let sweeper = scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    assert_eq!(store.sweep().removed, 0, "nothing has died");
                    std::thread::yield_now();
                }
            });
            let kept = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
            done.store(true, Ordering::Release);
            sweeper.join().unwrap();
            kept
        });
        assert_eq!((kept.len(), store.len()), (rounds * 3, rounds * 3 + 1));
        assert!(kept.iter().all(|token| store.find(token.expose()).is_some()));
        assert!(!store.holds(account("all").account()));
        time.store(10_000, Ordering::SeqCst);
        assert_eq!(store.sweep().removed, rounds * 3 + 1);
        assert_eq!((store.len(), store.principals().len()), (0, 0));
    }
}
