//! Gzip (RFC 1952) for who says that he can read it.
//!
//! From the length of a compressed answer can be guessed what is in it, where a stranger may choose what stands next to a
//! secret (BREACH). So no answer with a token or a password in it is compressed: only files of the front-end, rows, and what
//! is made of rows.

use std::cell::OnceCell;
use std::io::Write;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::RequestHead;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, VARY};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::content::with_content;

/// A shorter answer is sent as it is: to compress it takes longer than the answer itself, and saves two packets at most.
const SHORTEST: usize = 4 * 1024;
/// A longer one as well, so that compressing it does not keep others waiting for more than a few milliseconds.
const LONGEST: usize = 1024 * 1024;

static ACCEPTED_ENCODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");
static GZIP: HeaderValue = HeaderValue::from_static("gzip");

/// Whether `Accept-Encoding` names gzip and does not rule it out (RFC 9110, section 12.5.3). Who says nothing gets the text.
#[must_use]
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// A content in gzip, made when somebody first asks for it.
pub struct Gzip {
    /// Of these bytes, as a header.
    pub etag: HeaderValue,
    bytes: OnceCell<Option<Bytes>>,
}

impl Gzip {
    /// Of a content with this tag; `None` for one that is sent as it is.
    #[must_use]
    pub fn of(content: &[u8], etag: &str) -> Option<Self> {
        if !is_worthwhile(content) {
            return None;
        }
        Some(Self { etag: HeaderValue::from_str(&compressed_etag(etag)).ok()?, bytes: OnceCell::new() })
    }

    /// The bytes; `None` where there are more than half as many as without.
    pub fn bytes(&self, content: &[u8]) -> Option<Bytes> {
        self.bytes.get_or_init(|| compress_quickly(content)).clone()
    }
}

/// The tag of the same content in gzip: other bytes have another tag (RFC 9110, section 8.8.3.3).
#[must_use]
pub fn compressed_etag(etag: &str) -> String {
    format!("{}-gzip\"", etag.trim_end_matches('"'))
}

/// Whether a tag is that of a content, as it is or in gzip.
#[must_use]
pub fn is_tag_of(tag: &str, etag: &str) -> bool {
    tag == etag || tag == compressed_etag(etag)
}

/// Says that an answer is another one for who reads gzip.
pub fn varies(answer: &mut HttpResponse) {
    answer.headers_mut().append(VARY, ACCEPTED_ENCODING.clone());
}

/// An answer with these bytes, which are its content in gzip.
#[must_use]
pub fn in_gzip(mut answer: HttpResponse, bytes: Bytes) -> HttpResponse {
    answer.headers_mut().insert(CONTENT_ENCODING, GZIP.clone());
    answer.set_body(BoxBody::new(bytes))
}

/// Compresses an answer that has no tag.
#[must_use]
pub fn compressed(request: &RequestHead, answer: HttpResponse) -> HttpResponse {
    with_content(answer, |answer, content| {
        if !is_worthwhile(&content) {
            return answer;
        }
        let bytes = if takes_gzip(&request.headers) { compress_quickly(&content) } else { None };
        let mut answer = match bytes {
            Some(bytes) => in_gzip(answer, bytes),
            None => answer,
        };
        varies(&mut answer);
        answer
    })
}

/// As short as can be, for what is compressed once.
#[must_use]
pub fn compress_well(content: &[u8]) -> Option<Bytes> {
    compress(content, Compression::best()).filter(|compressed| compressed.len() < content.len())
}

/// What is written to a sink, compressed on the way; it has to be finished.
pub fn encoder<W: Write>(sink: W) -> GzEncoder<W> {
    GzEncoder::new(sink, Compression::fast())
}

fn is_worthwhile(content: &[u8]) -> bool {
    (SHORTEST..=LONGEST).contains(&content.len())
}

fn compress_quickly(content: &[u8]) -> Option<Bytes> {
    compress(content, Compression::fast()).filter(|compressed| compressed.len() <= content.len() / 2)
}

fn compress(content: &[u8], level: Compression) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(content).ok()?;
    Some(encoder.finish().ok()?.into())
}
