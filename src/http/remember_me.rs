//! The cookie of browsers that stay signed in: when it comes without a session, it begins one.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;

use super::audit::{self, Trace};
use super::error::Failure;
use super::session_cookies::{REMEMBER_ME_COOKIE, begin, remember, taken_back};
use super::state::State;
use crate::auth::{Recalled, Session};
use crate::records::RecordError;

/// The session of a remembered browser, and the cookies that its answer is to set.
///
/// # Errors
/// [`Failure`] when the database cannot be asked.
pub async fn recall(
    request: &HttpRequest,
    context: &str,
    state: &State,
    trace: &Trace,
) -> Result<(Option<Arc<Session>>, Vec<Cookie<'static>>), Failure> {
    let Some(presented) = request.cookie(REMEMBER_ME_COOKIE) else { return Ok((None, Vec::new())) };
    let forgotten = || (None, vec![taken_back(request, state, context, REMEMBER_ME_COOKIE)]);
    Ok(match state.remember_me.recall(presented.value()).await.map_err(RecordError::from)? {
        Recalled::Nobody => forgotten(),
        Recalled::Stolen(principal) => {
            audit::record(trace, Some(&principal), "cookie_stolen", &[]);
            state.guard.end_all(&principal);
            forgotten()
        }
        Recalled::Somebody { principal, cookie, again } => {
            let sessions = if again { state.sessions.of(principal.account()) } else { Vec::new() };
            // Another request of the same page has begun the session; its answer has the cookies, or never arrives.
            if let Some(session) = sessions.into_iter().rev().find(|other| other.origin.series == Some(cookie.series)) {
                return Ok((Some(session), vec![remember(request, state, context, &cookie)]));
            }
            match begin(state, request, context, &principal, Some(&cookie))? {
                Some(begun) => {
                    audit::record(trace, Some(&principal), "signed_in", &[("by", "remember-me")]);
                    (Some(begun.session), begun.cookies)
                }
                None => forgotten(),
            }
        }
    })
}
