//! The named queries of a service: each the operations that its own method and its export make.

use serde_json::{Map, Value as Json, json};

use super::operations::{self, Answer};
use super::rows::{page_of, reference};
use super::{Described, Document, content, values};
use crate::http::addresses::segment;
use crate::http::endpoints::{Access, ENDPOINTS, Endpoint};
use crate::http::queries;
use crate::http::state::{Service, View};
use crate::query::{NamedQuery, Node, Origin, Parameter as QueryParameter, QueryAnswer};

/// Adds the queries that the viewer may call.
pub fn describe(document: &mut Document, view: &View<'_>, name: &str, service: &Service) {
    for (query_name, query) in &service.queries {
        if !view.principal.may_call(query) {
            continue;
        }
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.access == Access::Query) {
            if endpoint.fits_query(queries::method(query)) {
                add(document, endpoint, name, query_name, query);
            }
        }
    }
}

fn add(document: &mut Document, endpoint: &Endpoint, service: &str, name: &str, query: &NamedQuery) {
    let Some(operation) = operations::find(endpoint.id) else { return };
    if matches!(query.answer, QueryAnswer::Single(_)) && endpoint.path.ends_with("/export") {
        return;
    }
    let tag = format!("{service} queries");
    if !document.tags.iter().any(|known| known["name"] == tag.as_str()) {
        document.tags.push(json!({ "name": tag, "description": format!("Named queries of the service {service}.") }));
    }
    let in_url = ["GET", "DELETE"].contains(&queries::method(query));
    let mut parameters = if in_url { in_query(query) } else { Vec::new() };
    let exports = endpoint.path.ends_with("/export");
    if let QueryAnswer::Page(columns) = &query.answer {
        let first = columns.names.first().map_or("", String::as_str);
        parameters.push(json!({
            "name": "sort", "in": "query", "description": "Columns, each with asc or desc, separated by commas.",
            "schema": { "type": "string" }, "example": format!("{first} desc"),
        }));
        parameters.push(json!({ "$ref": "#/components/parameters/page" }));
        if !exports {
            parameters.push(json!({ "$ref": format!("#/components/parameters/{service}.size") }));
        }
    }
    let answer = match (&query.answer, operation.answer) {
        (_, Answer::Json(name)) => content(&reference(name)),
        (QueryAnswer::Page(columns), _) => content(&page_of(&row(&columns.node, &columns.names))),
        (QueryAnswer::Single(columns), _) => content(&row(&columns.node, &columns.names)),
        (QueryAnswer::Change { .. }, _) => content(&json!({
            "type": "object", "required": ["result"], "additionalProperties": false,
            "properties": { "result": { "type": "integer", "minimum": 0 } },
        })),
    };
    let body = match query.answer {
        _ if exports => super::body(operation.body),
        QueryAnswer::Change { .. } if !in_url && query.takes_input() => Some(in_body(query)),
        _ => None,
    };
    let path = endpoint.path.replace("{service}", &segment(service)).replace("{name}", &segment(name));
    let about = query.about.trim();
    let summary = match (about.is_empty(), exports) {
        (_, true) => format!("Make a file of {name} and say where it is"),
        (true, false) => name.to_owned(),
        (false, false) => about.to_owned(),
    };
    let id = format!("{service}.{name}.{}", endpoint.id);
    let failures: &[u16] = match query.answer {
        QueryAnswer::Single(_) => &[404],
        QueryAnswer::Change { .. } => &[409],
        QueryAnswer::Page(_) => &[],
    };
    document.add(
        endpoint,
        operation,
        &path,
        Described { tag: &tag, id: &id, summary, parameters, body, answer, failures },
    );
}

/// The parameters that a client gives.
fn given(query: &NamedQuery) -> impl Iterator<Item = (&QueryParameter, bool)> {
    query.parameters.iter().filter_map(|parameter| match parameter.origin {
        Origin::Client { required } => Some((parameter, required)),
        Origin::Server(_) => None,
    })
}

fn in_query(query: &NamedQuery) -> Vec<Json> {
    let one = |(parameter, required): (&QueryParameter, bool)| {
        let mut schema = values::addressed(parameter.property.kind);
        if let Some(schema) = schema.as_object_mut() {
            // Unlike a path, a query can hold an empty text.
            schema.remove("minLength");
        }
        json!({ "name": parameter.property.name, "in": "query", "required": required, "schema": schema })
    };
    given(query).map(one).collect()
}

fn in_body(query: &NamedQuery) -> Json {
    let properties: Map<String, Json> = given(query)
        .map(|(parameter, _)| (parameter.property.name.clone(), values::accepted(&parameter.property)))
        .collect();
    let required: Vec<&str> =
        given(query).filter(|(_, required)| *required).map(|(parameter, _)| parameter.property.name.as_str()).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "required": true, "content": content(&schema) })
}

/// A row of an answer. SQLite may put any value into the column of an expression.
fn row(node: &Node, names: &[String]) -> Json {
    let properties: Map<String, Json> =
        names.iter().zip(&node.members).map(|(name, member)| (name.clone(), values::computed(member.kind))).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}
