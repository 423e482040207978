//! The short way of a request whose answer is kept and whose caller comes with a token in its header: it is answered before
//! actix-web makes anything of it.
//!
//! It takes the steps of [`answer`](super::answer) that such a request could fail at, in their order, with the same
//! functions. What could come out differently because of something else goes the long way, and so does whatever is refused:
//! that way says why.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::dev::RequestHead;
use actix_web::http::header::ORIGIN;

use super::answers::address_of;
use super::audit::Trace;
use super::call::json;
use super::caller::{Caller, token_of_header};
use super::conditional::with_tag;
use super::connection::Turn;
use super::origin::client_address;
use super::seen::Seen;
use super::worker::Worker;
use super::{firewall, headers, pressure};
use crate::auth::Bearer;
use crate::config::{Origins, XssEncode};

/// The answer to a request that can go the short way; `None` for any other, and also when something goes wrong. `turn` is that
/// of its connection.
pub fn short_answer(head: &RequestHead, turn: Option<&Turn>, worker: &Worker) -> Option<HttpResponse> {
    catch_unwind(AssertUnwindSafe(|| answer(head, turn, worker))).ok().flatten()
}

fn answer(head: &RequestHead, turn: Option<&Turn>, worker: &Worker) -> Option<HttpResponse> {
    let Worker { state, answers, host, counts, .. } = worker;
    let address = address_of(head).filter(|address| answers.has(address))?;
    let goes_by_settings = state.server_timing || state.xss_encode == XssEncode::Output;
    if goes_by_settings || state.cors.origins != Origins::Own || head.headers().contains_key(ORIGIN) {
        return None;
    }
    let started = Instant::now();
    if pressure::is_refused(turn, started) {
        return None;
    }
    firewall::check_host(head, state, host).ok()?;
    let Bearer { principal, proved } = state.tokens.find(&token_of_header(head)?)?;
    let (content, endpoint) = answers.find(address, &state.policy, &principal)?;
    counts.looked_up(true);
    let mut seen = Seen::new(started);
    seen.caller = Caller::Stateless(principal, Some(proved));
    seen.endpoint.set(Some(endpoint));
    let mut response = with_tag(head, json(content.bytes.clone()), &content);
    let trace = Trace { request_id: headers::request_id(head.headers()), address: client_address(head, state) };
    headers::finish(response.headers_mut(), head, state, &trace.request_id);
    seen.tell(head, &mut response, &trace, counts);
    Some(response)
}
