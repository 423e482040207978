//! The audit log: who did, or tried to do, what matters to the safety of accounts and data.
//!
//! A handler says `Call::audit` with one of the [`EVENTS`] and what it is about. Every line
//! carries the request id, the client's address and who was signed in, as source and key. Values of rows, passwords,
//! tokens, session ids and queries do not belong into it, nor what somebody typed as a user name: it may be his password.
//! What ends because a row of an account has changed is told of that account ([`account_changed`]): the row may have been
//! changed by another process, so that there is neither request nor address.

use std::net::IpAddr;

use log::kv::{ToValue as _, Value};

use crate::auth::{Ended, Principal};

/// Where the lines go; a log filter can name it.
const TARGET: &str = "hrdb::audit";
/// Longest text of a field.
const LONGEST: usize = 256;

/// Every event and what it means.
pub const EVENTS: &[(&str, &str)] = &[
    ("signed_in", "A browser has signed in; `by` says how: form or remember-me"),
    ("sign_in_failed", "Name or password were wrong; `by` says where they came from: form or basic"),
    ("signed_out", "A browser has signed out"),
    ("token_issued", "An access token was made"),
    ("token_revoked", "The caller has revoked access tokens of his; `count` says how many"),
    ("session_ended", "The caller has ended a session of his from elsewhere"),
    ("password_changed", "Somebody changed his own password"),
    ("password_refused", "Somebody who is signed in gave a wrong current password, or one that has just been replaced"),
    ("throttled", "A password was not even tried, after too many failures; `by` is form, basic or current password"),
    (
        "cookie_stolen",
        "A remember-me cookie was used twice, so it was copied: all that its account, the principal, held has ended",
    ),
    (
        "account_changed",
        "The principal's name, role or password is another, or he is gone: `sessions` and `tokens` of his have ended",
    ),
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

/// Says what has ended because a row of this account has changed, by whatever way.
pub fn account_changed(ended: &Ended<'_>) {
    let (sessions, tokens) = (ended.sessions.to_string(), ended.tokens.to_string());
    let who = format!("{}/{}", ended.source, ended.key);
    write("-", &who, "-", "account_changed", &[("sessions", &sessions), ("tokens", &tokens)]);
}

/// Whether anybody reads it.
#[must_use]
pub fn is_on() -> bool {
    log::log_enabled!(target: TARGET, log::Level::Info)
}

/// Writes a line. `details` are texts by the name of their field.
pub fn record(trace: &Trace, principal: Option<&Principal>, event: &'static str, details: &[(&'static str, &str)]) {
    write(&trace.request_id, &account(principal), &trace.address.to_string(), event, details);
}

fn write(request: &str, principal: &str, address: &str, event: &'static str, details: &[(&'static str, &str)]) {
    debug_assert!(EVENTS.iter().any(|(name, _)| *name == event), "{event} is no event");
    if !is_on() {
        return;
    }
    let mut fields: Vec<(&str, Value<'_>)> = vec![
        ("event", event.to_value()),
        ("request", request.to_value()),
        ("principal", principal.to_value()),
        ("address", address.to_value()),
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
#[must_use]
pub fn account(principal: Option<&Principal>) -> String {
    principal.map_or_else(|| "-".to_owned(), |who| format!("{}/{}", who.source, who.key))
}
