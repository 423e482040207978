//! What the caller of a query may do with the rows of an entity, as conditions that the database itself checks.
//!
//! A right to read goes into every statement wherever the entity's table stands in it (see `clauses`), so that no way of
//! asking leads around it. Rights to change are asked about one row, before and after the change.

use std::sync::Arc;

use super::predicate::Predicate;
use super::shape::Joins;
use crate::catalog::Service;

/// What is done to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Get, list, count.
    Read,
    /// Add a row.
    Create,
    /// Change a row.
    Update,
    /// Remove a row.
    Delete,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Delete];

    /// The verb's word in a rule.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// Rights to an entity, verb by verb.
#[derive(Debug, Clone)]
pub struct Rights([Right; 4]);

impl Rights {
    /// Everything: the server's own.
    #[must_use]
    pub fn all() -> Self {
        Self(std::array::from_fn(|_| Right::All))
    }

    /// What `of` says of each verb.
    #[must_use]
    pub fn new(of: impl FnMut(Verb) -> Right) -> Self {
        Self(Verb::ALL.map(of))
    }

    /// The right to a verb.
    #[must_use]
    pub fn to(&self, verb: Verb) -> &Right {
        match verb {
            Verb::Read => &self.0[0],
            Verb::Create => &self.0[1],
            Verb::Update => &self.0[2],
            Verb::Delete => &self.0[3],
        }
    }
}

/// With which rows somebody may do something.
#[derive(Debug, Clone)]
pub enum Right {
    /// With none.
    None,
    /// With all, and every property of them.
    All,
    /// Where one of these rules holds.
    Some(Vec<RowRule>),
}

impl Right {
    /// Whether there may be a row for it.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The rules that must be asked; none when there is nothing to ask.
    #[must_use]
    pub fn rules(&self) -> &[RowRule] {
        match self {
            Self::Some(rules) => rules,
            Self::None | Self::All => &[],
        }
    }
}

/// One rule about rows.
#[derive(Debug, Clone)]
pub struct RowRule {
    /// The rows that it is about; all when `None`.
    pub condition: Option<Condition>,
    /// Names of the properties that it lets change; all when `None`.
    pub properties: Option<Vec<String>>,
}

/// A condition on a row of one entity.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The whole catalog: a condition may look at what the caller does not see.
    pub service: Arc<Service>,
    /// The entity, and the relations on the way to what the condition looks at.
    pub joins: Joins,
    /// What must hold.
    pub predicate: Predicate,
}
