//! The content of an answer that is ready, as opposed to one that is made while it is sent.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::web::Bytes;

/// Lets `look` see the content, and answers with what it returns; an answer that is still being made stays as it is.
pub fn with_content(answer: HttpResponse, look: impl FnOnce(HttpResponse, Bytes) -> HttpResponse) -> HttpResponse {
    let (head, body) = answer.into_parts();
    match body.try_into_bytes() {
        Ok(bytes) => look(head.set_body(BoxBody::new(bytes.clone())), bytes),
        Err(body) => head.set_body(body),
    }
}
