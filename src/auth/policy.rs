//! Who may do what. What no rule names is refused.

use super::principal::Principal;
use crate::config::Rule;

/// What is done to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Get, list, count.
    Read,
    /// Add a row.
    Create,
    /// Change a row.
    Update,
    /// Remove a row.
    Delete,
}

impl Verb {
    /// The verb's word in a rule.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// The rules of each service.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    services: Vec<(String, Vec<Rule>)>,
}

impl Policy {
    /// Adds the rules of a service. `exists` says whether it has an entity of that name.
    ///
    /// # Errors
    /// A sentence about the first word that no rule can have.
    pub fn add(&mut self, service: &str, rules: Vec<Rule>, exists: impl Fn(&str) -> bool) -> Result<(), String> {
        let verbs = [Verb::Read, Verb::Create, Verb::Update, Verb::Delete].map(Verb::word);
        for rule in &rules {
            if let Some(verb) = rule.verbs.iter().find(|verb| *verb != "*" && !verbs.contains(&verb.as_str())) {
                return Err(format!("a rule of {service} has the verb '{verb}'; there are {} and *", verbs.join(", ")));
            }
            if let Some(entity) = rule.entities.iter().find(|entity| *entity != "*" && !exists(entity)) {
                return Err(format!("a rule of {service} names the entity '{entity}', which there is not"));
            }
        }
        self.services.push((service.to_owned(), rules));
        Ok(())
    }

    /// Whether a rule lets this principal do this.
    #[must_use]
    pub fn allows(&self, principal: &Principal, service: &str, entity: &str, verb: Verb) -> bool {
        let names = |words: &[String], word: &str| words.iter().any(|other| other == "*" || other == word);
        let rules = self.services.iter().find(|(name, _)| name == service).map(|(_, rules)| rules);
        rules.into_iter().flatten().any(|rule| {
            names(&rule.entities, entity)
                && names(&rule.verbs, verb.word())
                && rule.roles.iter().any(|role| principal.roles.contains(role))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(roles: &[&str], entities: &[&str], verbs: &[&str]) -> Rule {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Rule { roles: own(roles), entities: own(entities), verbs: own(verbs) }
    }

    #[test]
    fn what_no_rule_names_is_refused() {
        let mut policy = Policy::default();
        policy.add("shop", vec![rule(&["clerk"], &["Order"], &["read", "create"])], |_| true).unwrap();
        let principal = |role: &str| Principal {
            source: "A".into(),
            key: "1".into(),
            name: "n".into(),
            roles: vec![role.into()],
            standing: crate::auth::Standing::default(),
        };
        let allows =
            |role: &str, service: &str, entity: &str, verb| policy.allows(&principal(role), service, entity, verb);
        assert!(allows("clerk", "shop", "Order", Verb::Read));
        assert!(!allows("clerk", "shop", "Order", Verb::Delete));
        assert!(!allows("clerk", "shop", "Customer", Verb::Read));
        assert!(!allows("clerk", "bank", "Order", Verb::Read));
        assert!(!allows("guest", "shop", "Order", Verb::Read));
    }

    #[test]
    fn a_rule_that_names_nothing_is_an_error() {
        let mut policy = Policy::default();
        let add = |policy: &mut Policy, rule| policy.add("shop", vec![rule], |entity| entity == "Order");
        assert!(add(&mut policy, rule(&["a"], &["Ordre"], &["read"])).unwrap_err().contains("'Ordre'"));
        assert!(add(&mut policy, rule(&["a"], &["Order"], &["write"])).unwrap_err().contains("'write'"));
    }
}
