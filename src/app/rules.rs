//! The policy in force: for each service the operator's, else what is built in.

use std::collections::BTreeMap;

use super::SAMPLE;
use crate::config::{Builtin, ServicePolicy, Settings};

/// The policy of a service.
#[must_use]
pub fn policy_of<'a>(settings: &'a Settings, described: &'a Builtin, service: &str) -> &'a ServicePolicy {
    settings.policy.get(service).or_else(|| described.policy.get(service)).unwrap_or(&described.mounted)
}

/// Every policy, as a section of the settings file that would say the same.
///
/// # Errors
/// One line for the operator.
pub fn show(settings: &Settings) -> Result<String, String> {
    let described = Builtin::hrdb()?;
    let names = settings.services.keys().map(String::as_str).chain([SAMPLE]);
    let policies: BTreeMap<&str, &ServicePolicy> =
        names.map(|name| (name, policy_of(settings, &described, name))).collect();
    let text = Builtin::policies_as_text(&policies)?;
    Ok(format!("# Who may do what. To change it, put the service's section into the settings file.\n\n{text}"))
}
