//! Requests that a page elsewhere has somebody's browser send.
//!
//! A browser sends its cookies whoever made the request. So what a session writes must show the CSRF token, which only a
//! page of ours can read ([`check_csrf`]). That says nothing about requests that need no session or are only read:
//!
//! - a sign-in, by which a page elsewhere could make a visitor work in somebody else's name without his noticing it;
//! - a sign-out, which takes the cookies back even when they were not sent, and can be a mere link;
//! - a token made for a cookie, of which the oldest goes when there are too many.
//!
//! These must come from a page of the same origin, from one that `cors_allowed_origins` names, or from no page at all
//! ([`check_site`]): an address that was typed, a program. Browsers say so themselves, in headers that no script can set.
//! A page of another origin is refused even when it is of the same site, as hosts next to each other need not trust each
//! other, and even when it is only left by a link, as it can follow its links by itself.

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;

use super::caller::Caller;
use super::endpoints::{Endpoint, Method};
use super::error::Failure;
use super::origin;
use super::parameters::Query;
use super::security::CSRF_HEADER;
use super::state::State;
use crate::config::Origins;

/// A browser sends the cookie whoever made the request; the token only a page of ours can know.
///
/// # Errors
/// [`Failure::BadCsrfToken`].
pub fn check_csrf(request: &HttpRequest, query: &Query, caller: &Caller, endpoint: &Endpoint) -> Result<(), Failure> {
    let Caller::Session(session) = caller else { return Ok(()) };
    if endpoint.method == Method::Get {
        return Ok(());
    }
    let header = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    match header.or_else(|| query.first("_csrf")) {
        Some(given) if session.csrf_matches(given) => Ok(()),
        _ => Err(Failure::BadCsrfToken),
    }
}

/// Refuses what only a page of ours, or no page at all, may ask for.
///
/// # Errors
/// [`Failure::CrossSite`].
pub fn check_site(request: &HttpRequest, state: &State, caller: &Caller, endpoint: &Endpoint) -> Result<(), Failure> {
    let guarded = match endpoint.id {
        "sign_in" | "sign_out" | "sign_out_by_link" => true,
        "mint_token" => matches!(caller, Caller::Session(_)),
        _ => false,
    };
    if !guarded || is_ours(request, state) { Ok(()) } else { Err(Failure::CrossSite) }
}

/// Whether a request comes from a page of this server, from one that the settings name, or from no page.
fn is_ours(request: &HttpRequest, state: &State) -> bool {
    let origin = request.headers().get(ORIGIN).map(|value| value.to_str().unwrap_or_default());
    let named = |origin: &str| match &state.cors.origins {
        Origins::These(known) => known.iter().any(|known| known.eq_ignore_ascii_case(origin)),
        // That all pages may ask for what they can prove a right to does not make their visitors' browsers theirs.
        Origins::Own | Origins::Any => false,
    };
    match request.headers().get("Sec-Fetch-Site").map(actix_web::http::header::HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => origin.is_some_and(named),
        // An older browser, one that came by plain http, or no browser. The scheme is not compared: a proxy may hide it.
        None => origin.is_none_or(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            named(origin) || host.is_some_and(|host| host.eq_ignore_ascii_case(origin::host(request.head(), state)))
        }),
    }
}
