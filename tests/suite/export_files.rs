//! `POST …/export`: a file made to order, and the address at which its owner fetches it.

use calamine::Data;
use serde_json::{Value as Json, json};

use crate::databases::serve;
use crate::exports::{csv, sheet};
use crate::support::{Answer, Client, Server};

const EXPORT: &str = "/services/hrdb/Employee/export";

/// The path of the address that an order is answered with.
#[track_caller]
fn ordered(server: &Server, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["result"]);
    let address = json["result"].as_str().unwrap();
    let path = address.strip_prefix(&format!("http://{}", server.address)).unwrap_or_else(|| panic!("{address}"));
    let id = path.strip_prefix("/services/files/exported/").unwrap_or_else(|| panic!("{address}"));
    assert!(id.len() == 32 && id.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{id}");
    path.to_owned()
}

#[track_caller]
fn fetched(server: &Server, client: &Client, query: &str, body: &Json) -> Answer {
    let answer = client.get(&ordered(server, &client.post(&format!("{EXPORT}{query}"), body)));
    assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    answer
}

#[test]
fn the_columns_are_those_of_the_order() {
    let server = Server::start();
    let admin = server.admin();
    let fields = json!([
        {"field": "empId", "header": "No."},
        {"field": "department.name"},
        {"field": "birthdate", "header": "Born, on"},
        {"expression": "${firstname} ${lastname} (${department.deptCode})", "header": "Who"},
        {"expression": "same for all", "header": "Const"},
        {"expression": "${employeeByManagerId.firstname}", "header": ""},
        {"field": "empId", "header": "No."},
    ]);
    let body = json!({"exportType": "CSV", "query": "empId in (1, 2)", "fields": fields, "fileName": "emps"});
    let answer = fetched(&server, &admin, "?sort=empId%20desc", &body);
    assert_eq!(answer.header("content-disposition"), Some("attachment;filename=\"emps.csv\""));
    assert_eq!(
        csv(&answer),
        [
            ["No.", "Department Name", "Born, on", "Who", "Const", "", "No."],
            ["2", "Engineering", "1991-03-19", "Boris Tran (Eng)", "same for all", "Erin", "2"],
            ["1", "Engineering", "1973-10-21", "Erin Lund (Eng)", "same for all", "", "1"],
        ]
    );
    let body = json!({"exportType": "excel", "query": "empId = 2", "fields": fields});
    let answer = fetched(&server, &admin, "", &body);
    assert_eq!(answer.header("content-disposition"), Some("attachment;filename=\"Employee.xlsx\""));
    let cells = sheet(&answer);
    assert_eq!(cells[0][0], Data::String("No.".to_owned()));
    assert_eq!((&cells[1][0], &cells[1][3]), (&Data::Float(2.0), &Data::String("Boris Tran (Eng)".to_owned())));
    assert!(matches!(cells[1][2], Data::DateTime(_)), "{:?}", cells[1][2]);
    let text_only = json!({"exportType": "json", "fields": [{"expression": "x", "header": "h"}], "exportSize": 2});
    assert_eq!(fetched(&server, &admin, "", &text_only).text(), r#"[{"h":"x"},{"h":"x"}]"#);
    let whole = fetched(&server, &admin, "", &json!({"exportType": "CSV"}));
    assert_eq!(whole.body, admin.get("/services/hrdb/Employee/export/CSV").body);
    let whole =
        fetched(&server, &admin, "", &json!({"exportType": "CSV", "fields": [], "query": "", "fileName": "  "}));
    assert_eq!(whole.header("content-disposition"), Some("attachment;filename=\"Employee.csv\""));
    assert_eq!(whole.body, admin.get("/services/hrdb/Employee/export/CSV").body);
}

#[test]
fn a_text_filled_from_a_template_is_no_formula_either() {
    let server = Server::start();
    let admin = server.admin();
    let fields = json!([{"expression": "=${empId}+1", "header": "=head"}, {"field": "empId", "header": "@x"}]);
    let answer = fetched(&server, &admin, "", &json!({"exportType": "CSV", "query": "empId = 1", "fields": fields}));
    assert_eq!(csv(&answer), [["'=head", "'@x"], ["'=1+1", "1"]]);
}

#[test]
fn the_number_of_rows_and_the_page_are_those_of_the_order() {
    let server = Server::start();
    let admin = server.admin();
    for (query, size, expected) in [
        ("", json!(null), (1..=10).collect::<Vec<_>>()),
        ("", json!(0), (1..=10).collect()),
        ("", json!(-1), (1..=10).collect()),
        ("", json!(3), vec![1, 2, 3]),
        ("?page=1", json!(3), vec![1, 2, 3]),
        ("?page=2", json!(3), vec![4, 5, 6]),
        ("?page=4", json!(3), vec![10]),
        ("?page=5", json!(3), vec![]),
        ("?sort=empId%20desc", json!(2), vec![10, 9]),
        ("", json!(1_000_000_000_000_i64), (1..=10).collect()),
        ("?page=2147483647", json!(i64::MAX), vec![]),
    ] {
        let body = json!({"exportType": "CSV", "exportSize": size, "fields": [{"field": "empId"}]});
        let lines = csv(&fetched(&server, &admin, query, &body));
        let ids: Vec<i64> = lines.iter().skip(1).map(|line| line[0].parse().unwrap()).collect();
        assert_eq!(ids, expected, "{query} {size}");
    }
}

#[test]
fn a_file_name_is_never_more_than_a_name() {
    let server = Server::start();
    let admin = server.admin();
    let long = "n".repeat(5_000);
    for name in [
        "../../etc/passwd",
        "..\\..\\x",
        "/abs",
        "C:\\x",
        "a\"b",
        "a\r\nSet-Cookie: x=y",
        "a;b=c",
        "a\0b",
        "名前",
        "🎷",
        "...",
        ".",
        "..",
        "%2e%2e%2f",
        "a/b",
        "<script>",
        "emps.csv",
        "con",
        "\u{202e}gpj",
        "é",
        "'",
        "`",
        "$(x)",
        "*?|",
        &long,
    ] {
        let body = json!({"exportType": "CSV", "fileName": name, "fields": [{"field": "empId"}]});
        let answer = fetched(&server, &admin, "", &body);
        let disposition = answer.header("content-disposition").unwrap();
        let rest =
            disposition.strip_prefix("attachment;filename=\"").unwrap_or_else(|| panic!("{name:?}: {disposition}"));
        let (plain, extended) = rest.split_once('"').unwrap();
        assert!(plain.strip_suffix(".csv").is_some() && plain.len() < 200, "{name:?}: {disposition}");
        assert!(plain.len() > ".csv".len(), "{name:?} leaves no name: {disposition}");
        assert!(!plain.starts_with('.'), "{name:?} hides itself: {disposition}");
        assert!(
            plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -_.()".contains(&byte)),
            "{name:?}: {disposition}"
        );
        if !extended.is_empty() {
            let encoded =
                extended.strip_prefix(";filename*=UTF-8''").unwrap_or_else(|| panic!("{name:?}: {disposition}"));
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"%-._~".contains(&byte);
            assert!(encoded.bytes().all(fine), "{name:?}: {disposition}");
        }
        assert_eq!(answer.set_cookies().count(), 0, "{name:?}");
    }
}

#[test]
fn an_order_that_cannot_be_understood_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    let field = |field: Json| json!({"exportType": "CSV", "fields": [field]});
    let invalid_json = "com.wavemaker.commons.json$InvalidJsonObject";
    let invalid_input = "com.wavemaker.runtime.data$InvalidInput";
    for (body, key) in [
        (json!({}), invalid_json),
        (json!([]), invalid_json),
        (json!({"exportType": null}), invalid_json),
        (json!({"exportType": "PDF"}), invalid_json),
        (json!({"exportType": ""}), invalid_json),
        (json!({"exportType": 1}), invalid_json),
        (json!({"exportType": "CSV", "fields": {}}), invalid_json),
        (json!({"exportType": "CSV", "fields": [1]}), invalid_json),
        (json!({"exportType": "CSV", "query": 1}), invalid_json),
        (json!({"exportType": "CSV", "query": "empId ="}), "com.wavemaker.runtime.data$SyntaxErrorInQuery"),
        (json!({"exportType": "CSV", "query": "password = 'x'"}), "Property {0} in the class {1} is not valid."),
        (field(json!({"header": "x"})), invalid_input),
        (field(json!({"expression": "${firstname"})), invalid_input),
        (field(json!({"expression": "${password}"})), "Property {0} in the class {1} is not valid."),
        (field(json!({"expression": "${firstname?upper_case}"})), "Property {0} in the class {1} is not valid."),
        (field(json!({"expression": "${}"})), "Property {0} in the class {1} is not valid."),
        (field(json!({"expression": "${department}"})), "Property {0} in the class {1} is not valid."),
        (field(json!({"expression": "${7*7}"})), "Property {0} in the class {1} is not valid."),
        (field(json!({"field": "password"})), "Property {0} in the class {1} is not valid."),
    ] {
        let answer = admin.post(EXPORT, &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], key, "{body}");
    }
    let sorted = admin.post(&format!("{EXPORT}?sort=nonsense"), &json!({"exportType": "CSV"}));
    assert_eq!(
        (sorted.status, sorted.error()["messageKey"].as_str()),
        (400, Some("com.wavemaker.runtime.data$UnknownFieldName"))
    );
    let left: Vec<_> = std::fs::read_dir(server.folder.path().join("exported")).unwrap().collect();
    assert!(left.is_empty(), "a refused order leaves no file: {left:?}");
}

#[test]
fn a_file_is_there_for_its_owner_only_and_as_often_as_he_likes() {
    let server = Server::start();
    let admin = server.admin();
    let path = ordered(&server, &admin.post(EXPORT, &json!({"exportType": "CSV"})));
    let first = admin.get(&path);
    for _ in 0..3 {
        assert_eq!(admin.get(&path).body, first.body);
    }
    // By whichever way he proves who he is.
    assert_eq!(server.basic("admin", "admin").get(&path).body, first.body);
    assert_eq!(server.browser("admin", "admin").get(&path).body, first.body);
    let unknown = "/services/files/exported/0123456789abcdef0123456789abcdef";
    let not_found = "com.wavemaker.runtime.requested.resource.not.found";
    // Employee 1 has the same key as the administrator, in another table.
    for (name, password) in [("user", "user"), ("admin2", "admin2"), ("erin.lund", "welcome")] {
        for path in [path.as_str(), unknown] {
            let answer = server.token(name, password).get(path);
            assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (404, Some(not_found)), "{name} {path}");
        }
    }
    assert_eq!(server.nobody().get(&path).status, 401);
    for odd in ["%2e%2e%2fhrdb.db", "..%2F..%2Fhrdb.db", "x", "%00", "0123456789ABCDEF0123456789ABCDEF"] {
        let status = admin.get(&format!("/services/files/exported/{odd}")).status;
        assert!([400, 404].contains(&status), "{odd}: {status}");
    }
}

#[test]
fn a_file_is_kept_for_half_an_hour_and_then_gone() {
    let server = Server::start();
    let admin = server.basic("admin", "admin");
    let path = ordered(&server, &admin.post(EXPORT, &json!({"exportType": "CSV"})));
    server.pass_seconds(1799);
    assert_eq!(admin.get(&path).status, 200);
    server.pass_seconds(1);
    let gone = admin.get(&path);
    assert_eq!(
        (gone.status, gone.error()["messageKey"].as_str()),
        (404, Some("com.wavemaker.runtime.requested.resource.not.found"))
    );
}

#[test]
fn many_orders_at_a_time_do_not_mix() {
    let server = serve(&["music"]);
    let admin = server.admin();
    std::thread::scope(|scope| {
        // No account has more at a time.
        for number in 1..=4 {
            let (admin, server) = (&admin, &server);
            scope.spawn(move || {
                let query = format!("trackId between {number} and {}", number * 10);
                let body = json!({"exportType": "CSV", "query": query, "fields": [{"field": "trackId"}]});
                let path = ordered(server, &admin.post("/services/music/Track/export", &body));
                assert_eq!(csv(&admin.get(&path)).len(), number * 9 + 2, "{query}");
            });
        }
    });
}
