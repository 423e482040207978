//! The sample's database, made once, and lists of its largest entity.
#![allow(dead_code)] // each target uses what it needs

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use hrdb::query::Select;
use hrdb::records::{self, ListParams, RecordError};
use hrdb::store::{Database, MigrationContext, Options, StoreError};
use serde_json::Value as Json;

/// The entity whose relations lead to all the others.
const ENTITY: &str = "Vacation";

fn database() -> &'static Database {
    static SAMPLE: OnceLock<(tempfile::TempDir, Database)> = OnceLock::new();
    let (_, database) = SAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        // Nobody signs in here; but no two hashes are ever the same.
        let made = AtomicU32::new(0);
        let context = MigrationContext {
            hash_password: Box::new(move |_| Ok(made.fetch_add(1, Ordering::Relaxed).to_string())),
            setting: Box::new(|_| None),
        };
        let path = folder.path().join("hrdb.db");
        let database = Database::open_sample(&path, "hrdb", Options::default(), 1, &Arc::new(context));
        (folder, database.expect("the sample"))
    });
    database
}

/// Plans a list and runs it when it can be planned.
pub fn list(params: &ListParams<'_>) {
    let model = database().model();
    let entity = model.service.find(ENTITY).expect("the entity");
    if let Ok(select) = records::plan_list(&model, entity, params, 100) {
        run(&select);
    }
}

/// Plans a search and runs it when it can be planned.
pub fn search(body: &Json) {
    let model = database().model();
    let entity = model.service.find(ENTITY).expect("the entity");
    let all = records::plan_list(&model, entity, &ListParams::default(), 100).expect("a plain list");
    if let Ok(select) = records::search(&model, body, all) {
        run(&select);
    }
}

fn run(select: &Select) {
    let model = database().model();
    let entity = model.service.find(ENTITY).expect("the entity");
    let page = database().read(|reader| records::list(reader, &model, entity, select));
    match page {
        Ok(page) => assert!(serde_json::from_slice::<Json>(&page).is_ok(), "a page is JSON"),
        Err(RecordError::Store(StoreError::OverBudget)) => {}
        Err(error) => panic!("a planned list cannot be run: {error:?}"),
    }
}
