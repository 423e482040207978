//! Changing one's own password, whatever one has signed in with.

use std::sync::Arc;

use actix_web::HttpResponse;
use serde_json::{Value as Json, json};

use super::call::{CREDENTIALS_LIMIT, Call, json_of};
use super::caller::Caller;
use super::entities::PASSWORD_LENGTHS;
use super::error::Failure;
use super::session_cookies::{REMEMBER_ME_COOKIE, add, begin, taken_back};
use crate::auth::SignInError;
use crate::config::Secret;
use crate::query::QueryError;
use crate::records::RecordError;

/// Takes `currentPassword` and `newPassword`. All sessions, tokens and remembered browsers of the account end; a caller who
/// has a session gets a new one in its place.
pub async fn change(mut call: Call) -> Result<HttpResponse, Failure> {
    let principal = Arc::clone(call.caller.principal().ok_or(Failure::Unauthenticated)?);
    let mut body = call.json_object(CREDENTIALS_LIMIT).await?;
    let (current, new) = (take(&mut body, "currentPassword")?, take(&mut body, "newPassword")?);
    let (least, most) = (call.state.min_password_length, *PASSWORD_LENGTHS.end());
    if !(least..=most).contains(&new.expose().chars().count()) {
        let text = format!("newPassword takes {least} to {most} characters");
        return Err(QueryError::Constraint(text).into());
    }
    let wrong = || {
        call.audit("password_refused", &[]);
        Failure::InvalidInput("the current password is wrong".to_owned())
    };
    call.state.accounts.confirm(&principal, current, call.trace.address).await.map_err(|error| match error {
        SignInError::BadCredentials => wrong(),
        other => other.into(),
    })?;
    let replacement = call.state.accounts.password_change(&principal, new).await?;
    // The account may have changed while all this was hashed: then nothing that was proved counts any more.
    let changed = call.state.accounts.replace_password(&principal, replacement).await.map_err(RecordError::from)?;
    let changed = Arc::new(changed.ok_or_else(wrong)?);
    call.audit("password_changed", &[]);
    let begun = match &call.caller {
        Caller::Session(_) => begin(&call.state, &call.request, &call.context, &changed, None)?,
        _ => None,
    };
    let mut response = json_of(&json!({ "result": true, "sessionKept": begun.is_some() }));
    if let Some(begun) = begun {
        let mut cookies = begun.cookies;
        if call.request.cookie(REMEMBER_ME_COOKIE).is_some() {
            cookies.push(taken_back(&call.request, &call.state, &call.context, REMEMBER_ME_COOKIE));
        }
        add(&mut response, &cookies)?;
    }
    Ok(response)
}

fn take(body: &mut Json, name: &str) -> Result<Secret, Failure> {
    match body.get_mut(name).map(Json::take) {
        Some(Json::String(text)) => Ok(Secret::new(text)),
        _ => Err(QueryError::InvalidBody(format!("{name} must be a text")).into()),
    }
}
