//! `POST /search`: an array of conditions, all of which must hold.

use serde_json::{Value as Json, json};

use crate::databases::{column, encode, serve};
use crate::support::{Answer, Client, Server};

const INVALID_JSON: &str = "com.wavemaker.commons.json$InvalidJsonObject";
const INVALID_INPUT: &str = "com.wavemaker.runtime.data$InvalidInput";

fn condition(name: &str, word: &str, value: &Json, kind: &str) -> Json {
    json!({"attributeName": name, "attributeValue": value, "attributeType": kind, "filterCondition": word})
}

fn search(client: &Client, entity: &str, query: &str, body: &Json) -> Answer {
    client.post(&format!("/services/{entity}/search{query}"), body)
}

#[test]
fn each_condition_means_what_its_name_says() {
    let server = Server::start();
    let admin = server.admin();
    let none = Json::Null;
    let cases: &[(&str, &str, Json, &str, &[i64])] = &[
        ("firstname", "STARTING_WITH", json!("jO"), "STRING", &[5]),
        ("firstname", "STARTING_WITH", json!("J"), "STRING", &[5, 6]),
        ("firstname", "ENDING_WITH", json!("RA"), "STRING", &[3, 4, 10]),
        ("firstname", "CONTAINING", json!("Or"), "STRING", &[2]),
        ("firstname", "CONTAINING", json!("%"), "STRING", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("firstname", "CONTAINING", json!("_____"), "STRING", &[2, 3, 4, 5, 6, 8, 9, 10]),
        ("firstname", "CONTAINING", json!(""), "STRING", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("firstname", "LIKE", json!("J%"), "STRING", &[5, 6]),
        ("firstname", "LIKE", json!("j%"), "STRING", &[]),
        ("firstname", "EQUALS", json!("Erin"), "STRING", &[1]),
        ("firstname", "EQUALS", json!("erin"), "STRING", &[]),
        ("firstname", "EQUALS", json!(["Erin", "Boris"]), "STRING", &[1, 2]),
        ("firstname", "NOT_EQUALS", json!("Erin"), "STRING", &[2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("firstname", "EMPTY", none.clone(), "STRING", &[]),
        ("picurl", "NULL_OR_EMPTY", none.clone(), "STRING", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("zip", "EQUALS", json!("02127"), "STRING", &[2]),
        ("zip", "STARTING_WITH", json!(9), "STRING", &[5, 6, 7, 8]),
        ("empId", "EQUALS", json!(3), "INTEGER", &[3]),
        ("empId", "EQUALS", json!("3"), "INTEGER", &[3]),
        ("empId", "EQUALS", json!([1, 3, 99]), "INTEGER", &[1, 3]),
        ("empId", "IN", json!([1, "3"]), "INTEGER", &[1, 3]),
        ("empId", "BETWEEN", json!([3, 5]), "INTEGER", &[3, 4, 5]),
        ("empId", "LESS_THAN", json!(3), "INTEGER", &[1, 2]),
        ("empId", "LESS_THAN_OR_EQUALS", json!(3), "INTEGER", &[1, 2, 3]),
        ("empId", "GREATER_THAN", json!(8), "INTEGER", &[9, 10]),
        ("empId", "GREATER_THAN_OR_EQUALS", json!(8), "INTEGER", &[8, 9, 10]),
        ("managerId", "NOT_EQUALS", json!(1), "INTEGER", &[6, 9, 10]),
        ("managerId", "NULL", none.clone(), "INTEGER", &[1, 4, 5, 7, 8]),
        ("managerId", "IS", json!("null"), "INTEGER", &[1, 4, 5, 7, 8]),
        ("managerId", "IS", json!("notnull"), "INTEGER", &[2, 3, 6, 9, 10]),
        ("picurl", "IS", json!("nullorempty"), "STRING", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("picurl", "IS", json!("empty"), "STRING", &[]),
        ("birthdate", "EQUALS", json!("1973-10-21"), "DATE", &[1]),
        ("birthdate", "EQUALS", json!(120_052_800_000_i64), "DATE", &[1]),
        ("birthdate", "LESS_THAN", json!("1980-01-01"), "DATE", &[1, 3]),
        ("birthdate", "BETWEEN", json!(["1990-01-01", "1991-12-31"]), "DATE", &[2, 4]),
        ("department.name", "EQUALS", json!("Engineering"), "STRING", &[1, 2, 3]),
        ("department.deptId", "EQUALS", json!(1), "INTEGER", &[1, 2, 3]),
        ("employeeByManagerId.firstname", "STARTING_WITH", json!("er"), "STRING", &[2, 3]),
        ("employeeByManagerId.firstname", "NULL", none, "STRING", &[1, 4, 5, 7, 8]),
    ];
    for (name, word, value, kind, expected) in cases {
        let body = json!([condition(name, word, value, kind)]);
        let answer = search(&admin, "hrdb/Employee", "", &body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        assert_eq!(column(&answer, "empId"), *expected, "{body}");
        assert_eq!(answer.json()["totalElements"], expected.len(), "{body}");
    }
}

#[test]
fn booleans_and_decimals_are_searched_by_value() {
    let server = serve(&["music"]);
    let admin = server.admin();
    for (entity, name, word, value, kind, expected) in [
        ("music/Track", "explicit", "EQUALS", json!(true), "BOOLEAN", 151),
        ("music/Track", "explicit", "EQUALS", json!("true"), "BOOLEAN", 151),
        ("music/Track", "explicit", "NOT_EQUALS", json!(true), "YES_NO", 1349),
        ("music/Track", "unitPrice", "EQUALS", json!(2), "BIG_DECIMAL", 298),
        ("music/Track", "unitPrice", "EQUALS", json!("2.00"), "BIG_DECIMAL", 298),
        ("music/Invoice", "total", "LESS_THAN", json!(0), "DOUBLE", 10),
        ("music/Invoice", "invoiceDate", "EQUALS", json!("2021-01-06T13:22:00"), "DATETIME", 1),
        ("music/Track", "genre", "NULL", json!(null), "INTEGER", 38),
        ("music/Album", "cover", "NULL", json!(null), "BLOB", 101),
    ] {
        let body = json!([condition(name, word, &value, kind)]);
        let answer = search(&admin, entity, "", &body);
        assert_eq!(
            (answer.status, &answer.json()["totalElements"]),
            (200, &json!(expected)),
            "{body}: {}",
            answer.text()
        );
    }
}

#[test]
fn conditions_are_all_to_hold_and_none_means_all_rows() {
    let server = Server::start();
    let admin = server.admin();
    let both = json!([
        condition("state", "EQUALS", &json!("CA"), "STRING"),
        condition("empId", "GREATER_THAN", &json!(5), "INTEGER"),
    ]);
    assert_eq!(column(&search(&admin, "hrdb/Employee", "", &both), "empId"), [6, 7, 8]);
    assert_eq!(search(&admin, "hrdb/Employee", "", &json!([])).json()["totalElements"], 10);
    let page = search(&admin, "hrdb/Employee", "?page=2&size=2&sort=firstname%20desc", &both);
    assert_eq!(column(&page, "empId"), [6]);
    let json = page.json();
    assert_eq!((&json["totalElements"], &json["totalPages"], &json["number"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!(json["sort"][0]["property"], "firstname");
    let narrowed = search(&admin, "hrdb/Employee", &format!("?q={}", encode("empId = 7 or empId = 1")), &both);
    // A filter in the query narrows the search; it never widens it.
    assert!(column(&narrowed, "empId").iter().all(|id| [6, 7, 8].contains(id)));
    let with_more = json!([{"attributeName": "empId", "attributeValue": 1, "attributeType": "INTEGER",
        "filterCondition": "EQUALS", "filterOn": "x", "excludeInSearch": false}]);
    assert_eq!(column(&search(&admin, "hrdb/Employee", "", &with_more), "empId"), [1]);
}

#[test]
fn every_type_that_wavemaker_has_is_known() {
    let server = Server::start();
    let admin = server.admin();
    let types = "BIG_DECIMAL BIG_INTEGER BLOB BOOLEAN BYTE CALENDAR CALENDAR_DATE CHARACTER CLOB CURRENCY DATE DOUBLE \
                 FLOAT INTEGER LONG LOCALE STRING SHORT TEXT TIME DATETIME TIMESTAMP TIMEZONE TRUE_FALSE YES_NO";
    for kind in types.split_whitespace() {
        let body = json!([condition("managerId", "NULL", &Json::Null, kind)]);
        assert_eq!(search(&admin, "hrdb/Employee", "", &body).status, 200, "{kind}");
    }
    for kind in ["INT", "string", "", "VARCHAR", "STRING "] {
        let body = json!([condition("firstname", "EQUALS", &json!("x"), kind)]);
        let answer = search(&admin, "hrdb/Employee", "", &body);
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(INVALID_JSON)), "{kind}");
    }
}

#[test]
fn what_is_no_condition_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    let with = |word: &str, value: Json| json!([condition("empId", word, &value, "INTEGER")]);
    let cases = [
        (json!({}), INVALID_JSON),
        (json!("x"), INVALID_JSON),
        (json!([1]), INVALID_JSON),
        (json!([[]]), INVALID_JSON),
        (json!([{}]), INVALID_JSON),
        (with("equals", json!(1)), INVALID_JSON),
        (with("CONTAINS", json!(1)), INVALID_JSON),
        (with("", json!(1)), INVALID_JSON),
        (with("NOTIN", json!([1])), INVALID_JSON),
        (with("IN", json!([])), INVALID_INPUT),
        (with("EQUALS", json!([])), INVALID_INPUT),
        (with("EQUALS", json!(null)), INVALID_INPUT),
        (with("BETWEEN", json!([1])), INVALID_INPUT),
        (with("BETWEEN", json!([1, 2, 3])), INVALID_INPUT),
        (with("BETWEEN", json!(1)), INVALID_INPUT),
        (with("IS", json!("maybe")), INVALID_INPUT),
        (with("EQUALS", json!({"a": 1})), INVALID_INPUT),
        (with("IN", json!([[1]])), INVALID_INPUT),
    ];
    for (body, key) in cases {
        let answer = search(&admin, "hrdb/Employee", "", &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], key, "{body}");
    }
    for name in [
        "nonsense",
        "password",
        "department",
        "department.nonsense",
        "employeeByManagerId.password",
        "FIRSTNAME",
        "a..b",
        ".",
    ] {
        let body = json!([condition(name, "EQUALS", &json!("x"), "STRING")]);
        let answer = search(&admin, "hrdb/Employee", "", &body);
        assert_eq!(answer.status, 400, "{name}");
        let error = answer.error();
        assert_eq!(error["messageKey"], INVALID_INPUT, "{name}");
        assert_eq!(error["parameters"], json!(["The input parameters are not valid."]), "{name}");
        assert_eq!(error["message"], "Invalid Input: The input parameters are not valid.", "{name}");
    }
    for (name, value, key) in [
        ("empId", json!("abc"), "com.wavemaker.commons.json$UnexpectedError"),
        ("empId", json!(1.5), "com.wavemaker.commons.json$UnexpectedError"),
        ("birthdate", json!("yesterday"), "com.wavemaker.commons.string.to.date.parse.failure"),
    ] {
        let answer = search(&admin, "hrdb/Employee", "", &json!([condition(name, "EQUALS", &value, "STRING")]));
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(key)), "{name} {value}");
    }
}
