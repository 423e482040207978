//! A service as somebody sees it who may not see all of it: what he may not see is not there.
//!
//! Everything that reads the catalog (paths, filters, shapes, bodies, descriptions) can then not give away what it does
//! not know.

use std::collections::HashMap;

use super::{Access, Collection, Entity, EntityIndex, Property, PropertyIndex, Relation, Service, UniqueKey};

/// What of a property somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Full,
    /// He reads it and does not change it.
    ReadOnly,
    /// To him there is no such property.
    Hidden,
}

impl Service {
    /// The service without the entities and properties that are not to be seen, and for each entity that is left the
    /// position that it has here. Relations and unique keys that would show a hidden property go with it; a primary key
    /// is always seen, since it is a row's address.
    #[must_use]
    pub fn view(
        &self,
        sees: impl Fn(EntityIndex) -> bool,
        sight: impl Fn(EntityIndex, PropertyIndex) -> Sight,
    ) -> (Self, Vec<EntityIndex>) {
        let origins: Vec<EntityIndex> = (0..self.entities.len()).filter(|&entity| sees(entity)).collect();
        let entities: HashMap<EntityIndex, EntityIndex> =
            origins.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        let properties: Vec<Positions> = self
            .entities
            .iter()
            .enumerate()
            .map(|(index, entity)| {
                Positions::of(entity, |property| match sight(index, property) {
                    _ if entity.key.contains(&property) => Sight::Full,
                    // Neither read nor written.
                    Sight::ReadOnly if entity.properties[property].is_secret() => Sight::Hidden,
                    sight => sight,
                })
            })
            .collect();
        let eyes = Eyes { service: self, entities, properties };
        let mut view: Vec<Entity> = origins.iter().map(|&index| eyes.entity(index)).collect();
        for (new, &old) in origins.iter().enumerate() {
            view[new].collections = eyes.collections(old);
        }
        let index = view.iter().enumerate().map(|(position, entity)| (entity.name.clone(), position)).collect();
        (Self { name: self.name.clone(), entities: view, index }, origins)
    }
}

/// What of each property of an entity is seen, and where it stands among those that are.
struct Positions(Vec<(Sight, PropertyIndex)>);

impl Positions {
    fn of(entity: &Entity, sight: impl Fn(PropertyIndex) -> Sight) -> Self {
        let mut next = 0;
        let place = |property| {
            let sight = sight(property);
            let position = next;
            next += usize::from(sight != Sight::Hidden);
            (sight, position)
        };
        Self((0..entity.properties.len()).map(place).collect())
    }

    /// The new positions; `None` when one of the properties is hidden.
    fn all(&self, properties: &[PropertyIndex]) -> Option<Vec<PropertyIndex>> {
        let place = |&property: &PropertyIndex| {
            let (sight, position) = self.0[property];
            (sight != Sight::Hidden).then_some(position)
        };
        properties.iter().map(place).collect()
    }
}

struct Eyes<'a> {
    service: &'a Service,
    entities: HashMap<EntityIndex, EntityIndex>,
    properties: Vec<Positions>,
}

impl Eyes<'_> {
    fn entity(&self, index: EntityIndex) -> Entity {
        let entity = &self.service.entities[index];
        let positions = &self.properties[index];
        let seen = entity.properties.iter().zip(&positions.0).filter(|(_, (sight, _))| *sight != Sight::Hidden);
        let property = |(property, (sight, _)): (&Property, &(Sight, PropertyIndex))| {
            let access = if *sight == Sight::ReadOnly { Access::ReadOnly } else { property.access };
            Property { access, ..property.clone() }
        };
        let unique = |key: &UniqueKey| {
            Some(UniqueKey { segment: key.segment.clone(), properties: positions.all(&key.properties)? })
        };
        Entity {
            name: entity.name.clone(),
            table: entity.table.clone(),
            writable: entity.writable,
            volatile: entity.volatile,
            properties: seen.map(property).collect(),
            key: positions.all(&entity.key).unwrap_or_default(),
            generated_key: entity.generated_key,
            relations: entity.relations.iter().filter_map(|relation| self.relation(index, relation)).collect(),
            collections: Vec::new(),
            unique_keys: entity.unique_keys.iter().filter_map(unique).collect(),
        }
    }

    fn relation(&self, index: EntityIndex, relation: &Relation) -> Option<Relation> {
        Some(Relation {
            name: relation.name.clone(),
            from: self.properties[index].all(&relation.from)?,
            target: *self.entities.get(&relation.target)?,
            to: self.properties[relation.target].all(&relation.to)?,
        })
    }

    /// Those whose rows are seen, and the relation by which they refer to this entity.
    fn collections(&self, index: EntityIndex) -> Vec<Collection> {
        let find = |collection: &Collection| {
            let relations = &self.service.entities[collection.source].relations;
            let source = *self.entities.get(&collection.source)?;
            self.relation(collection.source, &relations[collection.relation])?;
            let before = relations[..collection.relation].iter();
            let relation = before.filter(|other| self.relation(collection.source, other).is_some()).count();
            Some(Collection { name: collection.name.clone(), source, relation })
        };
        self.service.entities[index].collections.iter().filter_map(find).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, ForeignKey, Table, build};

    fn table(name: &str, columns: &[&str], references: &[(&str, &str)]) -> Table {
        let column = |name: &&str| Column { name: (*name).to_owned(), declared: "INTEGER".into(), ..Column::default() };
        let foreign_key = |(column, target): &(&str, &str)| ForeignKey {
            target: (*target).to_owned(),
            columns: vec![((*column).to_owned(), None)],
        };
        Table {
            name: name.into(),
            columns: columns.iter().map(column).collect(),
            primary_key: vec![columns[0].into()],
            unique_keys: vec![vec![columns[1].into()]],
            foreign_keys: references.iter().map(foreign_key).collect(),
            ..Table::default()
        }
    }

    fn shop() -> Service {
        build(
            "shop",
            vec![
                table("CLERK", &["ID", "CODE", "BOSS"], &[("BOSS", "CLERK")]),
                table("CUSTOMER", &["ID", "CODE"], &[]),
                table(
                    "ORDERS",
                    &["ID", "CODE", "CUSTOMER", "CLERK", "NOTE"],
                    &[("CUSTOMER", "CUSTOMER"), ("CLERK", "CLERK")],
                ),
            ],
            &[],
        )
    }

    fn names<'a>(entity: &'a Entity) -> [Vec<&'a str>; 3] {
        let relation = |relation: &'a Relation| relation.name.as_str();
        [
            entity.properties.iter().map(|property| property.name.as_str()).collect(),
            entity.relations.iter().map(relation).collect(),
            entity.collections.iter().map(|collection| collection.name.as_str()).collect(),
        ]
    }

    #[test]
    fn what_is_not_seen_is_not_there_and_the_rest_points_where_it_did() {
        let shop = shop();
        let find = |name: &str| shop.find(name).unwrap();
        let (customer, orders) = (find("Customer"), find("Orders"));
        let hidden = shop.entity(orders).property("code").unwrap();
        let kept = shop.entity(orders).property("note").unwrap();
        let (view, origins) = shop.view(
            |entity| entity != customer,
            |entity, property| match (entity == orders, property) {
                (true, property) if property == hidden => Sight::Hidden,
                (true, property) if property == kept => Sight::ReadOnly,
                _ => Sight::Full,
            },
        );
        assert_eq!(origins, [find("Clerk"), orders]);
        assert!(view.find("Customer").is_none());
        let clerk = view.entity(view.find("Clerk").unwrap());
        let order = view.entity(view.find("Orders").unwrap());
        assert_eq!(names(order), [vec!["id", "customer", "clerk", "note"], vec!["clerk2"], vec![]]);
        assert!(
            order.unique_keys.is_empty()
                && order.properties[3].access == Access::ReadOnly
                && order.properties[2].access == Access::Full
        );
        let relation = &order.relations[0];
        assert_eq!((order.properties[relation.from[0]].name.as_str(), relation.target), ("clerk", 0));
        let collection = clerk.collections.iter().find(|collection| collection.source == 1).unwrap();
        assert_eq!(view.entity(1).relations[collection.relation].name, "clerk2");
        assert_eq!(clerk.unique_keys.len(), 1);
    }

    #[test]
    fn a_key_cannot_be_hidden_and_a_relation_goes_with_its_property() {
        let shop = shop();
        let (view, _) = shop.view(|_| true, |_, _| Sight::Hidden);
        for entity in &view.entities {
            assert_eq!(names(entity), [vec!["id"], vec![], vec![]], "{}", entity.name);
        }
    }
}
