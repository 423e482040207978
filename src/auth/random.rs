//! Secrets that are handed out once and kept only as a hash.

use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

/// 128 bits of the operating system's random generator as 32 lower-case hex digits. It can be handed out, not printed.
pub struct PlainSecret(String);

impl PlainSecret {
    /// Makes a new one.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe could follow.
    #[must_use]
    pub fn generate() -> Self {
        Self(hex(&bytes::<16>()))
    }

    /// The one that follows from another and a salt. Who knows only one of the two learns nothing of it.
    #[must_use]
    pub fn derived(from: &str, salt: &str) -> Self {
        let mut digest = Sha256::new_with_prefix((from.len() as u64).to_le_bytes());
        digest.update(from.as_bytes());
        digest.update(salt.as_bytes());
        Self(hex(&digest.finalize()[..16]))
    }

    /// The text to hand out.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What is kept of a secret: half of its SHA-256, which is as long as the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 16]);

impl SecretHash {
    /// Of whatever a caller presents.
    #[must_use]
    pub fn of(presented: &str) -> Self {
        Self(half(Sha256::new_with_prefix(presented)))
    }

    /// Of an account: not a secret, but as short as one.
    #[must_use]
    pub fn of_account(source: &str, key: &str) -> Self {
        let mut digest = Sha256::new_with_prefix((source.len() as u64).to_le_bytes());
        digest.update(source.as_bytes());
        digest.update(key.as_bytes());
        Self(half(digest))
    }

    /// As a text to keep in a table.
    #[must_use]
    pub fn to_text(self) -> String {
        hex(&self.0)
    }

    /// The shard of so many that holds it. The bits of a hash are as good as random.
    #[must_use]
    pub fn shard(&self, shards: usize) -> usize {
        usize::from(self.0[0]) % shards
    }
}

/// The first 128 bits of a digest.
pub fn half(digest: Sha256) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest.finalize()[..16]);
    half
}

/// Eight characters that tell requests apart in the log.
#[must_use]
pub fn request_id() -> String {
    // Not a secret: the thread's own generator is good enough, and asks the system only now and then.
    hex(&rand::random::<[u8; 4]>())
}

/// Bytes of the operating system's random generator.
pub(super) fn bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SysRng.try_fill_bytes(&mut bytes).unwrap_or_else(|error| panic!("the system has no randomness: {error}"));
    bytes
}

/// Two lower-case digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(*byte));
    }
    text
}
