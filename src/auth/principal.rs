//! Someone who has proved who he is.

use sha2::{Digest as _, Sha256};

use super::random::{SecretHash, half, hex};
use crate::query::{Grant, NamedQuery};

/// A fingerprint of what of an account's row its sessions and tokens stand on: the name, the role and the password's hash.
/// When it differs from that of the row as it is now, they are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing([u8; 16]);

impl Standing {
    /// Of these columns.
    #[must_use]
    pub fn of(name: &str, role: &str, password: Option<&str>) -> Self {
        let mut digest = Sha256::new();
        for part in [Some(name), Some(role), password] {
            // The length tells where a part ends, and an empty one from none.
            digest.update(part.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            digest.update(part.unwrap_or_default().as_bytes());
        }
        Self(half(digest))
    }

    /// As a text to keep in a table.
    #[must_use]
    pub fn to_text(self) -> String {
        hex(&self.0)
    }
}

/// An account as tokens and sessions remember it. The same `key` in two sources is two people, so both count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account source, which is the name of its table.
    pub source: String,
    /// The row's key as text: `userId` on the wire.
    pub key: String,
    /// The user name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// What the account was like when this was read.
    pub standing: Standing,
}

impl Principal {
    /// Whether both are the same account.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.source == other.source && self.key == other.key
    }

    /// The account, in a few bytes.
    #[must_use]
    pub fn account(&self) -> SecretHash {
        SecretHash::of_account(&self.source, &self.key)
    }

    /// Whether this is one of those to whom a named query is granted.
    #[must_use]
    pub fn may_call(&self, query: &NamedQuery) -> bool {
        let holds = |grant: &Grant| {
            self.roles.contains(&grant.role) && grant.source.as_ref().is_none_or(|source| *source == self.source)
        };
        query.grants.iter().any(holds)
    }
}
