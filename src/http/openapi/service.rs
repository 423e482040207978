//! The operations of one service: each endpoint of the table, at each address that it has for each entity.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use super::names::Names;
use super::operations::{self, Answer, Body, Operation, Parameter};
use super::rows::{self, Purpose, Rows};
use super::{Described, Document, body, content, files, values};
use crate::catalog::{Entity, EntityIndex, Kind};
use crate::http::addresses::{Address, ENTITY_PREFIX, Place, addresses};
use crate::http::endpoints::{Access, ENDPOINTS, Endpoint};
use crate::http::state::{Service, State, View};
use crate::query::Model;

/// Adds all that the viewer may see of a service.
pub fn describe(document: &mut Document, state: &State, view: &View<'_>, name: &str, service: &Service) {
    let model = state.policy.model(&service.database.model(), view.principal);
    let names = Names::of(&model.service);
    let mut describer = Describer { document, name, model: &model, names: &names, rows: Rows::new(&model, &names) };
    let size = format!("{name}.size");
    describer.document.parameters.insert(size, size_parameter(service.max_page_size));
    for (index, entity) in model.service.entities.iter().enumerate() {
        describer.entity(index, entity);
    }
}

struct Describer<'a> {
    document: &'a mut Document,
    name: &'a str,
    model: &'a Model,
    names: &'a Names,
    rows: Rows<'a>,
}

impl Describer<'_> {
    fn entity(&mut self, index: EntityIndex, entity: &Entity) {
        let tag = self.names.schema(index, "");
        let about = if entity.writable { "" } else { " Read-only." };
        let heading =
            json!({ "name": tag, "description": format!("{} of the service {}.{about}", entity.name, self.name) });
        self.document.tags.push(heading);
        self.document.parameters.insert(format!("{tag}.sort"), sort_parameter(entity));
        self.document.parameters.insert(format!("{tag}.q"), filter_parameter(entity));
        let mut added = HashSet::new();
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.path.starts_with(ENTITY_PREFIX)) {
            let Some(operation) = operations::find(endpoint.id) else { continue };
            let Access::Entity(verb) = endpoint.access else { continue };
            if !self.model.right(index, verb).is_some() || !endpoint.fits(entity) {
                continue;
            }
            for address in addresses(endpoint, self.name, entity).unwrap_or_default() {
                added.insert(endpoint.id);
                self.operation(index, entity, endpoint, operation, &address);
            }
        }
        self.link(index, entity, &added);
    }

    fn operation(
        &mut self,
        index: EntityIndex,
        entity: &Entity,
        endpoint: &Endpoint,
        operation: &Operation,
        address: &Address<'_>,
    ) {
        let tag = self.names.schema(index, "");
        let (detail, summary) = match address.place {
            Place::Entity | Place::Row => {
                let property = address.path.split_once("/content/").map_or("", |(_, property)| property);
                (property.to_owned(), operation.summary.replace("{entity}", &entity.name))
            }
            Place::UniqueRow(segment) => {
                let properties = segment.replace('-', " and ");
                (segment.to_owned(), format!("The row of {} that has this {properties}", entity.name))
            }
            Place::Related(collection) => {
                let source = &self.model.service.entity(collection.source).name;
                (collection.name.clone(), format!("A page of the {source} rows that refer to a row of {}", entity.name))
            }
        };
        let described = Described {
            tag: &tag,
            id: &self.names.operation(index, endpoint.id, &detail),
            summary,
            parameters: self.parameters(index, entity, operation, address),
            body: self.body(index, operation),
            answer: self.answer(index, operation, address),
            // A row that is not there has no related ones either, and that is all.
            failures: if matches!(address.place, Place::Related(_)) { &[] } else { operation.failures },
        };
        self.document.add(endpoint, operation, &address.path, described);
    }

    fn parameters(
        &self,
        index: EntityIndex,
        entity: &Entity,
        operation: &Operation,
        address: &Address<'_>,
    ) -> Vec<Json> {
        let one = |name: &str, place: &str, property: usize| json!({ "name": name, "in": place, "required": true, "schema": values::addressed(entity.properties[property].kind) });
        let mut all: Vec<Json> = address.in_path.iter().map(|(name, property)| one(name, "path", *property)).collect();
        all.extend(address.in_query.iter().map(|&property| one(&entity.properties[property].name, "query", property)));
        let (wanted, listed): (&[Parameter], _) = match address.place {
            Place::Related(collection) => (&[Parameter::Sort, Parameter::Page], collection.source),
            _ => (operation.parameters, index),
        };
        let reference = |name: String| json!({ "$ref": format!("#/components/parameters/{name}") });
        for parameter in wanted {
            match parameter {
                Parameter::Filter => all.push(reference(self.names.schema(listed, ".q"))),
                Parameter::Sort => all.push(reference(self.names.schema(listed, ".sort"))),
                Parameter::Page => {
                    all.push(reference("page".to_owned()));
                    all.push(reference(format!("{}.size", self.name)));
                }
                Parameter::ExportType => all.push(json!({
                    "name": "type", "in": "path", "required": true, "schema": { "enum": ["csv", "excel", "json"] },
                })),
                Parameter::Download => {
                    let about = "With true, save it rather than show it.";
                    let schema = json!({ "type": "string" });
                    all.push(json!({ "name": "download", "in": "query", "description": about, "schema": schema }));
                    all.push(json!({ "name": "filename", "in": "query", "schema": { "type": "string" } }));
                }
                Parameter::File
                | Parameter::Version
                | Parameter::ExportedFile
                | Parameter::Service
                | Parameter::SessionId => {}
            }
        }
        all
    }

    fn body(&mut self, index: EntityIndex, operation: &Operation) -> Option<Json> {
        let purpose = match operation.body {
            Body::New => Purpose::New,
            Body::Whole | Body::Files => Purpose::Whole,
            Body::Changes => Purpose::Changes,
            other => return body(other),
        };
        let name = self.names.schema(index, purpose.suffix());
        if !self.document.schemas.contains_key(&name) {
            self.document.schemas.insert(name.clone(), rows::body(self.model, index, purpose));
        }
        let row = rows::reference(&name);
        let mut all = if operation.body == Body::Files { json!({}) } else { content(&row) };
        if self.model.service.entity(index).holds_bytes() {
            all["multipart/form-data"] = json!({ "schema": rows::form(self.model.service.entity(index), &row) });
        }
        Some(json!({ "required": true, "content": all }))
    }

    fn answer(&mut self, index: EntityIndex, operation: &Operation, address: &Address<'_>) -> Json {
        let schema = match (operation.answer, address.place) {
            (Answer::Page, _) => self.page(index),
            (Answer::Member, Place::Related(collection)) => self.page(collection.source),
            (Answer::Row | Answer::Member, _) => self.rows.row(index, &mut self.document.schemas),
            (Answer::Json(name), _) => rows::reference(name),
            (Answer::Text(types), _) => return files(types),
            (Answer::Empty, _) => return Json::Null,
        };
        content(&schema)
    }

    fn page(&mut self, index: EntityIndex) -> Json {
        let name = self.names.schema(index, ".page");
        if !self.document.schemas.contains_key(&name) {
            let row = self.rows.row(index, &mut self.document.schemas);
            self.document.schemas.insert(name.clone(), rows::page_of(&row));
        }
        rows::reference(&name)
    }

    /// Tells where the row that a create has made can be found.
    fn link(&mut self, index: EntityIndex, entity: &Entity, added: &HashSet<&str>) {
        let Some(key) = entity.single_key().filter(|_| added.contains("create_record")) else { return };
        let name = &entity.properties[key].name;
        let mut links = Map::new();
        for id in
            ["get_record", "update_record", "patch_record", "delete_record"].into_iter().filter(|id| added.contains(id))
        {
            let parameters =
                json!({ name.as_str(): format!("$response.body#/{}", name.replace('~', "~0").replace('/', "~1")) });
            let link = json!({ "operationId": self.names.operation(index, id, ""), "parameters": parameters });
            links.insert(id.to_owned(), link);
        }
        let base = format!(
            "/services/{}/{}",
            crate::http::addresses::segment(self.name),
            crate::http::addresses::segment(&entity.name)
        );
        if let Some(success) = self.document.paths.get_mut(&base).map(|item| &mut item["post"]["responses"]["200"]) {
            success["links"] = links.into();
        }
    }
}

fn size_parameter(largest: u32) -> Json {
    json!({
        "name": "size", "in": "query", "allowEmptyValue": true,
        "description": format!("Rows a page; what is above {largest}, or not above 0, becomes {largest}."),
        "schema": { "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX, "default": largest.min(20) },
    })
}

fn sort_parameter(entity: &Entity) -> Json {
    let first = entity.properties.iter().find(|property| !property.is_secret() && property.kind != Kind::Blob);
    let mut parameter = json!({
        "name": "sort", "in": "query",
        "description": "A property, or a path over relations, then asc or desc; may be repeated. The key decides where all is equal.",
        "schema": { "type": "array", "items": { "type": "string" } },
    });
    if let Some(property) = first {
        parameter["example"] = json!([format!("{} desc", property.name)]);
    }
    parameter
}

fn filter_parameter(entity: &Entity) -> Json {
    let mut parameter = json!({
        "name": "q", "in": "query",
        "description": "A filter, such as name like 'A%' and (budget > 5 or budget is null); paths over relations as well.",
        "schema": { "type": "string" },
    });
    let mut readable = entity.properties.iter().filter(|property| !property.is_secret());
    let example = readable.find_map(|property| Some((&property.name, values::example_literal(property.kind)?)));
    if let Some((name, literal)) = example {
        parameter["example"] = json!(format!("{name} {literal}"));
    }
    parameter
}
