//! The policy in force: for each service the operator's, else what is built in.

use std::collections::BTreeMap;

use super::SAMPLE;
use crate::config::{AccountSource, Builtin, ServicePolicy, Settings};

/// The policy of a service. Of what is built in, rules for roles that no account source has are left out: the sources are
/// the operator's, who may have other roles.
#[must_use]
pub fn policy_of(settings: &Settings, described: &Builtin, service: &str) -> ServicePolicy {
    if let Some(own) = settings.policy.get(service) {
        return own.clone();
    }
    let mut policy = described.policy.get(service).unwrap_or(&described.mounted).clone();
    for rule in &mut policy.rules {
        let counts = |source: &&AccountSource| rule.source.as_ref().is_none_or(|name| *name == source.table);
        let sources: Vec<_> = described.accounts.iter().filter(counts).collect();
        rule.roles.retain(|role| sources.iter().any(|source| source.roles.contains(role)));
    }
    policy.rules.retain(|rule| !rule.roles.is_empty());
    policy
}

/// Every policy, as a section of the settings file that would say the same.
///
/// # Errors
/// One line for the operator.
pub fn show(settings: &Settings) -> Result<String, String> {
    let described = super::described(settings)?;
    let names = settings.services.keys().map(String::as_str).chain([SAMPLE]);
    let policies: BTreeMap<&str, ServicePolicy> =
        names.map(|name| (name, policy_of(settings, &described, name))).collect();
    let text = Builtin::policies_as_text(&policies)?;
    Ok(format!("# Who may do what. To change it, put the service's section into the settings file.\n\n{text}"))
}
