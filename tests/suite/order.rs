//! Lists are sorted by an index, and what is skipped is not read: asked of SQLite's own plans.

use hrdb::query;
use hrdb::query::{Model, Select, Statement};
use hrdb::records::{ListParams, plan_list};
use hrdb::store::{Database, Options};
use rusqlite::Connection;

use crate::databases;
use crate::support::Server;

fn plan(connection: &Connection, statement: &Statement) -> String {
    let mut prepared = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
    let lines = prepared.query_map(rusqlite::params_from_iter(&statement.parameters), |row| row.get::<_, String>(3));
    lines.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}

fn list(model: &Model, entity: &str, sort: &str, q: &str, page: &str) -> Select {
    let params = ListParams { page: Some(page), size: None, sort: vec![sort], q: Some(q) };
    plan_list(model, model.service.find(entity).unwrap(), &params, 100).unwrap()
}

/// Statements are planned for as little as is known of a database, and for what is known of one that is small.
const FIGURES: [&str; 2] = ["SELECT 1", "ANALYZE"];

#[test]
fn every_column_of_the_long_tables_is_in_order_in_an_index_both_ways() {
    let folder = Server::start().stop();
    let path = folder.path().join("hrdb.db");
    let database = Database::open_existing(&path, "hrdb", Options::default(), 1).unwrap();
    let model = database.model();
    for figures in FIGURES {
        Connection::open(&path).unwrap().execute_batch(figures).unwrap();
        let connection = Connection::open(&path).unwrap();
        let mut sorted = 0;
        let long = |name: &str| ["Employee", "Vacation"].contains(&name);
        for (index, entity) in model.service.entities.iter().enumerate().filter(|(_, entity)| long(&entity.name)) {
            for property in entity.properties.iter().filter(|property| property.column != "PASSWORD") {
                for direction in ["asc", "desc"] {
                    let sort = format!("{} {direction}", property.name);
                    let select = list(&model, &entity.name, &sort, "", "1");
                    let plan = plan(&connection, &query::select(&model, model.shape(index), &select));
                    assert!(!plan.contains("TEMP B-TREE"), "{figures}: {} by {sort}:\n{plan}", entity.name);
                    sorted += 1;
                }
            }
        }
        assert_eq!(sorted, 2 * (15 + 7));
    }
}

#[test]
fn a_mounted_file_is_sorted_by_the_indexes_that_it_has() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = databases::copy("music", folder.path());
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE INDEX by_composer ON track (composer)").unwrap();
    let database = Database::open_existing(&path, "music", Options::default(), 1).unwrap();
    let model = database.model();
    let track = model.service.find("Track").unwrap();
    for (sort, from_index) in [("composer", true), ("composer desc", true), ("title", false)] {
        let select = list(&model, "Track", sort, "", "1");
        let plan = plan(&connection, &query::select(&model, model.shape(track), &select));
        assert_eq!(!plan.contains("TEMP B-TREE"), from_index, "{sort}:\n{plan}");
    }
}

#[test]
fn what_a_far_page_skips_is_only_keys_and_the_last_page_skips_nothing() {
    let folder = Server::start().stop();
    let path = folder.path().join("hrdb.db");
    let database = Database::open_existing(&path, "hrdb", Options::default(), 1).unwrap();
    let model = database.model();
    let employee = model.service.find("Employee").unwrap();
    for figures in FIGURES {
        Connection::open(&path).unwrap().execute_batch(figures).unwrap();
        let connection = Connection::open(&path).unwrap();
        for sort in ["lastname", "managerId desc", "empId desc", ""] {
            let select = list(&model, "Employee", sort, "", "100");
            for statement in [
                query::select(&model, model.shape(employee), &select),
                query::select_of(&model, model.shape(employee), &select, 2001),
            ] {
                let plan = plan(&connection, &statement);
                let lines: Vec<&str> = plan.lines().map(str::trim).collect();
                assert_eq!(lines[0], "CO-ROUTINE page", "{plan}");
                let from_index = sort.starts_with(['l', 'm']);
                assert_eq!(lines[1].contains("COVERING INDEX"), from_index, "{plan}");
                assert_eq!(lines[2], "SCAN page", "{plan}");
                assert!(lines[3].starts_with("SEARCH t0 USING INTEGER PRIMARY KEY"), "{plan}");
            }
        }
        let last =
            query::select_of(&model, model.shape(employee), &list(&model, "Employee", "lastname", "", "101"), 2001);
        assert!(last.sql.contains("LIMIT ?1)") && !last.sql.contains("OFFSET"), "{}", last.sql);
        // A reader who goes on from the last key that he has seen skips nothing either.
        let next = query::select(&model, model.shape(employee), &list(&model, "Employee", "", "empId > 900000", "1"));
        let plan = plan(&connection, &next);
        assert!(plan.lines().next().unwrap().contains("SEARCH t0 USING INTEGER PRIMARY KEY (rowid>?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
