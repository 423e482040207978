//! The audit log: who did, or tried to do, what matters to the safety of accounts and data.
//!
//! A handler says [`Call::audit`](super::call::Call::audit) with one of the [`EVENTS`] and what it is about. Every line
//! carries the request id, the client's address and who was signed in, as source and key. Values of rows, passwords,
//! tokens, session ids and queries do not belong into it, nor what somebody typed as a user name: it may be his password.

use std::net::IpAddr;

use log::kv::{ToValue as _, Value};

use crate::auth::Principal;

/// Where the lines go; a log filter can name it.
const TARGET: &str = "hrdb::audit";
/// Longest text of a field.
const LONGEST: usize = 256;

/// Every event and what it means.
pub const EVENTS: &[(&str, &str)] = &[
    ("signed_in", "A browser has signed in; `by` says how"),
    ("sign_in_failed", "Name or password were wrong; `by` says where they came from: form or basic"),
    ("signed_out", "A browser has signed out"),
    ("token_issued", "An access token was made"),
    ("token_revoked", "Access tokens were revoked; `count` says how many"),
    ("sessions_ended", "Sessions were ended from elsewhere; `count` says how many"),
    ("password_changed", "Somebody changed his own password"),
    ("throttled", "A sign-in was not even tried, after too many failures; `by` says of what: account or address"),
    ("denied", "A request was refused with 401 or 403; `reason` says why"),
    ("created", "A row was created; `service`, `entity` and `key` say which"),
    ("updated", "A row was changed"),
    ("deleted", "A row was deleted"),
    ("account_created", "A row of an account source was created"),
    ("account_updated", "A row of an account source was changed: name, password, roles or anything else of it"),
    ("account_deleted", "A row of an account source was deleted"),
    ("query_run", "A named query that changes data was run; `service` and `query` say which"),
];

/// What all lines of a request have in common.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The id that the client is told as well.
    pub request_id: String,
    /// Where the client is.
    pub address: IpAddr,
}

/// Writes a line. `details` are texts by the name of their field.
pub fn record(trace: &Trace, principal: Option<&Principal>, event: &'static str, details: &[(&'static str, &str)]) {
    debug_assert!(EVENTS.iter().any(|(name, _)| *name == event), "{event} is no event");
    if !log::log_enabled!(target: TARGET, log::Level::Info) {
        return;
    }
    let who = account(principal);
    let address = trace.address.to_string();
    let mut fields: Vec<(&str, Value<'_>)> = vec![
        ("event", event.to_value()),
        ("request", trace.request_id.as_str().to_value()),
        ("principal", who.as_str().to_value()),
        ("address", address.as_str().to_value()),
    ];
    for (name, text) in details {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        fields.push((name, Value::from(&text[..end])));
    }
    log::logger().log(
        &log::Record::builder()
            .level(log::Level::Info)
            .target(TARGET)
            .args(format_args!("{event}"))
            .key_values(&fields)
            .build(),
    );
}

/// An account as logs name it.
pub fn account(principal: Option<&Principal>) -> String {
    principal.map_or_else(|| "-".to_owned(), |who| format!("{}/{}", who.source, who.key))
}
