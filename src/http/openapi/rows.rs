//! Schemas of an entity: its rows as they are answered, read off the shape that the answers themselves are written by, and
//! the bodies that create and change them.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use super::names::Names;
use super::values;
use crate::catalog::{Access, Entity, EntityIndex, Kind, PropertyIndex};
use crate::query::{Model, Node, Shape};

/// The schemas of one service, as far as they have been asked for.
pub struct Rows<'a> {
    model: &'a Model,
    names: &'a Names,
    /// What an object holds, as text, and the name of its schema. An entity's own row comes first, so that the same
    /// object within another row refers to it; one that is cut short gets a name of its own.
    known: HashMap<String, String>,
}

impl<'a> Rows<'a> {
    /// Nothing asked for yet.
    pub fn new(model: &'a Model, names: &'a Names) -> Self {
        let entities = 0..model.service.entities.len();
        let known = entities.map(|index| {
            let shape = model.shape(index);
            (content(shape, &shape.root), names.schema(index, ""))
        });
        Self { model, names, known: known.collect() }
    }

    /// A reference to the schema of an entity's row.
    pub fn row(&mut self, entity: EntityIndex, schemas: &mut Map<String, Json>) -> Json {
        let model = self.model;
        let shape = model.shape(entity);
        self.object(shape, &shape.root, schemas)
    }

    fn object(&mut self, shape: &Shape, node: &Node, schemas: &mut Map<String, Json>) -> Json {
        let content = content(shape, node);
        let index = entity_of(shape, node);
        let known = self.known.len() + 1 - self.model.service.entities.len();
        let name =
            self.known.entry(content).or_insert_with(|| self.names.schema(index, &format!(".cut{known}"))).clone();
        if !schemas.contains_key(&name) {
            // Held first: a row refers to nothing that refers to it, but two rows may refer to the same third.
            schemas.insert(name.clone(), Json::Null);
            let schema = self.describe(shape, node, schemas);
            schemas.insert(name.clone(), schema);
        }
        reference(&name)
    }

    fn describe(&mut self, shape: &Shape, node: &Node, schemas: &mut Map<String, Json>) -> Json {
        let entity = self.model.service.entity(entity_of(shape, node));
        let mut properties = Map::new();
        for member in &node.members {
            let index = shape.columns[member.column].property;
            let property = &entity.properties[index];
            let made_by_database = property.generated || (entity.generated_key && entity.key.contains(&index));
            let schema = values::answered(property, property.nullable, made_by_database);
            properties.insert(property.name.clone(), schema);
        }
        for (key, child) in &node.relations {
            let Ok(name) = serde_json::from_str::<String>(key.trim_end_matches(':')) else { continue };
            let schema = self.object(shape, child, schemas);
            // Null even where the foreign key is not: SQLite checks foreign keys only when asked to, so that a database
            // from elsewhere may hold one that names nothing.
            properties.insert(name, json!({ "oneOf": [schema, { "type": "null" }] }));
        }
        let required: Vec<&String> = properties.keys().collect();
        let required = json!(required);
        json!({
            "type": "object",
            "description": format!("A row of {}.", entity.name),
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

/// The entity of an object; its members are all of one table. One without a readable property is no entity's own.
fn entity_of(shape: &Shape, node: &Node) -> EntityIndex {
    let column = node.members.first().map(|member| member.column).or(node.presence);
    shape.joins.entity(column.map_or(0, |column| shape.columns[column].table))
}

/// All that an object holds, as text: two objects of the same content have the same schema.
fn content(shape: &Shape, node: &Node) -> String {
    let mut text = entity_of(shape, node).to_string();
    for (key, child) in &node.relations {
        text.push('{');
        text.push_str(key);
        text.push_str(&content(shape, child));
        text.push('}');
    }
    text
}

/// How a body is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new row.
    New,
    /// A whole row.
    Whole,
    /// Some properties.
    Changes,
}

impl Purpose {
    /// End of the schema's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::New => ".new",
            Self::Whole => ".whole",
            Self::Changes => ".changes",
        }
    }
}

/// The schema of a body: what `query::read_change` takes. Members that it ignores are left out; sending them does no harm.
pub fn body(model: &Model, index: EntityIndex, purpose: Purpose) -> Json {
    let entity = model.service.entity(index);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (position, property) in entity.properties.iter().enumerate() {
        if !is_set(entity, position, purpose) {
            continue;
        }
        properties.insert(property.name.clone(), values::accepted(property));
        let by_relation = entity.relations.iter().any(|relation| relation.from.contains(&position));
        let kept = property.is_secret() && purpose == Purpose::Whole;
        if !property.nullable && property.default.is_none() && !kept && !by_relation {
            required.push(property.name.clone());
        }
    }
    let mut either = Vec::new();
    for relation in &entity.relations {
        let target = model.service.entity(relation.target);
        let pairs = relation.from.iter().zip(&relation.to).filter(|(from, _)| is_set(entity, **from, purpose));
        let mut inside = Map::new();
        let mut set = Vec::new();
        for (&from, &to) in pairs {
            let property = &entity.properties[from];
            inside.insert(target.properties[to].name.clone(), values::accepted(property));
            set.push(property.name.as_str());
            if !property.nullable && property.default.is_none() {
                either.push(json!({ "anyOf": [{ "required": [property.name] }, { "required": [relation.name] }] }));
            }
        }
        if !set.is_empty() {
            let description = format!("Sets {}; null leaves it alone.", set.join(", "));
            let schema = json!({ "type": ["object", "null"], "description": description, "properties": inside });
            properties.insert(relation.name.clone(), schema);
        }
    }
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("description".into(), about(entity, purpose).into());
    schema.insert("properties".into(), properties.into());
    if purpose != Purpose::Changes {
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        if !either.is_empty() {
            schema.insert("allOf".into(), either.into());
        }
    }
    schema.into()
}

fn about(entity: &Entity, purpose: Purpose) -> String {
    let name = &entity.name;
    match purpose {
        Purpose::New => format!("A new row of {name}. What is absent takes the column's default, else null."),
        Purpose::Whole => format!(
            "A whole row of {name}. What is absent takes the column's default, else null; secrets and bytes stay."
        ),
        Purpose::Changes => format!("Some properties of a row of {name}. What is absent stays as it is."),
    }
}

/// Whether a body of this purpose sets the property.
fn is_set(entity: &Entity, index: PropertyIndex, purpose: Purpose) -> bool {
    let property = &entity.properties[index];
    let in_key = entity.key.contains(&index);
    let ignored = in_key && (purpose != Purpose::New || entity.generated_key);
    !property.generated && property.kind != Kind::Blob && property.access != Access::ReadOnly && !ignored
}

/// A row as a form with parts: the JSON that `row` refers to, and a file for each property that holds bytes.
pub fn form(entity: &Entity, row: &Json) -> Json {
    let mut parts = Map::new();
    parts.insert("wm_data_json".to_owned(), row.clone());
    for property in entity.properties.iter().filter(|property| property.kind == Kind::Blob) {
        parts.insert(property.name.clone(), json!({ "type": "string", "format": "binary" }));
    }
    json!({ "type": "object", "properties": parts, "required": ["wm_data_json"] })
}

/// A page of what `row` refers to: the ten keys of every page, with its content made precise.
pub fn page_of(row: &Json) -> Json {
    json!({
        "allOf": [reference("Page")],
        "type": "object",
        "properties": { "content": { "type": "array", "items": row } },
    })
}

/// A reference to a schema.
pub fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
