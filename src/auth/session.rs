//! Browser sessions: found by the hash of their cookie, in memory only. A session ends by idleness, by age, when somebody
//! ends it, when its account has changed, and when newer ones need its room.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::clock::{Clock, epoch_milliseconds};
use super::holdings::{Held, Holdings, Limits};
use super::principal::Principal;
use super::random::{PlainSecret, SecretHash};
use super::shards::{Swept, Verdict};
use super::token::Proved;

/// Where a session comes from: for its owner, to tell his own apart.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The browser, as it calls itself.
    pub user_agent: String,
    /// The address of the connection.
    pub address: String,
    /// The series of the remember-me cookie that it began with or was begun by.
    pub series: Option<SecretHash>,
}

/// A signed-in browser.
pub struct Session {
    /// Names it to its owner. It opens nothing.
    pub id: String,
    /// Who signed in.
    pub principal: Arc<Principal>,
    /// When, in milliseconds since 1970.
    pub signed_in_at: u64,
    /// Where from.
    pub origin: Origin,
    /// What a writing request must show to prove that it comes from a page of ours.
    csrf: PlainSecret,
    began: u64,
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

    /// When its user proved who he is, by the server's clock.
    #[must_use]
    pub fn proved(&self) -> Proved {
        Proved(self.began)
    }

    /// When it was last used, in milliseconds since 1970.
    #[must_use]
    pub fn last_seen_at(&self) -> u64 {
        self.signed_in_at + self.last_seen.load(Ordering::Relaxed).saturating_sub(self.began)
    }
}

impl Held for Arc<Session> {
    const IN_ORDER: bool = false;

    fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    fn rank(&self) -> u64 {
        self.last_seen.load(Ordering::Relaxed)
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Without a request.
    pub idle_seconds: u32,
    /// From the sign-in on, however much they are used.
    pub whole_seconds: u32,
}

/// All live sessions.
pub struct SessionStore {
    sessions: Holdings<Arc<Session>>,
    lifetimes: Lifetimes,
    clock: Clock,
}

impl SessionStore {
    /// An empty store.
    #[must_use]
    pub fn new(lifetimes: Lifetimes, limits: Limits, clock: Clock) -> Self {
        Self { sessions: Holdings::new(limits), lifetimes, clock }
    }

    /// Begins a session under a new id. Beyond the limits, those go that were used least recently.
    #[must_use]
    pub fn begin(&self, principal: Arc<Principal>, origin: Origin) -> (PlainSecret, Arc<Session>) {
        let id = PlainSecret::generate();
        let now = self.clock.now();
        let session = Arc::new(Session {
            id: PlainSecret::generate().expose().to_owned(),
            principal,
            signed_in_at: epoch_milliseconds(),
            origin,
            csrf: PlainSecret::generate(),
            began: now,
            last_seen: AtomicU64::new(now),
        });
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

    /// The live sessions of an account, oldest first.
    #[must_use]
    pub fn of(&self, account: SecretHash) -> Vec<Arc<Session>> {
        let now = self.clock.now();
        let sessions = self.sessions.of(account).into_iter().map(|(_, session)| session);
        sessions.filter(|session| !self.is_over(session, now)).collect()
    }

    /// Ends the session of an account that is called so; returns it.
    #[allow(clippy::must_use_candidate)] // that it is gone may be all that matters
    pub fn end_named(&self, account: SecretHash, id: &str) -> Option<Arc<Session>> {
        let now = self.clock.now();
        let ended = self.sessions.keep(account, |session| session.id != id);
        ended.into_iter().find(|session| !self.is_over(session, now))
    }

    /// Ends all sessions of an account but those whose principal is still good; returns how many.
    #[allow(clippy::must_use_candidate)] // most callers do not count
    pub fn keep(&self, account: SecretHash, good: impl Fn(&Principal) -> bool) -> usize {
        self.sessions.keep(account, |session| good(&session.principal)).len()
    }

    /// Whether an account has any.
    #[must_use]
    pub fn holds(&self, account: SecretHash) -> bool {
        self.sessions.holds(account)
    }

    /// Everyone who has a session, once.
    #[must_use]
    pub fn principals(&self) -> Vec<Arc<Principal>> {
        self.sessions.principals()
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
        now >= session.last_seen.load(Ordering::Relaxed) + u64::from(self.lifetimes.idle_seconds) * 1000
            || now >= session.began + u64::from(self.lifetimes.whole_seconds) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::super::principal::Standing;
    use super::*;

    fn somebody(source: &str) -> Arc<Principal> {
        let (key, name) = ("1".into(), "name".into());
        let standing = Standing::default();
        Arc::new(Principal { source: source.into(), key, name, roles: Vec::new(), standing })
    }

    fn store(idle_seconds: u32, per_account: usize, clock: Clock) -> SessionStore {
        let lifetimes = Lifetimes { idle_seconds, whole_seconds: 1_000 };
        SessionStore::new(lifetimes, Limits { per_account, in_all: 0 }, clock)
    }

    fn begin(store: &SessionStore, source: &str) -> (PlainSecret, Arc<Session>) {
        store.begin(somebody(source), Origin::default())
    }

    #[test]
    fn a_session_ends_by_idleness_and_use_keeps_it_alive() {
        let (clock, time) = Clock::manual();
        let store = store(10, 0, clock);
        let (id, _) = begin(&store, "USER");
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
        let store = store(10, 0, clock);
        let (kept, _) = begin(&store, "USER");
        let (_left, _) = begin(&store, "USER");
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
        let store = store(100, 2, clock);
        let (other, _) = begin(&store, "EMPLOYEE");
        let (first, _) = begin(&store, "USER");
        time.store(1, Ordering::SeqCst);
        let (second, _) = begin(&store, "USER");
        time.store(2, Ordering::SeqCst);
        assert!(store.find(first.expose()).is_some());
        time.store(3, Ordering::SeqCst);
        let (third, _) = begin(&store, "USER");
        let alive = |id: &PlainSecret| store.find(id.expose()).is_some();
        assert_eq!([alive(&other), alive(&first), alive(&second), alive(&third)], [true, true, false, true]);
    }

    #[test]
    fn no_use_keeps_a_session_alive_for_ever() {
        let (clock, time) = Clock::manual();
        let store = store(10, 0, clock);
        let (id, session) = begin(&store, "USER");
        for second in (0..1_000).step_by(9) {
            time.store(second * 1000, Ordering::SeqCst);
            assert!(store.find(id.expose()).is_some(), "{second}");
        }
        assert_eq!(session.last_seen_at() - session.signed_in_at, 999_000);
        time.store(1_000_000, Ordering::SeqCst);
        assert!(store.find(id.expose()).is_none() && store.of(session.principal.account()).is_empty());
        assert_eq!(store.sweep().removed, 1);
    }

    #[test]
    fn a_session_is_ended_by_name_only_by_its_owner() {
        let store = store(10, 0, Clock::system());
        let ((mine, session), (other, _)) = (begin(&store, "USER"), begin(&store, "EMPLOYEE"));
        let stranger = somebody("EMPLOYEE").account();
        assert!(store.end_named(stranger, &session.id).is_none() && store.find(mine.expose()).is_some());
        assert!(store.end_named(session.principal.account(), &session.id).is_some());
        assert!(store.find(mine.expose()).is_none() && store.find(other.expose()).is_some());
        assert!(store.find(&session.id).is_none(), "its name opens nothing");
    }

    #[test]
    fn a_session_that_is_used_stays_while_other_threads_end_theirs_and_sweep() {
        let rounds = if cfg!(miri) { 2 } else { 300 };
        let (clock, time) = Clock::manual();
        let store = store(10, 0, clock);
        let (used, _) = begin(&store, "USED");
        std::thread::scope(|scope| {
            for source in ["EMPLOYEE", "USER"] {
                let store = &store;
                scope.spawn(move || {
                    for _ in 0..rounds {
                        let (id, session) = begin(store, source);
                        let (_left, _) = begin(store, source);
                        // It may have been idle for too long already.
                        assert!(store.find(id.expose()).is_none_or(|found| found.id == session.id));
                        store.end(id.expose());
                        assert!(store.find(id.expose()).is_none());
                        store.sweep();
                    }
                });
            }
            for second in 0..rounds {
                time.store(second * 1000, Ordering::SeqCst);
                assert!(store.find(used.expose()).is_some(), "{second}");
            }
        });
        let now = time.load(Ordering::SeqCst);
        store.sweep();
        assert!(store.find(used.expose()).is_some());
        time.store(now + 10_000, Ordering::SeqCst);
        store.sweep();
        assert!(store.is_empty(), "{} are left", store.len());
    }
}
