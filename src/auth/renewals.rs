//! Stored passwords that were hashed anew: another text in the row, and still the same password.
//!
//! Sessions and tokens stand on that text. Whoever is about to replace it by another hash of the same password says so here
//! first, and what stands on the old one goes on. Memory is bounded by the accounts: each is renewed at most once for each
//! start of the program, since only a start brings other parameters of hashing.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::principal::{Principal, Standing};
use super::random::SecretHash;

/// For each account whose hash was renewed, what its row was like before and is like since.
#[derive(Default)]
pub struct Renewals(Mutex<HashMap<SecretHash, (Standing, Standing)>>);

impl Renewals {
    /// The account's row is about to hold this hash of the password that the principal has just shown.
    pub fn announce(&self, principal: &Principal, hash: &str) {
        let role = principal.roles.first().map_or("", String::as_str);
        let since = Standing::of(&principal.name, role, Some(hash));
        self.0.lock().insert(principal.account(), (principal.standing, since));
    }

    /// Whether what stands on `then` still stands when the account's row is like `now`.
    #[must_use]
    pub fn holds(&self, account: SecretHash, then: Standing, now: Standing) -> bool {
        then == now || self.0.lock().get(&account) == Some(&(then, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_password_hashed_anew_ends_nothing_and_another_password_does() {
        let standing = |hash: &str| Standing::of("admin", "adminrole", Some(hash));
        let principal = Principal {
            source: "USER".into(),
            key: "1".into(),
            name: "admin".into(),
            roles: vec!["adminrole".into()],
            standing: standing("weak"),
        };
        let renewals = Renewals::default();
        let holds = |then: &str, now: &str| renewals.holds(principal.account(), standing(then), standing(now));
        assert!(holds("weak", "weak") && !holds("weak", "strong"));
        renewals.announce(&principal, "strong");
        assert!(holds("weak", "strong") && holds("strong", "strong"));
        assert!(!holds("strong", "weak") && !holds("weak", "another") && !holds("strong", "another"));
        let other = SecretHash::of_account("EMPLOYEE", "1");
        assert!(!renewals.holds(other, standing("weak"), standing("strong")));
    }
}
