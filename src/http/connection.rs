//! What a connection is doing, as far as its deadlines need to know: answering a request, or waiting for the next one.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::ConnectionType;
use actix_web::web::Bytes;

/// Shared by a connection and the requests that come over it, all of them on one thread.
#[derive(Clone)]
pub struct Turn(Rc<State>);

struct State {
    /// Answers that have begun and have not ended.
    answering: Cell<u32>,
    /// It is one more than there may be.
    is_surplus: Cell<bool>,
    /// Since when the client has had the word.
    waiting_since: Cell<Instant>,
}

/// An answer that has begun. It ends when this is dropped.
pub struct Answering(Turn);

impl Turn {
    /// A connection that waits for its first request.
    #[must_use]
    pub fn new() -> Self {
        Self(Rc::new(State {
            answering: Cell::new(0),
            is_surplus: Cell::new(false),
            waiting_since: Cell::new(Instant::now()),
        }))
    }

    /// An answer begins.
    #[must_use]
    pub fn begin(&self) -> Answering {
        self.0.answering.set(self.0.answering.get() + 1);
        Answering(self.clone())
    }

    /// There are as many connections as there may be: whatever comes over this one is refused, and it ends with that.
    pub fn mark_surplus(&self) {
        self.0.is_surplus.set(true);
    }

    /// Whether that is so.
    #[must_use]
    pub fn is_surplus(&self) -> bool {
        self.0.is_surplus.get()
    }

    /// Since when the connection has been waiting for the client; `None` while it answers.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Instant> {
        (self.0.answering.get() == 0).then(|| self.0.waiting_since.get())
    }

    /// The client has taken a part of an answer: it has been waiting only since now.
    pub fn taken(&self) {
        self.0.waiting_since.set(Instant::now());
    }
}

impl Default for Turn {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.answering.set(self.0.0.answering.get().saturating_sub(1));
        self.0.taken();
    }
}

/// The answer, which ends when it is sent: one that is still being made while it is sent, is still being answered.
pub fn sent_by(mut response: HttpResponse, answering: Option<Answering>) -> HttpResponse {
    if answering.as_ref().is_some_and(|answering| answering.0.is_surplus()) {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    match response.body().size() {
        BodySize::Stream => response.map_body(|_, body| BoxBody::new(InTheMaking { body, _answering: answering })),
        _ => response,
    }
}

struct InTheMaking {
    body: BoxBody,
    _answering: Option<Answering>,
}

impl MessageBody for InTheMaking {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
