//! The headers that every page or every answer has: they tell a browser what it must not do with it.

use actix_web::dev::RequestHead;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

use super::origin::is_https;
use super::state::State;

/// Request id, in and out.
pub const TRACK_ID: HeaderName = HeaderName::from_static("x-wm-request-track-id");

/// A page takes its parts from here only, nothing of them stands in the page itself, and nobody frames it.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                           form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// What is no page must not act as one.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// What no page of ours needs.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
                           fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
                           payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), \
                           usb=(), xr-spatial-tracking=()";

/// Of every answer.
static ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // An address may hold a token, and a file that is shown in a browser links elsewhere.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];
/// Of pages and their parts. The first two mean nothing for what no browser runs as a page of ours.
static OF_PAGES: [(HeaderName, HeaderValue); 3] = [
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
];
/// Of data.
static OF_DATA: [(HeaderName, HeaderValue); 1] = [(CONTENT_SECURITY_POLICY, HeaderValue::from_static(DATA_POLICY))];
static NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Adds them. An answer that does not say how long it keeps is not kept.
pub fn finish(headers: &mut HeaderMap, request: &RequestHead, state: &State, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(TRACK_ID, value);
    }
    let path = request.uri.path();
    let is_data = path.contains("/services/") || path.contains("/health/") || path.ends_with("/metrics");
    for (name, value) in ALWAYS.iter().chain(if is_data { &OF_DATA[..] } else { &OF_PAGES }) {
        headers.insert(name.clone(), value.clone());
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, NO_STORE.clone());
    }
    let seconds = state.hsts_max_age_seconds;
    if seconds > 0
        && is_https(request, state)
        && let Ok(value) = HeaderValue::from_str(&format!("max-age={seconds}"))
    {
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
}

/// The caller's id if it is a decent one, else our own. One without a dot gets the prefix that WaveMaker gives it.
pub fn request_id(headers: &HeaderMap) -> String {
    let decent = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match headers.get(TRACK_ID).and_then(|value| value.to_str().ok()).filter(decent) {
        Some(given) if given.contains('.') => given.to_owned(),
        Some(given) => format!("app.{given}"),
        None => {
            let mut id = String::with_capacity(12);
            id.push_str("app.");
            id.push_str(&crate::auth::request_id());
            id
        }
    }
}
