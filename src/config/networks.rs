//! Networks as settings name them: addresses and CIDR blocks, separated by commas.

use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;

/// A list of networks. Empty, it contains no address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Networks(Vec<Network>);

/// The addresses whose first `length` bits are those of `base`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Network {
    base: IpAddr,
    length: u32,
}

impl Networks {
    /// Whether one of the networks contains the address. An IPv4 address counts as itself where IPv6 wraps it.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address.to_canonical()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                (base.to_bits() ^ address.to_bits()).leading_zeros() >= self.length
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                (base.to_bits() ^ address.to_bits()).leading_zeros() >= self.length
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is neither an IP address nor a network such as 10.0.0.0/8");
        let (base, length) = match text.split_once('/') {
            None => (text, None),
            Some((base, length)) => {
                let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
                (base, Some(length.parse().ok().filter(|_| digits).ok_or_else(wrong)?))
            }
        };
        let base = base.parse::<IpAddr>().map_err(|_| wrong())?;
        let longest = if base.is_ipv4() { u32::BITS } else { u128::BITS };
        let length = length.unwrap_or(longest);
        if length > longest {
            return Err(wrong());
        }
        Ok(Self { base, length })
    }
}

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_what_begins_like_it() {
        for (networks, inside, outside) in [
            ("10.1.2.3", &["10.1.2.3", "::ffff:10.1.2.3"][..], &["10.1.2.4", "::1", "::10.1.2.3"][..]),
            ("10.0.0.0/8, 192.168.1.128/25", &["10.255.0.1", "192.168.1.200"], &["11.0.0.1", "192.168.1.1"]),
            ("0.0.0.0/0", &["1.2.3.4", "255.255.255.255"], &["::1", "2001:db8::1"]),
            ("2001:db8::/33,::1", &["2001:db8:7fff::1", "::1"], &["2001:db8:8000::", "::2", "1.2.3.4"]),
            ("", &[], &["0.0.0.0", "::", "127.0.0.1"]),
        ] {
            let parsed: Networks = networks.parse().unwrap();
            for address in inside {
                assert!(parsed.contain(address.parse().unwrap()), "{address} in {networks}");
            }
            for address in outside {
                assert!(!parsed.contain(address.parse().unwrap()), "{address} not in {networks}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0", "::/129", "1.2.3.4,", ","]
        {
            assert!(text.parse::<Networks>().is_err(), "{text}");
        }
    }
}
