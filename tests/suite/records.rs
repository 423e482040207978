//! Lists: pages, sizes and orders.

use serde_json::{Value as Json, json};

use crate::support::{Client, Server};

const INVALID_PARAMETER: &str = "com.wavemaker.runtime.invalid.parameter";
const UNKNOWN_FIELD: &str = "com.wavemaker.runtime.data$UnknownFieldName";

#[track_caller]
fn page(client: &Client, path: &str) -> Json {
    let answer = client.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    answer.json()
}

fn ids(page: &Json, key: &str) -> Vec<i64> {
    page["content"].as_array().unwrap().iter().map(|row| row[key].as_i64().unwrap()).collect()
}

/// All of a page but its content.
fn frame(mut page: Json) -> String {
    page.as_object_mut().unwrap().shift_remove("content");
    page.to_string()
}

#[test]
fn a_page_has_exactly_the_ten_keys_in_order() {
    let server = Server::start();
    let text = server.admin().get("/services/hrdb/User?size=1&page=2").text();
    assert_eq!(
        text,
        r#"{"content":[{"userId":2,"username":"user","role":"userrole","tenantId":1}],"totalPages":5,"totalElements":5,"last":false,"size":1,"number":1,"sort":[],"first":false,"numberOfElements":1,"empty":false}"#
    );
}

#[test]
fn a_list_without_parameters_is_the_first_twenty_rows_by_key() {
    let server = Server::start();
    let admin = server.admin();
    // A change moves no row; a new one comes last.
    assert_eq!(admin.patch("/services/hrdb/Vacation/1", &json!({"status": "Approved"})).status, 200);
    assert_eq!(admin.post("/services/hrdb/Vacation", &json!({"empId": 1})).status, 200);
    let list = page(&admin, "/services/hrdb/Vacation");
    assert_eq!(ids(&list, "id"), (1..=20).collect::<Vec<i64>>());
    assert_eq!(
        frame(list),
        r#"{"totalPages":2,"totalElements":21,"last":false,"size":20,"number":0,"sort":[],"first":true,"numberOfElements":20,"empty":false}"#
    );
    assert_eq!(ids(&page(&admin, "/services/hrdb/Vacation?page=2"), "id"), [22]);
}

#[test]
fn page_numbers_are_one_based_in_the_request_and_zero_based_in_the_answer() {
    let server = Server::start();
    let admin = server.admin();
    let all: Vec<i64> = (1..=10).collect();
    // Parameters; rows; then totalPages, number, first, last.
    for (query, rows, pages, number, first, last) in [
        ("", &all[..], 1, 0, true, true),
        ("?page=&size=", &all[..], 1, 0, true, true),
        ("?page=1", &all[..], 1, 0, true, true),
        ("?size=10", &all[..], 1, 0, true, true),
        ("?page=1&size=4", &all[0..4], 3, 0, true, false),
        ("?page=2&size=4", &all[4..8], 3, 1, false, false),
        ("?page=3&size=4", &all[8..10], 3, 2, false, true),
        ("?page=2&size=5", &all[5..10], 2, 1, false, true),
        ("?page=4&size=4", &[], 3, 3, false, true),
        ("?page=2&size=10", &[], 1, 1, false, true),
        ("?page=2147483647&size=100", &[], 1, 2_147_483_646, false, true),
        ("?size=3&unknown=7", &all[0..3], 4, 0, true, false),
    ] {
        let list = page(&admin, &format!("/services/hrdb/Employee{query}"));
        assert_eq!(ids(&list, "empId"), rows, "{query}");
        assert_eq!(list["totalElements"], 10, "{query}");
        let rest = (&list["totalPages"], &list["number"], &list["first"], &list["last"]);
        assert_eq!(rest, (&json!(pages), &json!(number), &json!(first), &json!(last)), "{query}");
        assert_eq!(list["numberOfElements"], rows.len(), "{query}");
        assert_eq!(list["empty"], rows.is_empty(), "{query}");
    }
}

#[test]
fn a_size_that_is_too_large_or_none_is_the_largest() {
    let server = Server::start();
    let admin = server.admin();
    for (size, effective) in [
        ("1", 1),
        ("99", 99),
        ("100", 100),
        ("101", 100),
        ("2147483647", 100),
        ("0", 100),
        ("-1", 100),
        ("-2147483648", 100),
        (":size", 100),
        ("%3Asize", 100),
        ("", 20),
        ("%20", 20),
    ] {
        let list = page(&admin, &format!("/services/hrdb/Department?size={size}"));
        assert_eq!(list["size"], effective, "{size}");
    }
}

#[test]
fn the_largest_page_is_a_setting() {
    let server = Server::start_with(|settings| settings.max_page_size = 3);
    let admin = server.admin();
    for query in ["?size=1000", "?size=0", "?size=4"] {
        let list = page(&admin, &format!("/services/hrdb/Department{query}"));
        assert_eq!((&list["size"], &list["numberOfElements"]), (&json!(3), &json!(3)), "{query}");
    }
    let children = page(&admin, "/services/hrdb/Employee/2/vacations?size=1000");
    assert_eq!(children["size"], 3);
}

#[test]
fn a_page_or_size_that_is_no_number_is_refused_by_its_name() {
    let server = Server::start();
    let admin = server.admin();
    for (name, value) in [
        ("page", "0"),
        ("page", "-1"),
        ("page", "-2147483648"),
        ("page", "x"),
        ("page", "1.0"),
        ("page", "1e3"),
        ("page", "2147483648"),
        ("page", "99999999999999999999"),
        ("page", "%00"),
        ("size", "x"),
        ("size", "1.5"),
        ("size", "size"),
        ("size", "2147483648"),
        ("size", "-2147483649"),
    ] {
        for path in ["/services/hrdb/Department", "/services/hrdb/Department/1/employees"] {
            let answer = admin.get(&format!("{path}?{name}={value}"));
            assert_eq!(answer.status, 400, "{path} {name}={value}: {}", answer.text());
            let error = answer.error();
            assert_eq!(error["messageKey"], INVALID_PARAMETER, "{name}={value}");
            assert_eq!(error["message"], format!("{name} value is invalid"), "{name}={value}");
            assert_eq!(error["parameters"], json!([name]), "{name}={value}");
        }
    }
}

#[test]
fn a_list_is_sorted_as_asked_and_then_by_key() {
    let server = Server::start();
    let admin = server.admin();
    let by_name = vec![6, 4, 10, 8, 9, 5, 1, 3, 7, 2];
    let by_name_down: Vec<i64> = by_name.iter().rev().copied().collect();
    let by_state_and_name = vec![7, 5, 8, 6, 3, 2, 1, 10, 4, 9];
    for (sort, expected) in [
        ("lastname", by_name.clone()),
        ("lastname%20asc", by_name.clone()),
        ("lastname+ASC", by_name.clone()),
        ("%20lastname%20%20asc%20", by_name.clone()),
        (",,lastname,,", by_name.clone()),
        ("lastname,asc", by_name.clone()),
        ("lastname%20desc", by_name_down.clone()),
        ("lastname+Desc", by_name_down.clone()),
        // Spring's way: the direction is a term of its own.
        ("lastname,desc", by_name_down.clone()),
        ("lastname,DESC", by_name_down),
        ("state,lastname%20desc", by_state_and_name.clone()),
        ("state,asc,lastname,desc", by_state_and_name.clone()),
        ("state&sort=lastname%20desc", by_state_and_name.clone()),
        ("state%20asc&sort=&sort=lastname,desc", by_state_and_name),
        ("empId%20desc", vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("birthdate", vec![1, 3, 8, 5, 10, 9, 7, 4, 2, 6]),
        ("department.name", vec![1, 2, 3, 7, 5, 6, 8, 9, 10, 4]),
        // The key goes the way of the last term.
        ("department.name%20desc", vec![4, 10, 9, 8, 6, 5, 7, 3, 2, 1]),
        ("department.name,desc,empId,desc", vec![4, 10, 9, 8, 6, 5, 7, 3, 2, 1]),
        ("employeeByManagerId.department.name,desc", vec![8, 7, 5, 4, 1, 10, 9, 6, 3, 2]),
        ("", vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ] {
        let list = page(&admin, &format!("/services/hrdb/Employee?sort={sort}"));
        assert_eq!(ids(&list, "empId"), expected, "sort={sort}");
        assert_eq!(list["totalElements"], 10, "sort={sort}");
    }
}

#[test]
fn null_comes_first_in_both_directions() {
    let server = Server::start();
    let admin = server.admin();
    for (sort, expected) in [
        ("managerId", [1, 4, 5, 7, 8, 2, 3, 6, 9, 10]),
        ("managerId%20desc", [8, 7, 5, 4, 1, 10, 9, 6, 3, 2]),
        // Over a relation, a row without it is not lost.
        ("employeeByManagerId.lastname", [1, 4, 5, 7, 8, 9, 10, 6, 2, 3]),
        ("employeeByManagerId.lastname%20desc", [8, 7, 5, 4, 1, 3, 2, 6, 10, 9]),
    ] {
        let list = page(&admin, &format!("/services/hrdb/Employee?sort={sort}"));
        assert_eq!(ids(&list, "empId"), expected, "sort={sort}");
        assert_eq!(list["totalElements"], 10, "sort={sort}");
    }
}

#[test]
fn the_pages_of_a_sorted_list_hold_every_row_once() {
    let server = Server::start();
    let admin = server.admin();
    // Sorts by columns in which many rows are equal.
    for sort in ["status", "status%20desc", "type", "employee.department.name", "employee.employeeByManagerId.lastname"]
    {
        let mut found: Vec<i64> = (1..=7)
            .flat_map(|number| {
                ids(&page(&admin, &format!("/services/hrdb/Vacation?size=3&page={number}&sort={sort}")), "id")
            })
            .collect();
        found.sort_unstable();
        assert_eq!(found, (1..=20).collect::<Vec<i64>>(), "sort={sort}");
    }
}

#[test]
fn the_page_says_how_it_is_sorted() {
    let server = Server::start();
    let text = server.admin().get("/services/hrdb/Employee?size=1&sort=firstname,department.name+DESC").text();
    let sort = r#""sort":[{"direction":"ASC","property":"firstname","ignoreCase":false,"nullHandling":"NATIVE","ascending":true},{"direction":"DESC","property":"department.name","ignoreCase":false,"nullHandling":"NATIVE","ascending":false}],"first":true"#;
    assert!(text.contains(sort), "{text}");
}

#[test]
fn a_sort_by_what_is_no_property_is_refused_by_its_name() {
    let server = Server::start();
    let admin = server.admin();
    for (sort, named) in [
        ("nope", "nope"),
        ("firstname,nope%20desc", "nope"),
        ("Firstname", "Firstname"),
        ("FIRSTNAME", "FIRSTNAME"),
        ("department", "department"),
        ("department.nope", "department.nope"),
        ("department.", "department."),
        (".name", ".name"),
        ("nope.name", "nope.name"),
        ("firstname.name", "firstname.name"),
        ("vacations.id", "vacations.id"),
        ("employees.empId", "employees.empId"),
        ("desc", "desc"),
        ("firstname%20asc%20desc", "firstname asc"),
        ("firstname%22", "firstname\""),
        ("firstname;", "firstname;"),
        ("(firstname)", "(firstname)"),
        ("1", "1"),
    ] {
        let answer = admin.get(&format!("/services/hrdb/Employee?sort={sort}"));
        assert_eq!(answer.status, 400, "{sort}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error["messageKey"], UNKNOWN_FIELD, "{sort}");
        assert_eq!(error["message"], format!("Unknown field name {named} is provided for sort operation"), "{sort}");
        assert_eq!(error["parameters"], json!([named]), "{sort}");
    }
}

#[test]
fn a_direction_that_is_none_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    for sort in ["firstname%20up", "firstname%20descending", "firstname%20asc,lastname%20-1", "firstname;drop%20table"]
    {
        let answer = admin.get(&format!("/services/hrdb/Employee?sort={sort}"));
        assert_eq!(answer.status, 400, "{sort}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], INVALID_PARAMETER, "{sort}");
    }
}

#[test]
fn a_sort_that_is_refused_for_a_list_is_refused_for_a_related_list() {
    let server = Server::start();
    let admin = server.admin();
    // The properties are those of the child.
    assert_eq!(admin.get("/services/hrdb/Department/1/employees?sort=lastname").status, 200);
    let answer = admin.get("/services/hrdb/Department/1/employees?sort=budget");
    assert_eq!((answer.status, &answer.error()["messageKey"]), (400, &json!(UNKNOWN_FIELD)));
}
