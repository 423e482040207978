//! Sign-in and sign-out of browsers, at the paths where WaveMaker has them.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::audit;
use super::call::Call;
use super::caller::{SESSION_COOKIE, is_navigation};
use super::error::Failure;
use super::origin::is_https;
use super::security::CSRF_COOKIE;
use crate::config::Secret;

/// Takes `j_username` and `j_password` of a form and begins a session under a new id.
pub async fn check(mut call: Call) -> Result<HttpResponse, Failure> {
    let form = call.form().await?;
    if matches!(call.caller, super::caller::Caller::Stateless(_)) {
        let text = "a request with a token or Basic credentials begins no session";
        return Err(Failure::InvalidInput(text.to_owned()));
    }
    let name = form.first("j_username").unwrap_or_default().trim();
    let password = Secret::new(form.first("j_password").unwrap_or_default().to_owned());
    let principal = call.state.accounts.sign_in(name, password).await?;
    end_session(&call);
    audit::record(&call.trace, Some(&principal), "signed_in", &[("by", "form")]);
    let (id, session) = call.state.sessions.begin(Arc::new(principal));
    let cookies = [
        cookie(&call, SESSION_COOKIE, id.expose().to_owned(), true),
        cookie(&call, CSRF_COOKIE, session.csrf().to_owned(), false),
    ];
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
    end_session(&call);
    let scripted = call.request.headers().get("X-Requested-With").is_some_and(|value| value == "XMLHttpRequest");
    let mut response = if scripted {
        HttpResponse::Ok().finish()
    } else {
        HttpResponse::Found().insert_header((LOCATION, format!("{}/", call.context))).finish()
    };
    if !matches!(call.caller, super::caller::Caller::Stateless(_)) {
        let cookies = [SESSION_COOKIE, CSRF_COOKIE].map(|name| {
            let mut cookie = cookie(&call, name, String::new(), name == SESSION_COOKIE);
            cookie.set_max_age(Duration::ZERO);
            cookie
        });
        add(&mut response, &cookies)?;
    }
    Ok(response)
}

fn end_session(call: &Call) {
    if matches!(call.caller, super::caller::Caller::Session(_))
        && let Some(cookie) = call.request.cookie(SESSION_COOKIE)
    {
        call.state.sessions.end(cookie.value());
    }
}

fn cookie(call: &Call, name: &'static str, value: String, http_only: bool) -> Cookie<'static> {
    Cookie::build(name, value)
        .path(format!("{}/", call.context))
        .same_site(SameSite::Lax)
        .secure(is_https(&call.request, &call.state))
        .http_only(http_only)
        .finish()
}

fn add(response: &mut HttpResponse, cookies: &[Cookie<'static>]) -> Result<(), Failure> {
    cookies
        .iter()
        .try_for_each(|cookie| response.add_cookie(cookie))
        .map_err(|error| Failure::Internal(error.to_string()))
}
