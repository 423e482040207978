//! Who is calling: token, Basic credentials or session cookie, in this order.
//!
//! A request with a token or Basic credentials is stateless: cookies are neither read nor set, and there is no CSRF to
//! fear. Wrong Basic credentials make the caller nobody; a wrong token ends the request. Where no session is alive, a
//! remember-me cookie begins one, except to sign in or out.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::dev::RequestHead;
use actix_web::http::header::{ACCEPT, AUTHORIZATION, HeaderName};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::audit::Trace;
use super::error::Failure;
use super::parameters::Query;
use super::remember_me;
use super::session_cookies::SESSION_COOKIE;
use super::state::State;
use crate::auth::{Bearer, Means, Principal, Proved, Session, SignInError};
use crate::config::Secret;

/// Names under which a token comes in the query; the first found counts. The header's name is the same in any case.
const TOKEN_PARAMETERS: [&str; 2] = ["wm_auth_token", "WM_AUTH_TOKEN"];
static TOKEN_HEADER: HeaderName = HeaderName::from_static("wm_auth_token");

/// Padding is optional, as many clients leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The caller of a request.
#[derive(Clone)]
pub enum Caller {
    /// Nobody.
    Anonymous,
    /// Somebody, for this request only: by token or Basic credentials. A token says when he proved who he is.
    Stateless(Arc<Principal>, Option<Proved>),
    /// Somebody who signed in with a browser.
    Session(Arc<Session>),
}

impl Caller {
    /// Who it is.
    pub fn principal(&self) -> Option<&Arc<Principal>> {
        match self {
            Self::Anonymous => None,
            Self::Stateless(principal, _) => Some(principal),
            Self::Session(session) => Some(&session.principal),
        }
    }

    /// When he proved who he is, unless it was with this request.
    pub fn proved(&self) -> Option<Proved> {
        match self {
            Self::Anonymous => None,
            Self::Stateless(_, proved) => *proved,
            Self::Session(session) => Some(session.proved()),
        }
    }
}

/// Finds out who is calling, and which cookies the answer is to set because of it.
///
/// # Errors
/// [`Failure::InvalidToken`], [`Failure::TooManyAttempts`], and [`Failure::Overloaded`] when too many sign in at once.
pub async fn identify(
    request: &HttpRequest,
    query: &Query,
    (context, path): (&str, &str),
    state: &State,
    trace: &Trace,
) -> Result<(Caller, Vec<Cookie<'static>>), Failure> {
    if let Some(caller) = stateless(request, query, state, trace).await? {
        return Ok((caller, Vec::new()));
    }
    let session = request.cookie(SESSION_COOKIE).and_then(|cookie| state.sessions.find(cookie.value()));
    if session.is_some() || path.starts_with("/j_spring_security_") {
        return Ok((session.map_or(Caller::Anonymous, Caller::Session), Vec::new()));
    }
    let (session, cookies) = remember_me::recall(request, context, state, trace).await?;
    Ok((session.map_or(Caller::Anonymous, Caller::Session), cookies))
}

/// Who comes with a token or Basic credentials; `None` without either.
async fn stateless(
    request: &HttpRequest,
    query: &Query,
    state: &State,
    trace: &Trace,
) -> Result<Option<Caller>, Failure> {
    if let Some(token) = token(request.head(), query) {
        let Bearer { principal, proved } = state.tokens.find(&token).ok_or(Failure::InvalidToken)?;
        return Ok(Some(Caller::Stateless(principal, Some(proved))));
    }
    let Some(given) = basic(request) else { return Ok(None) };
    let Ok((name, password)) = given else { return Ok(Some(Caller::Anonymous)) };
    match state.accounts.sign_in(&name, password, trace.address, Means::Basic).await {
        Ok(principal) => Ok(Some(Caller::Stateless(Arc::new(principal), None))),
        Err(SignInError::BadCredentials) => Ok(Some(Caller::Anonymous)),
        Err(other) => Err(other.into()),
    }
}

/// Whether a request brings Basic credentials, good or bad, that count.
pub fn brings_basic(request: &HttpRequest) -> bool {
    let header = request.headers().get(AUTHORIZATION);
    header.is_some_and(|value| value.as_bytes().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Basic")))
}

/// The token that a request comes with. The query beats the header; what is blank is not there.
pub fn token<'a>(request: &'a RequestHead, query: &'a Query) -> Option<Cow<'a, str>> {
    token_in(query).map(Cow::Borrowed).or_else(|| token_of_header(request))
}

/// The token of the header.
pub fn token_of_header(request: &RequestHead) -> Option<Cow<'_, str>> {
    let header = String::from_utf8_lossy(request.headers().get(&TOKEN_HEADER)?.as_bytes());
    let trimmed = match header {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    Some(trimmed).filter(|text| !text.is_empty())
}

/// The token that a query string holds.
pub fn token_in(query: &Query) -> Option<&str> {
    let given = |name: &&str| query.first(name).map(str::trim).filter(|text| !text.is_empty());
    TOKEN_PARAMETERS.iter().find_map(given)
}

/// Basic credentials that are none.
struct Malformed;

/// Name and password of an `Authorization: Basic`, if there is one.
fn basic(request: &HttpRequest) -> Option<Result<(String, Secret), Malformed>> {
    // A header that is no text is malformed, not absent.
    let header = String::from_utf8_lossy(request.headers().get(AUTHORIZATION)?.as_bytes());
    let (scheme, encoded) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    scheme.eq_ignore_ascii_case("Basic").then(|| {
        let decoded = BASE64.decode(encoded.trim()).map_err(|_| Malformed)?;
        let decoded = String::from_utf8(decoded).map_err(|_| Malformed)?;
        let (name, password) = decoded.split_once(':').ok_or(Malformed)?;
        Ok((name.to_owned(), Secret::new(password.to_owned())))
    })
}

/// Whether a browser is going to a page, as opposed to a script that calls an API.
pub fn is_navigation(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("X-Requested-With") == Some("XMLHttpRequest") {
        return false;
    }
    if let Some(mode) = header("Sec-Fetch-Mode") {
        return mode == "navigate";
    }
    let fetched = request.headers().keys().any(|name| name.as_str().starts_with("sec-fetch-"));
    !fetched && header(ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"))
}
