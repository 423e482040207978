//! What accounts hold, tokens or sessions: found by the hash of its secret, and by whose it is.
//!
//! Two maps in pieces. The entries are found by their secrets; beside them each account has the list of its keys, so that
//! all of an account's can be ended, and the oldest of them can make room, without a look at anybody else's. A key may
//! outlive its entry in that list: it is skipped, and goes when the list is next tidied. Lock order: the piece of an
//! account, then the piece of an entry; never two of a kind.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;

use super::principal::Principal;
use super::random::SecretHash;
use super::shards::{Shards, Swept, Verdict};

const PIECES: usize = 64;
/// Keys that are tidied under one lock.
const BATCH: usize = 128;
/// A list with less room than this is never made smaller.
const LEAST_ROOM: usize = 64;

/// A list with more keys than this is not moved to a smaller place either: it would be locked for too long.
const MOST_MOVED: usize = 4_096;

/// Something that an account holds.
pub trait Held: Clone {
    /// Whether those that came first are the first to go. Otherwise [`Held::rank`] says it.
    const IN_ORDER: bool;

    /// Whose it is.
    fn principal(&self) -> &Arc<Principal>;

    /// Of two, the one of less rank goes first.
    fn rank(&self) -> u64;
}

/// How many there may be; 0 is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Of one account.
    pub per_account: usize,
    /// Of all together.
    pub in_all: usize,
}

type Lists = HashMap<SecretHash, VecDeque<SecretHash>>;

/// All that accounts hold of one kind.
pub struct Holdings<V> {
    entries: Shards<V>,
    /// Each lock guards the lists of some accounts: keys of entries, oldest first.
    lists: Vec<Mutex<Lists>>,
    limits: Limits,
}

impl<V: Held> Holdings<V> {
    /// Nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let lists = std::iter::repeat_with(|| Mutex::new(Lists::new())).take(PIECES).collect();
        Self { entries: Shards::new(), lists, limits }
    }

    /// Adds an entry. What is then too much goes.
    pub fn insert(&self, key: SecretHash, value: V) {
        let account = value.principal().account();
        {
            let mut lists = self.lists(account).lock();
            let list = lists.entry(account).or_default();
            self.make_room(list);
            list.push_back(key);
            // Under the list's lock, so that nobody who ends all of the account's can miss it.
            self.entries.insert(key, value);
        }
        while self.limits.in_all > 0 && self.entries.len() > self.limits.in_all {
            let Some(oldest) = self.entries.oldest(V::rank) else { break };
            self.entries.remove(oldest);
        }
    }

    /// A copy of an entry.
    #[must_use]
    pub fn get(&self, key: SecretHash) -> Option<V> {
        self.entries.get(key)
    }

    /// Removes an entry.
    pub fn remove(&self, key: SecretHash) -> Option<V> {
        let removed = self.entries.remove(key)?;
        let account = removed.principal().account();
        let mut lists = self.lists(account).lock();
        if let Some(list) = lists.get_mut(&account) {
            if let Some(position) = list.iter().position(|other| *other == key) {
                list.remove(position);
            }
            if list.is_empty() {
                lists.remove(&account);
            }
        }
        Some(removed)
    }

    /// Copies of what an account holds, oldest first.
    #[must_use]
    pub fn of(&self, account: SecretHash) -> Vec<(SecretHash, V)> {
        let lists = self.lists(account).lock();
        let keys = lists.get(&account).into_iter().flatten();
        keys.filter_map(|key| Some((*key, self.entries.get(*key)?))).collect()
    }

    /// Removes what of an account's is not to be kept; returns it.
    pub fn keep(&self, account: SecretHash, wanted: impl Fn(&V) -> bool) -> Vec<V> {
        let mut lists = self.lists(account).lock();
        let Some(list) = lists.get_mut(&account) else { return Vec::new() };
        let mut removed = Vec::new();
        list.retain(|key| match self.entries.get(*key) {
            Some(value) if wanted(&value) => true,
            Some(_) => {
                removed.extend(self.entries.remove(*key));
                false
            }
            None => false,
        });
        if list.is_empty() {
            lists.remove(&account);
        }
        removed
    }

    /// Whether an account holds anything.
    #[must_use]
    pub fn holds(&self, account: SecretHash) -> bool {
        self.lists(account).lock().contains_key(&account)
    }

    /// Everyone who holds something, once.
    #[must_use]
    pub fn principals(&self) -> Vec<Arc<Principal>> {
        let mut found = Vec::new();
        for lists in &self.lists {
            let lists = lists.lock();
            let first = |list: &VecDeque<SecretHash>| list.iter().find_map(|key| self.entries.get(*key));
            found.extend(lists.values().filter_map(first).map(|value| Arc::clone(value.principal())));
        }
        found
    }

    /// Looks at every entry once, oldest first, and tidies the lists.
    pub fn sweep(&self, judge: impl Fn(&V) -> Verdict) -> Swept {
        let mut swept = self.entries.sweep(judge);
        for piece in &self.lists {
            let accounts: Vec<SecretHash> = piece.lock().keys().copied().collect();
            for account in accounts {
                while self.tidy(piece, account, &mut swept) {}
            }
            let mut lists = piece.lock();
            if lists.capacity() > 1_024 && lists.len() < lists.capacity() / 8 {
                lists.shrink_to_fit();
            }
        }
        swept
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes keys of what is gone off the front of a list; returns whether there may be more.
    fn tidy(&self, piece: &Mutex<Lists>, account: SecretHash, swept: &mut Swept) -> bool {
        let mut lists = piece.lock();
        let since = Instant::now();
        let Some(list) = lists.get_mut(&account) else { return false };
        let mut taken = 0;
        while taken < BATCH && list.front().is_some_and(|key| !self.entries.contains(*key)) {
            list.pop_front();
            taken += 1;
        }
        // Both are handed over to be freed without the lock: that can take the allocator longer than anyone should wait.
        let roomy = (is_roomy(list) && !list.is_empty()).then(|| {
            let mut smaller = VecDeque::with_capacity(list.len() * 2);
            smaller.extend(list.drain(..));
            std::mem::replace(list, smaller)
        });
        let emptied = if list.is_empty() { lists.remove(&account) } else { None };
        swept.longest_hold = swept.longest_hold.max(since.elapsed());
        drop(lists);
        drop((roomy, emptied));
        taken == BATCH
    }

    /// Makes room for one more in the list of an account.
    fn make_room(&self, list: &mut VecDeque<SecretHash>) {
        let most = match self.limits.per_account {
            0 => usize::MAX,
            limit => limit,
        };
        if V::IN_ORDER {
            while list.len() >= most {
                let Some(oldest) = list.pop_front() else { break };
                self.entries.remove(oldest);
            }
            return;
        }
        // At powers of two, so that the keys of what is gone are looked for seldom enough and never pile up.
        if list.len() >= most || list.len().is_power_of_two() {
            list.retain(|key| self.entries.contains(*key));
        }
        while list.len() >= most {
            let ranked =
                list.iter().enumerate().map(|(position, key)| (self.entries.get(*key).map(|v| v.rank()), position));
            let Some((_, position)) = ranked.min() else { break };
            if let Some(key) = list.remove(position) {
                self.entries.remove(key);
            }
        }
    }

    fn lists(&self, account: SecretHash) -> &Mutex<Lists> {
        &self.lists[account.shard(PIECES)]
    }
}

/// Once a burst has gone, what its keys took is given back.
fn is_roomy(list: &VecDeque<SecretHash>) -> bool {
    list.capacity() > LEAST_ROOM && list.len() < list.capacity() / 8 && list.len() <= MOST_MOVED
}

#[cfg(test)]
mod tests {
    use super::super::principal::Standing;
    use super::*;

    #[derive(Clone)]
    struct Numbered(Arc<Principal>, u64);

    impl Held for Numbered {
        const IN_ORDER: bool = true;

        fn principal(&self) -> &Arc<Principal> {
            &self.0
        }

        fn rank(&self) -> u64 {
            self.1
        }
    }

    #[test]
    fn once_a_burst_is_over_the_room_of_its_keys_is_given_back() {
        let (source, key, name) = ("USER".to_owned(), "1".to_owned(), "admin".to_owned());
        let somebody = Arc::new(Principal { source, key, name, roles: Vec::new(), standing: Standing::default() });
        let holdings = Holdings::new(Limits::default());
        for number in 0..10_000 {
            holdings.insert(SecretHash::of(&number.to_string()), Numbered(Arc::clone(&somebody), number));
        }
        let account = somebody.account();
        let room = || holdings.lists(account).lock()[&account].capacity();
        assert!(room() >= 10_000);
        holdings.sweep(|numbered| if numbered.1 < 9_900 { Verdict::Remove } else { Verdict::Keep });
        assert!(room() < 10_000 / 8, "{}", room());
        let left: Vec<u64> = holdings.of(account).into_iter().map(|(_, numbered)| numbered.1).collect();
        assert!(left.into_iter().eq(9_900..10_000), "in their order");
    }
}
