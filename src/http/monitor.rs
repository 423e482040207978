//! What is answered at the address that is for watching only: health and figures, to everybody who can reach it, and nothing
//! else. A thread of its own answers, so that it does while all others are busy.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::error::Failure;
use super::state::State;
use super::{headers, health, metrics, origin};
use crate::config::Hosts;

/// What that thread works with.
pub struct Monitor {
    /// What all share.
    pub state: Arc<State>,
    /// Hosts under which this address may be called.
    pub hosts: Hosts,
}

/// Answers a request.
pub async fn watch(request: HttpRequest, monitor: Data<Monitor>) -> HttpResponse {
    let id = headers::request_id(request.headers());
    let outcome = route(&request, &monitor);
    let mut response = outcome.unwrap_or_else(|failure| failure.response(&id));
    headers::finish(response.headers_mut(), request.head(), &monitor.state, &id);
    response
}

fn route(request: &HttpRequest, monitor: &Monitor) -> Result<HttpResponse, Failure> {
    let Monitor { state, hosts } = monitor;
    // A page whose owner has led its name to this machine could read along otherwise.
    if !hosts.contain(origin::host(request.head(), state)) {
        return Err(Failure::InvalidInput("the request is for another host".to_owned()));
    }
    let path = request.path();
    if !["/health/live", "/health/ready", "/metrics"].contains(&path) {
        return Err(Failure::NoResource(path.to_owned()));
    }
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(HttpResponse::Ok().insert_header((ALLOW, METHODS)).finish()),
        _ => return Err(Failure::WrongMethod(request.method().to_string(), METHODS.to_owned())),
    }
    match path {
        "/health/live" => Ok(health::alive()),
        "/health/ready" => health::readiness(&state.readiness),
        _ => Ok(metrics::page(state)),
    }
}

const METHODS: &str = "GET, HEAD, OPTIONS";
