//! `/openapi.json`: what is served, for programs.

use std::sync::Arc;

use actix_web::HttpResponse;

use super::call::{Call, json};
use super::error::Failure;
use super::state::View;

/// The whole server.
pub async fn server(call: Call) -> Result<HttpResponse, Failure> {
    describe(call, None).await
}

/// One service.
pub async fn service(call: Call) -> Result<HttpResponse, Failure> {
    let name = call.parameter("service").to_owned();
    if !call.state.services.contains_key(&name) {
        return Err(Failure::NoResource(call.request.path().to_owned()));
    }
    describe(call, Some(name)).await
}

/// Elsewhere than where requests are served: a hundred tables are some megabytes of text.
async fn describe(call: Call, service: Option<String>) -> Result<HttpResponse, Failure> {
    let principal = Arc::clone(call.caller.principal().ok_or(Failure::Unauthenticated)?);
    let (state, context) = (call.state, call.context);
    let text = actix_web::web::block(move || {
        let view = View { principal: &principal, context: &context, service: service.as_deref() };
        (state.describe)(&state, &view).to_string()
    });
    Ok(json(text.await.map_err(|_| Failure::Internal("the description panicked".to_owned()))?))
}
