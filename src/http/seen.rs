//! What has come to be known of a request by the time it is answered, and who is told of it: the counts, the access log.

use std::cell::Cell;
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::dev::RequestHead;

use super::audit::{self, Trace};
use super::caller::Caller;
use super::counts::Counts;
use super::endpoints::Endpoint;
use super::refusals::printable;
use super::timing::{SERVER_TIMING, Timing};

/// Where the access lines go; a log filter can name it.
const ACCESS: &str = "hrdb::access";

/// What is known of a request.
pub struct Seen {
    /// When it came.
    pub began: Instant,
    /// Who sent it.
    pub caller: Caller,
    /// What its answer is to set because of him.
    pub cookies: Vec<Cookie<'static>>,
    /// The row of the table; `None` for what leads nowhere.
    pub endpoint: Cell<Option<&'static Endpoint>>,
    /// How long it took.
    pub timing: Timing,
}

impl Seen {
    /// Nothing yet of a request that came then.
    #[must_use]
    pub fn new(began: Instant) -> Self {
        let (caller, cookies, endpoint) = (Caller::Anonymous, Vec::new(), Cell::new(None));
        Self { began, caller, cookies, endpoint, timing: Timing::new(began) }
    }

    /// Tells of the answer, which is ready to be sent.
    pub fn tell(&self, request: &RequestHead, response: &mut HttpResponse, trace: &Trace, counts: &Counts) {
        if let Some(header) = self.timing.header() {
            response.headers_mut().insert(SERVER_TIMING, header);
        }
        let (status, took, endpoint) = (response.status().as_u16(), self.began.elapsed(), self.endpoint.get());
        counts.record(endpoint.map(Endpoint::place), status, took);
        if log::log_enabled!(target: ACCESS, log::Level::Info) {
            // Who asks every few seconds whether the server is well would fill the log with it.
            let level = match endpoint {
                Some(endpoint) if endpoint.is_for_watchers() => log::Level::Debug,
                _ => log::Level::Info,
            };
            let (method, path) = (request.method.as_str(), printable(request.uri.path()));
            let microseconds = u64::try_from(took.as_micros()).unwrap_or(0);
            log::log!(
                target: ACCESS, level,
                request = trace.request_id.as_str(),
                principal = audit::account(self.caller.principal().map(AsRef::as_ref)).as_str(),
                address:% = trace.address, method, path = path.as_str(), status, microseconds;
                "{method} {path} {status} {microseconds}us"
            );
        }
    }
}
