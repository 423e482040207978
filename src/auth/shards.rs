//! A map in pieces, each behind a lock of its own, so that growing or sweeping it never stops everyone for long.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use parking_lot::{RwLock, RwLockWriteGuard};

use super::random::SecretHash;

/// So many that a piece of a map of a million entries is moved in well under a millisecond.
const SHARDS: usize = 64;
/// Entries looked at under one lock.
const BATCH: usize = 128;
/// A piece with less room than this is never made smaller.
const LEAST_ROOM: usize = 1_024;

/// Entries by the hash of their secret, with the order in which they came.
pub struct Shards<V> {
    /// Each lock guards one piece; no code holds two at a time.
    pieces: Vec<RwLock<Piece<V>>>,
}

struct Piece<V> {
    entries: HashMap<SecretHash, V>,
    /// Every key of `entries`, oldest first; keys that are gone are skipped when their turn comes.
    arrivals: VecDeque<SecretHash>,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Entries that were removed.
    pub removed: usize,
    /// The longest time for which it kept a lock.
    pub longest_hold: Duration,
}

impl Swept {
    fn timed<V, T>(&mut self, mut guard: RwLockWriteGuard<'_, Piece<V>>, work: impl FnOnce(&mut Piece<V>) -> T) -> T {
        let since = Instant::now();
        let result = work(&mut guard);
        drop(guard);
        self.longest_hold = self.longest_hold.max(since.elapsed());
        result
    }
}

/// What a sweep does with an entry.
pub enum Verdict {
    /// It is over.
    Remove,
    /// It lives on, and so do those that came after it.
    Stop,
    /// It lives on; look at the next and come back to this one in the next round.
    Keep,
}

impl<V: Clone> Shards<V> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        let piece = || RwLock::new(Piece { entries: HashMap::new(), arrivals: VecDeque::new() });
        Self { pieces: std::iter::repeat_with(piece).take(SHARDS).collect() }
    }

    /// Adds an entry.
    pub fn insert(&self, key: SecretHash, value: V) {
        let mut piece = self.piece(key).write();
        piece.entries.insert(key, value);
        piece.arrivals.push_back(key);
    }

    /// A copy of an entry.
    #[must_use]
    pub fn get(&self, key: SecretHash) -> Option<V> {
        self.piece(key).read().entries.get(&key).cloned()
    }

    /// Removes an entry.
    pub fn remove(&self, key: SecretHash) -> Option<V> {
        self.piece(key).write().entries.remove(&key)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.read().entries.len()).sum()
    }

    /// Copies of all entries that `wanted` picks.
    pub fn filter(&self, wanted: impl Fn(&V) -> bool) -> Vec<(SecretHash, V)> {
        let mut found = Vec::new();
        for piece in &self.pieces {
            let piece = piece.read();
            found.extend(
                piece.entries.iter().filter(|(_, value)| wanted(value)).map(|(key, value)| (*key, value.clone())),
            );
        }
        found
    }

    /// Looks at every entry once, oldest first, a batch at a time under each lock.
    pub fn sweep(&self, judge: impl Fn(&V) -> Verdict) -> Swept {
        let mut swept = Swept::default();
        for piece in &self.pieces {
            let mut left = piece.read().arrivals.len();
            while left > 0 {
                let batch = left.min(BATCH);
                let (gone, done) = swept.timed(piece.write(), |piece| sweep_batch(piece, batch, &judge));
                swept.removed += gone;
                left = if done { 0 } else { left - batch };
            }
            if is_roomy(&piece.read()) {
                drop(swept.timed(piece.write(), shrink));
            }
        }
        swept
    }

    fn piece(&self, key: SecretHash) -> &RwLock<Piece<V>> {
        &self.pieces[key.shard(SHARDS)]
    }
}

fn sweep_batch<V>(piece: &mut Piece<V>, batch: usize, judge: impl Fn(&V) -> Verdict) -> (usize, bool) {
    let mut removed = 0;
    for _ in 0..batch {
        let Some(key) = piece.arrivals.front().copied() else { break };
        match piece.entries.get(&key).map(&judge) {
            Some(Verdict::Stop) => return (removed, true),
            Some(Verdict::Keep) => piece.arrivals.push_back(key),
            Some(Verdict::Remove) => {
                piece.entries.remove(&key);
                removed += 1;
            }
            None => {}
        }
        piece.arrivals.pop_front();
    }
    (removed, false)
}

/// A `HashMap` keeps its room for ever; once a burst has gone, what it took is given back.
fn is_roomy<V>(piece: &Piece<V>) -> bool {
    piece.entries.capacity() > LEAST_ROOM && piece.entries.len() < piece.entries.capacity() / 8
}

/// Moves what is left, at most an eighth, and hands the old room back: to free it can take the allocator longer than anyone
/// should wait for the lock.
fn shrink<V>(piece: &mut Piece<V>) -> Piece<V> {
    let mut smaller = Piece {
        entries: HashMap::with_capacity(piece.entries.len() * 2),
        arrivals: VecDeque::with_capacity(piece.entries.len() * 2),
    };
    smaller.entries.extend(piece.entries.drain());
    smaller.arrivals.extend(piece.arrivals.drain(..).filter(|key| smaller.entries.contains_key(key)));
    std::mem::replace(piece, smaller)
}
