//! `/services/security`: tokens, and who am I.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use serde_json::{Value as Json, json};

use super::call::{Call, json_of};
use super::caller::Caller;
use super::error::Failure;
use super::session_cookies::CSRF_COOKIE;
use crate::auth::Issued;
use crate::records::RecordError;

/// Header that carries the CSRF token.
pub const CSRF_HEADER: &str = "X-WM-XSRF-TOKEN";

/// A new access token for the caller, whatever he has signed in with: also with a token, whose time it does not begin anew.
pub async fn token(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::NoTokenForNobody)?;
    let issued = call.state.guard.issue(principal, call.caller.proved()).map_err(RecordError::from)?;
    let Issued { token, seconds } = issued.ok_or(Failure::NoTokenForNobody)?;
    call.audit("token_issued", &[]);
    let mut response = json_of(&json!({
        "wm_auth_token": token.expose(),
        "WM_AUTH_TOKEN": token.expose(),
        "expires_in": seconds,
    }));
    response.headers_mut().insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What a client needs to know before and after sign-in.
pub async fn info(call: Call) -> Result<HttpResponse, Failure> {
    let user = call.caller.principal().map(|principal| {
        json!({
            "userId": principal.key,
            "userName": principal.name,
            "userRoles": principal.roles,
            "landingPage": null,
            "userAttributes": {},
        })
    });
    let most = i64::from(call.state.max_sessions_per_user);
    Ok(json_of(&json!({
        "securityEnabled": true,
        "authenticated": user.is_some(),
        "rememberMeEnabled": call.state.remember_me.is_on(),
        "loginConfig": {
            "type": "PAGE",
            "pageName": "Login",
            "cookieMaxAge": -1,
            "cookiePath": "",
            "cookieBase64Encode": true,
            "jvmRoute": "",
            "sameSite": "Lax",
            "sessionTimeout": {
                "type": "DIALOG",
                "pageName": "",
                "timeoutValue": call.state.session_timeout_seconds.div_ceil(60),
            },
            "sessionConcurrencyConfig": { "maxSessionsAllowed": if most == 0 { -1 } else { most } },
        },
        "userInfo": user,
        "csrfHeaderName": CSRF_HEADER,
        "csrfCookieName": CSRF_COOKIE,
    })))
}

/// Whether security is on: it always is.
pub async fn enabled(_: Call) -> Result<HttpResponse, Failure> {
    Ok(json_of(&json!({ "result": "true" })))
}

/// The caller in full.
pub async fn user(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal();
    Ok(json_of(&json!({
        "tenantId": 0,
        "userId": principal.map(|principal| &principal.key),
        "userName": principal.map(|principal| &principal.name),
        "userRoles": principal.map(|principal| &principal.roles),
        "authenticated": principal.is_some(),
        "securityEnabled": true,
        "loginTime": signed_in_at(&call.caller),
    })))
}

/// Whether somebody is signed in.
pub async fn authenticated(call: Call) -> Result<HttpResponse, Failure> {
    Ok(result(&json!(call.caller.principal().is_some())))
}

/// The caller's user name.
pub async fn username(call: Call) -> Result<HttpResponse, Failure> {
    Ok(result(&json!(call.caller.principal().map(|principal| &principal.name))))
}

/// The caller's key.
pub async fn userid(call: Call) -> Result<HttpResponse, Failure> {
    Ok(result(&json!(call.caller.principal().map(|principal| &principal.key))))
}

/// The caller's roles: a bare array.
pub async fn roles(call: Call) -> Result<HttpResponse, Failure> {
    Ok(json_of(&json!(call.caller.principal().map_or(&[][..], |principal| &principal.roles))))
}

/// When the caller signed in, as text.
pub async fn login_time(call: Call) -> Result<HttpResponse, Failure> {
    Ok(result(&json!(signed_in_at(&call.caller).to_string())))
}

/// The accounts that a sign-in page may offer to whoever tries the sample out: their passwords are no secret.
pub async fn demo_accounts(call: Call) -> Result<HttpResponse, Failure> {
    let accounts = call.state.accounts.demo_accounts()?;
    let shown =
        accounts.iter().map(|account| json!({ "source": account.source, "name": account.name, "role": account.role }));
    Ok(json_of(&Json::Array(shown.collect())))
}

/// There is no single sign-on: nothing to do, as in an app with forms only.
pub async fn sso_login(_: Call) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().finish())
}

fn result(value: &Json) -> HttpResponse {
    json_of(&json!({ "result": value }))
}

/// Milliseconds since 1970. Who comes with a token or Basic credentials signs in with each request.
fn signed_in_at(caller: &Caller) -> u64 {
    match caller {
        Caller::Anonymous => 0,
        Caller::Stateless(..) => crate::auth::epoch_milliseconds(),
        Caller::Session(session) => session.signed_in_at,
    }
}
