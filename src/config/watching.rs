//! Who may watch the server: an address of its own for that, and roles.

use std::net::SocketAddr;
use std::str::FromStr;

use serde::Deserialize;

/// Where figures and health are served to everybody who can reach it; nowhere by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MetricsListen(pub Option<SocketAddr>);

/// Names of roles. Empty, it is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Roles(Vec<String>);

impl Roles {
    /// Whether one of somebody's roles is one of these.
    #[must_use]
    pub fn include(&self, roles: &[String]) -> bool {
        roles.iter().any(|role| self.0.contains(role))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for MetricsListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let address = text.parse().map_err(|_| format!("'{text}' is no address and port such as 127.0.0.1:9090"))?;
        Ok(Self(Some(address)))
    }
}

impl FromStr for Roles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) { Err(format!("'{text}' names an empty role")) } else { Ok(Self(names)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_that_are_named_are_included() {
        let roles: Roles = "adminrole, watcher".parse().unwrap();
        let held = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(roles.include(&held(&["user", "watcher"])));
        assert!(!roles.include(&held(&["admin", "Watcher", ""])) && !roles.include(&[]));
        assert!(!Roles::default().include(&held(&["", "adminrole"])), "nobody by default");
        assert!("a,,b".parse::<Roles>().is_err() && ",".parse::<Roles>().is_err() && " ".parse::<Roles>().is_err());
    }
}
