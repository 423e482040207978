//! The front-end's files and pages.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue};

use super::call::Call;
use super::compression::{compressed_etag, in_gzip, takes_gzip, varies};
use super::conditional::is_known;
use super::error::Failure;

/// A public file.
pub async fn file(call: Call) -> Result<HttpResponse, Failure> {
    let name = call.parameter("file");
    send(&call, name)
}

/// The same at an address that changes with the front-end. A page that was opened before the server was renewed still finds
/// its scripts, in their new form.
pub async fn asset(call: Call) -> Result<HttpResponse, Failure> {
    let name = call.parameter("file");
    let mut response = send(&call, name)?;
    if call.parameter("version") == call.state.files.version() {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    Ok(response)
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
    let headers = call.request.headers();
    let compressed = if takes_gzip(headers) { file.compressed() } else { None };
    let etag = if compressed.is_some() { compressed_etag(&file.etag) } else { file.etag.clone() };
    let known = is_known(headers, &etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, etag)).insert_header((CACHE_CONTROL, "no-cache"));
    let mut answer = if known {
        response.finish()
    } else {
        response.content_type(file.content_type);
        match compressed {
            Some(bytes) => in_gzip(response.finish(), bytes),
            None => response.body(file.content.clone()),
        }
    };
    varies(&mut answer);
    Ok(answer)
}
