//! Kills the server at bad moments, over and over, and holds what is left against what was acknowledged.
//!
//! `cargo test` kills it ten times, `make torture` two hundred times. Each run has a seed, which it prints; a run with the same
//! seed asks for the same changes and the same moments, though not to the microsecond. Only processes that were started here
//! are ever killed, by their handles.

mod clients;
mod ledger;
mod moments;
mod process;
mod random;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use moments::{Moment, Torture};
use random::Random;

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}")),
        Err(_) => default,
    }
}

#[test]
fn what_is_acknowledged_survives_kills_at_bad_moments() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = setting("HRDB_TORTURE_SEED", now.as_secs());
    let kills = setting("HRDB_TORTURE_KILLS", 10);
    println!("HRDB_TORTURE_SEED={seed} HRDB_TORTURE_KILLS={kills}");
    let begun = Instant::now();
    let mut torture = Torture::new(Random::new(seed));
    for kill in 0..kills {
        let moment = Moment::ALL[usize::try_from(kill).unwrap() % Moment::ALL.len()];
        torture.kill(moment);
        if kill % 20 == 19 {
            println!("{} kills, {} changes acknowledged", kill + 1, torture.acknowledged());
        }
    }
    print!("{}", torture.report());
    println!("| seconds | {} |", begun.elapsed().as_secs());
    assert!(torture.acknowledged() > kills, "clients did get something done");
}
