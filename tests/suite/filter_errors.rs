//! What is no filter: always a 400 in the envelope, with the key that WaveMaker has for it and the place of the fault.

use serde_json::json;

use crate::databases::{encode, filtered, serve};
use crate::support::{Answer, Client, Server};

const SYNTAX: &str = "com.wavemaker.runtime.data$SyntaxErrorInQuery";
const UNKNOWN: &str = "Property {0} in the class {1} is not valid.";
const NOT_COMPARABLE: &str = "The property {0} in the entity {1} is not a comparable data type.";
const BAD_DATE: &str = "com.wavemaker.commons.string.to.date.parse.failure";
const UNEXPECTED: &str = "com.wavemaker.commons.json$UnexpectedError";

/// The answers of every place that takes a filter.
fn everywhere(client: &Client, entity: &str, q: &str) -> Vec<(&'static str, Answer)> {
    let path = format!("/services/{entity}");
    let body = format!("q={}", encode(q));
    vec![
        ("list", filtered(client, entity, q)),
        ("filter", client.form(&format!("{path}/filter"), &body)),
        ("count", client.get(&format!("{path}/count?{body}"))),
        ("count by form", client.form(&format!("{path}/count"), &body)),
        ("download", client.get(&format!("{path}/export/CSV?{body}"))),
        ("export", client.post(&format!("{path}/export"), &json!({"exportType": "CSV", "query": q}))),
        (
            "aggregation",
            client.post(&format!("{path}/aggregations"), &json!({"filter": q, "groupByFields": ["tenantId"]})),
        ),
        ("plain aggregation", client.post(&format!("{path}/aggregations"), &json!({"filter": q}))),
    ]
}

/// Checks status, key and message everywhere; returns the parameters, which are the same everywhere.
#[track_caller]
fn refused(client: &Client, entity: &str, q: &str, key: &str, message: Option<&str>) -> Vec<String> {
    let mut parameters: Option<Vec<String>> = None;
    for (place, answer) in everywhere(client, entity, q) {
        assert_eq!(answer.status, 400, "{place}: {q}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error["messageKey"], key, "{place}: {q}");
        if let Some(message) = message {
            assert_eq!(error["message"], message, "{place}: {q}");
        }
        let found: Vec<String> = serde_json::from_value(error["parameters"].clone()).unwrap();
        assert_eq!(*parameters.get_or_insert_with(|| found.clone()), found, "{place}: {q}");
    }
    parameters.unwrap()
}

#[test]
fn a_syntax_error_says_where_it_is() {
    let server = Server::start();
    let admin = server.admin();
    for (q, position) in [
        ("firstname", 9),
        ("firstname = ", 12),
        ("firstname == 'x'", 11),
        ("firstname = 'x", 12),
        ("firstname = \"x\"", 12),
        ("empId = 1;", 9),
        ("empId = 1 --", 10),
        ("empId = 1 /* x */", 10),
        ("empId = 1 and", 13),
        ("empId = 1 empId = 2", 10),
        ("and empId = 1", 0),
        ("= 1", 0),
        ("1 = 1", 0),
        ("'a' = firstname", 0),
        ("(empId = 1", 10),
        ("empId = 1)", 9),
        ("()", 1),
        ("empId in ()", 10),
        ("empId in (1,)", 12),
        ("empId in (null)", 10),
        ("empId in 1", 9),
        ("empId notin (1)", 6),
        ("empId = +1", 8),
        ("empId = 1e5", 9),
        ("empId = .5", 8),
        ("empId = 5.", 9),
        ("empId = empId", 8),
        ("empId = 1 + 1", 10),
        ("empId < > 1", 8),
        ("empId ! = 1", 6),
        ("zip between '02127' and 'x'", 24),
        ("zip between 'a' and 5", 20),
        ("empId between 1", 15),
        ("zip like 94036", 9),
        ("zip like lower(firstname)", 15),
        ("birthdate < current_date", 24),
        ("current_date() > birthdate", 0),
        ("lower(firstname = 'x'", 16),
        ("lower(upper(firstname)) = 'x'", 6),
        ("firstname is nul", 13),
        ("firstname is not", 16),
        ("not", 3),
        ("between = 1", 0),
        ("firstname = :name", 12),
        ("firstname = ?", 12),
        ("firstname = ${x}", 12),
        ("firstname. = 'x'", 9),
        ("firstname = ('x')", 12),
        ("firstname = 'x' union select 1", 16),
        ("birthdate = wm_dt('2020-01-01')", 12),
        // Characters are counted, not bytes.
        ("firstname = 'üüü🎷' ;", 19),
        // The text that the position counts in is the rewritten one.
        ("firstname startswith 'x' oder", 20),
    ] {
        let parameters = refused(&admin, "hrdb/Employee", q, SYNTAX, None);
        let [query, at, text] = parameters.as_slice() else { panic!("{q}: {parameters:?}") };
        let rewritten = q.replace("startswith 'x'", "like 'x%'");
        assert_eq!((query.as_str(), at.as_str()), (rewritten.as_str(), position.to_string().as_str()), "{q}");
        let sentence = format!("Syntax Error in Query '{rewritten}' at position {position}. Error is '{text}'");
        assert_eq!(filtered(&admin, "hrdb/Employee", q).message(), sentence);
    }
}

#[test]
fn an_unknown_property_is_named_as_it_was_written() {
    let server = Server::start();
    let admin = server.admin();
    for path in [
        "nonsense",
        "Firstname",
        "FIRSTNAME",
        "department.nonsense",
        "nonsense.name",
        "firstname.length",
        "department.employees",
        "rowid",
        "_rowid_",
        "sqlite_version",
        "in.department",
        // Columns that are written only.
        "password",
        "employeeByManagerId.password",
    ] {
        for condition in ["= 'x'", "is null", "in ('a')", "like '%'", "= null"] {
            let sentence = format!("Property {path} in the class Employee is not valid.");
            let q = format!("empId = 1 or {path} {condition}");
            let parameters = refused(&admin, "hrdb/Employee", &q, UNKNOWN, Some(&sentence));
            assert_eq!(parameters, [path, "Employee"]);
        }
    }
    let q = "firstname = lower(password)";
    assert_eq!(refused(&admin, "hrdb/Employee", q, UNKNOWN, None), ["password", "Employee"]);
    assert_eq!(refused(&admin, "hrdb/User", "password like '$argon2%'", UNKNOWN, None), ["password", "User"]);
}

#[test]
fn a_relation_is_nothing_to_compare() {
    let server = Server::start();
    let admin = server.admin();
    for condition in ["= 1", "> 'x'", "in (1)", "like 'x'", "between 1 and 2", "= true", "= current_date()"] {
        let q = format!("department {condition}");
        let sentence = "The property department in the entity Employee is not a comparable data type.";
        refused(&admin, "hrdb/Employee", &q, NOT_COMPARABLE, Some(sentence));
    }
    refused(&admin, "hrdb/Employee", "lower(department) = 'x'", NOT_COMPARABLE, None);
    refused(&admin, "hrdb/Employee", "employeeByManagerId.department = 1", NOT_COMPARABLE, None);
}

#[test]
fn a_literal_must_be_of_its_propertys_type() {
    let server = Server::start();
    let admin = server.admin();
    for (q, mentioned) in [
        ("empId = 'abc'", "abc"),
        ("empId = ''", "''"),
        ("empId = 1.5", "1.5"),
        ("empId in (1, 'x')", "x"),
        ("empId between 'a' and 'b'", "a"),
        ("empId = true", "true"),
        ("empId = 99999999999999999999", "99999999999999999999"),
        ("empId like '1%'", "1%"),
        ("empId = current_date()", "current_date()"),
        ("department.budget = 'x'", "x"),
    ] {
        let parameters = refused(&admin, "hrdb/Employee", q, UNEXPECTED, None);
        assert!(parameters.len() == 1 && parameters[0].contains(mentioned), "{q}: {parameters:?}");
        assert_eq!(filtered(&admin, "hrdb/Employee", q).message(), parameters[0], "{q}");
    }
    for text in ["yesterday", "", "2020-02-30", "2020-13-01", "20-01-01", "2020-01-01x", "31/12/2020", "99:99:99"] {
        let sentence = format!("Failed to parse the string '{text}' as a date");
        let q = format!("birthdate = '{text}'");
        let parameters = refused(&admin, "hrdb/Employee", &q, BAD_DATE, Some(&sentence));
        assert_eq!(parameters.first().map(String::as_str), Some(text));
    }
}

#[test]
fn a_boolean_takes_nothing_but_a_boolean() {
    let server = serve(&["music"]);
    let admin = server.admin();
    for q in ["explicit = 'maybe'", "explicit = 2", "explicit like 't%'", "explicit = current_date()"] {
        let answer = filtered(&admin, "music/Track", q);
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(UNEXPECTED)), "{q}");
    }
}

#[test]
fn bytes_are_there_or_not_and_nothing_else() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let count = |q: &str| admin.get(&format!("/services/music/Album/count?q={}", encode(q)));
    assert_eq!(count("cover is null").text(), "101");
    assert_eq!(count("cover is not null").text(), "39");
    for q in ["cover = 'x'", "cover like '%'", "cover in ('x')", "lower(cover) = 'x'", "cover between 'a' and 'b'"] {
        let answer = count(q);
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(NOT_COMPARABLE)), "{q}");
    }
}

#[test]
fn a_form_is_read_as_clients_write_it() {
    let server = Server::start();
    let admin = server.admin();
    let filter = |query: &str, body: &str| admin.form(&format!("/services/hrdb/Employee/filter{query}"), body);
    let ids = |answer: &Answer| crate::databases::column(answer, "empId");
    let cases: &[(&str, &str, &[i64])] = &[
        ("", "", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("?page=1&size=2&", "", &[1, 2]),
        ("?page=2&size=2&sort=", "", &[3, 4]),
        ("?sort=empId%20desc&size=2", "q=", &[10, 9]),
        ("?sort=empId+desc&size=1", "", &[10]),
        ("", "q=empId>3&page=2&size=3", &[7, 8, 9]),
        ("", "q=empId in (1,2)&sort=empId desc&", &[2, 1]),
        ("?q=empId=5", "", &[5]),
        ("?q=empId=5", "q=empId=6", &[6]),
        ("?size=1", "size=2", &[1, 2]),
        // Only the values are percent-encoded; `=` in the text is no second separator.
        ("", "q=lower(firstname) like lower('b%25') AND state='MA'", &[2]),
        ("", "q=empId=1or empId=2", &[1, 2]),
        ("", "page=1&q=lastname!='Lund' and empId<3&size=20", &[2]),
        ("", "q=lastname='O''Brien%20%26%20%22Sons%22%20%3Cb%3E%2050%25%2B_%5C%20'", &[]),
        ("", "&&q=empId=1&&", &[1]),
        ("?sort=department.name%20asc,%20empId%20desc&size=3", "", &[3, 2, 1]),
    ];
    for (query, body, expected) in cases {
        let answer = filter(query, body);
        assert_eq!(ids(&answer), *expected, "{query} {body}");
    }
    let bare = admin.send("POST", "/services/hrdb/Employee/filter?size=1", &[], b"");
    assert_eq!(ids(&bare), [1], "no body and no type");
    let wrong = admin.send("POST", "/services/hrdb/Employee/filter", &[("Content-Type", "text/plain")], b"q=empId=1");
    assert_eq!(wrong.status, 415);
    for body in ["q=%FF", "q=%C3%28"] {
        assert_eq!(filter("", body).status, 400, "{body}");
        assert_eq!(filter("", body).error()["messageKey"], "com.wavemaker.runtime.data$InvalidInput", "{body}");
    }
}

#[test]
fn sorting_and_paging_errors_keep_their_keys() {
    let server = Server::start();
    let admin = server.admin();
    let get = |query: &str| admin.get(&format!("/services/hrdb/Employee?{query}"));
    for field in
        ["nonsense", "password", "department", "department.nonsense", "employeeByManagerId.password", "FIRSTNAME", "1"]
    {
        for query in [format!("sort={field}"), format!("sort={field}%20desc"), format!("sort=empId,{field},asc")] {
            let error = get(&query).error();
            assert_eq!(error["messageKey"], "com.wavemaker.runtime.data$UnknownFieldName", "{query}");
            assert_eq!(error["message"], format!("Unknown field name {field} is provided for sort operation"));
            assert_eq!(error["parameters"], json!([field]));
        }
    }
    for (query, name) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=1.5", "page"),
        ("page=2147483648", "page"),
        ("size=x", "size"),
        ("size=2147483648", "size"),
        ("sort=empId%20up", "sort"),
        ("sort=empId%20asc%20nulls", "sort"),
    ] {
        let answer = get(query);
        assert_eq!(answer.status, 400, "{query}");
        let error = answer.error();
        assert_eq!(error["messageKey"], "com.wavemaker.runtime.invalid.parameter", "{query}");
        assert_eq!(error["message"], format!("{name} value is invalid"), "{query}");
        assert_eq!(error["parameters"], json!([name]), "{query}");
    }
}
