//! Hashes: what matches, what does not, and that every attempt costs the same.

use super::*;

const TODAY: PasswordCost = PasswordCost { memory_kib: 19_456, iterations: 2, parallelism: 1 };

/// Lets everyone pass.
struct Open;

impl Gate for Open {
    fn admit(&self) -> Option<u64> {
        None
    }

    fn settle(&self, _: bool) {}
}

/// Lets nobody pass.
struct Shut;

impl Gate for Shut {
    fn admit(&self) -> Option<u64> {
        Some(7)
    }

    fn settle(&self, _: bool) {
        panic!("who is not let in cannot have tried");
    }
}

fn is_match(password: &str, stored: &str) -> bool {
    matches(password, stored, "", &mut Vec::new())
}

#[test]
fn a_hash_matches_its_password_and_nothing_else() {
    let stored = hash("correct horse", TODAY).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert!(is_match("correct horse", &stored) && is_hash(&stored));
    assert!(!is_match("correct horsE", &stored));
    assert_ne!(stored, hash("correct horse", TODAY).unwrap());
}

#[test]
fn plain_text_and_broken_hashes_match_nothing() {
    let long = "c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
    for stored in [
        "",
        "admin",
        "$argon2id$",
        &format!("$argon2i$v=19$m=8,t=1,p=1${long}"),
        &format!("$argon2id$v=19$m=999999999,t=1,p=1${long}"),
        &format!("$argon2id$v=19$m=8,t=4000000000,p=1${long}"),
    ] {
        assert!(!is_match("admin", stored) && !is_hash(stored), "{stored}");
    }
}

#[actix_rt::test]
async fn a_hash_of_other_parameters_still_matches_and_is_outdated() {
    let cheaper = PasswordCost { memory_kib: 7_168, iterations: 1, parallelism: 2 };
    let hasher = Hasher::start(TODAY).unwrap();
    for (cost, outdated) in [(TODAY, false), (cheaper, true), (PasswordCost { iterations: 3, ..TODAY }, true)] {
        let stored = vec![None, Some(hash("secret", cost).unwrap())];
        let verdict = hasher.check(Secret::new("secret".into()), stored, Box::new(Open)).await;
        assert_eq!(verdict, Ok(Verdict::Match { position: 1, outdated }), "{cost:?}");
    }
    hasher.stop();
}

#[actix_rt::test]
async fn nobody_has_no_password_and_who_is_refused_is_not_looked_at() {
    let hasher = Hasher::start(TODAY).unwrap();
    let any = || Secret::new("any".into());
    assert_eq!(hasher.check(any(), vec![None, None], Box::new(Open)).await, Ok(Verdict::NoMatch));
    let stored = vec![Some(hash("any", TODAY).unwrap())];
    assert_eq!(hasher.check(any(), stored, Box::new(Shut)).await, Ok(Verdict::Refused(7)));
    hasher.stop();
    assert_eq!(hasher.check(any(), vec![None], Box::new(Open)).await, Err(stopped()));
}

#[test]
fn an_attempt_that_fails_costs_a_hash_for_each_source_whatever_is_stored_there() {
    let params = params(TODAY).unwrap();
    let mut workshop = Workshop { nobody: of_nobody(&params).unwrap(), params, buffer: Vec::new() };
    let some = |text: &str| Some(text.to_owned());
    let right = hash("right", TODAY).unwrap();
    for stored in [
        vec![None, None],
        vec![some(&right), None],
        vec![None, some(&right)],
        vec![some(&right), some(&right)],
        vec![some("plain"), some("")],
        vec![some("wrong"), some("$argon2id$v=19$m=999999999,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")],
    ] {
        DIGESTS.set(0);
        let (reply, _receiver) = oneshot::channel();
        let password = Secret::new("wrong".to_owned());
        let check = Check { password, stored: stored.clone(), gate: Box::new(Open), reply };
        assert_eq!(workshop.judge(&check), Verdict::NoMatch, "{stored:?}");
        assert_eq!(DIGESTS.get(), 2, "{stored:?}");
    }
}

#[test]
fn the_buffer_is_too_large_for_the_allocator_to_keep() {
    let mut buffer = Vec::new();
    let cost = PasswordCost { memory_kib: 64, iterations: 1, parallelism: 1 };
    for memory_kib in [cost.memory_kib, 2 * cost.memory_kib] {
        hash_with("secret", &params(PasswordCost { memory_kib, ..cost }).unwrap(), &mut buffer).unwrap();
        assert_eq!(buffer.len(), memory_kib as usize, "no more is touched than is needed");
        assert!(buffer.capacity() * size_of::<Block>() > 32 * 1024 * 1024);
    }
}
