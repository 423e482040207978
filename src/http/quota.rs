//! What all callers share and nobody may take for himself: the memory of bodies, the room for exported files, their makers.
//!
//! Who would take more than there is, or more than one account may have, is refused at once: nothing queues here, so
//! nothing piles up. A share is given back when it is dropped, whatever became of the request.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::auth::{Principal, SecretHash};

/// A quantity that is handed out in shares.
pub struct Quota {
    in_all: u64,
    per_account: u64,
    /// Invariant: `taken` is the sum of `by_account`, which holds no zeros.
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    taken: u64,
    by_account: HashMap<SecretHash, u64>,
}

/// What one request or one file holds of a quota.
pub struct Share {
    quota: Arc<Quota>,
    owner: Arc<Principal>,
    /// Known from when something is taken: most requests take nothing.
    account: Option<SecretHash>,
    amount: u64,
}

/// There is not as much left, in all or for this account.
#[derive(Debug, PartialEq, Eq)]
pub struct Exhausted;

impl Quota {
    /// So much in all, and so much of it for one account.
    #[must_use]
    pub fn new(in_all: u64, per_account: u64) -> Arc<Self> {
        Arc::new(Self { in_all, per_account, held: Mutex::default() })
    }

    /// How much is handed out.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.held.lock().taken
    }

    /// How much there is in all.
    #[must_use]
    pub fn in_all(&self) -> u64 {
        self.in_all
    }

    /// A share of nothing yet.
    #[must_use]
    pub fn share(self: &Arc<Self>, owner: &Arc<Principal>) -> Share {
        Share { quota: Arc::clone(self), owner: Arc::clone(owner), account: None, amount: 0 }
    }
}

impl Share {
    /// Takes more.
    ///
    /// # Errors
    /// [`Exhausted`]; then the share is what it was.
    pub fn grow(&mut self, more: u64) -> Result<(), Exhausted> {
        let account = *self.account.get_or_insert_with(|| self.owner.account());
        let mut held = self.quota.held.lock();
        let mine = held.by_account.get(&account).copied().unwrap_or(0);
        let (taken, mine) = (held.taken.saturating_add(more), mine.saturating_add(more));
        if taken > self.quota.in_all || mine > self.quota.per_account {
            return Err(Exhausted);
        }
        if more > 0 {
            held.taken = taken;
            held.by_account.insert(account, mine);
            self.amount += more;
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(account) = self.account else { return };
        let mut held = self.quota.held.lock();
        held.taken = held.taken.saturating_sub(self.amount);
        if let Some(mine) = held.by_account.get_mut(&account) {
            *mine = mine.saturating_sub(self.amount);
            if *mine == 0 {
                held.by_account.remove(&account);
            }
        }
    }
}
