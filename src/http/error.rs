//! The one map from failures to answers: status, message key, message, parameters.
//!
//! Every failure leaves the server in the same envelope, `{"errors":{"error":[{id, messageKey, message, parameters}]}}`,
//! which is what WaveMaker's clients read. Causes that are ours, not the caller's, go to the log and not to him.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::auth::{HashingError, SignInError};
use crate::export::ExportError;
use crate::query::QueryError;
use crate::records::RecordError;
use crate::store::StoreError;

/// Seconds after which an overloaded server may be asked again.
const RETRY_SECONDS: &str = "1";

/// Why a request is not answered as it wished.
#[derive(Debug)]
pub enum Failure {
    /// There is nothing at this path.
    NoResource(String),
    /// There is something, but not for this method.
    WrongMethod(String, String),
    /// Nobody is signed in, and somebody must be.
    Unauthenticated,
    /// Nobody is signed in, and a token is for somebody.
    NoTokenForNobody,
    /// A token is sent that is none, or no longer.
    InvalidToken,
    /// Sign-in failed.
    BadCredentials,
    /// Sign-in has failed too often; to be tried again after so many seconds.
    TooManyAttempts(u64),
    /// The caller's roles do not allow it.
    Forbidden,
    /// A session's writing request does not prove where it comes from.
    BadCsrfToken,
    /// A page of another origin asks for permission.
    ForeignOrigin,
    /// A page elsewhere has a browser do what only our own may.
    CrossSite,
    /// The body is larger than this many bytes.
    BodyTooLarge(usize),
    /// The body does not come to its end.
    TooSlow,
    /// The body is of another type than the endpoint takes.
    WrongContentType(String),
    /// The caller takes no JSON.
    NotAcceptable,
    /// A form without the row's properties.
    NoJsonPart,
    /// A property holds no bytes.
    NoContent(String),
    /// The body cannot be parsed, or is missing.
    Unreadable,
    /// A part of the request is not what it must be; a sentence for the caller.
    InvalidInput(String),
    /// An operation on rows failed.
    Record(RecordError),
    /// A file could not be made.
    Export(ExportError),
    /// A file could not be stored.
    Unwritable(String),
    /// The server cannot do its work, because of these checks.
    NotReady(String),
    /// There is more to do than can be done.
    Overloaded,
    /// Our fault; for the log.
    Internal(String),
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::Record(RecordError::Query(error))
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::BadCredentials => Self::BadCredentials,
            SignInError::TooManyAttempts(seconds) => Self::TooManyAttempts(seconds),
            SignInError::Busy => Self::Overloaded,
            SignInError::Unavailable(text) => Self::Record(RecordError::Store(StoreError::Unavailable(text))),
            SignInError::Failed(text) => Self::Internal(text),
        }
    }
}

impl From<HashingError> for Failure {
    fn from(error: HashingError) -> Self {
        Self::from(SignInError::from(error))
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    errors: Errors<'a>,
}

#[derive(Serialize)]
struct Errors<'a> {
    error: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: Option<&'a str>,
    #[serde(rename = "messageKey")]
    message_key: Option<&'a str>,
    message: Option<&'a str>,
    parameters: &'a [String],
}

/// What the caller gets to see.
struct Shown {
    status: StatusCode,
    key: Option<&'static str>,
    message: Option<String>,
    parameters: Vec<String>,
}

fn shown(status: StatusCode, key: &'static str, before: &str, parameter: impl Into<String>) -> Shown {
    let parameter = parameter.into();
    Shown { status, key: Some(key), message: Some(format!("{before}{parameter}")), parameters: vec![parameter] }
}

const INVALID_INPUT: &str = "com.wavemaker.runtime.data$InvalidInput";
const UNEXPECTED: &str = "com.wavemaker.commons.json$UnexpectedError";
const ACCESS_DENIED: &str = "com.wavemaker.runtime.json$AccessDenied";
const INTEGRITY: &str = "com.wavemaker.runtime.data$DataIntegrityViolation";

impl Failure {
    /// The answer. Logs what is our fault.
    #[must_use]
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let shown = self.shown(request_id);
        let entry = Entry {
            id: None,
            message_key: shown.key,
            message: shown.message.as_deref(),
            parameters: &shown.parameters,
        };
        let body = serde_json::to_vec(&Envelope { errors: Errors { error: [entry] } }).unwrap_or_default();
        let mut response = HttpResponseBuilder::new(shown.status);
        response.insert_header((CONTENT_TYPE, "application/json")).insert_header((CACHE_CONTROL, "no-store"));
        match self {
            Self::Unauthenticated => response.insert_header(("X-WM-Login-ErrorMessage", "Session Not Found")),
            Self::BadCredentials => response.insert_header(("X-WM-Login-ErrorMessage", "Authentication Failed")),
            Self::TooManyAttempts(seconds) => response
                .insert_header((RETRY_AFTER, seconds.to_string()))
                .insert_header(("X-WM-Login-ErrorMessage", "Too Many Attempts")),
            Self::WrongMethod(_, allow) => response.insert_header((ALLOW, allow.as_str())),
            _ if shown.status == StatusCode::SERVICE_UNAVAILABLE => {
                response.insert_header((RETRY_AFTER, RETRY_SECONDS))
            }
            _ => &mut response,
        };
        response.body(body)
    }

    fn shown(&self, request_id: &str) -> Shown {
        match self {
            Self::NoResource(path) => {
                let key = "com.wavemaker.runtime.requested.resource.not.found";
                let message = format!("Requested resource {path} not found");
                Shown {
                    status: StatusCode::NOT_FOUND,
                    key: Some(key),
                    message: Some(message),
                    parameters: vec![path.clone()],
                }
            }
            Self::WrongMethod(method, _) => {
                let text = format!("Request method '{method}' is not supported");
                shown(StatusCode::METHOD_NOT_ALLOWED, INVALID_INPUT, "Invalid Input: ", text)
            }
            Self::Unauthenticated => Shown {
                status: StatusCode::UNAUTHORIZED,
                key: Some("com.wavemaker.unAuthorized"),
                message: Some("unAuthorized".to_owned()),
                parameters: vec!["Full authentication is required to access this resource".to_owned()],
            },
            Self::NoTokenForNobody => Shown {
                status: StatusCode::UNAUTHORIZED,
                key: Some("$UnexpectedError"),
                message: None,
                parameters: vec!["Require authentication to generate access token".to_owned()],
            },
            Self::InvalidToken => Shown {
                status: StatusCode::UNAUTHORIZED,
                key: None,
                message: Some("Invalid Token,Failed to authenticate with the given token".to_owned()),
                parameters: Vec::new(),
            },
            Self::BadCredentials => {
                let key = "com.wavemaker.runtime.security.authentication.failed";
                shown(StatusCode::UNAUTHORIZED, key, "Authentication Failed :", "Bad credentials")
            }
            Self::TooManyAttempts(seconds) => Shown {
                status: StatusCode::TOO_MANY_REQUESTS,
                key: Some("com.wavemaker.runtime.security.too.many.attempts"),
                message: Some(format!("Too many failed sign-ins; try again in {seconds} seconds")),
                parameters: vec![seconds.to_string()],
            },
            Self::Forbidden => denied("Access is denied"),
            Self::BadCsrfToken => {
                denied("The CSRF token in the header 'X-WM-XSRF-TOKEN' or the parameter '_csrf' is missing or wrong")
            }
            Self::ForeignOrigin => denied("Invalid CORS request"),
            Self::CrossSite => denied("A page of another origin may not ask for this"),
            Self::BodyTooLarge(limit) => {
                shown(StatusCode::PAYLOAD_TOO_LARGE, UNEXPECTED, "", format!("The body is larger than {limit} bytes"))
            }
            Self::TooSlow => shown(StatusCode::REQUEST_TIMEOUT, UNEXPECTED, "", "The body takes too long to come"),
            Self::WrongContentType(given) => {
                let text = format!("Content-Type '{given}' is not supported");
                shown(StatusCode::UNSUPPORTED_MEDIA_TYPE, UNEXPECTED, "", text)
            }
            Self::NotAcceptable => shown(StatusCode::NOT_ACCEPTABLE, UNEXPECTED, "", "Only JSON is sent here"),
            Self::NoJsonPart => Shown {
                status: StatusCode::BAD_REQUEST,
                key: Some("com.wavemaker.runtime.request.emptyJson"),
                message: Some("The part wm_data_json is missing".to_owned()),
                parameters: Vec::new(),
            },
            Self::NoContent(property) => {
                let key = "com.wavemaker.runtime.no.data.in.column";
                shown(StatusCode::NOT_FOUND, key, "No data in ", property.as_str())
            }
            Self::Unreadable => Shown {
                status: StatusCode::BAD_REQUEST,
                key: Some("com.wavemaker.commons.json$MessageNotReadable"),
                message: Some("Message not readable".to_owned()),
                parameters: Vec::new(),
            },
            Self::InvalidInput(text) => shown(StatusCode::BAD_REQUEST, INVALID_INPUT, "Invalid Input: ", text.as_str()),
            Self::Record(error) => record(error, request_id),
            Self::Export(ExportError::Output(_) | ExportError::TemporaryFile) => {
                log::error!("request {request_id}: an export cannot be written");
                overloaded()
            }
            Self::Export(error) => shown(StatusCode::BAD_REQUEST, INVALID_INPUT, "Invalid Input: ", error.to_string()),
            Self::Unwritable(cause) => {
                log::error!("request {request_id}: an export cannot be stored: {cause}");
                overloaded()
            }
            Self::NotReady(checks) => {
                shown(StatusCode::SERVICE_UNAVAILABLE, UNEXPECTED, "Not ready: ", checks.as_str())
            }
            Self::Overloaded => overloaded(),
            Self::Internal(cause) => internal(cause, request_id),
        }
    }
}

fn record(error: &RecordError, request_id: &str) -> Shown {
    match error {
        RecordError::Query(error) => query(error),
        RecordError::NotFound(id) => {
            let key = "com.wavemaker.runtime.no.entity.exists.for.given.id";
            shown(StatusCode::NOT_FOUND, key, "No entity exists for given id ", id.as_str())
        }
        RecordError::UniqueNotFound(key) => shown(
            StatusCode::NOT_FOUND,
            "com.wavemaker.runtime.entity.not.found.for.given.map",
            "No entity found for given unique key values ",
            key.as_str(),
        ),
        RecordError::NoRow => Shown {
            status: StatusCode::NOT_FOUND,
            key: Some("com.wavemaker.runtime.no.row.exists"),
            message: Some("No row exists".to_owned()),
            parameters: Vec::new(),
        },
        RecordError::Conflict(text) => {
            shown(StatusCode::CONFLICT, INTEGRITY, "Data Integrity Violation: ", text.as_str())
        }
        RecordError::Refused(text) => {
            shown(StatusCode::BAD_REQUEST, INTEGRITY, "Data Integrity Violation: ", text.as_str())
        }
        RecordError::Forbidden(None) => denied("Access is denied"),
        RecordError::Forbidden(Some(property)) => denied(format!("{property} must not be changed")),
        RecordError::Changed => shown(
            StatusCode::PRECONDITION_FAILED,
            INVALID_INPUT,
            "Invalid Input: ",
            "the row has been changed since it was read",
        ),
        RecordError::Store(error) => store(error, request_id),
    }
}

fn denied(why: impl Into<String>) -> Shown {
    shown(StatusCode::FORBIDDEN, ACCESS_DENIED, "Access Denied  ", why)
}

fn query(error: &QueryError) -> Shown {
    let bad = StatusCode::BAD_REQUEST;
    match error {
        QueryError::InvalidParameter(name) => Shown {
            status: bad,
            key: Some("com.wavemaker.runtime.invalid.parameter"),
            message: Some(format!("{name} value is invalid")),
            parameters: vec![(*name).to_owned()],
        },
        QueryError::UnknownSortField(name) => Shown {
            status: bad,
            key: Some("com.wavemaker.runtime.data$UnknownFieldName"),
            message: Some(format!("Unknown field name {name} is provided for sort operation")),
            parameters: vec![name.clone()],
        },
        QueryError::Syntax(error) => Shown {
            status: bad,
            key: Some("com.wavemaker.runtime.data$SyntaxErrorInQuery"),
            message: Some(error.to_string()),
            parameters: vec![error.query.clone(), error.position.to_string(), error.message.clone()],
        },
        QueryError::UnknownProperty { path, entity } => Shown {
            status: bad,
            key: Some("Property {0} in the class {1} is not valid."),
            message: Some(format!("Property {path} in the class {entity} is not valid.")),
            parameters: vec![path.clone(), entity.clone()],
        },
        QueryError::NotComparable { path, entity } => Shown {
            status: bad,
            key: Some("The property {0} in the entity {1} is not a comparable data type."),
            message: Some(format!("The property {path} in the entity {entity} is not a comparable data type.")),
            parameters: vec![path.clone(), entity.clone()],
        },
        QueryError::BadLiteral { property, text, kind } => {
            shown(bad, UNEXPECTED, "", format!("{property} must be {kind}, not '{text}'"))
        }
        QueryError::BadDate { text, kind } => Shown {
            status: bad,
            key: Some("com.wavemaker.commons.string.to.date.parse.failure"),
            message: Some(format!("Failed to parse the string '{text}' as {kind}")),
            parameters: vec![text.clone(), (*kind).to_owned()],
        },
        QueryError::UnknownParameter(name) => {
            shown(bad, INVALID_INPUT, "Invalid Input: ", format!("unknown parameter :{name}"))
        }
        QueryError::InvalidRequest(text) => shown(bad, INVALID_INPUT, "Invalid Input: ", text.as_str()),
        QueryError::InvalidInput(name) => {
            shown(bad, INVALID_INPUT, "Invalid Input: ", format!("The input for {name} is invalid."))
        }
        QueryError::InvalidBody(text) => {
            shown(bad, "com.wavemaker.commons.json$InvalidJsonObject", "Incorrect Json Object ", text.as_str())
        }
        QueryError::Constraint(text) => shown(bad, INTEGRITY, "Data Integrity Violation: ", text.as_str()),
        QueryError::BadPatch(text) => {
            shown(bad, INVALID_INPUT, "Invalid Input: ", format!("Could not apply patch: {text}"))
        }
        QueryError::ReadOnly(entity) => shown(bad, INVALID_INPUT, "Invalid Input: ", format!("{entity} is read-only")),
    }
}

fn store(error: &StoreError, request_id: &str) -> Shown {
    match error {
        StoreError::Busy | StoreError::OverBudget => overloaded(),
        StoreError::ReadOnly => {
            shown(StatusCode::BAD_REQUEST, INVALID_INPUT, "Invalid Input: ", "the database is read-only")
        }
        StoreError::OutOfRange => {
            shown(StatusCode::BAD_REQUEST, INVALID_INPUT, "Invalid Input: ", "the sum is out of range")
        }
        StoreError::Unavailable(cause) | StoreError::Unusable(cause) => {
            log::error!("request {request_id}: the database is unavailable: {cause}");
            overloaded()
        }
        StoreError::ForeignKey => {
            let text = "a foreign key names no row, or another row still refers to this one";
            shown(StatusCode::CONFLICT, INTEGRITY, "Data Integrity Violation: ", text)
        }
        StoreError::Unique(_) | StoreError::NotNull(_) | StoreError::Check(_) | StoreError::Raised(_) => {
            shown(StatusCode::CONFLICT, INTEGRITY, "Data Integrity Violation: ", "a constraint does not hold")
        }
        StoreError::Failed(cause) => internal(cause, request_id),
    }
}

fn overloaded() -> Shown {
    let text = "The server is busy or cannot store anything at the moment; try again later";
    shown(StatusCode::SERVICE_UNAVAILABLE, UNEXPECTED, "", text)
}

fn internal(cause: &str, request_id: &str) -> Shown {
    log::error!("request {request_id}: {cause}");
    shown(StatusCode::INTERNAL_SERVER_ERROR, UNEXPECTED, "", "Internal Server Error")
}
