//! What a path template of the endpoints table means for an entity: the addresses that it stands for there.
//!
//! This is the one place that says so. The handlers find the same out from the other end, an address that came in; that
//! both agree is what `tests/suite/openapi.rs` asks the running server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::endpoints::{Endpoint, Method};
use crate::catalog::{Collection, Entity, Kind, PropertyIndex};

/// How the path of an entity's endpoint begins.
pub const ENTITY_PREFIX: &str = "/services/{service}/{entity}";
/// What stands in a path as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is found at an address.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The entity as a whole.
    Entity,
    /// One row, by its key.
    Row,
    /// One row, by the unique key of this path segment.
    UniqueRow(&'a str),
    /// The rows that refer to one row.
    Related(&'a Collection),
}

/// An address of an entity. `{name}` in its path stands for the value of a property.
#[derive(Debug)]
pub struct Address<'a> {
    /// The path, percent-encoded.
    pub path: String,
    /// What is there.
    pub place: Place<'a>,
    /// Parameter names of the path, and the properties whose values they take.
    pub in_path: Vec<(&'a str, PropertyIndex)>,
    /// Properties whose values the query must give.
    pub in_query: Vec<PropertyIndex>,
}

/// A path segment, percent-encoded.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The addresses that an entity's endpoint has for this entity, which may be none. `None` for a template that is not
/// known here: each parameter of a path needs an arm below that says what it stands for.
#[must_use]
pub fn addresses<'a>(endpoint: &Endpoint, service: &str, entity: &'a Entity) -> Option<Vec<Address<'a>>> {
    let rest = endpoint.path.strip_prefix(ENTITY_PREFIX)?;
    let base = format!("/services/{}/{}", segment(service), segment(&entity.name));
    Some(match rest {
        "/{id}" => {
            let mut all = by_key(entity, &base, "");
            if endpoint.method == Method::Get {
                all.extend(by_long_unique_keys(entity, &base));
            }
            all
        }
        "/{id}/{member}" => {
            let mut all = by_short_unique_keys(entity, &base);
            for collection in &entity.collections {
                let related = by_key(entity, &base, &format!("/{}", segment(&collection.name)));
                all.extend(related.into_iter().map(|address| Address { place: Place::Related(collection), ..address }));
            }
            all
        }
        "/{id}/content/{property}" => {
            bytes(entity).flat_map(|name| by_key(entity, &base, &format!("/content/{}", segment(name)))).collect()
        }
        "/composite-id/content/{property}" => {
            let all = bytes(entity).flat_map(|name| by_long_key(entity, &base, &format!("/content/{}", segment(name))));
            all.collect()
        }
        // A single key is understood there as well; one address for each thing is enough to tell people about.
        "/composite-id" => by_long_key(entity, &base, ""),
        // What else stands in braces is a parameter of the operation.
        literal if !literal.contains("{id}") => vec![Address {
            path: format!("{base}{literal}"),
            place: Place::Entity,
            in_path: Vec::new(),
            in_query: Vec::new(),
        }],
        _ => return None,
    })
}

/// The row whose key is a single property, and what follows below it.
fn by_key<'a>(entity: &'a Entity, base: &str, below: &str) -> Vec<Address<'a>> {
    let Some(key) = entity.single_key().filter(|&key| fits_url(entity, &[key])) else { return Vec::new() };
    let name = parameter_name(entity, key, "id");
    let path = format!("{base}/{{{name}}}{below}");
    vec![Address { path, place: Place::Row, in_path: vec![(name, key)], in_query: Vec::new() }]
}

/// The row whose key is several properties, and what follows below it.
fn by_long_key<'a>(entity: &'a Entity, base: &str, below: &str) -> Vec<Address<'a>> {
    if entity.key.len() < 2 || !fits_url(entity, &entity.key) {
        return Vec::new();
    }
    let path = format!("{base}/composite-id{below}");
    vec![Address { path, place: Place::Row, in_path: Vec::new(), in_query: entity.key.clone() }]
}

/// The properties that hold bytes.
fn bytes(entity: &Entity) -> impl Iterator<Item = &str> {
    let all = entity.properties.iter().filter(|property| property.kind == Kind::Blob && !property.is_secret());
    all.map(|property| property.name.as_str())
}

/// `/deptCode/{deptCode}`.
fn by_short_unique_keys<'a>(entity: &'a Entity, base: &str) -> Vec<Address<'a>> {
    let keys = entity.unique_keys.iter().filter_map(|key| match key.properties.as_slice() {
        [only] if fits_url(entity, &[*only]) => Some((key.segment.as_str(), *only)),
        _ => None,
    });
    keys.map(|(text, property)| {
        let name = parameter_name(entity, property, "value");
        let path = format!("{base}/{}/{{{name}}}", segment(text));
        Address { path, place: Place::UniqueRow(text), in_path: vec![(name, property)], in_query: Vec::new() }
    })
    .collect()
}

/// `/title-artistId?title=…&artistId=…`.
fn by_long_unique_keys<'a>(entity: &'a Entity, base: &str) -> Vec<Address<'a>> {
    let keys = entity.unique_keys.iter().filter(|key| key.properties.len() > 1 && fits_url(entity, &key.properties));
    keys.map(|key| Address {
        path: format!("{base}/{}", segment(&key.segment)),
        place: Place::UniqueRow(&key.segment),
        in_path: Vec::new(),
        in_query: key.properties.clone(),
    })
    .collect()
}

/// Bytes cannot be said in a URL, and a secret must not be.
fn fits_url(entity: &Entity, properties: &[PropertyIndex]) -> bool {
    properties.iter().all(|&index| entity.properties[index].kind != Kind::Blob && !entity.properties[index].is_secret())
}

/// The property's name, if a path template can hold it.
fn parameter_name<'a>(entity: &'a Entity, property: PropertyIndex, otherwise: &'static str) -> &'a str {
    let name = entity.properties[property].name.as_str();
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') { name } else { otherwise }
}
