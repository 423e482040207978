//! Sign-in and sign-out of browsers, at the paths where WaveMaker has them.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::audit;
use super::call::{CREDENTIALS_LIMIT, Call};
use super::caller::is_navigation;
use super::error::Failure;
use super::session_cookies::{Begun, CSRF_COOKIE, REMEMBER_ME_COOKIE, SESSION_COOKIE, add, begin, taken_back};
use crate::auth::Means;
use crate::config::Secret;
use crate::records::RecordError;

/// What a ticked box sends.
const TICKED: [&str; 4] = ["true", "on", "yes", "1"];

/// Takes `j_username` and `j_password` of a form and begins a session under a new id.
pub async fn check(mut call: Call) -> Result<HttpResponse, Failure> {
    let form = call.form(CREDENTIALS_LIMIT).await?;
    if matches!(call.caller, super::caller::Caller::Stateless(..)) {
        let text = "a request with a token or Basic credentials begins no session";
        return Err(Failure::InvalidInput(text.to_owned()));
    }
    let name = form.first("j_username").unwrap_or_default().trim();
    let password = Secret::new(form.first("j_password").unwrap_or_default().to_owned());
    let from = call.trace.address;
    let principal = Arc::new(call.state.accounts.sign_in(name, password, from, Means::Form).await?);
    end_session(&call).await?;
    audit::record(&call.trace, Some(&principal), "signed_in", &[("by", "form")]);
    let ticked = form.first("j_rememberme").is_some_and(|value| TICKED.contains(&value.to_ascii_lowercase().as_str()));
    let remembered = if ticked && call.state.remember_me.is_on() {
        Some(call.state.remember_me.begin(&principal).await.map_err(RecordError::from)?)
    } else {
        None
    };
    let begun = begin(&call.state, &call.request, &call.context, &principal, remembered.as_ref())?;
    let Begun { session, mut cookies } = begun.ok_or(Failure::BadCredentials)?;
    if remembered.is_none() && call.request.cookie(REMEMBER_ME_COOKIE).is_some() {
        cookies.push(taken_back(&call.request, &call.state, &call.context, REMEMBER_ME_COOKIE));
    }
    let mut response = if is_navigation(&call.request) {
        let page = form.first("redirectPage").filter(|page| !page.is_empty());
        let fragment = page.map(|page| format!("#{}", utf8_percent_encode(page, NON_ALPHANUMERIC))).unwrap_or_default();
        HttpResponse::Found().insert_header((LOCATION, format!("{}/{fragment}", call.context))).finish()
    } else {
        HttpResponse::Ok()
            .content_type("text/plain;charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(json!({ CSRF_COOKIE: session.csrf() }).to_string())
    };
    add(&mut response, &cookies)?;
    Ok(response)
}

/// Ends the session, if there is one, and takes the cookies back.
pub async fn logout(call: Call) -> Result<HttpResponse, Failure> {
    if matches!(call.caller, super::caller::Caller::Session(_)) {
        call.audit("signed_out", &[]);
    }
    if !matches!(call.caller, super::caller::Caller::Stateless(..)) {
        end_session(&call).await?;
    }
    let scripted = call.request.headers().get("X-Requested-With").is_some_and(|value| value == "XMLHttpRequest");
    let mut response = if scripted {
        HttpResponse::Ok().finish()
    } else {
        HttpResponse::Found().insert_header((LOCATION, format!("{}/", call.context))).finish()
    };
    if !matches!(call.caller, super::caller::Caller::Stateless(..)) {
        let names = [SESSION_COOKIE, CSRF_COOKIE, REMEMBER_ME_COOKIE];
        add(&mut response, &names.map(|name| taken_back(&call.request, &call.state, &call.context, name)))?;
    }
    Ok(response)
}

/// Ends the session of the cookie, and the series of the other one.
async fn end_session(call: &Call) -> Result<(), Failure> {
    let mut series = None;
    if let (super::caller::Caller::Session(session), Some(cookie)) = (&call.caller, call.request.cookie(SESSION_COOKIE))
    {
        call.state.sessions.end(cookie.value());
        series = session.origin.series;
    }
    if let Some(series) = series {
        call.state.remember_me.forget_series(series).await.map_err(RecordError::from)?;
    }
    if let Some(cookie) = call.request.cookie(REMEMBER_ME_COOKIE) {
        call.state.remember_me.forget(cookie.value()).await.map_err(RecordError::from)?;
    }
    Ok(())
}
