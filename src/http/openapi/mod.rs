//! The description of the server as OpenAPI 3.1, made for whoever asks: entities that he may read, operations that he may use.
//!
//! It is read off the tables that the server itself runs by: the endpoints, the policy, the catalog and the shapes of the
//! answers. [`operations`] adds to each endpoint what it asks for and answers; `addresses` says which paths it has.

mod fixed;
mod named;
mod names;
mod operations;
mod rows;
mod service;
mod values;

use serde_json::{Map, Value as Json, json};

use self::operations::{Answer, Body, Operation, Parameter};
use super::addresses::{ENTITY_PREFIX, segment};
use super::endpoints::{Access, ENDPOINTS, Endpoint, Method};
use super::files::Files;
use super::state::{State, View};
use crate::auth::Verb;

/// Whether the generator knows what an endpoint asks for and answers.
#[must_use]
pub fn is_described(endpoint: &Endpoint) -> bool {
    operations::find(endpoint.id).is_some()
}

/// Describes the server or one of its services.
#[must_use]
pub fn describe(state: &State, view: &View<'_>) -> Json {
    let mut document = Document::default();
    let shown = || state.services.iter().filter(|(name, _)| view.service.is_none_or(|only| only == name.as_str()));
    for (name, service) in shown() {
        service::describe(&mut document, state, view, name, service);
        named::describe(&mut document, view, name, service);
    }
    let watches = state.metrics_roles.include(&view.principal.roles);
    let fixed = |endpoint: &&Endpoint| match endpoint.access {
        Access::Query => false,
        Access::Watcher => watches,
        _ => !endpoint.path.starts_with(ENTITY_PREFIX),
    };
    for endpoint in ENDPOINTS.iter().filter(fixed) {
        let Some(operation) = operations::find(endpoint.id) else { continue };
        if !endpoint.path.contains("{service}") {
            if view.service.is_none() {
                document.add_fixed(endpoint, operation, endpoint.path, endpoint.id);
            }
            continue;
        }
        for (name, _) in shown() {
            let path = endpoint.path.replace("{service}", &segment(name));
            document.add_fixed(endpoint, operation, &path, &format!("{name}.{}", endpoint.id));
        }
    }
    document.finish(view)
}

/// What has been described so far.
#[derive(Default)]
struct Document {
    paths: Map<String, Json>,
    schemas: Map<String, Json>,
    parameters: Map<String, Json>,
    tags: Vec<Json>,
}

impl Document {
    /// An operation of a path that names no entity.
    fn add_fixed(&mut self, endpoint: &Endpoint, operation: &Operation, path: &str, id: &str) {
        if !self.tags.iter().any(|tag| tag["name"] == operation.tag) {
            self.tags.push(json!({ "name": operation.tag }));
        }
        let parameters = operation.parameters.iter().filter_map(|parameter| match parameter {
            Parameter::File => Some(file_parameter()),
            Parameter::Version => {
                Some(json!({ "name": "version", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }))
            }
            Parameter::ExportedFile => {
                Some(json!({ "name": "file", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }))
            }
            Parameter::SessionId => {
                Some(json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }))
            }
            // Others belong to entities, and the service stands in the path already.
            _ => None,
        });
        let parameters: Vec<Json> = parameters.collect();
        let described = Described {
            tag: operation.tag,
            id,
            summary: operation.summary.to_owned(),
            parameters,
            body: body(operation.body),
            answer: match operation.answer {
                Answer::Json(name) => content(&rows::reference(name)),
                Answer::Text(types) => files(types),
                Answer::Row | Answer::Page | Answer::Member | Answer::Empty => Json::Null,
            },
            failures: operation.failures,
        };
        self.add(endpoint, operation, path, described);
    }

    /// Adds an operation: what every one of its method, access and body has in common is added here.
    fn add(&mut self, endpoint: &Endpoint, operation: &Operation, path: &str, mut described: Described<'_>) {
        let writes = endpoint.method != Method::Get;
        let changes = matches!(endpoint.access, Access::Entity(Verb::Update | Verb::Delete));
        let tagged = endpoint.is_revalidated() && endpoint.id != "download_records";
        let parameter = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
        described.parameters.extend(changes.then(|| parameter("ifMatch")));
        described.parameters.extend(tagged.then(|| parameter("ifNoneMatch")));
        let mut responses = Map::new();
        let mut success = json!({
            "description": "Done",
            "headers": { "X-WM-Request-Track-Id": { "$ref": "#/components/headers/TrackId" } },
        });
        if !described.answer.is_null() {
            success["content"] = described.answer;
        }
        if tagged {
            success["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
        }
        responses.insert("200".to_owned(), success);
        for &status in operation.others.iter().chain(tagged.then_some(&304)) {
            responses.insert(status.to_string(), empty(status));
        }
        let mut failures = vec![400, 401, 429, 500, 503];
        if writes || matches!(endpoint.access, Access::Entity(_) | Access::Query) {
            failures.push(403);
        }
        if changes {
            failures.push(412);
        }
        if endpoint.sends_json() {
            failures.push(406);
        }
        if described.body.is_some() {
            failures.extend([413, 415]);
        }
        failures.extend(described.failures);
        failures.sort_unstable();
        for status in failures {
            responses.insert(status.to_string(), fixed::failure(status));
        }
        let mut object = Map::new();
        object.insert("tags".into(), json!([described.tag]));
        object.insert("operationId".into(), described.id.into());
        object.insert("summary".into(), described.summary.into());
        if !described.parameters.is_empty() {
            object.insert("parameters".into(), described.parameters.into());
        }
        if let Some(body) = described.body {
            object.insert("requestBody".into(), body);
        }
        object.insert("responses".into(), responses.into());
        let needs_somebody = endpoint.access != Access::Public || endpoint.id == "mint_token";
        object.insert("security".into(), if needs_somebody { fixed::security(writes) } else { json!([]) });
        let item = self.paths.entry(path).or_insert_with(|| json!({}));
        item[endpoint.method.name().to_ascii_lowercase()] = object.into();
    }

    fn finish(mut self, view: &View<'_>) -> Json {
        let fixed = fixed::components();
        self.schemas.extend(fixed.schemas);
        self.parameters.extend(fixed.parameters);
        let title = view.service.map_or_else(|| "hrdb".to_owned(), |name| format!("hrdb: {name}"));
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": title,
                "version": env!("CARGO_PKG_VERSION"),
                "description": format!("What {} may do here. Every failure has the same envelope.", view.principal.name),
            },
            "servers": [{ "url": if view.context.is_empty() { "/" } else { view.context } }],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "schemas": self.schemas,
                "parameters": self.parameters,
                "headers": fixed.headers,
                "responses": fixed::failures(),
                "securitySchemes": fixed.security_schemes,
            },
        })
    }
}

/// What tells one operation from another.
struct Described<'a> {
    tag: &'a str,
    id: &'a str,
    summary: String,
    parameters: Vec<Json>,
    body: Option<Json>,
    /// `content` of the 200; null when it is empty.
    answer: Json,
    /// Failures besides those that its method, access and body bring with them.
    failures: &'static [u16],
}

/// Media types whose content no schema describes.
fn files(types: &[&str]) -> Json {
    Json::Object(types.iter().map(|media| ((*media).to_owned(), json!({}))).collect())
}

fn content(schema: &Json) -> Json {
    json!({ "application/json": { "schema": schema } })
}

/// The body of an operation, but for an entity's own.
fn body(body: Body) -> Option<Json> {
    match body {
        Body::Json(name) => Some(json!({ "required": true, "content": content(&rows::reference(name)) })),
        Body::Form(name) => {
            let schema = rows::reference(name);
            Some(json!({ "content": { "application/x-www-form-urlencoded": { "schema": schema } } }))
        }
        Body::None | Body::New | Body::Whole | Body::Changes | Body::Files => None,
    }
}

fn empty(status: u16) -> Json {
    match status {
        302 => json!({
            "description": "Go on elsewhere; for browsers",
            "headers": { "Location": { "required": true, "schema": { "type": "string" } } },
        }),
        _ => json!({ "description": "The caller has it already" }),
    }
}

/// The files that have no endpoint of their own.
fn file_parameter() -> Json {
    let own = |name: &&str| ENDPOINTS.iter().any(|endpoint| endpoint.path.strip_prefix('/') == Some(name));
    let names: Vec<&str> = Files::names().filter(|name| !own(name)).collect();
    json!({ "name": "file", "in": "path", "required": true, "schema": { "enum": names } })
}
