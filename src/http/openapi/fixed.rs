//! Components that are the same for every database: the envelope of errors, the page, the bodies of searches and
//! aggregations, what the security endpoints answer, and the ways to say who one is. What of them the code does not know
//! by itself stands in `fixed.json`.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::rows::reference;
use crate::http::security::CSRF_HEADER;
use crate::http::session_cookies::SESSION_COOKIE;
use crate::http::statuses::statuses;
use crate::query::{SEARCH_CONDITIONS, SEARCH_TYPES};

/// Names of the ways to say who one is, in the order in which they are tried; the last for sessions that write.
const WAYS: [&str; 3] = ["tokenHeader", "tokenQuery", "basic"];

/// `security` of an operation that needs somebody.
pub fn security(writes: bool) -> Json {
    let mut ways: Vec<Json> = WAYS.iter().map(|way| json!({ *way: [] })).collect();
    ways.push(if writes { json!({ "session": [], "csrf": [] }) } else { json!({ "session": [] }) });
    ways.into()
}

/// `components.responses`: each failure, under the name that [`failure`] refers to.
pub fn failures() -> Json {
    let responses = statuses().iter().map(|(status, meaning)| {
        let mut headers = json!({ "X-WM-Request-Track-Id": { "$ref": "#/components/headers/TrackId" } });
        match status {
            405 => headers["Allow"] = json!({ "schema": { "type": "string" }, "required": true }),
            429 | 503 => headers["Retry-After"] = json!({ "schema": { "type": "string" }, "required": true }),
            _ => {}
        }
        let content = json!({ "application/json": { "schema": reference("Error") } });
        (format!("Failure{status}"), json!({ "description": meaning, "headers": headers, "content": content }))
    });
    Json::Object(responses.collect())
}

/// A failure's response.
pub fn failure(status: u16) -> Json {
    json!({ "$ref": format!("#/components/responses/Failure{status}") })
}

/// Components by their names.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Components {
    /// `components.schemas`.
    pub schemas: Map<String, Json>,
    /// `components.parameters`.
    pub parameters: Map<String, Json>,
    /// `components.headers`.
    pub headers: Json,
    /// `components.securitySchemes`.
    pub security_schemes: Json,
}

/// What is the same for every database and every entity.
pub fn components() -> Components {
    let mut fixed: Components = serde_json::from_str(include_str!("fixed.json")).unwrap_or_default();
    fixed.security_schemes["session"]["name"] = SESSION_COOKIE.into();
    fixed.security_schemes["csrf"]["name"] = CSRF_HEADER.into();
    if let Some(conditions) = fixed.schemas.get_mut("Conditions") {
        let types = SEARCH_TYPES.iter().copied().map(Json::from).chain([Json::Null]);
        conditions["items"]["properties"]["attributeType"]["enum"] = types.collect();
        conditions["items"]["properties"]["filterCondition"]["enum"] = json!(SEARCH_CONDITIONS);
    }
    fixed
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_text_of_the_components_can_be_read() {
        assert!(serde_json::from_str::<super::Components>(include_str!("fixed.json")).is_ok());
    }
}
