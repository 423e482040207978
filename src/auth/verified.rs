//! Credentials that were right lately, so that a program which sends them with every request does not cost a hash each.
//!
//! Kept is a fingerprint of name, password and network, never the password, next to one of the stored hash that it matched. Who
//! uses an entry shows the account as it stands in the database now: a password that has been changed by whatever way, or an
//! account that is gone or may no longer sign in, is not found here. What was wrong is not kept.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::clock::Clock;
use super::fingerprint::{Fingerprint, Fingerprints};

/// Entries; each takes about 100 bytes.
const MOST: usize = 10_000;
/// For so long, in milliseconds, credentials are known, even if they must be verified again.
const KNOWN: u64 = 24 * 60 * 60 * 1000;

/// Credentials that were right.
pub struct Verified {
    /// For so long they are not verified again.
    fresh_milliseconds: u64,
    clock: Clock,
    fingerprints: Arc<Fingerprints>,
    entries: Mutex<HashMap<Fingerprint, Entry>>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// Of the stored hash that matched, and whose it was.
    account: Fingerprint,
    at: u64,
}

/// Credentials that have been found.
#[derive(Clone, Copy)]
pub struct Known {
    account: Fingerprint,
    /// They need not be verified again.
    pub fresh: bool,
}

impl Verified {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(fresh_seconds: u32, fingerprints: Arc<Fingerprints>, clock: Clock) -> Self {
        let fresh_milliseconds = u64::from(fresh_seconds) * 1000;
        Self { fresh_milliseconds, clock, fingerprints, entries: Mutex::new(HashMap::new()) }
    }

    /// Whether these credentials, by their fingerprint, were right lately.
    #[must_use]
    pub fn find(&self, credentials: Fingerprint) -> Option<Known> {
        let entry = *self.entries.lock().get(&credentials)?;
        let age = self.clock.now().saturating_sub(entry.at);
        (age < KNOWN).then_some(Known { account: entry.account, fresh: age < self.fresh_milliseconds })
    }

    /// Whether it was this account, with this stored hash, that they were right for.
    #[must_use]
    pub fn are_for(&self, known: Known, source: &str, key: &str, stored: &str) -> bool {
        known.account == self.account(source, key, stored)
    }

    /// Remembers credentials that were right just now for this account with this stored hash.
    pub fn remember(&self, credentials: Fingerprint, source: &str, key: &str, stored: &str) {
        let entry = Entry { account: self.account(source, key, stored), at: self.clock.now() };
        let mut entries = self.entries.lock();
        if entries.len() >= MOST && !entries.contains_key(&credentials) {
            // The older half goes, so that this happens once in a great while.
            let mut times: Vec<u64> = entries.values().map(|entry| entry.at).collect();
            let middle = times.len() / 2;
            let median = *times.select_nth_unstable(middle).1;
            entries.retain(|_, entry| entry.at > median);
        }
        entries.insert(credentials, entry);
    }

    /// Forgets what is no longer known.
    pub fn sweep(&self) {
        let now = self.clock.now();
        self.entries.lock().retain(|_, entry| now.saturating_sub(entry.at) < KNOWN);
    }

    fn account(&self, source: &str, key: &str, stored: &str) -> Fingerprint {
        self.fingerprints.of(&[b"account", source.as_bytes(), key.as_bytes(), stored.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn credentials_are_fresh_for_a_while_known_for_a_day_and_then_forgotten() {
        let (clock, time) = Clock::manual();
        let fingerprints = Arc::new(Fingerprints::new());
        let verified = Verified::new(60, Arc::clone(&fingerprints), clock);
        let (mine, yours) = (fingerprints.of(&[b"mine"]), fingerprints.of(&[b"yours"]));
        verified.remember(mine, "A", "1", "hash");
        let fresh = || verified.find(mine).map(|known| known.fresh);
        assert!(verified.find(yours).is_none());
        assert_eq!(fresh(), Some(true));
        let known = verified.find(mine).unwrap();
        assert!(verified.are_for(known, "A", "1", "hash"));
        for (source, key, stored) in [("B", "1", "hash"), ("A", "2", "hash"), ("A", "1", "other")] {
            assert!(!verified.are_for(known, source, key, stored), "{source} {key} {stored}");
        }
        time.store(59_999, Ordering::SeqCst);
        assert_eq!(fresh(), Some(true));
        time.store(60_000, Ordering::SeqCst);
        assert_eq!(fresh(), Some(false));
        time.store(KNOWN, Ordering::SeqCst);
        assert_eq!(fresh(), None);
        assert_eq!(verified.entries.lock().len(), 1);
        verified.sweep();
        assert_eq!(verified.entries.lock().len(), 0);
    }

    #[test]
    fn memory_is_bounded_and_the_latest_stay() {
        let (clock, time) = Clock::manual();
        let fingerprints = Arc::new(Fingerprints::new());
        let verified = Verified::new(60, Arc::clone(&fingerprints), clock);
        for number in 0..=2 * MOST {
            time.fetch_add(1, Ordering::SeqCst);
            let credentials = fingerprints.of(&[&number.to_le_bytes()]);
            verified.remember(credentials, "A", "1", "hash");
            assert!(verified.find(credentials).is_some());
            assert!(verified.entries.lock().len() <= MOST);
        }
    }
}
