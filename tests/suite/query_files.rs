//! Query files of an operator's folder: what they add to any service. Those that stop the start are refused in the tests of the command.

use std::path::Path;

use hrdb::config::Mount;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::queries::{PEOPLE, QUERIES, allowed, content, get};
use crate::support::Server;

/// A folder of queries, `SERVICE/NAME.sql`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn start_with_queries(folder: &TempDir) -> Server {
    let path = folder.path().to_str().unwrap().to_owned();
    Server::start_with(|settings| settings.queries_dir = path)
}

const SHOP: &str = "
    CREATE TABLE BASKET (ID INTEGER PRIMARY KEY, OWNER TEXT NOT NULL, PAID BOOLEAN, MADE DATETIME, AMOUNT NUMERIC UNIQUE);
    INSERT INTO BASKET VALUES (1, 'ann', 1, '2024-01-02 03:04:05', 2.5), (2, 'bob', 0, NULL, 7);";

fn shop(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("shop.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(SHOP).unwrap();
    path
}

#[test]
fn a_folder_adds_queries_to_any_service_and_replaces_bundled_ones() {
    let files = folder(&[
        (
            "hrdb/departmentCount.sql",
            "-- roles: user\n-- query: single\nSELECT count(*), max(BUDGET) AS \"Top Budget\" FROM DEPARTMENT;",
        ),
        ("hrdb/None.sql", "-- query: single\nSELECT 1 AS X WHERE 0 -- never"),
        ("hrdb/README.md", "not a query"),
        (
            "shop/all.sql",
            "-- param: owner text optional\nWITH B AS (SELECT * FROM BASKET) SELECT B.*, 1, 'x' AS kind FROM B WHERE :owner IS NULL OR OWNER = :owner",
        ),
        (
            "shop/add.sql",
            "-- param: id integer\n-- param: owner text optional\n-- param: paid boolean optional\n-- param: made datetime optional\n\
             -- param: amount number optional\nINSERT INTO BASKET VALUES (:id, :owner, :paid, :made, :amount)",
        ),
        ("shop/drop.sql", "-- param: owner text\nDELETE FROM BASKET WHERE OWNER = :owner"),
        (
            "shop/touch.sql",
            "-- param: today from current.date\n-- param: who from caller.userName\n-- roles: userrole of USER\n\
             UPDATE BASKET SET MADE = :today || ' 00:00:00', OWNER = :who WHERE ID = 1",
        ),
    ]);
    let shop_folder = TempDir::new().unwrap();
    let path = shop(shop_folder.path());
    let server = Server::start_with(|settings| {
        settings.queries_dir = files.path().to_str().unwrap().to_owned();
        settings.services.insert("shop".to_owned(), Mount { path, ..Mount::default() });
    });
    let admin = server.admin();
    assert_eq!(get(&admin, "departmentCount").text(), r#"{"c1":5,"topBudget":2743744}"#);
    assert_eq!(allowed(&server, "departmentCount"), [0, 4, 5], "its own roles count, and adminrole");
    assert_eq!(content(&get(&admin, "employeeCount")), [json!({"employeeCount": 10})]);
    let none = get(&admin, "None");
    assert_eq!((none.status, none.error()["messageKey"].clone()), (404, json!("com.wavemaker.runtime.no.row.exists")));
    assert_eq!(allowed_none(&server), [0], "without roles a query is adminrole's");

    let shop = |query: &str| format!("/services/shop/queryExecutor/queries/{query}");
    let ann = json!({"id": 1, "owner": "ann", "paid": true, "made": "2024-01-02T03:04:05", "amount": 2.5, "c6": 1, "kind": "x"});
    let bob = json!({"id": 2, "owner": "bob", "paid": false, "made": null, "amount": 7, "c6": 1, "kind": "x"});
    assert_eq!(content(&admin.get(&shop("all"))), [ann, bob.clone()]);
    assert_eq!(content(&admin.get(&shop("all?owner=bob&sort=id"))), [bob]);
    let add = |body: Json| admin.post(&shop("add"), &body);
    assert_eq!(
        add(json!({"id": 3, "owner": "cid", "paid": true, "made": "2024-05-06", "amount": "1.5"})).text(),
        r#"{"result":1}"#
    );
    let refused = add(json!({"id": 4, "owner": "dan", "amount": 7}));
    assert_eq!(
        (refused.status, refused.message().as_str()),
        (409, "Data Integrity Violation: another Basket has this amount already")
    );
    let refused = add(json!({"id": 4}));
    assert_eq!((refused.status, refused.message().as_str()), (400, "Data Integrity Violation: owner must not be null"));
    assert_eq!(admin.delete(&shop("drop?owner=bob")).text(), r#"{"result":1}"#);
    assert_eq!(admin.delete(&shop("drop?owner=bob")).text(), r#"{"result":0}"#);
    assert_eq!(server.basic("user", "user").put(&shop("touch"), &json!({"who": "eve"})).text(), r#"{"result":1}"#);
    assert_eq!(server.basic("boris.tran", "welcome").send("PUT", &shop("touch"), &[], b"").status, 403);
    let owners: Vec<Json> =
        content(&admin.get(&shop("all?sort=owner,desc"))).iter().map(|row| row["owner"].clone()).collect();
    assert_eq!(owners, ["user", "cid"]);
}

fn allowed_none(server: &Server) -> Vec<usize> {
    let answers = |(name, password): &(&str, &str)| get(&server.basic(name, password), "None").status != 403;
    (0..PEOPLE.len()).filter(|position| answers(&PEOPLE[*position])).collect()
}

#[test]
fn a_table_with_a_secret_column_can_be_changed_but_for_that_column() {
    let files = folder(&[
        ("hrdb/Title.sql", "-- param: title text\nUPDATE EMPLOYEE SET JOB_TITLE = :title WHERE EMP_ID = 2"),
        ("hrdb/Gone.sql", "DELETE FROM EMPLOYEE WHERE EMP_ID = 1"),
    ]);
    let server = start_with_queries(&files);
    let admin = server.admin();
    assert_eq!(admin.put(&format!("{QUERIES}/Title"), &json!({"title": "Chef"})).text(), r#"{"result":1}"#);
    assert_eq!(admin.get("/services/hrdb/Employee/2").json()["jobTitle"], "Chef");
    let answer = admin.delete(&format!("{QUERIES}/Gone"));
    let message = "Data Integrity Violation: a foreign key names no row, or another row still refers to this one";
    assert_eq!((answer.status, answer.message().as_str()), (409, message));
}

#[test]
fn a_long_query_does_not_stop_the_others_and_ends() {
    let files = folder(&[(
        "hrdb/Long.sql",
        "-- query: single\nWITH RECURSIVE N(X) AS (SELECT 1 UNION ALL SELECT X + 1 FROM N WHERE X < 300000) SELECT count(*) AS HOW_MANY FROM N",
    )]);
    let server = start_with_queries(&files);
    assert_eq!(get(&server.admin(), "Long").text(), r#"{"howMany":300000}"#);
}

#[test]
fn a_failed_change_leaves_nothing_and_concurrent_ones_do_not_mix() {
    let files = folder(&[
        (
            "hrdb/Swap.sql",
            "-- param: id integer\nUPDATE DEPARTMENT SET DEPT_CODE = 'Same' WHERE DEPT_ID = :id OR DEPT_ID = 1",
        ),
        ("hrdb/Raise.sql", "UPDATE DEPARTMENT SET BUDGET = BUDGET + 1"),
    ]);
    let server = start_with_queries(&files);
    let admin = server.admin();
    let answer = admin.put(&format!("{QUERIES}/Swap"), &json!({"id": 2}));
    assert_eq!(
        (answer.status, answer.message().as_str()),
        (409, "Data Integrity Violation: another Department has this deptCode already")
    );
    assert_eq!(admin.get("/services/hrdb/Department/1").json()["deptCode"], "Eng", "half a change is none");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let admin = admin.clone();
            scope.spawn(move || {
                for _ in 0..10 {
                    assert_eq!(admin.send("PUT", &format!("{QUERIES}/Raise"), &[], b"").text(), r#"{"result":5}"#);
                }
            });
        }
    });
    assert_eq!(content(&get(&admin, "totalBudget")), [json!({"totalBudget": 8_069_835 + 5 * 40})]);
}
