//! The front-end's files and pages.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue};

use super::call::Call;
use super::conditional::is_known;
use super::error::Failure;

/// A public file.
pub async fn file(call: Call) -> Result<HttpResponse, Failure> {
    let name = call.parameter("file");
    send(&call, name)
}

/// The page of who is signed in.
pub async fn home(call: Call) -> Result<HttpResponse, Failure> {
    let mut response = send(&call, "index.html")?;
    // After a sign-out, the browser's Back must not bring the page back.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The reference of the API.
pub async fn api(call: Call) -> Result<HttpResponse, Failure> {
    send(&call, "api.html")
}

fn send(call: &Call, name: &str) -> Result<HttpResponse, Failure> {
    let file = call.state.files.find(name).ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let known = is_known(call.request.headers(), &file.etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, file.etag.as_str())).insert_header((CACHE_CONTROL, "no-cache"));
    Ok(if known { response.finish() } else { response.content_type(file.content_type).body(file.content) })
}
