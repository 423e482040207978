//! A request as a handler sees it: its parameters decoded, its caller known, its body still to be read.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use serde_json::Value as Json;

use super::audit::{self, Trace};
use super::background;
use super::body::{Body, Kept, failure};
use super::caller::Caller;
use super::error::Failure;
use super::json::{MOST_VALUES_OF_A_QUESTION, read};
use super::parameters::Query;
use super::quota::Share;
use super::state::State;
use super::timing::of_database;
use crate::auth::{Policy, Principal};
use crate::catalog::{Entity, EntityIndex};
use crate::query::Model;
use crate::records::RecordError;
use crate::store::{Database, Reader, Snapshot, StoreError};

/// Largest body of a question: a search, an aggregation, an export, or a form with a filter, which may have 65,536
/// characters of twelve bytes each.
pub const QUESTION_LIMIT: usize = 1024 * 1024;
/// Largest body that holds a name and passwords.
pub const CREDENTIALS_LIMIT: usize = 8 * 1024;

/// The entity that a path names.
#[derive(Clone)]
pub struct Target {
    /// Its database.
    pub database: Arc<Database>,
    /// The whole catalog as it is for this request.
    pub base: Arc<Model>,
    /// What of it the caller sees.
    pub model: Arc<Model>,
    /// The entity there.
    pub index: EntityIndex,
    /// Largest page of a list.
    pub max_page_size: u32,
}

impl Target {
    /// The entity as somebody sees it; `None` when he does not.
    pub fn seen_by(self, principal: &Principal, policy: &Policy) -> Option<Self> {
        let model = policy.model(&self.base, principal);
        let index = model.service.find(&self.entity().name)?;
        Some(Self { model, index, ..self })
    }

    /// The entity.
    pub fn entity(&self) -> &Entity {
        self.model.service.entity(self.index)
    }

    /// Reads in place; when that turns out to take long, once more where it disturbs nobody.
    ///
    /// # Errors
    /// The job's.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl Fn(&Reader<'_>, &Model) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, Failure> {
        let model = Arc::clone(&self.model);
        read_rows(&self.database, move |reader| job(reader, &model)).await
    }

    /// Reads JSON and sends it. The answer says where it was read, when it will stay the same until something is committed.
    ///
    /// # Errors
    /// The job's.
    pub async fn answer(
        &self,
        job: impl Fn(&Reader<'_>, &Model) -> Result<Vec<u8>, RecordError> + Send + 'static,
    ) -> Result<HttpResponse, Failure> {
        let model = Arc::clone(&self.model);
        let (body, snapshot) = of_database(read_lasting(&self.database, move |reader| job(reader, &model))).await?;
        let mut answer = json(body);
        if let Some(snapshot) = snapshot {
            answer.extensions_mut().insert(snapshot);
        }
        Ok(answer)
    }
}

/// Reads in place; when that turns out to take long, once more where it disturbs nobody.
///
/// # Errors
/// The job's.
pub async fn read_rows<T: Send + 'static>(
    database: &Arc<Database>,
    job: impl Fn(&Reader<'_>) -> Result<T, RecordError> + Send + 'static,
) -> Result<T, Failure> {
    Ok(of_database(read_lasting(database, job)).await?.0)
}

async fn read_lasting<T: Send + 'static>(
    database: &Arc<Database>,
    job: impl Fn(&Reader<'_>) -> Result<T, RecordError> + Send + 'static,
) -> Result<(T, Option<Snapshot>), Failure> {
    match database.read_lasting(&job) {
        Err(RecordError::Store(StoreError::OverBudget)) => {}
        result => return result.map_err(Failure::from),
    }
    let database = Arc::clone(database);
    let long = move || {
        background::lower_priority();
        database.read_long(job)
    };
    let read = actix_web::web::block(long).await;
    Ok((read.map_err(|_| Failure::Internal("a long read panicked".to_owned()))??, None))
}

/// A request on its way to its handler.
pub struct Call {
    /// What actix-web made of it.
    pub request: HttpRequest,
    /// The server.
    pub state: Arc<State>,
    /// The query string.
    pub query: Query,
    /// Who is calling.
    pub caller: Caller,
    /// Path below which the server was addressed: empty, or the context path.
    pub context: String,
    /// The entity, when the path names one.
    pub target: Option<Target>,
    /// What its lines in the log have in common.
    pub trace: Trace,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) payload: Option<Payload>,
    /// Memory of the body, which what is made of it may go on using until the call has been answered.
    pub(super) held: Vec<Share>,
}

impl Call {
    /// Writes a line of the audit log about the caller: one of the [`EVENTS`](super::audit::EVENTS), and what it is about.
    pub fn audit(&self, event: &'static str, details: &[(&'static str, &str)]) {
        audit::record(&self.trace, self.caller.principal().map(AsRef::as_ref), event, details);
    }

    /// A parameter of the path; empty when the path has none of that name.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value.as_str())
    }

    /// The entity of the path, which the guard has found.
    ///
    /// # Errors
    /// [`Failure::NoResource`] on a path without one.
    pub fn target(&self) -> Result<Target, Failure> {
        self.target.clone().ok_or_else(|| Failure::NoResource(self.request.path().to_owned()))
    }

    /// The body of a row, which should be JSON.
    ///
    /// # Errors
    /// [`Failure`] when it is too large or of another type.
    pub async fn row_bytes(&mut self) -> Result<Vec<u8>, Failure> {
        self.json_bytes(self.state.body_limit_bytes).await
    }

    /// The body of at most `limit` bytes as JSON, whatever it is but null.
    ///
    /// # Errors
    /// [`Failure`] when it is too large, of another type or not JSON.
    pub async fn json(&mut self, limit: usize) -> Result<Json, Failure> {
        let body = self.json_bytes(limit).await?;
        Some(read(&body, MOST_VALUES_OF_A_QUESTION)?).filter(|json| !json.is_null()).ok_or(Failure::Unreadable)
    }

    /// The body as JSON, which must be an object. Asked for a struct, serde would take an array as well.
    ///
    /// # Errors
    /// [`Failure`] when it is too large, of another type, not JSON or not an object.
    pub async fn json_object(&mut self, limit: usize) -> Result<Json, Failure> {
        let json = self.json(limit).await?;
        let no_object = || crate::query::QueryError::InvalidBody("an object is expected".to_owned());
        if json.is_object() { Ok(json) } else { Err(no_object().into()) }
    }

    async fn json_bytes(&mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let given = self.media_type();
        let ending = given.len().checked_sub("+json".len()).and_then(|start| given.get(start..)).unwrap_or_default();
        if given.is_empty() || given.eq_ignore_ascii_case("application/json") || ending.eq_ignore_ascii_case("+json") {
            self.body(limit).await
        } else {
            Err(Failure::WrongContentType(given.to_ascii_lowercase()))
        }
    }

    /// The body of at most `limit` bytes as a form.
    ///
    /// # Errors
    /// [`Failure`] when it is too large, of another type or not UTF-8.
    pub async fn form(&mut self, limit: usize) -> Result<Query, Failure> {
        let given = self.media_type();
        if !given.is_empty() && !given.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Failure::WrongContentType(given.to_ascii_lowercase()));
        }
        let body = self.body(limit).await?;
        Query::parse(std::str::from_utf8(&body).map_err(|_| Failure::Unreadable)?)
    }

    /// The media type, without parameters, in whatever case it came; empty where there is none.
    pub fn media_type(&self) -> Cow<'_, str> {
        let header = self.request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let end = header.iter().position(|&byte| byte == b';').unwrap_or(header.len());
        String::from_utf8_lossy(header[..end].trim_ascii())
    }

    /// The body as it comes; it can be taken once.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it is gone.
    pub fn take_body(&mut self) -> Result<Body, Failure> {
        let payload = self.payload.take();
        let payload = payload.ok_or_else(|| Failure::Internal("the body has been read already".to_owned()))?;
        Ok(Body::new(payload, self.state.body_timeout_seconds))
    }

    /// A share of the memory for bodies; somebody who has not signed in has none.
    pub fn body_share(&self) -> Option<Share> {
        self.caller.principal().map(|principal| self.state.body_memory.share(principal))
    }

    async fn body(&mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let limit = limit.min(self.state.body_limit_bytes);
        let announced = self.request.headers().get(actix_web::http::header::CONTENT_LENGTH);
        let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(Failure::BodyTooLarge(limit));
        }
        let mut kept = Kept::new(limit, self.body_share());
        let mut incoming = self.take_body()?;
        while let Some(chunk) = incoming.next().await {
            kept.add(&chunk.map_err(|error| failure(&error))?)?;
        }
        let (bytes, share) = kept.finish();
        self.held.extend(share);
        Ok(bytes)
    }
}

/// A file name that no header and no file system trips over.
pub fn decent_file_name(given: &str) -> String {
    let decent = |letter: char| if letter.is_alphanumeric() || " -_.()".contains(letter) { letter } else { '_' };
    let name: String = given.trim().chars().take(100).map(decent).collect();
    name.trim_matches('.').to_owned()
}

static JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A 200 of JSON bytes.
pub fn json(body: impl Into<Bytes>) -> HttpResponse {
    let mut answer = HttpResponse::Ok().body(body.into());
    answer.headers_mut().insert(CONTENT_TYPE, JSON.clone());
    answer
}

/// Whether an answer is one of JSON.
pub fn is_json(answer: &HttpResponse) -> bool {
    answer.headers().get(CONTENT_TYPE) == Some(&JSON)
}

/// A 200 of a value as JSON.
pub fn json_of(value: &Json) -> HttpResponse {
    json(value.to_string())
}
