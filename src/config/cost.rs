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
    /// For so many passes, the least memory in KiB with which they are as good as the others: OWASP's recommendations. More
    /// passes need no less.
    const LEAST: [(u32, u32); 5] = [(1, 47_104), (2, 19_456), (3, 12_288), (4, 9_216), (5, 7_168)];

    /// Whether memory and passes together are enough.
    ///
    /// # Errors
    /// A sentence about what they lack.
    pub fn check(self) -> Result<(), String> {
        let least = Self::LEAST.iter().rev().find(|(passes, _)| *passes <= self.iterations);
        match least {
            Some((passes, memory)) if self.memory_kib < *memory => Err(format!(
                "argon2_memory_kib must be at least {memory} with argon2_iterations {passes}{}, not {}",
                if *passes == 5 { " or more" } else { "" },
                self.memory_kib
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pass_more_needs_less_memory_and_less_than_both_is_refused() {
        for (iterations, least) in
            [(1, 47_104), (2, 19_456), (3, 12_288), (4, 9_216), (5, 7_168), (6, 7_168), (32, 7_168)]
        {
            for parallelism in [1, 16] {
                let cost = |memory_kib: u32| PasswordCost { memory_kib, iterations, parallelism };
                assert_eq!(cost(least).check(), Ok(()));
                let refused = cost(least - 1).check().unwrap_err();
                assert!(refused.contains(&least.to_string()) && refused.lines().count() == 1, "{refused}");
            }
        }
    }
}
