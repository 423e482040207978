//! `/services` and `/services/{service}/catalog`: what there is, as far as the caller may know of it, for programs that
//! make forms and lists of it.

use actix_web::HttpResponse;
use serde_json::{Value as Json, json};

use super::call::{Call, json_of};
use super::error::Failure;
use super::queries;
use super::state::Service;
use crate::auth::{Principal, Verb};
use crate::catalog::{Access, Entity, EntityIndex, Kind, Property};
use crate::query::{Model, NamedQuery, Origin, QueryAnswer};

/// The services, the sample first.
pub async fn services(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let services = call.state.services_in_order().map(|(name, service)| {
        let model = call.state.policy.model(&service.database.model(), principal);
        json!({
            "name": name,
            "entities": model.service.entities.len(),
            "queries": allowed(service, principal).count(),
            "readOnly": service.database.is_read_only(),
        })
    });
    Ok(json_of(&json!({ "services": services.collect::<Vec<Json>>() })))
}

/// One service: its entities and named queries.
pub async fn service(call: Call) -> Result<HttpResponse, Failure> {
    let principal = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let name = call.parameter("service");
    let service = call.state.services.get(name).ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let model = call.state.policy.model(&service.database.model(), principal);
    let entities = model.service.entities.iter().enumerate().map(|(index, entity)| describe(&model, index, entity));
    let queries = allowed(service, principal).map(|(name, query)| describe_query(name, query));
    Ok(json_of(&json!({
        "service": name,
        "readOnly": service.database.is_read_only(),
        "maxPageSize": service.max_page_size,
        "entities": entities.collect::<Vec<Json>>(),
        "queries": queries.collect::<Vec<Json>>(),
    })))
}

/// The named queries that somebody may call.
fn allowed<'a>(service: &'a Service, principal: &'a Principal) -> impl Iterator<Item = (&'a String, &'a NamedQuery)> {
    let all = service.queries.iter().map(|(name, query)| (name, &**query));
    all.filter(|(_, query)| principal.may_call(query))
}

fn describe(model: &Model, index: EntityIndex, entity: &Entity) -> Json {
    let service = &model.service;
    let names = |entity: EntityIndex, properties: &[usize]| {
        let name = |&property: &usize| service.entity(entity).properties[property].name.clone();
        properties.iter().map(name).collect::<Vec<String>>()
    };
    let may = |verb: &Verb| (entity.writable || *verb == Verb::Read) && model.right(index, *verb).is_some();
    let verbs: Vec<&str> = Verb::ALL.iter().filter(|verb| may(verb)).map(|verb| verb.word()).collect();
    let relations = entity.relations.iter().map(|relation| {
        json!({
            "name": relation.name,
            "entity": service.entity(relation.target).name,
            "from": names(index, &relation.from),
            "to": names(relation.target, &relation.to),
        })
    });
    let collections = entity.collections.iter().map(|collection| {
        let source = service.entity(collection.source);
        json!({
            "name": collection.name,
            "entity": source.name,
            "relation": source.relations[collection.relation].name,
        })
    });
    json!({
        "name": entity.name,
        "verbs": verbs,
        "key": names(index, &entity.key),
        "generatedKey": entity.generated_key,
        "properties": entity.properties.iter().map(describe_property).collect::<Vec<Json>>(),
        "relations": relations.collect::<Vec<Json>>(),
        "collections": collections.collect::<Vec<Json>>(),
        "uniqueKeys": entity.unique_keys.iter().map(|key| names(index, &key.properties)).collect::<Vec<_>>(),
    })
}

fn describe_property(property: &Property) -> Json {
    json!({
        "name": property.name,
        "type": type_name(property.kind),
        "maxLength": property.max_length,
        "nullable": property.nullable,
        "hasDefault": property.default.is_some(),
        "generated": property.generated,
        "writeOnly": property.access == Access::WriteOnly,
        "readOnly": property.access == Access::ReadOnly,
    })
}

fn describe_query(name: &str, query: &NamedQuery) -> Json {
    let parameters = query.parameters.iter().filter_map(|parameter| match parameter.origin {
        Origin::Client { required } => {
            let (name, kind) = (&parameter.property.name, type_name(parameter.property.kind));
            Some(json!({ "name": name, "type": kind, "required": required }))
        }
        Origin::Server(_) => None,
    });
    let (answer, columns) = match &query.answer {
        QueryAnswer::Page(columns) => ("page", Some(&columns.names)),
        QueryAnswer::Single(columns) => ("single", Some(&columns.names)),
        QueryAnswer::Change { .. } => ("change", None),
    };
    json!({
        "name": name,
        "about": query.about,
        "method": queries::method(query),
        "answer": answer,
        "parameters": parameters.collect::<Vec<Json>>(),
        "columns": columns.map_or(&[][..], Vec::as_slice),
    })
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "integer",
        Kind::Real => "number",
        Kind::Decimal => "decimal",
        Kind::Text => "text",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::DateTime => "datetime",
        Kind::Timestamp => "timestamp",
        Kind::Json => "json",
        Kind::Blob => "bytes",
        Kind::Any => "any",
    }
}
