//! Pages of other origins: what their scripts may read, which is nothing unless the operator names them.
//!
//! A browser asks beforehand (the preflight) for every request that a plain form could not send, and keeps every answer
//! back from a script that is not named in it. An allowed origin gains no other right: its requests need credentials like
//! anybody's, and with a session cookie the CSRF token as well.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::{HttpRequest, HttpResponse};

use super::error::Failure;
use super::origin;
use super::state::{CorsRules, State};
use crate::config::Origins;

/// Headers of an answer that a foreign script may read besides those that every script may.
const EXPOSED: &str = "Content-Disposition, ETag, Retry-After, X-WM-Login-ErrorMessage, X-WM-Request-Track-Id";
/// Methods that a preflight may ask for.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What a request's origin may.
pub enum Grant {
    /// It is our own, or there is none.
    Unasked,
    /// Nothing, as nobody does: what it does not ask for beforehand is answered, and its browser keeps the answer back.
    Off,
    /// Nothing, as others do: it is not answered.
    Refused,
    /// Read the answer: the value of `Access-Control-Allow-Origin`.
    Allowed(HeaderValue),
}

/// Adds what a browser wants to know to any answer.
pub fn mark(headers: &mut HeaderMap, rules: &CorsRules, grant: &Grant) {
    if rules.origins == Origins::Own {
        return;
    }
    // The answer to one origin must not be kept for another.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Grant::Allowed(origin) = grant {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        if rules.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }
}

/// What the origin of a request may.
pub fn grant(request: &HttpRequest, state: &State) -> Grant {
    let Some(given) = request.headers().get(ORIGIN) else { return Grant::Unasked };
    let text = given.to_str().unwrap_or_default();
    let own = text.split_once("://").is_some_and(|(scheme, host)| {
        scheme == origin::scheme(request.head(), state)
            && host.eq_ignore_ascii_case(origin::host(request.head(), state))
    });
    match &state.cors.origins {
        _ if own => Grant::Unasked,
        Origins::Own => Grant::Off,
        Origins::Any => Grant::Allowed(HeaderValue::from_static("*")),
        Origins::These(known) if known.iter().any(|known| known.eq_ignore_ascii_case(text)) => {
            Grant::Allowed(given.clone())
        }
        Origins::These(_) => Grant::Refused,
    }
}

/// The answer to a preflight; `None` when the request is none.
///
/// # Errors
/// [`Failure::ForeignOrigin`] when the origin of the request may not send it.
pub fn check(request: &HttpRequest, state: &State, grant: &Grant) -> Result<Option<HttpResponse>, Failure> {
    let headers = request.headers();
    let asked = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
    let asked = asked.filter(|_| request.method() == Method::OPTIONS && headers.contains_key(ORIGIN));
    let Some(method) = asked else {
        return if matches!(grant, Grant::Refused) { Err(Failure::ForeignOrigin) } else { Ok(None) };
    };
    let known = method.to_str().is_ok_and(|method| METHODS.contains(&method));
    if !known || !matches!(grant, Grant::Allowed(_)) {
        return Err(Failure::ForeignOrigin);
    }
    let mut answer = HttpResponse::Ok();
    answer.insert_header((ACCESS_CONTROL_ALLOW_METHODS, method.clone()));
    answer.insert_header((ACCESS_CONTROL_MAX_AGE, state.cors.max_age_seconds));
    if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).filter(|wanted| are_names(wanted)) {
        answer.insert_header((ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone()));
    }
    for name in [ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_REQUEST_HEADERS] {
        answer.append_header((VARY, name.as_str()));
    }
    Ok(Some(answer.finish()))
}

/// Whether a value is a short list of header names.
fn are_names(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    bytes.len() <= 1024 && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_, ".contains(byte))
}
