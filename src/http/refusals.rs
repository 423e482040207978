//! Refused requests in the audit log: who was not let in, or not let do what he wished.

use actix_web::HttpRequest;

use super::audit::{self, Trace};
use super::caller::brings_basic;
use super::error::Failure;
use crate::auth::Principal;

/// Records a refusal of rights; other failures are none of the audit log's business.
pub fn record(trace: &Trace, request: &HttpRequest, principal: Option<&Principal>, failure: &Failure) {
    let reason = match failure {
        Failure::BadCredentials => {
            return audit::record(trace, principal, "sign_in_failed", &[("by", "form")]);
        }
        Failure::TooManyAttempts(_) => {
            return audit::record(trace, principal, "throttled", &[("by", means(request, principal))]);
        }
        Failure::Unauthenticated | Failure::NoTokenForNobody if brings_basic(request) => {
            return audit::record(trace, principal, "sign_in_failed", &[("by", "basic")]);
        }
        Failure::Unauthenticated | Failure::NoTokenForNobody => "not signed in",
        Failure::InvalidToken => "invalid token",
        Failure::Forbidden => "no right",
        Failure::BadCsrfToken => "no csrf token",
        Failure::ForeignOrigin => "foreign origin",
        Failure::CrossSite => "cross-site",
        _ => return,
    };
    let (method, path) = (request.method().as_str(), printable(request.path()));
    audit::record(trace, principal, "denied", &[("reason", reason), ("method", method), ("path", &path)]);
}

/// How somebody wished to prove who he is when it was not even tried.
fn means(request: &HttpRequest, principal: Option<&Principal>) -> &'static str {
    if request.path().trim_end_matches('/').ends_with("/j_spring_security_check") {
        "form"
    } else if principal.is_some() {
        // Who is signed in already is only asked when he changes his password.
        "current password"
    } else {
        "basic"
    }
}

/// A path as the log takes it: nothing that could break its line, and no end of it.
pub fn printable(path: &str) -> String {
    path.chars().take(256).map(|letter| if letter.is_control() || letter == ' ' { '?' } else { letter }).collect()
}
