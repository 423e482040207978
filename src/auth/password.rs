//! Passwords: argon2id, computed on one thread of lowest priority.
//!
//! With OWASP's parameters a hash takes 19 MiB and some 15 ms. On one thread with one buffer, a flood of sign-ins costs those
//! who are signed in next to nothing; what does not fit into the queue is told to come back.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use parking_lot::Mutex;
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

use crate::config::{PasswordCost, Secret};

/// Passwords that may wait for their hash.
const QUEUE: usize = 64;
/// How long one waits at most: while the others take all of the processor, this thread gets little of it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The buffer is given back when nobody signs in for so long.
const BUFFER_KEPT: Duration = Duration::from_secs(2);

/// Why there is no hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HashingError {
    /// Too many are waiting, or for too long.
    Busy,
    /// The thread has stopped, or the library failed.
    Failed(String),
}

/// Watches over the attempts on an account. Both are called on the hashing thread, so no two attempts overlap.
pub trait Gate: Send {
    /// Right before the first hash: milliseconds to come back after, if the attempt may not be made now.
    fn admit(&self) -> Option<u64>;
    /// Right after the last hash: whether one matched.
    fn settle(&self, matched: bool);
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is that of the stored hash at this position.
    Match {
        /// Which of them.
        position: usize,
        /// The hash was made with other parameters than those of today.
        outdated: bool,
    },
    /// It is that of none.
    NoMatch,
    /// It was not looked at, and may come back after so many milliseconds.
    Refused(u64),
}

/// An attempt: a password, and what it may match.
struct Check {
    password: Secret,
    stored: Vec<Option<String>>,
    gate: Box<dyn Gate>,
    reply: oneshot::Sender<Result<Verdict, HashingError>>,
}

enum Work {
    Hash(Secret, oneshot::Sender<Result<String, HashingError>>),
    Check(Check),
}

impl Work {
    /// Whether nobody waits any more: a closed connection need not cost a hash.
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Hash(_, reply) => reply.is_closed(),
            Self::Check(check) => check.reply.is_closed(),
        }
    }

    fn refuse(self) {
        match self {
            Self::Hash(_, reply) => drop(reply.send(Err(HashingError::Busy))),
            Self::Check(check) => drop(check.reply.send(Err(HashingError::Busy))),
        }
    }
}

/// Handle of the hashing thread.
pub struct Hasher {
    /// `None` once it is told to stop.
    queue: Mutex<Option<SyncSender<(Instant, Work)>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Hasher {
    /// Starts the thread, which makes new hashes at this cost.
    ///
    /// # Errors
    /// When no thread can be started, or the library refuses the parameters.
    pub fn start(cost: PasswordCost) -> Result<Self, String> {
        let params = params(cost)?;
        let nobody = of_nobody(&params)?;
        let (queue, work) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("hrdb-passwords".to_owned())
            .spawn(move || run(&work, &mut Workshop { params, nobody, buffer: Vec::new() }))
            .map_err(|error| error.to_string())?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// [`HashingError`].
    pub async fn hash(&self, password: Secret) -> Result<String, HashingError> {
        let (reply, receiver) = oneshot::channel();
        self.enqueue(Work::Hash(password, reply))?;
        receiver.await.map_err(|_| stopped())?
    }

    /// Compares a password with some stored hashes, in their order. Each position that has none takes the time of one, and
    /// after a match the rest is not looked at.
    ///
    /// # Errors
    /// [`HashingError`].
    pub async fn check(
        &self,
        password: Secret,
        stored: Vec<Option<String>>,
        gate: Box<dyn Gate>,
    ) -> Result<Verdict, HashingError> {
        let (reply, receiver) = oneshot::channel();
        self.enqueue(Work::Check(Check { password, stored, gate, reply }))?;
        receiver.await.map_err(|_| stopped())?
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
        queue.as_ref().ok_or_else(stopped)?.try_send((Instant::now(), work)).map_err(|error| match error {
            TrySendError::Full(_) => HashingError::Busy,
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

fn stopped() -> HashingError {
    HashingError::Failed("the hashing thread has stopped".to_owned())
}

/// Blocks of 1 KiB for which there is room at least; what is not used of it takes no memory. For more than 32 MiB, glibc always
/// asks the system, and gives it back when it is freed. Less than that it comes to keep, and beside it takes the same again.
const LEAST_ROOM: usize = 33 * 1024;

/// What the thread works with.
struct Workshop {
    /// Of new hashes.
    params: Params,
    /// Compared with when there is no such user, so that an unknown name takes as long as a known one. No password has it.
    nobody: String,
    buffer: Vec<Block>,
}

fn run(queue: &Receiver<(Instant, Work)>, workshop: &mut Workshop) {
    // Linux gives each thread a priority of its own. Where that fails, sign-ins cost the others a little more.
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        log::debug!("cannot lower the priority of the hashing thread: {error}");
    }
    loop {
        let (since, work) = match queue.recv_timeout(BUFFER_KEPT) {
            Ok(work) => work,
            Err(RecvTimeoutError::Timeout) => {
                workshop.buffer = Vec::new();
                match queue.recv() {
                    Ok(work) => work,
                    Err(_) => return,
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match work {
            work if work.is_abandoned() => {}
            work if since.elapsed() > PATIENCE => work.refuse(),
            Work::Hash(password, reply) => {
                let hash = hash_with(password.expose(), &workshop.params, &mut workshop.buffer);
                let _ = reply.send(hash.map_err(HashingError::Failed));
            }
            Work::Check(check) => {
                let verdict = workshop.judge(&check);
                let _ = check.reply.send(Ok(verdict));
            }
        }
    }
}

impl Workshop {
    fn judge(&mut self, check: &Check) -> Verdict {
        if let Some(milliseconds) = check.gate.admit() {
            return Verdict::Refused(milliseconds);
        }
        for (position, stored) in check.stored.iter().enumerate() {
            let hash = stored.as_deref().unwrap_or(&self.nobody);
            if matches(check.password.expose(), hash, &self.nobody, &mut self.buffer) && stored.is_some() {
                check.gate.settle(true);
                return Verdict::Match { position, outdated: is_outdated(hash, &self.params) };
            }
        }
        check.gate.settle(false);
        Verdict::NoMatch
    }
}

fn params(cost: PasswordCost) -> Result<Params, String> {
    Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None).map_err(|error| error.to_string())
}

fn of_nobody(params: &Params) -> Result<String, String> {
    written(params, Salt::generate(), &[0; Params::DEFAULT_OUTPUT_LEN])
}

/// Hashes one password on the calling thread: for a command.
///
/// # Errors
/// The library's message.
pub fn hash(password: &str, cost: PasswordCost) -> Result<String, String> {
    hash_with(password, &params(cost)?, &mut Vec::new())
}

/// Hashes passwords on the calling thread, one after the other in one buffer: the allocator would keep many of that size.
pub fn hash_in_turn(cost: PasswordCost) -> impl Fn(&str) -> Result<String, String> + Send + Sync {
    let buffer = Mutex::new(Vec::new());
    move |password| hash_with(password, &params(cost)?, &mut buffer.lock())
}

/// Whether a stored text is a hash that some password can match.
#[must_use]
pub fn is_hash(stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|stored| usable(&stored).is_some())
}

fn hash_with(password: &str, params: &Params, buffer: &mut Vec<Block>) -> Result<String, String> {
    let salt = Salt::generate();
    let digest = digest(password, salt.as_ref(), params, Params::DEFAULT_OUTPUT_LEN, buffer)?;
    written(params, salt, &digest)
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

/// Its parameters, unless it is no argon2id hash or one that would take more time or memory than anything we make.
fn usable(stored: &PasswordHash) -> Option<Params> {
    let complete = stored.algorithm.as_str() == "argon2id" && stored.salt.is_some() && stored.hash.is_some();
    let params = complete.then(|| Params::try_from(stored).ok()).flatten()?;
    let bounded = params.m_cost() <= *PasswordCost::MEMORY_KIB.end()
        && params.t_cost() <= *PasswordCost::ITERATIONS.end()
        && params.p_cost() <= *PasswordCost::PARALLELISM.end();
    bounded.then_some(params)
}

/// A stored text that is no argon2id hash matches nothing; above all, plain text does not match itself. It takes the time of
/// one all the same, that of `instead`.
fn matches(password: &str, stored: &str, instead: &str, buffer: &mut Vec<Block>) -> bool {
    let parsed = PasswordHash::new(stored).ok().and_then(|hash| usable(&hash).map(|params| (hash, params)));
    let Some((hash, params)) = parsed else {
        if stored != instead {
            matches(password, instead, instead, buffer);
        }
        return false;
    };
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
    match digest(password, salt.as_ref(), &params, expected.len(), buffer) {
        Ok(digest) => digest.ct_eq(expected.as_bytes()).into(),
        Err(_) => false,
    }
}

/// Whether a hash is not one that would be made today.
fn is_outdated(stored: &str, today: &Params) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else { return false };
    let Ok(params) = Params::try_from(&stored) else { return false };
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    cost(&params) != cost(today) || stored.hash.is_some_and(|hash| hash.len() != Params::DEFAULT_OUTPUT_LEN)
}

fn digest(
    password: &str,
    salt: &[u8],
    params: &Params,
    length: usize,
    buffer: &mut Vec<Block>,
) -> Result<Vec<u8>, String> {
    #[cfg(test)]
    DIGESTS.set(DIGESTS.get() + 1);
    let blocks = params.block_count();
    if buffer.len() < blocks {
        buffer.reserve_exact(blocks.max(LEAST_ROOM) - buffer.len());
        buffer.resize(blocks, Block::default());
    }
    let mut out = vec![0; length];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut buffer[..blocks])
        .map_err(|error| error.to_string())?;
    Ok(out)
}

#[cfg(test)]
thread_local! {
    /// Hashes computed on this thread.
    static DIGESTS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests;
