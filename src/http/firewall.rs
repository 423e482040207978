//! What is refused before anything else is looked at: requests for other hosts, and paths that two programs could read
//! differently.
//!
//! A proxy that folds `//` and `..` or takes `\` for `/` would see another address than the one that is answered here, and
//! its rules would be about another resource. Percent-encoded, these are letters of a key like any other: a path is taken
//! apart before it is decoded, and never names a file.

use std::cell::RefCell;

use actix_web::dev::RequestHead;
use actix_web::http::header::{HOST, HeaderValue};

use super::error::Failure;
use super::origin;
use super::state::State;
use crate::config::{Hosts, is_host};

/// The `Host` that a worker has let pass last: most requests bring the same, and settings do not change.
#[derive(Default)]
pub struct LastHost(RefCell<Option<HeaderValue>>);

/// Refuses what is no plain request for this server.
///
/// # Errors
/// [`Failure::InvalidInput`].
pub fn check(request: &RequestHead, state: &State, last: &LastHost) -> Result<(), Failure> {
    check_host(request, state, last)?;
    check_path(request.uri.path())
}

/// Refuses a request that is for another host.
///
/// # Errors
/// [`Failure::InvalidInput`].
pub fn check_host(request: &RequestHead, state: &State, last: &LastHost) -> Result<(), Failure> {
    // Where only the header says which host is meant, the same header means the same.
    let header = request.headers().get(HOST).filter(|_| request.uri.authority().is_none());
    let header = header.filter(|_| state.trusted_proxies.is_empty());
    if header.is_some() && last.0.borrow().as_ref() == header {
        return Ok(());
    }
    check_any_host(request, state)?;
    if let Some(header) = header {
        last.0.replace(Some(header.clone()));
    }
    Ok(())
}

fn check_any_host(request: &RequestHead, state: &State) -> Result<(), Failure> {
    let refused = |text: &str| Err(Failure::InvalidInput(text.to_owned()));
    let header = request.headers().get(HOST).map(HeaderValue::as_bytes);
    // A target with a host of its own, as for a proxy, must not contradict the header.
    if let (Some(authority), Some(header)) = (request.uri.authority(), header)
        && !authority.as_str().as_bytes().eq_ignore_ascii_case(header)
    {
        return refused("the request names two hosts");
    }
    let host = origin::host(request, state);
    let is_named = matches!(state.allowed_hosts, Hosts::These(_));
    if host.is_empty() && header.is_none() && !is_named {
        // HTTP/1.0 knows no hosts, and no browser speaks it; later versions have been refused by now.
        return Ok(());
    }
    if !is_host(host) {
        return refused("the request names no host");
    }
    // Where the settings name no hosts, a trusted proxy has answered for the one that it forwards.
    let vouched = !is_named && origin::is_host_forwarded(request, state);
    if vouched || state.allowed_hosts.contain(host) { Ok(()) } else { refused("the request is for another host") }
}

fn check_path(path: &str) -> Result<(), Failure> {
    let dots = |segment: &str| segment == "." || segment == "..";
    // One look at each letter tells of most paths that they are plain.
    let (mut before, mut odd, mut dotted) = (0, false, false);
    for &byte in path.as_bytes() {
        odd |= byte.is_ascii_control() || matches!(byte, b'\\' | b';') || (byte == b'/' && before == b'/');
        dotted |= byte == b'.' || !byte.is_ascii();
        before = byte;
    }
    let plain = !odd && !(dotted && (path.split('/').any(dots) || path.chars().any(char::is_control)));
    if plain {
        return Ok(());
    }
    let text = "the path holds an empty segment, '.', '..', ';' or '\\'; in a key, they are percent-encoded";
    Err(Failure::InvalidInput(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::check_path;

    #[test]
    fn only_a_plain_path_passes() {
        for path in ["/", "/a", "/services/a/b/", "/a/%2e%2e/b", "/a/.b/..c/d..", "/a%2F%5C%3Bb", "*", ""] {
            assert!(check_path(path).is_ok(), "{path}");
        }
        for path in ["//", "//a", "/a//b", "/a/../b", "/a/..", "/./a", "/a;b", "/a\\b", "/a\u{7f}", ".."] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
