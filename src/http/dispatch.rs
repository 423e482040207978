//! The way of every request, in this order:
//!
//! 1. it gets an id, and its time is taken;
//! 2. a request for another host, of a path that is not plain or of an origin that may not is refused (400, 403), and so is
//!    whatever comes over a connection too many or while this thread is too far behind (503);
//! 3. the context path and a trailing slash are taken off its path;
//! 4. the caller is found: an invalid token ends it here (401), a remember-me cookie begins a session;
//! 5. what the caller would read and this thread has kept is given to him (`answers.rs`), and it ends here;
//! 6. its endpoint is found; who is nobody learns nothing of what there is below `/services` (401, else 404 and 405);
//! 7. a session's writing request must carry the CSRF token, and nobody is signed in or out from elsewhere (403);
//! 8. the policy is asked (401, 403), and what the caller accepts is looked at (406), before body or database are touched;
//! 9. the handler runs; a panic in it becomes a 500;
//! 10. a failure becomes the envelope; headers that every answer has are added;
//! 11. refused rights and done changes are audited, the answer is counted, and one access line is logged (`seen.rs`): never
//!     the query, which may hold a token.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderValue, LOCATION};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt as _;
use percent_encoding::percent_decode_str;

use super::accept::check_accept;
use super::answers::{self, Sight};
use super::audit::{self, Trace};
use super::call::{Call, Target, is_json, json};
use super::caller::{Caller, brings_basic, identify, is_navigation};
use super::changes::Change;
use super::compression::compressed;
use super::conditional::{tagged, with_tag};
use super::connection::{Turn, sent_by};
use super::cors::{self, Grant};
use super::endpoints::{Access, ENDPOINTS, Endpoint, Method};
use super::error::Failure;
use super::forgery::{check_csrf, check_site};
use super::origin::client_address;
use super::parameters::Query;
use super::refusals;
use super::router::Found;
use super::seen::Seen;
use super::session_cookies;
use super::state::State;
use super::worker::Worker;
use super::{firewall, headers, pressure, queries, xss};
use crate::config::XssEncode;
use crate::query::QueryError;
use crate::store::Snapshot;

/// Answers a request. Every request of the server comes through here, but for those that `shortcut.rs` can answer.
pub async fn answer(request: HttpRequest, payload: Payload, worker: Data<Worker>) -> HttpResponse {
    let state = &worker.state;
    let started = Instant::now();
    let answering = request.conn_data::<Turn>().map(Turn::begin);
    let trace =
        Trace { request_id: headers::request_id(request.headers()), address: client_address(request.head(), state) };
    let grant = cors::grant(&request, state);
    let mut seen = Seen::new(started);
    let outcome = AssertUnwindSafe(route(&request, payload, &worker, &grant, &trace, &mut seen)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| Err(Failure::Internal("the handler panicked".to_owned())));
    let principal = seen.caller.principal().map(AsRef::as_ref);
    if let Err(failure) = &outcome {
        refusals::record(&trace, &request, principal, failure);
    } else if principal.is_none() && brings_basic(&request) {
        audit::record(&trace, None, "sign_in_failed", &[("by", "basic")]);
    }
    let mut response = outcome.unwrap_or_else(|failure| failure.response(&trace.request_id));
    if state.xss_encode == XssEncode::Output {
        response = xss::encoded(response, request.path());
    }
    if session_cookies::add(&mut response, &seen.cookies).is_err() {
        log::error!("request {}: a cookie cannot be set", trace.request_id);
    }
    if !seen.cookies.is_empty() {
        // No cache between here and the browser may keep somebody's cookies along with a page or a file.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers::finish(response.headers_mut(), request.head(), state, &trace.request_id);
    cors::mark(response.headers_mut(), &state.cors, &grant);
    seen.tell(request.head(), &mut response, &trace, &worker.counts);
    sent_by(response, answering)
}

async fn route(
    request: &HttpRequest,
    payload: Payload,
    worker: &Worker,
    grant: &Grant,
    trace: &Trace,
    seen: &mut Seen,
) -> Result<HttpResponse, Failure> {
    let Worker { state, router, answers, host, counts } = worker;
    let (context, path) = split_context(request.path(), &state.context_path);
    // Who asks how the server fares is told all the same.
    let is_watcher = path.starts_with("/health") || path == "/metrics";
    if !is_watcher && pressure::is_refused(request.conn_data::<Turn>(), seen.began) {
        return Err(Failure::Overloaded);
    }
    firewall::check(request.head(), state, host)?;
    if let Some(answer) = cors::check(request, state, grant)? {
        return Ok(answer);
    }
    let query = Query::parse(request.query_string())?;
    (seen.caller, seen.cookies) = identify(request, &query, (context, path), state, trace).await?;
    let seen: &Seen = seen;
    let caller = &seen.caller;
    if state.server_timing && caller.principal().is_some() {
        seen.timing.begin();
    }
    if path.is_empty() {
        // Without its slash, the page's links would lead beside the context.
        return Ok(HttpResponse::Found().insert_header((LOCATION, format!("{context}/"))).finish());
    }
    let address = answers::address(request.head(), &query);
    if let (Some(address), Some(principal)) = (address, caller.principal()) {
        let kept = answers.find(address, &state.policy, principal);
        counts.looked_up(kept.is_some());
        if let Some((content, endpoint)) = kept {
            seen.endpoint.set(Some(endpoint));
            return Ok(with_tag(request.head(), json(content.bytes.clone()), &content));
        }
    }
    let (endpoint, parameters) = match router.find(path, Method::from_name(request.method().as_str())) {
        Found::Endpoint(endpoint, parameters) => (endpoint, parameters),
        Found::OtherMethods(endpoints, parameters) => {
            let parameters = endpoints.first().map(|endpoint| decode(endpoint, &parameters)).unwrap_or_default();
            let target = named_target(state, &parameters);
            let asked = named_query(state, &parameters).filter(|_| caller.principal().is_some());
            let fits = |endpoint: &&&'static Endpoint| {
                asked.as_ref().is_none_or(|asked| endpoint.fits_query(queries::method(&asked.query)))
            };
            let endpoints: Vec<&'static Endpoint> = endpoints.iter().filter(fits).copied().collect();
            return other_method(request, &endpoints, target.as_ref(), id_of(&parameters), caller);
        }
        Found::Nothing if is_api(path) && caller.principal().is_none() => {
            return Err(Failure::Unauthenticated);
        }
        Found::Nothing => return Err(Failure::NoResource(path.to_owned())),
    };
    seen.endpoint.set(Some(endpoint));
    check_csrf(request, &query, caller, endpoint)?;
    check_site(request, state, caller, endpoint)?;
    let parameters = decode(endpoint, &parameters);
    let target = match rules(request, state, caller, endpoint, &parameters, (context, path))? {
        Ruled::Goes(target) => target,
        Ruled::Answered(answer) => return Ok(answer),
    };
    check_accept(request, endpoint)?;
    let parameters = all_text(parameters, target.as_ref())?;
    let looked_at = target.clone();
    let announced = || Change::announced(endpoint, target.as_ref(), &parameters, &query);
    let change = if audit::is_on() { announced() } else { None };
    let call = Call {
        request: request.clone(),
        state: Arc::clone(state),
        query,
        caller: caller.clone(),
        context: context.to_owned(),
        target,
        parameters,
        payload: Some(payload),
        held: Vec::new(),
        trace: trace.clone(),
    };
    let answer = seen.timing.handled((endpoint.handler)(call)).await?;
    let principal = caller.principal();
    let answer = match change {
        Some(change) => change.done(answer, trace, state, principal.map(AsRef::as_ref)),
        None => answer,
    };
    // Texts that are encoded on their way out are not yet what will be sent.
    let of_rows = matches!(endpoint.access, Access::Entity(_) | Access::Query) && is_json(&answer);
    let may_compress = of_rows && state.xss_encode == XssEncode::None;
    if !endpoint.is_revalidated() || !answer.status().is_success() {
        return Ok(if may_compress { compressed(request.head(), answer) } else { answer });
    }
    let snapshot = answer.extensions().get::<Snapshot>().copied();
    let (answer, tagged) = tagged(request.head(), answer, may_compress);
    if let (Some(address), Some(target), Some(principal)) = (address, looked_at, principal)
        && let (Some(snapshot), Some(content)) = (snapshot, tagged)
    {
        answers.keep(address, endpoint, || Sight::of(target, &state.policy, principal), snapshot, content);
    }
    Ok(answer)
}

/// What the policy says of a request.
enum Ruled {
    /// It goes on to its handler, and to this entity if it names one.
    Goes(Option<Target>),
    /// It has its answer.
    Answered(HttpResponse),
}

/// Asks the policy.
fn rules(
    request: &HttpRequest,
    state: &State,
    caller: &Caller,
    endpoint: &'static Endpoint,
    parameters: &[(&'static str, Option<String>)],
    (context, path): (&str, &str),
) -> Result<Ruled, Failure> {
    let target = match endpoint.access {
        Access::Authenticated if caller.principal().is_none() => return Err(Failure::Unauthenticated),
        Access::Watcher => {
            let roles = &caller.principal().ok_or(Failure::Unauthenticated)?.roles;
            state.metrics_roles.include(roles).then_some(None).ok_or(Failure::Forbidden)?
        }
        Access::Public | Access::Authenticated => None,
        Access::Page => {
            if caller.principal().is_none() {
                if is_navigation(request) {
                    return Ok(Ruled::Answered(to_sign_in(context)));
                }
                return Err(Failure::Unauthenticated);
            }
            None
        }
        Access::Entity(verb) => {
            let principal = caller.principal().ok_or(Failure::Unauthenticated)?;
            // A name that is no text is a mistake of its own, told to those who are signed in.
            if parameters.iter().any(|(name, value)| *name != "id" && value.is_none()) {
                all_text(parameters.to_vec(), None)?;
            }
            let target = named_target(state, parameters).ok_or_else(|| Failure::NoResource(path.to_owned()))?;
            let target = target.seen_by(principal, &state.policy).ok_or(Failure::Forbidden)?;
            if !target.model.right(target.index, verb).is_some() {
                return Err(Failure::Forbidden);
            }
            if !endpoint.fits_at(target.entity(), id_of(parameters)) {
                let siblings: Vec<_> = ENDPOINTS.iter().filter(|other| other.path == endpoint.path).collect();
                return other_method(request, &siblings, Some(&target), id_of(parameters), caller).map(Ruled::Answered);
            }
            Some(target)
        }
        Access::Query => {
            let principal = caller.principal().ok_or(Failure::Unauthenticated)?;
            if parameters.iter().any(|(_, value)| value.is_none()) {
                all_text(parameters.to_vec(), None)?;
            }
            let found = named_query(state, parameters);
            let query = found.ok_or_else(|| Failure::NoResource(path.to_owned()))?.query;
            if !principal.may_call(&query) {
                return Err(Failure::Forbidden);
            }
            if !endpoint.fits_query(queries::method(&query)) {
                let fits = |other: &&Endpoint| other.path == endpoint.path && other.fits_query(queries::method(&query));
                let fitting: Vec<_> = ENDPOINTS.iter().filter(fits).collect();
                return other_method(request, &fitting, None, "", caller).map(Ruled::Answered);
            }
            None
        }
    };
    Ok(Ruled::Goes(target))
}

/// What of a path is the context, and what is left. A trailing slash is taken off an address of the API, which WaveMaker's
/// older clients send; a page's address is exact, or its relative links would lead elsewhere.
fn split_context<'a>(path: &'a str, context: &'a str) -> (&'a str, &'a str) {
    let below =
        path.strip_prefix(context).filter(|rest| !context.is_empty() && (rest.is_empty() || rest.starts_with('/')));
    let (context, rest) = below.map_or(("", path), |rest| (context, rest));
    let api = rest.starts_with("/services/") || rest.starts_with("/j_spring");
    (context, rest.strip_suffix('/').filter(|_| api).unwrap_or(rest))
}

/// Percent-decodes the parameters; `None` for what is not UTF-8 or holds a NUL: no name and no key can be that.
fn decode(endpoint: &'static Endpoint, raw: &[(&str, &str)]) -> Vec<(&'static str, Option<String>)> {
    let names = endpoint.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let decode = |name: &'static str| {
        let value = raw.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| *value);
        let value = percent_decode_str(value).decode_utf8().ok().filter(|value| !value.contains('\0'));
        (name, value.map(std::borrow::Cow::into_owned))
    };
    names.map(decode).collect()
}

/// The parameters, when all of them are text. The one that is not is called what the caller knows it as.
fn all_text(
    parameters: Vec<(&'static str, Option<String>)>,
    target: Option<&Target>,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let shown = |name: &'static str| {
        let entity = target.map(Target::entity).filter(|_| name == "id");
        let key = entity.and_then(|entity| Some(entity.properties[entity.single_key()?].name.clone()));
        QueryError::InvalidInput(key.unwrap_or_else(|| name.to_owned()))
    };
    let text = |(name, value): (&'static str, Option<String>)| Ok((name, value.ok_or_else(|| shown(name))?));
    parameters.into_iter().map(text).collect()
}

/// A parameter, if there is one and it is text.
fn named<'a>(parameters: &'a [(&'static str, Option<String>)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| *key == name)?.1.as_deref()
}

/// The entity that the parameters name.
fn named_target(state: &State, parameters: &[(&'static str, Option<String>)]) -> Option<Target> {
    let service = state.services.get(named(parameters, "service")?)?;
    let base = service.database.model();
    let index = base.service.find(named(parameters, "entity")?)?;
    let (database, model) = (Arc::clone(&service.database), Arc::clone(&base));
    Some(Target { database, base, model, index, max_page_size: service.max_page_size })
}

/// What stands in the place of a key; empty when nothing does.
fn id_of<'a>(parameters: &'a [(&'static str, Option<String>)]) -> &'a str {
    named(parameters, "id").unwrap_or_default()
}

/// The named query that the parameters name.
fn named_query(state: &State, parameters: &[(&'static str, Option<String>)]) -> Option<queries::Asked> {
    queries::find(state, named(parameters, "service")?, named(parameters, "name")?)
}

fn is_api(path: &str) -> bool {
    path == "/services" || path.starts_with("/services/")
}

/// A path that is there, asked with another method than those of its endpoints. Only OPTIONS is answered.
fn other_method(
    request: &HttpRequest,
    endpoints: &[&'static Endpoint],
    target: Option<&Target>,
    id: &str,
    caller: &Caller,
) -> Result<HttpResponse, Failure> {
    let fitting: Vec<_> = endpoints
        .iter()
        .copied()
        .filter(|endpoint| target.is_none_or(|target| endpoint.fits_at(target.entity(), id)))
        .collect();
    if fitting.is_empty() {
        return Err(Failure::NoResource(request.path().to_owned()));
    }
    let allow = allowed(&fitting);
    if request.method() == actix_web::http::Method::OPTIONS {
        return Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish());
    }
    if caller.principal().is_none() && !endpoints.iter().any(|endpoint| endpoint.access == Access::Public) {
        return Err(Failure::Unauthenticated);
    }
    Err(Failure::WrongMethod(request.method().to_string(), allow))
}

/// The methods of a path, for `Allow`.
fn allowed(endpoints: &[&Endpoint]) -> String {
    let mut names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.method.name()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}

fn to_sign_in(context: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, format!("{context}/login.html"))).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_and_trailing_slash_are_taken_off() {
        for (path, context, expected) in [
            ("/", "", ("", "/")),
            ("/services/a/b/", "", ("", "/services/a/b")),
            ("/a", "/Demo", ("", "/a")),
            ("/Demo/services/a/", "/Demo", ("/Demo", "/services/a")),
            ("/Demo", "/Demo", ("/Demo", "")),
            ("/Demo/", "/Demo", ("/Demo", "/")),
            ("/login.html/", "", ("", "/login.html/")),
            ("/Demolition", "/Demo", ("", "/Demolition")),
        ] {
            assert_eq!(split_context(path, context), expected, "{path} below {context}");
        }
    }
}
