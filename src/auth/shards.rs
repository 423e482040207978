//! A map in pieces, each behind a lock of its own, so that growing or sweeping it never stops everyone for long.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// Entries of all pieces; changed while the piece that it counts is locked.
    count: AtomicUsize,
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
        Self { pieces: std::iter::repeat_with(piece).take(SHARDS).collect(), count: AtomicUsize::new(0) }
    }

    /// Adds an entry.
    pub fn insert(&self, key: SecretHash, value: V) {
        let mut piece = self.piece(key).write();
        if piece.entries.insert(key, value).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        piece.arrivals.push_back(key);
        // What is removed before its time leaves its key behind; they must not pile up between two sweeps.
        if piece.arrivals.len() > LEAST_ROOM + 2 * piece.entries.len() {
            let Piece { entries, arrivals } = &mut *piece;
            arrivals.retain(|key| entries.contains_key(key));
        }
    }

    /// Whether there is such an entry.
    #[must_use]
    pub fn contains(&self, key: SecretHash) -> bool {
        self.piece(key).read().entries.contains_key(&key)
    }

    /// A copy of an entry.
    #[must_use]
    pub fn get(&self, key: SecretHash) -> Option<V> {
        self.piece(key).read().entries.get(&key).cloned()
    }

    /// Removes an entry.
    pub fn remove(&self, key: SecretHash) -> Option<V> {
        let mut piece = self.piece(key).write();
        let removed = piece.entries.remove(&key);
        if removed.is_some() {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        removed
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Of the entries that have been there longest in their piece, the one of least rank.
    #[must_use]
    pub fn oldest(&self, rank: impl Fn(&V) -> u64) -> Option<SecretHash> {
        let of_piece = |piece: &RwLock<Piece<V>>| {
            let mut piece = piece.write();
            while let Some(key) = piece.arrivals.front().copied() {
                if let Some(value) = piece.entries.get(&key) {
                    return Some((rank(value), key));
                }
                piece.arrivals.pop_front();
            }
            None
        };
        self.pieces.iter().filter_map(of_piece).min_by_key(|(rank, _)| *rank).map(|(_, key)| key)
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
                self.count.fetch_sub(gone, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(range: std::ops::Range<u32>) -> Vec<SecretHash> {
        range.map(|number| SecretHash::of(&number.to_string())).collect()
    }

    #[test]
    fn a_burst_that_is_over_gives_its_room_back_and_loses_nobody() {
        let (shards, all) = (Shards::new(), keys(0..100_000));
        for (key, number) in all.iter().zip(0_u32..) {
            shards.insert(*key, number);
        }
        let room = || shards.pieces.iter().map(|piece| piece.read().entries.capacity()).sum::<usize>();
        let most = room();
        assert_eq!(shards.sweep(|_| Verdict::Keep).removed, 0);
        assert_eq!(room(), most, "all of it is in use");
        let swept = shards.sweep(|number| if *number < 99_000 { Verdict::Remove } else { Verdict::Keep });
        assert_eq!((swept.removed, shards.len()), (99_000, 1_000));
        // Once entries have gone, a map may say that it has less room than it has: then a small piece is left as it is.
        assert!(room() < most / 2, "{} of {most}", room());
        assert!(all[99_000..].iter().zip(99_000..).all(|(key, number)| shards.get(*key) == Some(number)));
        assert_eq!(shards.sweep(|_| Verdict::Remove).removed, 1_000, "those that were moved are still swept");
    }

    #[test]
    fn keys_of_what_is_removed_before_its_time_do_not_pile_up() {
        let shards = Shards::new();
        for key in keys(0..100_000) {
            shards.insert(key, ());
            assert!(shards.contains(key) && shards.remove(key).is_some() && shards.remove(key).is_none());
        }
        let longest = shards.pieces.iter().map(|piece| piece.read().arrivals.len()).max().unwrap();
        assert!((1..=LEAST_ROOM + 1).contains(&longest), "{longest}");
        assert_eq!(shards.len(), 0);
    }

    #[test]
    fn the_oldest_is_the_one_of_least_rank_that_is_still_there() {
        let (shards, all) = (Shards::new(), keys(0..100));
        assert_eq!(shards.oldest(|rank: &u64| *rank), None);
        for (key, rank) in all.iter().zip(0_u64..) {
            shards.insert(*key, rank);
        }
        for key in &all {
            assert_eq!(shards.oldest(|rank| *rank), Some(*key));
            shards.remove(*key);
        }
        assert_eq!(shards.oldest(|rank| *rank), None);
    }
}
