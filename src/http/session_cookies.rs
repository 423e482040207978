//! The cookies of a signed-in browser, and the session that they stand for.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse};

use super::error::Failure;
use super::origin::{client_address, is_https};
use super::state::State;
use crate::auth::{Origin, Principal, RememberMeCookie, Session};
use crate::records::RecordError;

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "SESSION";
/// Name of the cookie from which scripts read the CSRF token.
pub const CSRF_COOKIE: &str = "wm_xsrf_token";
/// Name of the cookie that outlives sessions.
pub const REMEMBER_ME_COOKIE: &str = "remember-me";

/// Characters of a browser's description that are kept.
const LONGEST_USER_AGENT: usize = 160;

/// A session that has just begun.
pub struct Begun {
    /// The session.
    pub session: Arc<Session>,
    /// What its browser is to keep.
    pub cookies: Vec<Cookie<'static>>,
}

/// Begins a session and makes its cookies; `None` when the account has changed since the principal proved who he is.
///
/// # Errors
/// When the account cannot be read.
pub fn begin(
    state: &State,
    request: &HttpRequest,
    context: &str,
    principal: &Arc<Principal>,
    remembered: Option<&RememberMeCookie>,
) -> Result<Option<Begun>, Failure> {
    let begun = state.guard.begin(principal, origin(request, state, remembered)).map_err(RecordError::from)?;
    Ok(begun.map(|(id, session)| {
        let mut cookies = vec![
            cookie(request, state, context, SESSION_COOKIE, id.expose().to_owned()),
            cookie(request, state, context, CSRF_COOKIE, session.csrf().to_owned()),
        ];
        cookies.extend(remembered.map(|remembered| remember(request, state, context, remembered)));
        Begun { session, cookies }
    }))
}

/// The cookie that a browser is to keep.
pub fn remember(request: &HttpRequest, state: &State, context: &str, remembered: &RememberMeCookie) -> Cookie<'static> {
    let mut cookie = cookie(request, state, context, REMEMBER_ME_COOKIE, remembered.value.clone());
    cookie.set_max_age(Duration::seconds(i64::try_from(remembered.seconds).unwrap_or(i64::MAX)));
    cookie
}

/// A cookie that is taken back: a browser lets go of it only under the path under which it was set.
pub fn taken_back(request: &HttpRequest, state: &State, context: &str, name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(request, state, context, name, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// Adds cookies to an answer, but none that the handler has set itself.
///
/// # Errors
/// [`Failure::Internal`] when a cookie is none.
pub fn add(response: &mut HttpResponse, cookies: &[Cookie<'static>]) -> Result<(), Failure> {
    for cookie in cookies {
        if !response.cookies().any(|other| other.name() == cookie.name()) {
            response.add_cookie(cookie).map_err(|error| Failure::Internal(error.to_string()))?;
        }
    }
    Ok(())
}

/// Scripts may read the CSRF token, and nothing else.
fn cookie(request: &HttpRequest, state: &State, context: &str, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path(format!("{context}/"))
        .same_site(SameSite::Lax)
        .secure(is_https(request.head(), state))
        .http_only(name != CSRF_COOKIE)
        .finish()
}

/// Where a session comes from, as far as it can be shown: the browser's own words, cut short.
fn origin(request: &HttpRequest, state: &State, remembered: Option<&RememberMeCookie>) -> Origin {
    let agent = request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let user_agent =
        agent.unwrap_or_default().chars().filter(|letter| !letter.is_control()).take(LONGEST_USER_AGENT).collect();
    let address = client_address(request.head(), state).to_string();
    Origin { user_agent, address, series: remembered.map(|remembered| remembered.series) }
}
