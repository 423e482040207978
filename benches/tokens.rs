//! What a million tokens weigh, and for how long a lock is held while they are swept.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hrdb::auth::{Clock, Limits, Principal, Standing, TokenLifetimes, TokenStore};

const TOKENS: u32 = 1_000_000;
const ROUNDS: usize = 11;

/// Resident memory in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn main() {
    let principal = Arc::new(Principal {
        source: "USER".to_owned(),
        key: "1".to_owned(),
        name: "admin".to_owned(),
        roles: vec!["adminrole".to_owned()],
        standing: Standing::default(),
    });
    let mut holds: Vec<Duration> = Vec::new();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let (clock, time) = Clock::manual();
        let store = TokenStore::new(TokenLifetimes { one_seconds: 10, chain_seconds: 10 }, Limits::default(), clock);
        let before = resident();
        for _ in 0..TOKENS {
            drop(store.issue(Arc::clone(&principal), None));
        }
        bytes = bytes.max(resident().saturating_sub(before) / u64::from(TOKENS));
        time.store(10_000, Ordering::SeqCst);
        let swept = store.sweep();
        assert_eq!(swept.removed, TOKENS as usize);
        holds.push(swept.longest_hold);
    }
    holds.sort();
    println!("{TOKENS} tokens expiring at once, longest hold of a lock while sweeping, {ROUNDS} rounds:");
    // A thread that is put to sleep while it holds the lock counts here too: only the quietest round is the work itself.
    println!("  quietest {:?}, median {:?}, worst {:?}", holds[0], holds[ROUNDS / 2], holds[ROUNDS - 1]);
    println!("  at most {bytes} bytes a token");
}
