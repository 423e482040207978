//! Someone who has proved who he is.

use crate::query::Grant;

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
}

impl Principal {
    /// Whether both are the same account.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.source == other.source && self.key == other.key
    }

    /// Whether this is one of those to whom something is granted.
    #[must_use]
    pub fn holds(&self, grant: &Grant) -> bool {
        self.roles.contains(&grant.role) && grant.source.as_ref().is_none_or(|source| *source == self.source)
    }
}
