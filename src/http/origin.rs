//! Where a request comes from and how it was addressed: the client's address, the scheme and the host.
//!
//! A proxy in front of the server hides all three, and says them in `X-Forwarded-For`, `X-Forwarded-Proto` and
//! `X-Forwarded-Host`. Anybody can send these headers, so they count only when the connection comes from an address of the
//! setting `trusted_proxies`; such a proxy must set or remove all three. RFC 7239's `Forwarded` is never read: a proxy
//! that writes the older headers lets it through as the client wrote it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::RequestHead;
use actix_web::http::header::{HOST, HeaderName, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO};

use super::state::State;
use crate::config::Networks;

/// The address of the client. Behind trusted proxies it is the last hop of `X-Forwarded-For` that is none of them: what
/// stands before it may be the client's own invention.
pub fn client_address(request: &RequestHead, state: &State) -> IpAddr {
    let proxies = &state.trusted_proxies;
    let peer = peer(request);
    if !proxies.contain(peer) {
        return peer;
    }
    let values: Vec<&str> =
        request.headers().get_all(X_FORWARDED_FOR).map(|value| value.to_str().unwrap_or("")).collect();
    last_untrusted(&values, peer, proxies)
}

/// Whether the client's own connection is encrypted.
pub fn is_https(request: &RequestHead, state: &State) -> bool {
    match forwarded(request, state, X_FORWARDED_PROTO) {
        Some(scheme) => scheme.eq_ignore_ascii_case("https"),
        None => state.is_encrypted,
    }
}

/// The scheme under which the client addressed the server.
pub fn scheme(request: &RequestHead, state: &State) -> &'static str {
    if is_https(request, state) { "https" } else { "http" }
}

/// Host, and port if it was given, under which the client addressed the server; empty when that is no text.
pub fn host<'a>(request: &'a RequestHead, state: &State) -> &'a str {
    forwarded(request, state, X_FORWARDED_HOST)
        .or_else(|| request.uri.authority().map(actix_web::http::uri::Authority::as_str))
        .or_else(|| request.headers().get(HOST)?.to_str().ok())
        .unwrap_or_default()
        .trim()
}

/// Whether it is a trusted proxy that says so.
pub fn is_host_forwarded(request: &RequestHead, state: &State) -> bool {
    forwarded(request, state, X_FORWARDED_HOST).is_some()
}

/// The other end of the connection.
fn peer(request: &RequestHead) -> IpAddr {
    // Only a request that came over no network has none.
    request.peer_addr.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip()).to_canonical()
}

/// What the proxy next to us says; of several values the last is its own.
fn forwarded<'a>(request: &'a RequestHead, state: &State, name: HeaderName) -> Option<&'a str> {
    if state.trusted_proxies.is_empty() || !state.trusted_proxies.contain(peer(request)) {
        return None;
    }
    let value = request.headers().get_all(name).last()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// Walks from the nearest hop to the farthest for as long as they are trusted. What is no address ends the walk at the
/// proxy that said it.
fn last_untrusted(values: &[&str], peer: IpAddr, proxies: &Networks) -> IpAddr {
    let mut address = peer;
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        match hop_address(hop.trim()) {
            None => return address,
            Some(hop) if !proxies.contain(hop) => return hop,
            Some(hop) => address = hop,
        }
    }
    address
}

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse().map(|address: SocketAddr| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_the_last_hop_that_is_not_trusted() {
        let proxies: Networks = "10.0.0.0/8,2001:db8::/32".parse().unwrap();
        for (values, expected) in [
            (&[][..], "10.0.0.1"),
            (&["203.0.113.7"], "203.0.113.7"),
            (&["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            (&["1.1.1.1", "203.0.113.7, 10.9.9.9"], "203.0.113.7"),
            (&["203.0.113.7:4711, [2001:db8::5]:80"], "203.0.113.7"),
            (&["[2001:aaa::1], 10.2.2.2"], "2001:aaa::1"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&["10.3.3.3, 10.4.4.4"], "10.3.3.3"),
            (&["203.0.113.7, unknown"], "10.0.0.1"),
            (&["203.0.113.7, unknown, 10.5.5.5"], "10.5.5.5"),
            (&["203.0.113.7,"], "10.0.0.1"),
            (&[""], "10.0.0.1"),
        ] {
            let peer = "10.0.0.1".parse().unwrap();
            assert_eq!(last_untrusted(values, peer, &proxies), expected.parse::<IpAddr>().unwrap(), "{values:?}");
        }
    }
}
