//! Names, addresses and passwords as the memory of sign-ins knows them: hashed under a key that dies with the process.
//!
//! Without the key, which is never stored, a fingerprint can neither be made nor be tried out against a list of passwords.

use blake2::Blake2sMac256;
use blake2::digest::{KeyInit as _, Mac as _};

use super::random;

/// The hash of some texts under the process's key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// Makes fingerprints.
pub struct Fingerprints(Blake2sMac256);

impl Fingerprints {
    /// With a new key of 256 random bits.
    #[must_use]
    pub fn new() -> Self {
        let key = random::bytes::<32>();
        Self(Blake2sMac256::new(&key.into()))
    }

    /// Of some parts. Each goes in with its length, so that no two lists of parts are the same text.
    #[must_use]
    pub fn of(&self, parts: &[&[u8]]) -> Fingerprint {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&part.len().to_le_bytes());
            mac.update(part);
        }
        Fingerprint(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_lists_of_parts_apart_and_means_nothing_under_another_key() {
        let one = Fingerprints::new();
        let same = |left: &[&[u8]], right: &[&[u8]]| one.of(left) == one.of(right);
        assert!(same(&[b"ab", b"c"], &[b"ab", b"c"]));
        assert!(!same(&[b"ab", b"c"], &[b"a", b"bc"]));
        assert!(!same(&[b"abc"], &[b"abc", b""]));
        assert!(one.of(&[b"a"]) != Fingerprints::new().of(&[b"a"]));
    }
}
