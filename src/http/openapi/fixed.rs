//! Components that are the same for every database: the envelope of errors, the page, the bodies of searches and
//! aggregations, what the security endpoints answer, and the ways to say who one is.

use serde_json::{Value as Json, json};

use super::rows::reference;
use crate::http::security::CSRF_HEADER;
use crate::http::session_cookies::SESSION_COOKIE;
use crate::http::statuses::statuses;
use crate::query::SEARCH_TYPES;

/// Names of the ways to say who one is, in the order in which they are tried; the last for sessions that write.
const WAYS: [&str; 3] = ["tokenHeader", "tokenQuery", "basic"];

/// `security` of an operation that needs somebody.
pub fn security(writes: bool) -> Json {
    let mut ways: Vec<Json> = WAYS.iter().map(|way| json!({ *way: [] })).collect();
    ways.push(if writes { json!({ "session": [], "csrf": [] }) } else { json!({ "session": [] }) });
    ways.into()
}

/// `components.securitySchemes`.
pub fn security_schemes() -> Json {
    json!({
        "tokenHeader": {
            "type": "apiKey", "in": "header", "name": "wm_auth_token",
            "description": "An access token of /services/security/token.",
        },
        "tokenQuery": {
            "type": "apiKey", "in": "query", "name": "wm_auth_token",
            "description": "The same token in the query; it beats the header. For links only: addresses end up in logs.",
        },
        "basic": { "type": "http", "scheme": "basic", "description": "User name and password with each request." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
            "description": "A browser's session, from /j_spring_security_check.",
        },
        "csrf": {
            "type": "apiKey", "in": "header", "name": CSRF_HEADER,
            "description": "With a session, every request but GET repeats the cookie wm_xsrf_token here.",
        },
    })
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

/// `components.headers`.
pub fn headers() -> Json {
    json!({
        "TrackId": {
            "description": "Names the request in the server's log; taken over from the request if it is sent there.",
            "required": true,
            "schema": { "type": "string" },
        },
        "ETag": {
            "description": "Changes with the answer. For If-None-Match, and for If-Match when the row is changed.",
            "required": true,
            "schema": { "type": "string" },
        },
    })
}

/// `components.parameters`.
pub fn parameters() -> Json {
    json!({
        "page": {
            "name": "page", "in": "query", "allowEmptyValue": true, "description": "Number of the page, from 1.",
            "schema": { "type": "integer", "format": "int32", "minimum": 1, "maximum": i32::MAX, "default": 1 },
        },
        "ifMatch": {
            "name": "If-Match", "in": "header", "schema": { "type": "string" },
            "description": "The ETag of the row as it was read: 412 when it has changed since.",
        },
        "ifNoneMatch": {
            "name": "If-None-Match", "in": "header", "schema": { "type": "string" },
            "description": "The ETag of an answer that the caller has: 304 when it would be the same.",
        },
    })
}

/// Schemas that are the same for every entity, by name.
pub fn schemas() -> Json {
    let text = || json!({ "type": ["string", "null"] });
    let count = || json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let flag = || json!({ "type": "boolean" });
    let entry = object(json!({
        "id": { "type": "null" },
        "messageKey": text(),
        "message": text(),
        "parameters": { "type": "array", "items": { "type": "string" } },
    }));
    let errors = object(json!({ "error": { "type": "array", "items": entry, "minItems": 1, "maxItems": 1 } }));
    let sort = object(json!({
        "direction": { "enum": ["ASC", "DESC"] },
        "property": { "type": "string" },
        "ignoreCase": { "const": false },
        "nullHandling": { "const": "NATIVE" },
        "ascending": flag(),
    }));
    let user = object(json!({
        "userId": { "type": "string" },
        "userName": { "type": "string" },
        "userRoles": { "type": "array", "items": { "type": "string" } },
        "landingPage": { "type": "null" },
        "userAttributes": { "type": "object" },
    }));
    let mut all = json!({
        "Error": object(json!({ "errors": errors })),
        "Page": object(json!({
            "content": { "type": "array" },
            "totalPages": count(),
            "totalElements": count(),
            "last": flag(),
            "size": count(),
            "number": { "type": "integer", "format": "int64", "minimum": 0, "description": "Number of the page, from 0." },
            "sort": { "type": "array", "items": sort },
            "first": flag(),
            "numberOfElements": count(),
            "empty": flag(),
        })),
        "Groups": {
            "allOf": [reference("Page")],
            "type": "object",
            "description": "A page of groups: a key for each field, with $ for its dots, and one for each alias.",
            "properties": { "content": { "type": "array", "items": { "type": "object" } } },
        },
        "Count": count(),
        "True": { "const": true },
        "ListForm": form(&[("q", "A filter."), ("sort", "Terms like \"name desc\"."), ("page", "From 1."), ("size", "Rows a page.")]),
        "CountForm": form(&[("q", "A filter.")]),
        "Conditions": { "type": "array", "description": "All must hold.", "maxItems": 1000, "items": condition() },
        "Aggregation": aggregation(),
        "Export": export(),
        "ServiceDefinitions": object(json!({ "serviceDefs": { "type": "object" }, "securityDefinitions": { "type": "object" } })),
        "SignInForm": {
            "type": "object",
            "properties": {
                "j_username": { "type": "string" },
                "j_password": { "type": "string", "format": "password" },
                "j_rememberme": { "type": "string", "description": "true, on, yes or 1: stay signed in." },
                "redirectPage": { "type": "string", "description": "Page to go to, for a browser without script." },
            },
            "required": ["j_username", "j_password"],
        },
        "Token": object(json!({
            "wm_auth_token": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
            "WM_AUTH_TOKEN": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
            "expires_in": { "type": "integer", "description": "Seconds." },
        })),
        "Live": object(json!({ "live": { "const": true } })),
        "Ready": object(json!({ "ready": { "const": true }, "checks": { "type": "object" } })),
        "SecurityInfo": object(json!({
            "securityEnabled": flag(),
            "authenticated": flag(),
            "rememberMeEnabled": flag(),
            "loginConfig": { "type": "object" },
            "userInfo": { "oneOf": [user, { "type": "null" }] },
            "csrfHeaderName": { "type": "string" },
            "csrfCookieName": { "type": "string" },
        })),
        "Caller": object(json!({
            "tenantId": { "type": "integer" },
            "userId": text(),
            "userName": text(),
            "userRoles": { "type": ["array", "null"], "items": { "type": "string" } },
            "authenticated": flag(),
            "securityEnabled": flag(),
            "loginTime": count(),
        })),
        "FlagResult": object(json!({ "result": flag() })),
        "TextResult": object(json!({ "result": text() })),
        "DemoAccounts": { "type": "array", "items": demo_account() },
        "Roles": { "type": "array", "items": { "type": "string" } },
        "Description": { "type": "object", "description": "An OpenAPI 3.1 document.", "required": ["openapi", "info", "paths"] },
    });
    for more in [of_own_account(), of_services()] {
        if let (Some(all), Json::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
    }
    all
}

/// Schemas of what there is.
fn of_services() -> Json {
    let count = || json!({ "type": "integer", "minimum": 0 });
    let flag = || json!({ "type": "boolean" });
    json!({
        "Services": object(json!({
            "services": { "type": "array", "items": object(json!({
                "name": { "type": "string" }, "entities": count(), "queries": count(), "readOnly": flag(),
            })) },
        })),
        "Catalog": catalog(),
    })
}

/// Schemas of what a caller has here, and may let go of or change.
fn of_own_account() -> Json {
    let flag = || json!({ "type": "boolean" });
    json!({
        "Done": object(json!({ "result": { "const": true } })),
        "Sessions": { "type": "array", "items": object(json!({
            "id": { "type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Names the session here; it opens nothing." },
            "createdAt": { "type": "integer", "description": "Milliseconds since 1970." },
            "lastSeenAt": { "type": "integer", "description": "Milliseconds since 1970." },
            "rememberMe": flag(),
            "userAgent": { "type": "string" },
            "address": { "type": "string" },
            "current": flag(),
        })) },
        "PasswordForm": {
            "type": "object",
            "properties": {
                "currentPassword": { "type": "string", "format": "password" },
                "newPassword": { "type": "string", "format": "password", "minLength": 1, "maxLength": 128 },
            },
            "required": ["currentPassword", "newPassword"],
        },
        "PasswordChanged": object(json!({
            "result": { "const": true },
            "sessionKept": { "type": "boolean", "description": "Whether the caller has a new session in place of his old one." },
        })),
    })
}

/// An object that has these properties, all of them and no others.
fn object(properties: Json) -> Json {
    let Json::Object(properties) = properties else { return json!({ "type": "object" }) };
    let required: Vec<&String> = properties.keys().collect();
    let required = json!(required);
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn catalog() -> Json {
    let flag = || json!({ "type": "boolean" });
    let text = || json!({ "type": "string" });
    let names = || json!({ "type": "array", "items": { "type": "string" } });
    let list = |item: Json| json!({ "type": "array", "items": object(item) });
    let kind = || {
        json!({ "enum": [
            "integer", "number", "decimal", "text", "boolean", "date", "time", "datetime", "timestamp", "json", "bytes", "any",
        ] })
    };
    object(json!({
        "service": text(),
        "readOnly": flag(),
        "maxPageSize": { "type": "integer", "minimum": 1 },
        "entities": list(json!({
            "name": text(),
            "verbs": { "type": "array", "items": { "enum": ["read", "create", "update", "delete"] } },
            "key": names(),
            "generatedKey": flag(),
            "properties": list(json!({
                "name": text(),
                "type": kind(),
                "maxLength": { "type": ["integer", "null"] },
                "nullable": flag(),
                "hasDefault": flag(),
                "generated": flag(),
                "writeOnly": flag(),
                "readOnly": flag(),
            })),
            "relations": list(json!({ "name": text(), "entity": text(), "from": names(), "to": names() })),
            "collections": list(json!({ "name": text(), "entity": text(), "relation": text() })),
            "uniqueKeys": { "type": "array", "items": names() },
        })),
        "queries": list(json!({
            "name": text(),
            "about": text(),
            "method": { "enum": ["GET", "POST", "PUT", "DELETE"] },
            "answer": { "enum": ["page", "single", "change"] },
            "parameters": list(json!({ "name": text(), "type": kind(), "required": flag() })),
            "columns": names(),
        })),
    }))
}

fn demo_account() -> Json {
    json!({
        "type": "object",
        "properties": {
            "source": { "type": "string", "description": "The account source." },
            "name": { "type": "string" },
            "role": { "type": "string" },
        },
        "required": ["source", "name", "role"],
        "additionalProperties": false,
    })
}

fn form(fields: &[(&str, &str)]) -> Json {
    let properties = fields.iter().map(|(name, description)| {
        let whole = |least: i32| {
            json!({ "type": "integer", "format": "int32", "minimum": least, "maximum": i32::MAX, "description": description })
        };
        let schema = match *name {
            "page" => whole(1),
            "size" => whole(i32::MIN),
            _ => json!({ "type": "string", "description": description }),
        };
        ((*name).to_owned(), schema)
    });
    let description = "What is not in the form is taken from the query.";
    json!({ "type": "object", "description": description, "properties": Json::Object(properties.collect()) })
}

fn condition() -> Json {
    let types: Vec<Json> = SEARCH_TYPES.iter().copied().map(Json::from).chain([Json::Null]).collect();
    json!({
        "type": "object",
        "properties": {
            "attributeName": { "type": "string", "minLength": 1, "description": "A property, or a path over relations." },
            "filterCondition": { "enum": crate::query::SEARCH_CONDITIONS },
            "attributeValue": { "description": "A value; a list for IN and EQUALS, two values for BETWEEN; a word for IS." },
            "attributeType": { "enum": types, "description": "Only checked: the property decides what a value is." },
        },
        "required": ["attributeName", "filterCondition"],
    })
}

fn export() -> Json {
    let text = || json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "properties": {
            "exportType": { "type": "string", "pattern": "^([Cc][Ss][Vv]|[Ee][Xx][Cc][Ee][Ll]|[Jj][Ss][Oo][Nn])$", "examples": ["CSV"] },
            "exportSize": { "type": ["integer", "null"], "format": "int64", "description": "Rows at most; else all." },
            "fileName": { "type": ["string", "null"], "description": "Without its extension." },
            "query": { "type": ["string", "null"], "description": "A filter, as in q." },
            "fields": {
                "type": ["array", "null"],
                "maxItems": 500,
                "description": "Columns; all when absent.",
                "items": { "type": "object", "properties": { "header": text(), "field": text(), "expression": text() } },
            },
        },
        "required": ["exportType"],
    })
}

fn aggregation() -> Json {
    json!({
        "type": "object",
        "description": "Without groups and aggregations, plain rows are answered.",
        "properties": {
            "groupByFields": { "type": ["array", "null"], "items": { "type": "string" } },
            "aggregations": {
                "type": ["array", "null"],
                "items": {
                    "type": "object",
                    "properties": {
                        "field": { "type": "string", "description": "A property, or a path over relations." },
                        "type": { "enum": ["SUM", "MIN", "MAX", "AVG", "COUNT"] },
                        "alias": { "type": "string", "pattern": "^[A-Za-z_$][A-Za-z0-9_$]*$", "maxLength": 128 },
                    },
                    "required": ["field", "type", "alias"],
                },
            },
            "filter": { "type": ["string", "null"], "description": "A filter, as in q." },
        },
    })
}
