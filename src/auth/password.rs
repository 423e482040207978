//! Passwords: argon2id with OWASP's parameters, computed on one thread of lowest priority.
//!
//! A hash takes 19 MiB and some 15 ms. On one thread with one buffer, a flood of sign-ins costs those who are signed in
//! next to nothing; what does not fit into the queue is told to come back.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use parking_lot::Mutex;
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

use crate::config::Secret;

/// Passwords that may wait for their hash.
const QUEUE: usize = 64;
/// The buffer is given back when nobody signs in for so long.
const BUFFER_KEPT: Duration = Duration::from_secs(2);
/// A stored hash that asks for more memory than this, in KiB, is not computed.
const MOST_MEMORY: u32 = 256 * 1024;

/// Why there is no hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HashingError {
    /// Too many are waiting.
    Busy,
    /// The thread has stopped, or the library failed.
    Failed(String),
}

enum Work {
    Hash(Secret, oneshot::Sender<Result<String, HashingError>>),
    Verify(Secret, Option<String>, oneshot::Sender<bool>),
}

/// Handle of the hashing thread.
pub struct Hasher {
    /// `None` once it is told to stop.
    queue: Mutex<Option<SyncSender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Hasher {
    /// Starts the thread.
    ///
    /// # Errors
    /// When no thread can be started, or the library refuses its own parameters.
    pub fn start() -> Result<Self, String> {
        let nobody = of_nobody()?;
        let (queue, work) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("hrdb-passwords".to_owned())
            .spawn(move || run(&work, &nobody))
            .map_err(|error| error.to_string())?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// [`HashingError`].
    pub async fn hash(&self, password: Secret) -> Result<String, HashingError> {
        let (sender, receiver) = oneshot::channel();
        self.enqueue(Work::Hash(password, sender))?;
        receiver.await.map_err(|_| stopped())?
    }

    /// Compares a password with a stored hash; without one, takes the same time and says no.
    ///
    /// # Errors
    /// [`HashingError`].
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<bool, HashingError> {
        let (sender, receiver) = oneshot::channel();
        self.enqueue(Work::Verify(password, stored, sender))?;
        receiver.await.map_err(|_| stopped())
    }

    /// Stops the thread and waits for it.
    pub fn stop(&self) {
        drop(self.queue.lock().take());
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
    }

    fn enqueue(&self, work: Work) -> Result<(), HashingError> {
        let queue = self.queue.lock();
        queue.as_ref().ok_or_else(stopped)?.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => HashingError::Busy,
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

fn stopped() -> HashingError {
    HashingError::Failed("the hashing thread has stopped".to_owned())
}

fn run(queue: &Receiver<Work>, nobody: &str) {
    // Linux gives each thread a priority of its own. Where that fails, sign-ins cost the others a little more.
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        log::debug!("cannot lower the priority of the hashing thread: {error}");
    }
    let mut buffer: Vec<Block> = Vec::new();
    loop {
        let work = match queue.recv_timeout(BUFFER_KEPT) {
            Ok(work) => work,
            Err(RecvTimeoutError::Timeout) => {
                buffer = Vec::new();
                match queue.recv() {
                    Ok(work) => work,
                    Err(_) => return,
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match work {
            // Nobody waits any more: a closed connection need not cost a hash.
            Work::Hash(_, reply) if reply.is_closed() => {}
            Work::Verify(_, _, reply) if reply.is_closed() => {}
            Work::Hash(password, reply) => {
                let _ = reply.send(hash_with(password.expose(), &mut buffer).map_err(HashingError::Failed));
            }
            Work::Verify(password, stored, reply) => {
                let known = stored.is_some();
                let same = matches(password.expose(), stored.as_deref().unwrap_or(nobody), &mut buffer);
                let _ = reply.send(same && known);
            }
        }
    }
}

/// Compared with when there is no such user, so that an unknown name takes as long as a known one. No password has it.
fn of_nobody() -> Result<String, String> {
    written(&Params::default(), Salt::generate(), &[0; Params::DEFAULT_OUTPUT_LEN])
}

/// Hashes a password on the calling thread: for the first start, before anything is served.
///
/// # Errors
/// The library's message.
pub fn hash(password: &str) -> Result<String, String> {
    hash_with(password, &mut Vec::new())
}

fn hash_with(password: &str, buffer: &mut Vec<Block>) -> Result<String, String> {
    let params = Params::default();
    let salt = Salt::generate();
    let digest = digest(password, salt.as_ref(), &params, Params::DEFAULT_OUTPUT_LEN, buffer)?;
    written(&params, salt, &digest)
}

/// The text under which a hash is stored.
fn written(params: &Params, salt: Salt, digest: &[u8]) -> Result<String, String> {
    let text = |error: argon2::password_hash::phc::Error| error.to_string();
    let hash = PasswordHash {
        algorithm: Ident::new("argon2id").map_err(text)?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|error| error.to_string())?,
        salt: Some(salt),
        hash: Some(Output::new(digest).map_err(text)?),
    };
    Ok(hash.to_string())
}

/// A stored text that is no argon2id hash matches nothing; above all, plain text does not match itself.
fn matches(password: &str, stored: &str, buffer: &mut Vec<Block>) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else { return false };
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return false };
    let Ok(params) = Params::try_from(&stored) else { return false };
    if stored.algorithm.as_str() != "argon2id" || params.m_cost() > MOST_MEMORY {
        return false;
    }
    match digest(password, salt.as_ref(), &params, expected.len(), buffer) {
        Ok(digest) => digest.ct_eq(expected.as_bytes()).into(),
        Err(_) => false,
    }
}

fn digest(
    password: &str,
    salt: &[u8],
    params: &Params,
    length: usize,
    buffer: &mut Vec<Block>,
) -> Result<Vec<u8>, String> {
    let blocks = params.block_count();
    if buffer.len() < blocks {
        buffer.resize(blocks, Block::default());
    }
    let mut out = vec![0; length];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut buffer[..blocks])
        .map_err(|error| error.to_string())?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_password_and_nothing_else() {
        let mut buffer = Vec::new();
        let stored = hash_with("correct horse", &mut buffer).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches("correct horse", &stored, &mut buffer));
        assert!(!matches("correct horsE", &stored, &mut buffer));
        assert_ne!(stored, hash_with("correct horse", &mut buffer).unwrap());
    }

    #[test]
    fn plain_text_and_broken_hashes_match_nothing() {
        let mut buffer = Vec::new();
        for stored in ["", "admin", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(!matches("admin", stored, &mut buffer), "{stored}");
        }
    }

    #[actix_rt::test]
    async fn nobody_has_no_password() {
        let hasher = Hasher::start().unwrap();
        assert_eq!(hasher.verify(Secret::new("any".into()), None).await, Ok(false));
        hasher.stop();
        assert_eq!(hasher.verify(Secret::default(), None).await, Err(stopped()));
    }
}
