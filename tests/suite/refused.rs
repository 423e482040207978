//! Changes that a constraint refuses: the answer names what it was, and nothing has changed.

use serde_json::{Value as Json, json};

use crate::rows;
use crate::support::{Client, Server};

const INTEGRITY: &str = "com.wavemaker.runtime.data$DataIntegrityViolation";

/// A change, the status it must lead to, and a word that the message must hold.
struct Case {
    method: &'static str,
    path: &'static str,
    body: Json,
    status: u16,
    names: &'static str,
}

fn case(method: &'static str, path: &'static str, body: Json, status: u16, names: &'static str) -> Case {
    Case { method, path, body, status, names }
}

/// The same body as a new row, a whole row and a patch.
fn thrice(entity: (&'static str, &'static str), body: &Json, status: u16, names: &'static str) -> [Case; 3] {
    let (collection, row) = entity;
    [
        case("POST", collection, body.clone(), status, names),
        case("PUT", row, body.clone(), status, names),
        case("PATCH", row, body.clone(), status, names),
    ]
}

const DEPARTMENT: (&str, &str) = ("Department", "Department/1");
const EMPLOYEE: (&str, &str) = ("Employee", "Employee/2");
const VACATION: (&str, &str) = ("Vacation", "Vacation/1");
const USER: (&str, &str) = ("User", "User/2");

/// Sends each case and checks its answer; in the end the database is what it was.
#[track_caller]
fn assert_refused(cases: &[Case], message_key: Option<&str>) {
    let server = Server::start();
    let admin = server.admin();
    let before = rows::everything(server.folder.path());
    for Case { method, path, body, status, names } in cases {
        let url = format!("/services/hrdb/{path}");
        let answer = match *method {
            "DELETE" => admin.delete(&url),
            method => admin.json(method, &url, body),
        };
        let case = format!("{method} {path} {}", body.to_string().chars().take(80).collect::<String>());
        assert_eq!(answer.status, *status, "{case}: {}", answer.text());
        let error = answer.error();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains(names), "{case} names {names}: {message}");
        let parameter = error["parameters"][0].as_str().unwrap_or_default();
        assert!(parameter.contains(names), "{case} has {names} as parameter: {error}");
        if let Some(key) = message_key {
            assert_eq!(error["messageKey"], key, "{case}");
            assert!(message.starts_with("Data Integrity Violation: "), "{case}: {message}");
        }
        for inside in ["SQLITE", "constraint failed", "CHECK", "rusqlite", "INSERT", "UPDATE "] {
            assert!(!message.contains(inside), "{case} shows SQLite's own words: {message}");
        }
        rows::assert_unchanged(server.folder.path(), &before, &case);
    }
}

#[test]
fn a_value_that_must_be_unique_cannot_come_twice() {
    let mut cases = Vec::new();
    cases.extend(thrice(("Department", "Department/2"), &json!({"deptCode": "Eng"}), 409, "deptCode"));
    cases.extend(thrice(("Department", "Department/1"), &json!({"deptCode": "G&A", "name": "x"}), 409, "deptCode"));
    assert_refused(&cases, Some(INTEGRITY));
}

#[test]
fn a_unique_value_may_be_kept_freed_and_taken() {
    let server = Server::start();
    let admin = server.admin();
    let code =
        |path: &str, code: Json| admin.patch(&format!("/services/hrdb/{path}"), &json!({"deptCode": code})).status;
    assert_eq!(code("Department/1", json!("Eng")), 200, "its own");
    assert_eq!(code("Department/1", json!(null)), 200, "freed");
    assert_eq!(code("Department/2", json!("Eng")), 200, "taken");
    assert_eq!(code("Department/3", json!(null)), 200, "NULL is nobody's");
    assert_eq!(code("Department/4", json!("eng")), 200, "case counts");
    assert_eq!(code("Department/5", json!("Eng")), 409);
}

#[test]
fn a_foreign_key_must_name_a_row() {
    let mut cases = Vec::new();
    for (entity, body, names) in [
        (EMPLOYEE, json!({"deptId": 99}), "deptId"),
        (EMPLOYEE, json!({"managerId": 99}), "managerId"),
        (EMPLOYEE, json!({"deptId": 1, "managerId": 0}), "managerId"),
        (EMPLOYEE, json!({"deptId": -1, "managerId": 1}), "deptId"),
        (EMPLOYEE, json!({"department": {"deptId": 99}}), "deptId"),
        (EMPLOYEE, json!({"employeeByManagerId": {"empId": 99}}), "managerId"),
        (VACATION, json!({"empId": 0}), "empId"),
        (VACATION, json!({"employee": {"empId": 11}, "status": "Approved"}), "empId"),
    ] {
        cases.extend(thrice(entity, &body, 409, names));
    }
    assert_refused(&cases, Some(INTEGRITY));
}

#[test]
fn a_row_that_others_name_cannot_be_deleted() {
    let cases = [
        case("DELETE", "Department/1", json!(null), 409, "Employee"),
        case("DELETE", "Department/5", json!(null), 409, "deptId"),
        // Employee 10 has vacations, 1 and 8 have reports as well.
        case("DELETE", "Employee/10", json!(null), 409, "Vacation"),
        case("DELETE", "Employee/1", json!(null), 409, "Id"),
        case("DELETE", "Employee/8", json!(null), 409, "Id"),
        case("DELETE", "Department/composite-id?deptId=2", json!(null), 409, "Employee"),
    ];
    assert_refused(&cases, Some(INTEGRITY));
}

#[test]
fn a_row_can_be_deleted_when_the_last_that_named_it_is_gone() {
    let server = Server::start();
    let admin = server.admin();
    let delete = |path: &str| admin.delete(&format!("/services/hrdb/{path}")).status;
    // A report keeps its manager, whatever else is gone; one's own manager is nobody else's.
    assert_eq!([delete("Vacation/9"), delete("Vacation/10")], [200, 200]);
    let refused = admin.delete("/services/hrdb/Employee/5");
    assert_eq!(refused.status, 409);
    assert!(refused.message().contains("managerId"), "{}", refused.message());
    assert_eq!(admin.patch("/services/hrdb/Employee/6", &json!({"managerId": null})).status, 200);
    assert_eq!(delete("Employee/5"), 200);
    assert_eq!(delete("Department/2"), 409);
    assert_eq!(admin.patch("/services/hrdb/Employee/6", &json!({"deptId": 1, "managerId": 6})).status, 200);
    assert_eq!(delete("Department/2"), 200);
}

#[test]
fn what_must_not_be_null_is_named() {
    let cases = [
        case("POST", "Vacation", json!({}), 400, "empId"),
        case("POST", "Vacation", json!({"status": "Pending"}), 400, "empId"),
        case("POST", "Vacation", json!({"empId": null}), 400, "empId"),
        case("POST", "Vacation", json!({"empId": ""}), 400, "empId"),
        case("POST", "Vacation", json!({"employee": null}), 400, "empId"),
        case("POST", "Vacation", json!({"employee": {"empId": null}}), 400, "empId"),
        case("PUT", "Vacation/1", json!({}), 400, "empId"),
        case("PUT", "Vacation/1", json!({"status": "Approved"}), 400, "empId"),
        case("PUT", "Vacation/1", json!({"empId": null}), 400, "empId"),
        case("PATCH", "Vacation/1", json!({"empId": null}), 400, "empId"),
        case("PATCH", "Vacation/1", json!({"status": "Approved", "empId": " "}), 400, "empId"),
    ];
    assert_refused(&cases, Some(INTEGRITY));
}

#[test]
fn a_text_longer_than_its_column_is_named() {
    let mut cases = Vec::new();
    for (entity, property, limit) in [
        (DEPARTMENT, "name", 255),
        (DEPARTMENT, "deptCode", 20),
        (DEPARTMENT, "location", 255),
        (EMPLOYEE, "firstname", 255),
        (EMPLOYEE, "lastname", 255),
        (EMPLOYEE, "street", 255),
        (EMPLOYEE, "city", 255),
        (EMPLOYEE, "state", 2),
        (EMPLOYEE, "zip", 255),
        (EMPLOYEE, "picurl", 255),
        (EMPLOYEE, "jobTitle", 40),
        (EMPLOYEE, "username", 255),
        (EMPLOYEE, "role", 255),
        (VACATION, "status", 255),
        (VACATION, "type", 255),
        (USER, "username", 20),
        (USER, "role", 20),
        // A password has a limit of its own, whatever its column's.
        (EMPLOYEE, "password", 128),
        (USER, "password", 128),
    ] {
        let mut body = json!({ property: "é".repeat(limit + 1) });
        if entity == VACATION {
            body["empId"] = json!(1);
        }
        cases.extend(thrice(entity, &body, 400, property));
    }
    cases.extend(thrice(USER, &json!({"password": ""}), 400, "password"));
    cases.extend(thrice(DEPARTMENT, &json!({"name": "x".repeat(1 << 20)}), 400, "name"));
    cases.extend(thrice(DEPARTMENT, &json!({"deptCode": 123_456_789_012_345_678_901_f64}), 400, "deptCode"));
    assert_refused(&cases, Some(INTEGRITY));
}

#[test]
fn a_text_as_long_as_its_column_is_taken() {
    let server = Server::start();
    let admin = server.admin();
    for (path, property, limit) in [
        ("Employee/2", "state", 2),
        ("Employee/2", "jobTitle", 40),
        ("Department/1", "deptCode", 20),
        ("User/2", "role", 20),
    ] {
        // Characters count, not bytes.
        let text = "🦀".repeat(limit);
        let changed = admin.patch(&format!("/services/hrdb/{path}"), &json!({ property: text }));
        assert_eq!(changed.json()[property], text, "{path} {property}");
    }
}

#[test]
fn a_number_beyond_32_bits_is_named() {
    let mut cases = Vec::new();
    for number in [
        json!(2_147_483_648_i64),
        json!(-2_147_483_649_i64),
        json!("2147483648"),
        json!(9_223_372_036_854_775_807_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(1e10),
        json!(-1e300),
    ] {
        for (entity, property) in [
            (DEPARTMENT, "budget"),
            (DEPARTMENT, "q4"),
            (DEPARTMENT, "tenantId"),
            (EMPLOYEE, "deptId"),
            (VACATION, "empId"),
        ] {
            cases.extend(thrice(entity, &json!({ property: number }), 400, property));
        }
    }
    assert_refused(&cases, None);
}

#[test]
fn a_date_that_is_none_is_named() {
    let mut cases = Vec::new();
    for date in [
        json!("yesterday"),
        json!("2023-02-29"),
        json!("2024-02-30"),
        json!("2024-13-01"),
        json!("2024-00-10"),
        json!("2024-1-1"),
        json!("24-01-01"),
        json!("01.02.2024"),
        json!("20240101"),
        json!("2024/01/01"),
        json!("2024-01-01x"),
        json!("-2024-01-01"),
        json!("12024-01-01"),
        json!("２０２４-01-01"),
        json!(20_240_101),
        json!(1_704_067_200_000_i64),
        json!(true),
        json!([2024, 1, 1]),
    ] {
        cases.extend(thrice(EMPLOYEE, &json!({"birthdate": date}), 400, "birthdate"));
        cases.extend(thrice(VACATION, &json!({"empId": 1, "startDate": date}), 400, "startDate"));
        cases.extend(thrice(VACATION, &json!({"empId": 1, "endDate": date}), 400, "endDate"));
    }
    assert_refused(&cases, None);
}

#[test]
fn a_nul_character_is_in_no_text() {
    let mut cases = Vec::new();
    for (entity, property) in [
        (DEPARTMENT, "name"),
        (DEPARTMENT, "deptCode"),
        (EMPLOYEE, "zip"),
        (EMPLOYEE, "password"),
        (USER, "username"),
        (USER, "password"),
    ] {
        for text in ["\0", "a\0b", "a\0"] {
            cases.extend(thrice(entity, &json!({ property: text }), 400, property));
        }
    }
    assert_refused(&cases, None);
}

#[test]
fn a_refused_change_takes_no_neighbour_with_it() {
    let server = Server::start();
    // Good and bad changes at once, so that some of them share a commit.
    std::thread::scope(|scope| {
        let server = &server;
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                scope.spawn(move || {
                    let admin: Client = server.admin();
                    for round in 0..25 {
                        let name = format!("{worker}-{round}");
                        let good = admin.post("/services/hrdb/Department", &json!({"name": name, "deptCode": name}));
                        assert_eq!(good.status, 200, "{}", good.text());
                        let bad = admin.post("/services/hrdb/Department", &json!({"name": "bad", "deptCode": name}));
                        assert_eq!(bad.status, 409, "{}", bad.text());
                        let orphan = admin.post("/services/hrdb/Vacation", &json!({"empId": 99, "status": "bad"}));
                        assert_eq!(orphan.status, 409, "{}", orphan.text());
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
    let connection = rows::open(server.folder.path());
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("SELECT count(*) FROM DEPARTMENT"), 5 + 8 * 25);
    assert_eq!(number("SELECT count(*) FROM DEPARTMENT WHERE NAME = 'bad'"), 0);
    assert_eq!(number("SELECT count(*) FROM VACATION"), 20);
}

#[test]
fn of_many_who_take_one_code_at_once_one_has_it() {
    let server = Server::start();
    let clients: Vec<Client> = std::iter::repeat_n(server.admin(), 8).collect();
    for round in 0..10 {
        let body = json!({"deptCode": format!("code {round}")});
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let asked: Vec<_> = clients
                .iter()
                .map(|client| scope.spawn(|| client.post("/services/hrdb/Department", &body).status))
                .collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    }
}
