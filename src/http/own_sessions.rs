//! What the caller holds here, and how he lets go of it: his tokens and his sessions.
//!
//! Whoever acts for an account may see and end all of its sessions and tokens, also by a token or by Basic credentials:
//! these can do nothing less by changing the password. No answer has anything by which a session could be used.

use actix_web::HttpResponse;
use serde_json::{Value as Json, json};

use super::call::{Call, json_of};
use super::caller::{Caller, token};
use super::error::Failure;
use crate::records::RecordError;

/// Ends the token that this request comes with.
pub async fn revoke_token(call: Call) -> Result<HttpResponse, Failure> {
    let presented = token(call.request.head(), &call.query);
    let presented =
        presented.ok_or_else(|| Failure::InvalidInput("the request does not come with a token".to_owned()))?;
    // Somebody else may have been quicker: it is gone either way.
    if call.state.tokens.revoke(&presented) {
        call.audit("token_revoked", &[("count", "1")]);
    }
    Ok(done())
}

/// Ends all tokens of the caller.
pub async fn revoke_tokens(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let count = call.state.tokens.keep(principal.account(), |_| false);
    call.audit("token_revoked", &[("count", &count.to_string())]);
    Ok(done())
}

/// The caller's sessions, oldest first.
pub async fn list(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let current = match &call.caller {
        Caller::Session(session) => Some(session.id.as_str()),
        _ => None,
    };
    let sessions = call.state.sessions.of(principal.account());
    let shown = sessions.iter().map(|session| {
        json!({
            "id": session.id,
            "createdAt": session.signed_in_at,
            "lastSeenAt": session.last_seen_at(),
            "rememberMe": session.origin.series.is_some(),
            "userAgent": session.origin.user_agent,
            "address": session.origin.address,
            "current": current == Some(session.id.as_str()),
        })
    });
    Ok(json_of(&Json::Array(shown.collect())))
}

/// Ends one of the caller's sessions. A remembered browser is forgotten as well, or it would be back at once.
pub async fn end(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let ended = call.state.sessions.end_named(principal.account(), call.parameter("id"));
    let ended = ended.ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    call.audit("session_ended", &[]);
    if let Some(series) = ended.origin.series {
        call.state.remember_me.forget_series(series).await.map_err(RecordError::from)?;
    }
    Ok(done())
}

fn done() -> HttpResponse {
    json_of(&json!({ "result": true }))
}
