//! Conditional requests (RFC 9110, section 13): an answer that the caller has already is not sent again, and a row that has
//! changed since he read it is not changed over somebody else's head.
//!
//! The entity tag is made of the bytes of the answer, so it is that of what this caller sees, relations included.

use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::content::with_content;
use crate::records::Condition;

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
        self.0.contains(&etag(row))
    }
}

/// Whether one of the tags of `If-None-Match` is this one.
#[must_use]
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    // A tag that a compressing proxy has made weak is still that of the same content.
    let same = |tag: &String| tag == "*" || tag.trim_start_matches("W/") == etag;
    tags(headers, IF_NONE_MATCH).is_some_and(|tags| tags.iter().any(same))
}

/// Gives an answer its tag, and takes its content back when the caller has it.
#[must_use]
pub fn revalidate(request: &HttpRequest, answer: HttpResponse) -> HttpResponse {
    with_content(answer, |answer, content| {
        let etag = etag(&content);
        let mut answer = if is_known(request.headers(), &etag) { HttpResponse::NotModified().finish() } else { answer };
        if let Ok(value) = HeaderValue::from_str(&etag) {
            answer.headers_mut().insert(ETAG, value);
            // It is for this caller alone, and to be asked about each time.
            answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        answer
    })
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
