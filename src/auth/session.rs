//! Browser sessions: found by the hash of their cookie, ended by idleness, in memory only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::clock::{Clock, epoch_milliseconds};
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::shards::{Shards, Swept, Verdict};

/// A signed-in browser.
pub struct Session {
    /// Who signed in.
    pub principal: Arc<Principal>,
    /// When, in milliseconds since 1970.
    pub signed_in_at: u64,
    /// What a writing request must show to prove that it comes from a page of ours.
    csrf: PlainSecret,
    last_seen: AtomicU64,
}

impl Session {
    /// The CSRF token that the browser is given.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.csrf.expose()
    }

    /// Compares a presented CSRF token in constant time.
    #[must_use]
    pub fn csrf_matches(&self, presented: &str) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.csrf.expose().as_bytes(), presented.as_bytes()).into()
    }
}

/// All live sessions.
pub struct SessionStore {
    sessions: Shards<Arc<Session>>,
    timeout_milliseconds: u64,
    most_per_user: usize,
    clock: Clock,
}

impl SessionStore {
    /// An empty store. `most_per_user` 0 is no limit.
    #[must_use]
    pub fn new(timeout_seconds: u32, most_per_user: u32, clock: Clock) -> Self {
        Self {
            sessions: Shards::new(),
            timeout_milliseconds: u64::from(timeout_seconds) * 1000,
            most_per_user: most_per_user as usize,
            clock,
        }
    }

    /// Begins a session under a new id. Of a user's sessions beyond the limit, those go that were used least recently.
    #[must_use]
    pub fn begin(&self, principal: Arc<Principal>) -> (PlainSecret, Arc<Session>) {
        let id = PlainSecret::generate();
        let session = Arc::new(Session {
            principal,
            signed_in_at: epoch_milliseconds(),
            csrf: PlainSecret::generate(),
            last_seen: AtomicU64::new(self.clock.now()),
        });
        if self.most_per_user > 0 {
            let mut others = self.sessions.filter(|other| other.principal.is(&session.principal));
            others.sort_by_key(|(_, other)| other.last_seen.load(Ordering::Relaxed));
            let surplus = (others.len() + 1).saturating_sub(self.most_per_user);
            for (key, _) in others.into_iter().take(surplus) {
                self.sessions.remove(key);
            }
        }
        self.sessions.insert(SecretHash::of(id.expose()), Arc::clone(&session));
        (id, session)
    }

    /// The session of a cookie, if it lives; using it keeps it alive.
    #[must_use]
    pub fn find(&self, presented: &str) -> Option<Arc<Session>> {
        let session = self.sessions.get(SecretHash::of(presented))?;
        let now = self.clock.now();
        if self.is_over(&session, now) {
            return None;
        }
        session.last_seen.fetch_max(now, Ordering::Relaxed);
        Some(session)
    }

    /// Ends the session of a cookie.
    pub fn end(&self, presented: &str) {
        self.sessions.remove(SecretHash::of(presented));
    }

    /// Forgets sessions that are over.
    #[allow(clippy::must_use_candidate)] // most callers do not count
    pub fn sweep(&self) -> Swept {
        let now = self.clock.now();
        self.sessions.sweep(|session| if self.is_over(session, now) { Verdict::Remove } else { Verdict::Keep })
    }

    /// Sessions in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn is_over(&self, session: &Session, now: u64) -> bool {
        now >= session.last_seen.load(Ordering::Relaxed) + self.timeout_milliseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(source: &str) -> Arc<Principal> {
        Arc::new(Principal { source: source.into(), key: "1".into(), name: "name".into(), roles: Vec::new() })
    }

    #[test]
    fn a_session_ends_by_idleness_and_use_keeps_it_alive() {
        let (clock, time) = Clock::manual();
        let store = SessionStore::new(10, 0, clock);
        let (id, _) = store.begin(somebody("USER"));
        for second in [9, 18, 27] {
            time.store(second * 1000, Ordering::SeqCst);
            assert!(store.find(id.expose()).is_some(), "{second}");
        }
        time.store(37_000, Ordering::SeqCst);
        assert!(store.find(id.expose()).is_none());
        assert_eq!(store.sweep().removed, 1);
        assert!(store.is_empty());
    }

    #[test]
    fn sweeping_keeps_what_is_still_used() {
        let (clock, time) = Clock::manual();
        let store = SessionStore::new(10, 0, clock);
        let (kept, _) = store.begin(somebody("USER"));
        let (_left, _) = store.begin(somebody("USER"));
        time.store(9_000, Ordering::SeqCst);
        assert!(store.find(kept.expose()).is_some());
        time.store(12_000, Ordering::SeqCst);
        assert_eq!(store.sweep().removed, 1);
        assert_eq!(store.sweep().removed, 0);
        assert!(store.find(kept.expose()).is_some());
    }

    #[test]
    fn the_session_used_least_recently_makes_room_and_only_of_the_same_account() {
        let (clock, time) = Clock::manual();
        let store = SessionStore::new(100, 2, clock);
        let (other, _) = store.begin(somebody("EMPLOYEE"));
        let (first, _) = store.begin(somebody("USER"));
        time.store(1, Ordering::SeqCst);
        let (second, _) = store.begin(somebody("USER"));
        time.store(2, Ordering::SeqCst);
        assert!(store.find(first.expose()).is_some());
        time.store(3, Ordering::SeqCst);
        let (third, _) = store.begin(somebody("USER"));
        let alive = |id: &PlainSecret| store.find(id.expose()).is_some();
        assert_eq!([alive(&other), alive(&first), alive(&second), alive(&third)], [true, true, false, true]);
    }
}
