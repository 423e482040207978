//! A service with what queries need of it, worked out once.

use super::shape::Shape;
use crate::catalog::{EntityIndex, Service};

/// A service and the shape of each of its entities.
#[derive(Debug, Clone)]
pub struct Model {
    /// The catalog.
    pub service: Service,
    shapes: Vec<Shape>,
}

impl Model {
    /// Works out the shapes.
    #[must_use]
    pub fn new(service: Service) -> Self {
        let shapes = (0..service.entities.len()).map(|entity| Shape::of(&service, entity)).collect();
        Self { service, shapes }
    }

    /// The shape of an entity.
    #[must_use]
    pub fn shape(&self, entity: EntityIndex) -> &Shape {
        &self.shapes[entity]
    }
}
