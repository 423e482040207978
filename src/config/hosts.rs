//! Hosts and origins as settings name them, separated by commas.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;

/// Names under which the server may be addressed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Hosts {
    /// Every one.
    #[default]
    Any,
    /// This machine's own names for itself, on any port: what a server is called that only this machine can reach. A page
    /// whose name its owner has led to this machine (DNS rebinding) calls it otherwise.
    Loopback,
    /// These, in lower case. One that is named without a port stands for every port.
    These(Vec<String>),
}

impl Hosts {
    /// What the setting comes to for a server that listens there: without names, who can only be reached from this machine
    /// is addressed as such.
    #[must_use]
    pub fn at(&self, listen: SocketAddr) -> Self {
        match self {
            Self::Any if listen.ip().is_loopback() => Self::Loopback,
            given => given.clone(),
        }
    }

    /// Whether a `Host`, with or without a port, is one of these.
    #[must_use]
    pub fn contain(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Loopback => is_loopback(without_port(host)),
            Self::These(known) => {
                let named = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
                named(host) || named(without_port(host))
            }
        }
    }
}

/// Whether a name can mean nothing but this machine, whatever a name server says.
fn is_loopback(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl FromStr for Hosts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |host: &str| format!("'{host}' is no host such as hr.example.com or hr.example.com:8443");
        let host = |host: &str| is_host(host).then(|| host.to_ascii_lowercase()).ok_or_else(|| wrong(host));
        let hosts: Vec<String> = list(text).map(host).collect::<Result<_, _>>()?;
        Ok(if hosts.is_empty() { Self::Any } else { Self::These(hosts) })
    }
}

/// Origins of pages that may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Origins {
    /// No other than the server's own.
    #[default]
    Own,
    /// All.
    Any,
    /// These, in lower case.
    These(Vec<String>),
}

impl FromStr for Origins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |origin: &str| format!("'{origin}' is no origin such as https://app.example.com");
        let origin = |origin: &str| {
            let lower = origin.to_ascii_lowercase();
            let good = lower.split_once("://").is_some_and(|(scheme, host)| {
                !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) && is_host(host)
            });
            good.then_some(lower).ok_or_else(|| wrong(origin))
        };
        match text.trim() {
            "" => Ok(Self::Own),
            "*" => Ok(Self::Any),
            text => list(text).map(origin).collect::<Result<_, _>>().map(Self::These),
        }
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(move |part| !text.trim().is_empty() || !part.is_empty())
}

/// The name or address of a host, without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

/// Whether a text is a host: a name, an IPv4 address or an IPv6 address in brackets, and possibly a port.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let port = |rest: &str| match rest.strip_prefix(':') {
        Some(port) => port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()),
        None => rest.is_empty(),
    };
    if let Some(rest) = text.strip_prefix('[') {
        let Some((address, rest)) = rest.split_once(']') else { return false };
        return address.parse::<std::net::Ipv6Addr>().is_ok() && port(rest);
    }
    let (host, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
    !host.is_empty() && name(host) && port(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_in_any_case_and_without_port_on_all_of_them() {
        let hosts: Hosts = "hr.example.com, [::1], 127.0.0.1:8080".parse().unwrap();
        for host in ["hr.example.com", "HR.Example.com:8443", "[::1]", "[::1]:80", "127.0.0.1:8080"] {
            assert!(hosts.contain(host), "{host}");
        }
        for host in ["example.com", "x.hr.example.com", "hr.example.com.evil", "127.0.0.1", "127.0.0.1:80", "::1", ""] {
            assert!(!hosts.contain(host), "{host}");
        }
        assert!(Hosts::default().contain("anything") && "".parse::<Hosts>().unwrap().contain("anything"));
    }

    #[test]
    fn a_server_that_only_its_machine_can_reach_goes_by_that_machines_names() {
        let at = |setting: &str, listen: &str| setting.parse::<Hosts>().unwrap().at(listen.parse().unwrap());
        for listen in ["127.0.0.1:8080", "127.9.9.9:0", "[::1]:8080"] {
            let hosts = at("", listen);
            for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.1.2.3", "[::1]", "[::1]:9"] {
                assert!(hosts.contain(host), "{host} at {listen}");
            }
            for host in [
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                "[::2]",
                "",
            ] {
                assert!(!hosts.contain(host), "{host} at {listen}");
            }
            assert!(at("hr.example.com", listen).contain("hr.example.com"), "what is named counts");
            assert!(!at("hr.example.com", listen).contain("127.0.0.1"), "and nothing else does");
        }
        for listen in ["0.0.0.0:80", "[::]:80", "192.168.1.1:80"] {
            assert_eq!(at("", listen), Hosts::Any);
        }
    }

    #[test]
    fn what_is_no_host_or_no_origin_is_refused() {
        for text in
            ["a b", "a,,b", ",", "http://a", "a/b", "a:x", "a:70000", "a:+1", ":80", "[::1", "[x]", "*", "a@b", "ü"]
        {
            assert!(text.parse::<Hosts>().is_err(), "{text}");
        }
        for text in ["a.example", "https://", "https://a/", "https://a/b", "://a", "*,https://a", "https://a,", "null"]
        {
            assert!(text.parse::<Origins>().is_err(), "{text}");
        }
        let these = Origins::These(vec!["https://a.example:8443".to_owned(), "http://b".to_owned()]);
        assert_eq!("HTTPS://A.example:8443 , http://b".parse(), Ok(these));
        assert_eq!((" ".parse(), "*".parse()), (Ok(Origins::Own), Ok(Origins::Any)));
    }
}
