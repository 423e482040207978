//! What kinds of answers a caller takes.

use actix_web::HttpRequest;
use actix_web::dev::RequestHead;
use actix_web::http::header::ACCEPT;

use super::endpoints::Endpoint;
use super::error::Failure;

/// Refuses an answer that the caller would not take.
///
/// # Errors
/// [`Failure::NotAcceptable`].
pub fn check_accept(request: &HttpRequest, endpoint: &Endpoint) -> Result<(), Failure> {
    if endpoint.sends_json() && !takes_json(request.head()) { Err(Failure::NotAcceptable) } else { Ok(()) }
}

/// Whether the caller takes JSON.
pub fn takes_json(request: &RequestHead) -> bool {
    let given = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let mut given = given.filter(|value| !value.trim().is_empty()).peekable();
    if given.peek().is_none() {
        return true;
    }
    let takes = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        !refused && (["*/*", "application/*", "application/json"].contains(&media) || media.ends_with("+json"))
    };
    given.flat_map(|value| value.split(',')).any(takes)
}
