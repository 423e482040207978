//! What guessing passwords costs: after some failures, time. Whoever must wait is told so before any hash is computed.
//!
//! Three things are counted, all in memory and under keyed hashes only:
//!
//! - **A name from a network** (an IPv4 address or the /64 of an IPv6 one). After `attempts` failures, five by default, each
//!   further one must wait, at first 5 seconds, then twice as long each time, up to 15 minutes. A success clears it. The
//!   delay strikes who guesses, and nobody elsewhere.
//! - **A name from everywhere**: guessing spread over many networks. Past ten times `attempts`, a network from which the
//!   name has not signed in before has one attempt and not five, and after it waits the full 15 minutes.
//! - **A network over all names**: one password tried on many accounts. Counted are names that failed there and have
//!   never succeeded, so that one forgotten script with an old password counts once. Past four times `attempts`, names that
//!   have not signed in from this network before share one attempt in 5 to 60 seconds.
//!
//! So nobody can lock a user out from elsewhere. However hard his name is attacked, each network has an attempt of its own at
//! once, and where he has signed in before he has all five. Only who shares a network with an attacker waits for him: at most
//! 15 minutes after the attacker has given up his very name, at most one after he has given up trying names. To be fair to
//! both there is impossible, as an address is all that tells them apart; but there is more that tells a user from a stranger:
//!
//! - His tokens and sessions go on, as nothing here concerns them.
//! - Where his name has signed in before, what is tried on other names does not concern it.
//! - A password that was right there lately ([`super::verified`]) passes. That could serve as an oracle: guesses that are
//!   refused, until one is not. Therefore a delay in which more than a few guesses were refused stops it as well. And it
//!   clears nothing, lest a program that signs in every minute give a guesser next to it five attempts a minute.
//!
//! Unknown names are counted as known ones are, so a refusal says nothing about whether there is such an account. An attempt is
//! judged on the one thread that computes hashes, right before and right after the hash: a volley of parallel guesses gets no
//! further than one after the other. When memory is full, counters that would matter least go first.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::clock::Clock;
use super::fingerprint::{Fingerprint, Fingerprints};

/// The first delay, in milliseconds.
const FIRST_DELAY: u64 = 5_000;
/// The longest delay of a name in a network.
const LONGEST_DELAY: u64 = 15 * 60 * 1000;
/// The longest delay of a network.
const LONGEST_DELAY_OF_NETWORK: u64 = 60_000;
/// So many times `attempts` may a name fail everywhere together before it counts as attacked.
const FAILURES_OF_NAME: u32 = 10;
/// So many times `attempts` names may have failed in a network before it counts as one that tries names.
const NAMES_OF_NETWORK: u32 = 4;
/// Guesses refused in one delay after which a password that was right lately no longer passes.
const REFUSALS: u32 = 20;
/// A failure is forgotten after so long without another.
const MEMORY: u64 = 24 * 60 * 60 * 1000;
/// The same for the names of a network.
const MEMORY_OF_NETWORK: u64 = 60 * 60 * 1000;
/// A name that has signed in from a network is known there for so long.
const FAMILIARITY: u64 = 30 * 24 * 60 * 60 * 1000;
/// Counters in memory; each takes about 100 bytes.
const MOST: usize = 100_000;

/// Failed sign-ins.
pub struct Throttle {
    /// Failures before the first delay; 0 switches all of this off.
    attempts: u32,
    clock: Clock,
    fingerprints: Arc<Fingerprints>,
    /// Held for a few look-ups at a time.
    counters: Mutex<HashMap<Fingerprint, Counter>>,
}

#[derive(Clone, Copy, Default)]
struct Counter {
    failures: u32,
    /// No failure counts any longer from then on.
    forgives: u64,
    /// Forgotten then.
    expires: u64,
    /// No attempt before.
    until: u64,
    /// Attempts refused in the present delay.
    refused: u32,
    /// The name has signed in from this network.
    familiar: bool,
}

/// One attempt to sign in.
#[derive(Clone)]
pub struct Attempt {
    throttle: Arc<Throttle>,
    name: Fingerprint,
    network: Fingerprint,
    pair: Fingerprint,
}

impl Throttle {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(attempts: u32, fingerprints: Arc<Fingerprints>, clock: Clock) -> Self {
        Self { attempts, clock, fingerprints, counters: Mutex::new(HashMap::new()) }
    }

    /// An attempt with a name, as sign-in looks it up, from an address.
    #[must_use]
    pub fn attempt(self: &Arc<Self>, name: &str, from: IpAddr) -> Attempt {
        let (name, network) = (name.as_bytes(), network(from));
        let of = |parts: &[&[u8]]| self.fingerprints.of(parts);
        Attempt {
            throttle: Arc::clone(self),
            name: of(&[b"name", name]),
            network: of(&[b"network", &network]),
            pair: of(&[b"pair", name, &network]),
        }
    }

    /// Forgets what has expired.
    pub fn sweep(&self) {
        let now = self.clock.now();
        let mut counters = self.counters.lock();
        counters.retain(|_, counter| now < counter.expires);
        if counters.capacity() > 1_024 && counters.len() < counters.capacity() / 8 {
            counters.shrink_to_fit();
        }
    }
}

impl Attempt {
    /// Milliseconds until it may be made; `None` when it may be made now. Being told to wait is counted.
    #[must_use]
    pub fn wait(&self) -> Option<u64> {
        let now = self.throttle.clock.now();
        let mut counters = self.throttle.counters.lock();
        let pair = alive(&counters, self.pair, now).unwrap_or_default();
        if now < pair.until {
            counters.entry(self.pair).and_modify(|pair| pair.refused = pair.refused.saturating_add(1));
            return Some(pair.until - now);
        }
        let network = alive(&counters, self.network, now).unwrap_or_default();
        (!pair.familiar && now < network.until).then(|| network.until - now)
    }

    /// Whether a password that was right here lately may pass where others must wait.
    #[must_use]
    pub fn lets_known_pass(&self) -> bool {
        let now = self.throttle.clock.now();
        let counters = self.throttle.counters.lock();
        alive(&counters, self.pair, now).is_none_or(|pair| now >= pair.until || pair.refused <= REFUSALS)
    }

    /// The password was wrong, or there is no such account.
    pub fn failed(&self) {
        let free = self.throttle.attempts;
        if free == 0 {
            return;
        }
        let now = self.throttle.clock.now();
        let mut counters = self.throttle.counters.lock();
        make_room(&mut counters, now);
        let name = counted(&mut counters, self.name, now, MEMORY);
        let attacked = name.failures > free.saturating_mul(FAILURES_OF_NAME);
        let pair = counted(&mut counters, self.pair, now, MEMORY);
        if attacked && !pair.familiar {
            pair.until = now + LONGEST_DELAY;
            pair.refused = 0;
        } else if pair.failures >= free {
            pair.until = now + delay(pair.failures - free, LONGEST_DELAY);
            pair.refused = 0;
        }
        if pair.failures == 1 && !pair.familiar {
            let most = free.saturating_mul(NAMES_OF_NETWORK);
            let network = counted(&mut counters, self.network, now, MEMORY_OF_NETWORK);
            if network.failures >= most {
                network.until = now + delay(network.failures - most, LONGEST_DELAY_OF_NETWORK);
            }
        }
    }

    /// The password was right: what this name has failed here is forgiven, and what it has failed elsewhere is not.
    pub fn succeeded(&self) {
        if self.throttle.attempts == 0 {
            return;
        }
        let now = self.throttle.clock.now();
        let mut counters = self.throttle.counters.lock();
        make_room(&mut counters, now);
        let Counter { failures, familiar, .. } = alive(&counters, self.pair, now).unwrap_or_default();
        let known = Counter { expires: now + FAMILIARITY, familiar: true, ..Counter::default() };
        counters.insert(self.pair, known);
        let mut forgive = |key: Fingerprint, failures: u32| {
            counters.entry(key).and_modify(|counter| counter.failures = counter.failures.saturating_sub(failures));
        };
        forgive(self.name, failures);
        forgive(self.network, u32::from(failures > 0 && !familiar));
    }
}

fn alive(counters: &HashMap<Fingerprint, Counter>, key: Fingerprint, now: u64) -> Option<Counter> {
    counters.get(&key).copied().filter(|counter| now < counter.expires)
}

/// The counter of a key, one higher.
fn counted(counters: &mut HashMap<Fingerprint, Counter>, key: Fingerprint, now: u64, memory: u64) -> &mut Counter {
    let counter = counters.entry(key).or_default();
    if now >= counter.expires {
        *counter = Counter::default();
    }
    if now >= counter.forgives {
        counter.failures = 0;
    }
    counter.failures = counter.failures.saturating_add(1);
    counter.forgives = now + memory;
    counter.expires = counter.expires.max(now + memory);
    counter
}

/// Twice as long with each failure.
fn delay(failures: u32, longest: u64) -> u64 {
    FIRST_DELAY.saturating_mul(1 << failures.min(32)).min(longest)
}

/// When memory is full, an eighth goes at a time: those without failures first, then those with the fewest and the oldest.
fn make_room(counters: &mut HashMap<Fingerprint, Counter>, now: u64) {
    // An attempt touches three counters.
    if counters.len() + 3 <= MOST {
        return;
    }
    counters.retain(|_, counter| now < counter.expires);
    let surplus = counters.len().saturating_sub(MOST - MOST / 8);
    if surplus > 0 {
        let mut ranks: Vec<_> = counters.iter().map(|(key, counter)| (rank(counter, now), *key)).collect();
        ranks.select_nth_unstable_by_key(surplus - 1, |(rank, _)| *rank);
        for (_, key) in &ranks[..surplus] {
            counters.remove(key);
        }
    }
}

fn rank(counter: &Counter, now: u64) -> (bool, u32, u64) {
    (now < counter.until, counter.failures, counter.expires)
}

/// What one customer of a provider has: an IPv4 address, or the upper half of an IPv6 one.
pub fn network(address: IpAddr) -> [u8; 9] {
    let mut network = [0; 9];
    match address.to_canonical() {
        IpAddr::V4(address) => {
            network[0] = 4;
            network[1..5].copy_from_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            network[0] = 6;
            network[1..].copy_from_slice(&address.octets()[..8]);
        }
    }
    network
}

#[cfg(test)]
mod tests;
