//! `/health`: whether the server serves, and whether it can do its work. Answered for nobody; it names no file, no version
//! and no service.

use actix_web::HttpResponse;
use serde_json::{Map, json};

use super::call::{Call, json_of};
use super::error::Failure;
use super::readiness::Readiness;

/// That it serves: who reads this knows.
pub async fn live(_: Call) -> Result<HttpResponse, Failure> {
    Ok(alive())
}

/// Whether it can do its work.
pub async fn ready(call: Call) -> Result<HttpResponse, Failure> {
    readiness(&call.state.readiness)
}

/// The answer of `/health/live`.
pub fn alive() -> HttpResponse {
    json_of(&json!({ "live": true }))
}

/// The answer of `/health/ready`.
///
/// # Errors
/// [`Failure::NotReady`], which names the checks that are not good.
pub fn readiness(readiness: &Readiness) -> Result<HttpResponse, Failure> {
    let checks = readiness.checks();
    let bad: Vec<&str> = checks.iter().filter(|(_, good)| !good).map(|(name, _)| *name).collect();
    if !bad.is_empty() {
        return Err(Failure::NotReady(bad.join(", ")));
    }
    let checks: Map<_, _> = checks.into_iter().map(|(name, good)| (name.to_owned(), good.into())).collect();
    Ok(json_of(&json!({ "ready": true, "checks": checks })))
}
