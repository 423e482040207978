//! What hashing a password costs.

use std::ops::RangeInclusive;

/// Parameters of argon2id for new hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes. They are computed one after the other, so more of them only suit hashes from elsewhere.
    pub parallelism: u32,
}

impl PasswordCost {
    /// Lengths of a password in characters, before it is hashed.
    pub const LENGTHS: RangeInclusive<usize> = 1..=128;
    /// The least is the weakest that OWASP still recommends; the most keeps a hash from stopping the server.
    pub const MEMORY_KIB: RangeInclusive<u32> = 7_168..=262_144;
    /// More take too long for anybody to wait.
    pub const ITERATIONS: RangeInclusive<u32> = 1..=32;
    /// More than this no one uses.
    pub const PARALLELISM: RangeInclusive<u32> = 1..=16;
}
