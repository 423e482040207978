//! Names of components and operations: what OpenAPI allows in them, and each only once.

use crate::catalog::{EntityIndex, Service};

/// The names of one service's entities.
pub struct Names {
    entities: Vec<String>,
}

impl Names {
    /// Finds a name for each entity: `hrdb.Department`. Letters that a component's name cannot have give way to a number.
    pub fn of(service: &Service) -> Self {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let entities = service.entities.iter().enumerate().map(|(index, entity)| {
            let own = if plain(&entity.name) { entity.name.clone() } else { format!("-{index}") };
            format!("{}.{own}", service.name)
        });
        Self { entities: entities.collect() }
    }

    /// The name of a schema of an entity.
    pub fn schema(&self, entity: EntityIndex, suffix: &str) -> String {
        format!("{}{suffix}", self.entities[entity])
    }

    /// The id of an operation; `detail` tells several addresses of one endpoint apart.
    pub fn operation(&self, entity: EntityIndex, endpoint: &str, detail: &str) -> String {
        let dot = if detail.is_empty() { "" } else { "." };
        format!("{}.{endpoint}{dot}{detail}", self.entities[entity])
    }
}
