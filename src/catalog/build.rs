//! From tables to entities: applies the naming rules and turns foreign keys into relations of both directions.

use std::collections::HashMap;

use super::names;
use super::{Access, Collection, Entity, EntityIndex, Kind, Property, PropertyIndex, Relation, Service, UniqueKey};

/// A table or view as the database describes it.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// SQL name.
    pub name: String,
    /// Where its rows come from.
    pub source: RowSource,
    /// It has no row id of its own.
    pub without_rowid: bool,
    /// Columns in the order of their definition.
    pub columns: Vec<Column>,
    /// The primary key has an index of its own, so it is no alias of the row id.
    pub key_has_index: bool,
    /// Column names of the primary key.
    pub primary_key: Vec<String>,
    /// Column names of each other unique key.
    pub unique_keys: Vec<Vec<String>>,
    /// Foreign keys in the order of their definition.
    pub foreign_keys: Vec<ForeignKey>,
}

/// Where rows come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowSource {
    /// They are stored.
    #[default]
    Table,
    /// They are worked out from others.
    View,
    /// A module of the database brings them.
    Virtual,
}

/// A column as the database describes it.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// SQL name.
    pub name: String,
    /// Declared type, as written.
    pub declared: String,
    /// Declared NOT NULL.
    pub not_null: bool,
    /// The DEFAULT, as SQL.
    pub default: Option<String>,
    /// GENERATED ALWAYS.
    pub generated: bool,
}

/// A foreign key as the database describes it.
#[derive(Debug, Clone, Default)]
pub struct ForeignKey {
    /// The table that it names.
    pub target: String,
    /// Column here and column there; the latter is empty when the target's primary key is meant.
    pub columns: Vec<(String, Option<String>)>,
}

/// Builds the service of a database. `secret` holds the columns, as `TABLE.COLUMN`, that are never read back.
#[must_use]
pub fn build(name: &str, mut tables: Vec<Table>, secret: &[String]) -> Service {
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    let mut entities: Vec<Entity> = Vec::with_capacity(tables.len());
    for table in &tables {
        let is_there = |target: &str| tables.iter().any(|other| other.name.eq_ignore_ascii_case(target));
        let whole = table.foreign_keys.iter().all(|foreign_key| is_there(&foreign_key.target));
        let entity = entity_of(table, secret, &entities, whole);
        entities.push(entity);
    }
    for (position, table) in tables.iter().enumerate() {
        let relations = relations_of(position, table, &tables, &entities);
        for (number, relation) in relations.iter().enumerate() {
            let collection = collection_of(position, number, &relations, &entities);
            entities[relation.target].collections.push(collection);
        }
        entities[position].relations = relations;
    }
    let index: HashMap<_, _> =
        entities.iter().enumerate().map(|(position, entity)| (entity.name.clone(), position)).collect();
    Service { name: name.to_owned(), entities, index }
}

/// `whole` says that every table that it refers to is there.
fn entity_of(table: &Table, secret: &[String], others: &[Entity], whole: bool) -> Entity {
    let mut properties: Vec<Property> = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let (kind, max_length) = Kind::of_declared(&column.declared);
        let in_key = table.primary_key.contains(&column.name);
        let secret = secret.iter().any(|name| name.split_once('.') == Some((&table.name, &column.name)));
        properties.push(Property {
            name: names::free(names::property(&column.name), |name| properties.iter().any(|other| other.name == name)),
            column: column.name.clone(),
            kind,
            // The limit of a secret column is that of the hash, which is none of the caller's business.
            max_length: max_length.filter(|_| !secret),
            nullable: !column.not_null && !(in_key && (table.without_rowid || table.primary_key.len() == 1)),
            default: column.default.clone(),
            generated: column.generated,
            access: if secret { Access::WriteOnly } else { Access::Full },
        });
    }
    let key = positions(&properties, &table.primary_key);
    let unique_keys = table
        .unique_keys
        .iter()
        .map(|columns| {
            let properties_of_key = positions(&properties, columns);
            let segment =
                properties_of_key.iter().map(|&index| properties[index].name.as_str()).collect::<Vec<_>>().join("-");
            UniqueKey { segment, properties: properties_of_key }
        })
        .collect();
    let generated_key = !table.without_rowid
        && !table.key_has_index
        && matches!(key.as_slice(), [only] if table.columns[*only].declared.eq_ignore_ascii_case("INTEGER"));
    Entity {
        name: names::free(names::entity(&table.name), |name| others.iter().any(|other| other.name == name)),
        table: table.name.clone(),
        volatile: table.source != RowSource::Table,
        writable: table.source != RowSource::View && !table.primary_key.is_empty() && whole,
        properties,
        key,
        generated_key,
        relations: Vec::new(),
        collections: Vec::new(),
        unique_keys,
    }
}

fn positions(properties: &[Property], columns: &[String]) -> Vec<PropertyIndex> {
    columns
        .iter()
        .filter_map(|column| properties.iter().position(|property| property.column.eq_ignore_ascii_case(column)))
        .collect()
}

fn relations_of(position: EntityIndex, table: &Table, tables: &[Table], entities: &[Entity]) -> Vec<Relation> {
    let own = &entities[position];
    let mut relations: Vec<Relation> = Vec::new();
    for foreign_key in &table.foreign_keys {
        let Some(target) = tables.iter().position(|other| other.name.eq_ignore_ascii_case(&foreign_key.target)) else {
            // SQLite refuses every change of a table whose foreign key names a table that there is not.
            continue;
        };
        let from_columns: Vec<String> = foreign_key.columns.iter().map(|(from, _)| from.clone()).collect();
        let to_columns: Vec<String> = foreign_key
            .columns
            .iter()
            .enumerate()
            .filter_map(|(number, (_, to))| to.clone().or_else(|| tables[target].primary_key.get(number).cloned()))
            .collect();
        let from = positions(&own.properties, &from_columns);
        let to = positions(&entities[target].properties, &to_columns);
        if from.is_empty() || from.len() != foreign_key.columns.len() || from.len() != to.len() {
            continue;
        }
        let parent = &entities[target].name;
        let rivals =
            table.foreign_keys.iter().filter(|other| other.target.eq_ignore_ascii_case(&foreign_key.target)).count();
        let name = if target == position || rivals > 1 {
            format!("{}By{}", names::relation(parent), by(own, &from))
        } else {
            names::relation(parent)
        };
        let taken = |name: &str| own.property(name).is_some() || relations.iter().any(|relation| relation.name == name);
        relations.push(Relation { name: names::free(name, taken), from, target, to });
    }
    relations
}

fn collection_of(source: EntityIndex, number: usize, relations: &[Relation], entities: &[Entity]) -> Collection {
    let child = &entities[source];
    let relation = &relations[number];
    let plural = names::plural(&names::relation(&child.name));
    let several = relations.iter().filter(|other| other.target == relation.target).count() > 1;
    let name =
        if relation.target == source || several { format!("{plural}For{}", by(child, &relation.from)) } else { plural };
    let parent = &entities[relation.target];
    let name = names::free(name, |name| parent.collection(name).is_some());
    Collection { name, source, relation: number }
}

fn by(entity: &Entity, from: &[PropertyIndex]) -> String {
    from.iter().map(|&index| names::upper_first(&entity.properties[index].name)).collect::<Vec<_>>().join("And")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, columns: &[&str], foreign_keys: &[(&str, &str)]) -> Table {
        Table {
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|column| Column {
                    name: (*column).to_owned(),
                    declared: "INTEGER".to_owned(),
                    ..Column::default()
                })
                .collect(),
            primary_key: vec![columns[0].to_owned()],
            foreign_keys: foreign_keys
                .iter()
                .map(|(column, target)| ForeignKey {
                    target: (*target).to_owned(),
                    columns: vec![((*column).to_owned(), None)],
                })
                .collect(),
            ..Table::default()
        }
    }

    fn sample() -> Service {
        let tables = vec![
            table(
                "EMPLOYEE",
                &["EMP_ID", "DEPT_ID", "MANAGER_ID"],
                &[("DEPT_ID", "DEPARTMENT"), ("MANAGER_ID", "EMPLOYEE")],
            ),
            table("DEPARTMENT", &["DEPT_ID"], &[]),
            table("LEG", &["LEG_ID", "FROM_ID", "TO_ID"], &[("FROM_ID", "STOP"), ("TO_ID", "STOP")]),
            table("STOP", &["STOP_ID", "STOP-ID"], &[]),
        ];
        build("trips", tables, &[])
    }

    #[test]
    fn relations_of_both_directions_get_their_names() {
        let service = sample();
        let names = |entity: &str| {
            let entity = &service.entities[service.find(entity).unwrap()];
            let relations: Vec<_> = entity.relations.iter().map(|relation| relation.name.as_str()).collect();
            let collections: Vec<_> = entity.collections.iter().map(|collection| collection.name.as_str()).collect();
            (relations.join(" "), collections.join(" "))
        };
        assert_eq!(names("Employee"), ("department employeeByManagerId".into(), "employeesForManagerId".into()));
        assert_eq!(names("Department"), (String::new(), "employees".into()));
        assert_eq!(names("Leg"), ("stopByFromId stopByToId".into(), String::new()));
        assert_eq!(names("Stop"), (String::new(), "legsForFromId legsForToId".into()));
    }

    #[test]
    fn two_columns_that_would_share_a_name_do_not() {
        let service = sample();
        let stop = &service.entities[service.find("Stop").unwrap()];
        assert_eq!(
            stop.properties.iter().map(|property| property.name.as_str()).collect::<Vec<_>>(),
            ["stopId", "stopId2"]
        );
    }
}
