//! Conditional requests (RFC 9110, section 13): an answer that the caller has already is not sent again, and a row that has
//! changed since he read it is not changed over somebody else's head.
//!
//! The entity tag is made of the bytes of the answer, so it is that of what this caller sees, relations included.

use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::RequestHead;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::compression::{Gzip, in_gzip, is_tag_of, takes_gzip, varies};
use crate::records::Condition;

/// What a browser or a cache in between may do with data: it is for this caller alone, and to be asked about each time.
static ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// A content and its entity tag.
#[derive(Clone)]
pub struct Content {
    /// JSON.
    pub bytes: Bytes,
    /// The tag as a header.
    etag: HeaderValue,
    /// The same in gzip, unless it is only sent as it is.
    gzip: Option<Rc<Gzip>>,
}

impl Content {
    /// A content; one that is changed before it is sent must not be compressed before. `None` is none that could have a tag.
    #[must_use]
    pub fn new(bytes: Bytes, may_compress: bool) -> Option<Self> {
        let tag = etag(&bytes);
        let gzip = may_compress.then(|| Gzip::of(&bytes, &tag)).flatten().map(Rc::new);
        Some(Self { etag: HeaderValue::from_str(&tag).ok()?, bytes, gzip })
    }

    /// Bytes of memory that it takes, or may come to take.
    #[must_use]
    pub fn size(&self) -> usize {
        // In gzip it is half as long at most.
        self.bytes.len() + if self.gzip.is_some() { self.bytes.len() / 2 } else { 0 }
    }
}

/// The entity tag of a content.
#[must_use]
pub fn etag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]))
}

/// The tags of an `If-Match`.
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Reads the header; `None` without one, and for `*`, which a row that is there always fulfils.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let tags = tags(request.headers(), IF_MATCH)?;
        (!tags.iter().any(|tag| tag == "*")).then_some(Self(tags))
    }
}

impl Condition for IfMatch {
    /// Whether the row is one of those. A weak tag is that of no content.
    fn holds(&self, row: &[u8]) -> bool {
        let etag = etag(row);
        self.0.iter().any(|tag| is_tag_of(tag, &etag))
    }
}

/// Whether one of the tags of `If-None-Match` is this one.
#[must_use]
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    // A tag that a compressing proxy has made weak is still that of the same content.
    let same = |tag: &String| tag == "*" || tag.trim_start_matches("W/") == etag;
    tags(headers, IF_NONE_MATCH).is_some_and(|tags| tags.iter().any(same))
}

/// Gives an answer its tag, and takes its content back when the caller has it. One that is still being made has no tag.
#[must_use]
pub fn tagged(request: &RequestHead, answer: HttpResponse, may_compress: bool) -> (HttpResponse, Option<Content>) {
    let (head, body) = answer.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => return (head.set_body(body), None),
    };
    let answer = head.set_body(BoxBody::new(bytes.clone()));
    match Content::new(bytes, may_compress) {
        Some(content) => (with_tag(request, answer, &content), Some(content)),
        None => (answer, None),
    }
}

/// Gives an answer of this content its tag, or takes the content back when the caller has it.
#[must_use]
pub fn with_tag(request: &RequestHead, answer: HttpResponse, content: &Content) -> HttpResponse {
    let known = |etag: &HeaderValue| etag.to_str().is_ok_and(|etag| is_known(request.headers(), etag));
    let gzip = content.gzip.as_deref().filter(|_| takes_gzip(request.headers()));
    // What the caller has need not be compressed to know that he has it.
    let gzip = gzip.filter(|gzip| known(&gzip.etag) || gzip.bytes(&content.bytes).is_some());
    let etag = gzip.map_or(&content.etag, |gzip| &gzip.etag);
    let mut answer = if known(etag) {
        HttpResponse::NotModified().finish()
    } else if let Some(bytes) = gzip.and_then(|gzip| gzip.bytes(&content.bytes)) {
        in_gzip(answer, bytes)
    } else {
        answer
    };
    if content.gzip.is_some() {
        varies(&mut answer);
    }
    answer.headers_mut().insert(ETAG, etag.clone());
    answer.headers_mut().insert(CACHE_CONTROL, ASK_AGAIN.clone());
    answer
}

/// The tags of a header, over all its lines.
fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Vec<String>> {
    let lines: Vec<&str> = headers.get_all(name).filter_map(|value| value.to_str().ok()).collect();
    let tags = lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    let tags: Vec<String> = tags.map(str::to_owned).collect();
    (!tags.is_empty()).then_some(tags)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn tags_are_compared_as_the_header_wants() {
        let mine = etag(b"row");
        assert_eq!(mine.len(), 18);
        for (header, matches, known) in [
            (mine.clone(), true, true),
            (format!("\"x\", {mine}"), true, true),
            (format!("W/{mine}"), false, true),
            ("\"x\"".to_owned(), false, false),
        ] {
            let request = TestRequest::default()
                .insert_header((IF_MATCH, header.clone()))
                .insert_header((IF_NONE_MATCH, header))
                .to_http_request();
            assert_eq!(IfMatch::of(&request).unwrap().holds(b"row"), matches);
            assert_eq!(is_known(request.headers(), &mine), known);
        }
        let any =
            TestRequest::default().insert_header((IF_MATCH, "*")).insert_header((IF_NONE_MATCH, "*")).to_http_request();
        assert!(IfMatch::of(&any).is_none() && is_known(any.headers(), &mine));
        assert!(IfMatch::of(&TestRequest::default().to_http_request()).is_none());
    }
}
