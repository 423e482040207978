//! What guessing costs, by a clock that is moved by hand.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

fn throttle() -> (Arc<Throttle>, Arc<AtomicU64>) {
    let (clock, time) = Clock::manual();
    (Arc::new(Throttle::new(5, Arc::new(Fingerprints::new()), clock)), time)
}

fn from(throttle: &Arc<Throttle>, name: &str, address: &str) -> Attempt {
    throttle.attempt(name, address.parse().unwrap())
}

/// Makes an attempt that fails unless it must wait; returns for how many seconds.
fn guess(throttle: &Arc<Throttle>, name: &str, address: &str) -> u64 {
    let attempt = from(throttle, name, address);
    let wait = attempt.wait();
    if wait.is_none() {
        attempt.failed();
    }
    wait.unwrap_or(0) / 1000
}

fn count(throttle: &Throttle) -> usize {
    throttle.counters.lock().len()
}

#[test]
fn after_five_failures_each_costs_twice_the_time_of_the_one_before() {
    let (throttle, time) = throttle();
    for _ in 0..5 {
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0);
    }
    for delay in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), delay);
        time.fetch_add(delay * 1000 - 1, Ordering::SeqCst);
        assert_eq!(from(&throttle, "admin", "192.0.2.1").wait(), Some(1), "{delay}");
        time.fetch_add(1, Ordering::SeqCst);
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0, "{delay}");
    }
}

#[test]
fn nobody_waits_for_what_others_do_elsewhere() {
    let (throttle, _) = throttle();
    for _ in 0..6 {
        guess(&throttle, "admin", "192.0.2.1");
    }
    assert!(from(&throttle, "admin", "192.0.2.1").wait().is_some());
    assert_eq!(from(&throttle, "admin", "192.0.2.2").wait(), None);
    assert_eq!(from(&throttle, "user", "192.0.2.1").wait(), None);
}

#[test]
fn a_success_forgives_what_has_failed() {
    let (throttle, _) = throttle();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0);
        }
        from(&throttle, "admin", "192.0.2.1").succeeded();
    }
    assert_eq!(throttle.counters.lock().values().map(|counter| counter.failures).sum::<u32>(), 0);
}

#[test]
fn a_day_later_failures_are_forgotten_and_swept() {
    let (throttle, time) = throttle();
    for _ in 0..5 {
        guess(&throttle, "admin", "192.0.2.1");
    }
    assert_eq!(count(&throttle), 3);
    time.store(MEMORY, Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0, "whether or not anything sweeps");
    }
    time.store(2 * MEMORY, Ordering::SeqCst);
    throttle.sweep();
    assert!(count(&throttle) == 0);
}

#[test]
fn a_name_that_is_guessed_from_everywhere_still_has_an_attempt_wherever_it_is_not() {
    let (throttle, time) = throttle();
    from(&throttle, "admin", "198.51.100.1").succeeded();
    for host in 0..=50 {
        assert_eq!(guess(&throttle, "admin", &format!("203.0.113.{host}")), 0);
    }
    assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0, "one attempt");
    assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 900, "and a long wait");
    for _ in 0..5 {
        assert_eq!(guess(&throttle, "admin", "198.51.100.1"), 0, "where he has signed in before he has all five");
    }
    assert_eq!(guess(&throttle, "admin", "198.51.100.1"), 5);
    assert_eq!(guess(&throttle, "user", "192.0.2.9"), 0, "other names are as they were");
    time.fetch_add(900_000, Ordering::SeqCst);
    assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0);
}

#[test]
fn who_tries_many_names_waits_and_who_is_known_there_does_not() {
    let (throttle, time) = throttle();
    from(&throttle, "boris", "192.0.2.1").succeeded();
    for name in 0..20 {
        assert_eq!(guess(&throttle, &format!("name{name}"), "192.0.2.1"), 0);
    }
    for delay in [5, 10, 20, 40, 60, 60] {
        assert_eq!(guess(&throttle, "another", "192.0.2.1"), delay);
        time.fetch_add(delay * 1000, Ordering::SeqCst);
        assert_eq!(guess(&throttle, &format!("name after {delay} at {time:?}"), "192.0.2.1"), 0);
    }
    assert_eq!(guess(&throttle, "boris", "192.0.2.1"), 0);
    assert_eq!(guess(&throttle, "another", "192.0.2.2"), 0);
}

#[test]
fn one_name_that_fails_for_ever_is_one_name_to_its_network() {
    let (throttle, time) = throttle();
    for _ in 0..100 {
        guess(&throttle, "script", "192.0.2.1");
        time.fetch_add(LONGEST_DELAY, Ordering::SeqCst);
    }
    assert_eq!(guess(&throttle, "somebody", "192.0.2.1"), 0);
}

#[test]
fn a_network_is_one_address_or_half_of_one() {
    let same = |one: &str, other: &str| network(one.parse().unwrap()) == network(other.parse().unwrap());
    assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert!(!same("192.0.2.1", "192.0.2.2"));
    assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
}

#[test]
fn a_known_password_passes_until_refusals_look_like_a_search_for_it() {
    let (throttle, time) = throttle();
    for _ in 0..5 {
        guess(&throttle, "admin", "192.0.2.1");
    }
    for _ in 0..REFUSALS {
        assert!(guess(&throttle, "admin", "192.0.2.1") > 0);
        assert!(from(&throttle, "admin", "192.0.2.1").lets_known_pass());
    }
    assert!(guess(&throttle, "admin", "192.0.2.1") > 0);
    assert!(!from(&throttle, "admin", "192.0.2.1").lets_known_pass());
    time.fetch_add(FIRST_DELAY, Ordering::SeqCst);
    assert!(from(&throttle, "admin", "192.0.2.1").lets_known_pass());
}

#[test]
fn memory_is_bounded_and_those_who_wait_stay() {
    let (throttle, _) = throttle();
    for _ in 0..5 {
        guess(&throttle, "admin", "192.0.2.1");
    }
    for number in 0..80_000_u32 {
        let address = std::net::Ipv4Addr::from(0x0a00_0000 + number).to_string();
        guess(&throttle, &number.to_string(), &address);
        assert!(count(&throttle) <= MOST);
    }
    assert!(guess(&throttle, "admin", "192.0.2.1") > 0);
}

#[test]
fn no_attempts_is_no_throttle() {
    let throttle = Arc::new(Throttle::new(0, Arc::new(Fingerprints::new()), Clock::manual().0));
    for _ in 0..100 {
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0);
    }
    assert!(count(&throttle) == 0);
}

#[test]
fn where_a_name_is_known_its_failures_are_forgotten_after_a_day_as_well() {
    let (throttle, time) = throttle();
    from(&throttle, "admin", "192.0.2.1").succeeded();
    for day in 1..4 {
        for _ in 0..5 {
            assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 0, "day {day}");
        }
        assert_eq!(guess(&throttle, "admin", "192.0.2.1"), 5);
        time.fetch_add(MEMORY, Ordering::SeqCst);
    }
}
