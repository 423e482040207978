//! A service with what queries need of it, worked out once, and the rights of whom it is for.

use std::sync::{Arc, OnceLock};

use super::asker::Asker;
use super::rights::{Right, Rights, Verb};
use super::shape::Shape;
use super::statement::Statement;
use super::template::Template;
use crate::catalog::{EntityIndex, Service};

/// A service, the shape of each of its entities, and what may be done with them. Cheap to copy.
#[derive(Debug, Clone)]
pub struct Model {
    /// The catalog.
    pub service: Arc<Service>,
    shapes: Arc<[Shape]>,
    templates: Arc<[Templates]>,
    rights: Arc<[Rights]>,
    /// Whether some right depends on the row.
    restricted: bool,
    /// Without one, a condition about the caller holds for no row.
    asker: Option<Arc<Asker>>,
}

/// Statements of an entity, each written when it is first asked for.
#[derive(Debug, Default)]
struct Templates {
    list: OnceLock<Template>,
    row: OnceLock<Template>,
}

impl Model {
    /// The model of the server itself, which may do everything.
    #[must_use]
    pub fn new(service: Service) -> Self {
        let rights = vec![Rights::all(); service.entities.len()];
        Self::with_rights(service, rights)
    }

    /// A model with rights, one for each entity.
    #[must_use]
    pub fn with_rights(service: Service, rights: Vec<Rights>) -> Self {
        let shapes = (0..service.entities.len()).map(|entity| Shape::of(&service, entity)).collect();
        let depends = |rights: &Rights| Verb::ALL.iter().any(|verb| !rights.to(*verb).rules().is_empty());
        let restricted = rights.iter().any(depends);
        let templates = service.entities.iter().map(|_| Templates::default()).collect();
        Self { service: Arc::new(service), shapes, templates, rights: rights.into(), restricted, asker: None }
    }

    /// The same model, for this caller.
    #[must_use]
    pub fn asked_by(&self, asker: Asker) -> Self {
        Self { asker: Some(Arc::new(asker)), ..self.clone() }
    }

    /// The shape of an entity.
    #[must_use]
    pub fn shape(&self, entity: EntityIndex) -> &Shape {
        &self.shapes[entity]
    }

    /// The beginning of a list of an entity in its shape; `write` writes it for all callers.
    pub(super) fn list(&self, entity: EntityIndex, write: impl FnOnce() -> Template) -> Statement {
        self.templates[entity].list.get_or_init(write).begin(self.asker())
    }

    /// The row of an entity's key in its shape, the values of the key still missing; `write` writes it for all callers.
    pub(super) fn row(&self, entity: EntityIndex, write: impl FnOnce() -> Template) -> Statement {
        self.templates[entity].row.get_or_init(write).begin(self.asker())
    }

    /// The right to do something with an entity.
    #[must_use]
    pub fn right(&self, entity: EntityIndex, verb: Verb) -> &Right {
        self.rights[entity].to(verb)
    }

    /// Whether some right depends on the row.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// Who asks.
    #[must_use]
    pub fn asker(&self) -> Option<&Asker> {
        self.asker.as_deref()
    }
}
