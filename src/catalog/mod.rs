//! What the data is: services, entities, properties, keys and relations, under the names that the wire uses.
//!
//! Pure: [`build()`] turns the description of a database's tables into a [`Service`]; reading that description from a
//! database is the store's work. Nothing here knows any particular table.

mod build;
mod kind;
mod names;
mod view;

use std::collections::HashMap;

pub use build::{Column, ForeignKey, RowSource, Table, build};
pub use kind::Kind;
pub use names::{plural, results as result_names, upper_first};
pub use view::Sight;

/// Position of an entity within its service.
pub type EntityIndex = usize;
/// Position of a property within its entity.
pub type PropertyIndex = usize;

/// One database as it is served below `/services/{name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Name in URLs.
    pub name: String,
    /// All entities, in the order of their names.
    pub entities: Vec<Entity>,
    index: HashMap<String, EntityIndex>,
}

impl Service {
    /// The entity of that name, case-sensitive.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<EntityIndex> {
        self.index.get(name).copied()
    }

    /// The entity at a position that [`Service::find`] or a relation gave.
    #[must_use]
    pub fn entity(&self, index: EntityIndex) -> &Entity {
        &self.entities[index]
    }
}

/// A table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Name in URLs.
    pub name: String,
    /// Name in SQL.
    pub table: String,
    /// A view cannot be written, nor can a table without a key.
    pub writable: bool,
    /// Its rows may be others though nobody has changed anything: a view may ask for the time, a virtual table anybody.
    pub volatile: bool,
    /// Columns in the order of their definition, which is the order of keys in JSON.
    pub properties: Vec<Property>,
    /// The properties of the primary key; empty when the table has none.
    pub key: Vec<PropertyIndex>,
    /// The database makes the key: a single integer column that is an alias of SQLite's row id.
    pub generated_key: bool,
    /// Many-to-one relations, in JSON after the columns.
    pub relations: Vec<Relation>,
    /// One-to-many relations, each an endpoint of its own.
    pub collections: Vec<Collection>,
    /// Unique keys besides the primary one.
    pub unique_keys: Vec<UniqueKey>,
}

impl Entity {
    /// The property of that name, case-sensitive; secret ones are found as well.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<PropertyIndex> {
        self.properties.iter().position(|property| property.name == name)
    }

    /// The property that a caller may read, filter and sort by.
    #[must_use]
    pub fn readable(&self, name: &str) -> Option<PropertyIndex> {
        self.property(name).filter(|&index| !self.properties[index].is_secret())
    }

    /// Whether a property holds bytes, which have endpoints of their own and come in forms.
    #[must_use]
    pub fn holds_bytes(&self) -> bool {
        self.properties.iter().any(|property| property.kind == Kind::Blob)
    }

    /// The many-to-one relation of that name.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The one-to-many relation of that name.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.name == name)
    }

    /// The unique key whose path segment this is: its property names, joined by `-`.
    #[must_use]
    pub fn unique_key(&self, segment: &str) -> Option<&UniqueKey> {
        self.unique_keys.iter().find(|key| key.segment == segment)
    }

    /// The key's property, when the key is a single one.
    #[must_use]
    pub fn single_key(&self) -> Option<PropertyIndex> {
        match self.key.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Name in JSON.
    pub name: String,
    /// Name in SQL.
    pub column: String,
    /// What values it takes.
    pub kind: Kind,
    /// Longest text, in characters.
    pub max_length: Option<u32>,
    /// NULL is a value.
    pub nullable: bool,
    /// The column's default as SQL, which an absent property takes.
    pub default: Option<String>,
    /// The database computes it; written values are ignored.
    pub generated: bool,
    /// What callers may do with it.
    pub access: Access,
}

/// What callers may do with a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write.
    Full,
    /// Read, but not change: a rule says so.
    ReadOnly,
    /// Write, but never read: a password.
    WriteOnly,
}

impl Property {
    /// Whether it is written but never read.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.access == Access::WriteOnly
    }
}

/// A many-to-one relation: the row that a foreign key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Name of the embedded object in JSON.
    pub name: String,
    /// The foreign key's properties here.
    pub from: Vec<PropertyIndex>,
    /// The entity that it names.
    pub target: EntityIndex,
    /// The properties there, in the order of `from`.
    pub to: Vec<PropertyIndex>,
}

/// A one-to-many relation: the rows whose foreign key names this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Path segment.
    pub name: String,
    /// The entity of the rows.
    pub source: EntityIndex,
    /// Position of the relation within that entity.
    pub relation: usize,
}

/// A unique key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// Path segment.
    pub segment: String,
    /// Its properties.
    pub properties: Vec<PropertyIndex>,
}
