//! The front-end, embedded in the binary.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use sha2::{Digest as _, Sha256};

use super::call::Call;
use super::error::Failure;

/// Name, content type and content of each file.
const FILES: &[(&str, &str, &str)] = &[
    ("index.html", "text/html;charset=utf-8", include_str!("../../static/index.html")),
    ("login.html", "text/html;charset=utf-8", include_str!("../../static/login.html")),
    ("app.css", "text/css;charset=utf-8", include_str!("../../static/app.css")),
    ("index.js", "text/javascript;charset=utf-8", include_str!("../../static/index.js")),
    ("login.js", "text/javascript;charset=utf-8", include_str!("../../static/login.js")),
    ("favicon.svg", "image/svg+xml", include_str!("../../static/favicon.svg")),
];

/// The files by name.
pub struct Files(HashMap<&'static str, File>);

struct File {
    content_type: &'static str,
    content: &'static str,
    etag: String,
}

impl Files {
    /// Takes stock of the embedded files.
    #[must_use]
    pub fn new() -> Self {
        let file = |content_type, content: &'static str| {
            let digest = Sha256::digest(content.as_bytes());
            let etag = format!("\"{}\"", digest[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
            File { content_type, content, etag }
        };
        Self(FILES.iter().map(|(name, content_type, content)| (*name, file(content_type, content))).collect())
    }
}

/// A public file.
pub async fn file(call: Call) -> Result<HttpResponse, Failure> {
    send(&call, call.parameter("file"))
}

/// The page of who is signed in.
pub async fn home(call: Call) -> Result<HttpResponse, Failure> {
    send(&call, "index.html")
}

fn send(call: &Call, name: &str) -> Result<HttpResponse, Failure> {
    let file = call.state.files.0.get(name).ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let known = call.request.headers().get(IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == file.etag.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, file.etag.as_str())).insert_header((CACHE_CONTROL, "no-cache"));
    Ok(if known { response.finish() } else { response.content_type(file.content_type).body(file.content) })
}
