//! `/services/servicedefs`: where each operation lives, as WaveMaker's clients look it up by the names that its generator
//! gives to controllers and their methods.
//!
//! Everyone may ask; each gets the operations that he may carry out.

use actix_web::HttpResponse;
use serde_json::{Map, Value as Json, json};

use super::call::{Call, json_of};
use super::error::Failure;
use super::queries;
use crate::auth::Verb;
use crate::catalog::{Entity, Kind, Service, plural, upper_first};
use crate::query::{NamedQuery, Origin, QueryAnswer};

const JSON: Option<&str> = Some("application/json");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// Name, place and type of a parameter.
type Parameter = (String, &'static str, String);

struct Operation {
    name: String,
    method: String,
    path: String,
    consumes: Option<&'static str>,
    parameters: Vec<Parameter>,
}

/// The definitions.
pub async fn list(call: Call) -> Result<HttpResponse, Failure> {
    let mut definitions = Map::new();
    for (name, path) in [
        ("getAccessToken", "/security/token"),
        ("getUserName", "/security/user/username"),
        ("getUserId", "/security/user/userid"),
        ("getUserRoles", "/security/user/roles"),
        ("isAuthenticated", "/security/user/authenticated"),
        ("isSecurityEnabled", "/security/enabled"),
        ("getLoggedInUser", "/security/user"),
    ] {
        let operation = Operation::new(name.to_owned(), "get", path.to_owned(), Vec::new());
        operation.define("securityService", "SecurityServiceType", "Security", &mut definitions);
    }
    for (name, served) in call.state.services_in_order() {
        let Some(principal) = call.caller.principal() else { continue };
        let model = call.state.policy.model(&served.database.model(), principal);
        for (index, entity) in model.service.entities.iter().enumerate() {
            for (verb, operation) in operations(&model.service, entity) {
                if model.right(index, verb).is_some() && (verb == Verb::Read || entity.writable) {
                    operation.define(name, "DataService", &entity.name, &mut definitions);
                }
            }
        }
        for (query_name, query) in &served.queries {
            if principal.may_call(query) {
                query_operation(name, query_name, query).define(
                    name,
                    "DataService",
                    "QueryExecution",
                    &mut definitions,
                );
            }
        }
    }
    Ok(json_of(&json!({ "serviceDefs": definitions, "securityDefinitions": {} })))
}

/// The operation of a named query.
fn query_operation(service: &str, name: &str, query: &NamedQuery) -> Operation {
    let method = queries::method(query).to_ascii_lowercase();
    let in_url = ["get", "delete"].contains(&method.as_str());
    let given = query.parameters.iter().filter(|parameter| matches!(parameter.origin, Origin::Client { .. }));
    let mut parameters: Vec<Parameter> = if in_url {
        given.map(|parameter| (parameter.property.name.clone(), "query", java(parameter.property.kind))).collect()
    } else {
        vec![parameter(&upper_first(name), "body", &format!("{}Request", upper_first(name)))]
    };
    if matches!(query.answer, QueryAnswer::Page(_)) {
        parameters.extend(["page", "size"].map(|name| parameter(name, "query", "java.lang.Integer")));
        parameters.push(parameter("sort", "query", "java.lang.String"));
    }
    let path = format!("/{service}/queryExecutor/queries/{name}");
    let operation =
        Operation { name: format!("execute{}", upper_first(name)), method, path, consumes: None, parameters };
    if in_url { operation } else { operation.takes(JSON) }
}

/// The operations of an entity, under the names of WaveMaker's generated controllers.
fn operations(service: &Service, entity: &Entity) -> Vec<(Verb, Operation)> {
    let one = &entity.name;
    let many = plural(one);
    let base = format!("/{}/{one}", service.name);
    let body = || parameter(one, "body", one);
    let paged = || ["page", "size"].map(|name| parameter(name, "query", "java.lang.Integer")).into_iter();
    let paged = || paged().chain([parameter("sort", "query", "java.lang.String")]);
    let q = || parameter("q", "query", "java.lang.String");
    let filtered = || std::iter::once(q()).chain(paged()).collect::<Vec<_>>();
    let mut found = vec![
        (Verb::Read, Operation::new(format!("find{many}"), "get", base.clone(), filtered())),
        (Verb::Read, Operation::new(format!("filter{many}"), "post", format!("{base}/filter"), filtered()).takes(FORM)),
        (
            Verb::Read,
            Operation::new(format!("search{many}ByQueryFilters"), "post", format!("{base}/search"), {
                paged().chain([parameter("queryFilters", "body", "QueryFilter[]")]).collect()
            })
            .takes(JSON),
        ),
        (Verb::Read, Operation::new(format!("count{many}"), "get", format!("{base}/count"), vec![q()])),
        (Verb::Read, Operation::new(format!("count{many}_1"), "post", format!("{base}/count"), vec![q()]).takes(FORM)),
        (
            Verb::Read,
            Operation::new(format!("export{many}"), "get", format!("{base}/export/{{exportType}}"), {
                std::iter::once(parameter("exportType", "path", "ExportType")).chain(filtered()).collect()
            }),
        ),
        (
            Verb::Read,
            Operation::new(format!("export{many}AndGetURL"), "post", format!("{base}/export"), {
                paged().chain([parameter("exportOptions", "body", "DataExportOptions")]).collect()
            })
            .takes(JSON),
        ),
        (
            Verb::Read,
            Operation::new(format!("get{one}AggregatedValues"), "post", format!("{base}/aggregations"), {
                paged().chain([parameter("aggregationInfo", "body", "AggregationInfo")]).collect()
            })
            .takes(JSON),
        ),
        (Verb::Create, Operation::new(format!("create{one}"), "post", base.clone(), vec![body()]).takes(JSON)),
    ];
    let key = |place: &'static str| -> Vec<Parameter> {
        entity
            .key
            .iter()
            .map(|&index| (entity.properties[index].name.clone(), place, java(entity.properties[index].kind)))
            .collect()
    };
    let (row, key) = match entity.single_key() {
        Some(index) => (format!("{base}/{{{}}}", entity.properties[index].name), key("path")),
        None => (format!("{base}/composite-id"), key("query")),
    };
    let with_body = || key.iter().cloned().chain([body()]).collect::<Vec<_>>();
    if !entity.key.is_empty() {
        found.push((Verb::Read, Operation::new(format!("get{one}"), "get", row.clone(), key.clone())));
        found.push((Verb::Update, Operation::new(format!("edit{one}"), "put", row.clone(), with_body()).takes(JSON)));
        found
            .push((Verb::Update, Operation::new(format!("patch{one}"), "patch", row.clone(), with_body()).takes(JSON)));
        found.push((Verb::Delete, Operation::new(format!("delete{one}"), "delete", row.clone(), key.clone())));
    }
    for unique in entity.unique_keys.iter().filter(|unique| unique.properties.len() == 1) {
        let name = format!("getBy{}", upper_first(&unique.segment));
        let property = &entity.properties[unique.properties[0]];
        let path = format!("{base}/{}/{{{}}}", unique.segment, property.name);
        found.push((
            Verb::Read,
            Operation::new(name, "get", path, vec![(property.name.clone(), "path", java(property.kind))]),
        ));
    }
    if entity.single_key().is_some() {
        for collection in &entity.collections {
            let name = format!("findAssociated{}", upper_first(&collection.name));
            let parameters = key.iter().cloned().chain(paged()).collect();
            found.push((Verb::Read, Operation::new(name, "get", format!("{row}/{}", collection.name), parameters)));
        }
    }
    found
}

fn parameter(name: &str, place: &'static str, kind: &str) -> Parameter {
    (name.to_owned(), place, kind.to_owned())
}

fn java(kind: Kind) -> String {
    let name = match kind {
        Kind::Integer => "java.lang.Integer",
        Kind::Real => "java.lang.Double",
        Kind::Decimal => "java.math.BigDecimal",
        Kind::Boolean => "java.lang.Boolean",
        Kind::Date => "java.sql.Date",
        Kind::Time => "java.sql.Time",
        Kind::DateTime => "java.time.LocalDateTime",
        Kind::Timestamp => "java.sql.Timestamp",
        Kind::Text | Kind::Blob | Kind::Json | Kind::Any => "java.lang.String",
    };
    name.to_owned()
}

impl Operation {
    fn new(name: String, method: &'static str, path: String, parameters: Vec<Parameter>) -> Self {
        Self { name, method: method.to_owned(), path, consumes: None, parameters }
    }

    fn takes(mut self, consumes: Option<&'static str>) -> Self {
        self.consumes = consumes;
        self
    }

    fn define(self, service: &str, kind: &str, controller: &str, into: &mut Map<String, Json>) {
        let id = format!("{controller}Controller_{}", self.name);
        // An entity of that name may be in another service as well.
        let id = if into.contains_key(&id) { format!("{service}_{id}") } else { id };
        let parameters: Vec<Json> = self
            .parameters
            .iter()
            .map(|(name, place, kind)| {
                json!({ "name": name, "parameterType": place, "type": kind, "required": *place == "path" || *place == "body" })
            })
            .collect();
        let definition = json!({
            "id": id,
            "type": kind,
            "service": service,
            "controller": controller,
            "operationType": self.method,
            "wmServiceOperationInfo": {
                "name": self.name,
                "httpMethod": self.method,
                "methodType": self.method,
                "relativePath": self.path,
                "directPath": self.path,
                "consumes": self.consumes.map(|media| [media]),
                "produces": ["application/json"],
                "securityDefinitions": [],
                "proxySettings": { "web": true, "mobile": true },
                "definitions": {},
                "parameters": parameters,
            },
        });
        into.insert(id, definition);
    }
}
