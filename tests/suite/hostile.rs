//! Requests that try to break out, to wear out or to find out: refused in the envelope, and nothing is changed by them.

use serde_json::{Value as Json, json};

use crate::databases::{encode, filtered, whole_sample};
use crate::support::{Answer, Client, Server};

/// Texts that would do harm if any of them were pasted into SQL.
const INJECTIONS: &[&str] = &[
    "'; DROP TABLE EMPLOYEE; --",
    "' OR '1'='1",
    "1 OR 1=1",
    "1; DELETE FROM USER",
    "empId = 1) OR (1=1",
    "x\" FROM USER; --",
    "\"; DROP TABLE \"USER\"; --",
    "`; DROP TABLE USER; --",
    "empId UNION SELECT PASSWORD FROM USER",
    "(SELECT PASSWORD FROM USER LIMIT 1)",
    "load_extension('x')",
    "randomblob(1000000000)",
    "empId/**/desc",
    "firstname COLLATE NOCASE",
    "case when 1=1 then empId else zip end",
    "1,2,(select 1)",
    "%27%20OR%201=1",
    "?1",
    "t0.PASSWORD",
    "EMPLOYEE.PASSWORD",
    "*",
];

/// A refusal, or an answer of which no part tells a secret.
#[track_caller]
fn harmless(answer: &Answer, case: &str) {
    assert!(answer.status < 500, "{case}: {} {}", answer.status, answer.text());
    assert!(!answer.text().contains("argon2"), "{case}");
    if answer.status >= 400 {
        answer.error();
    }
}

/// A refusal.
#[track_caller]
fn refused(answer: &Answer, case: &str) {
    assert!([400, 404, 405, 413].contains(&answer.status), "{case}: {} {}", answer.status, answer.text());
    answer.error();
}

#[test]
fn sql_is_a_mere_text_wherever_it_stands() {
    let server = Server::start();
    let admin = server.admin();
    let before = whole_sample(&admin);
    for text in INJECTIONS {
        let raw = encode(text);
        let base = "/services/hrdb/Employee";
        let post = |path: &str, body: &Json| admin.post(&format!("{base}/{path}"), body);
        for path in ["", "/count", "/export/CSV", "/export/JSON"] {
            refused(&admin.get(&format!("{base}{path}?q={raw}")), &format!("q of {path}: {text}"));
        }
        for path in ["", "/export/CSV"] {
            refused(&admin.get(&format!("{base}{path}?sort={raw}")), &format!("sort of {path}: {text}"));
        }
        refused(&admin.get(&format!("{base}?page={raw}")), text);
        refused(&admin.get(&format!("{base}?size={raw}")), text);
        refused(&admin.get(&format!("{base}/{raw}")), text);
        refused(&admin.delete(&format!("{base}/{raw}")), text);
        refused(&admin.get(&format!("{base}/composite-id?empId={raw}")), text);
        refused(&admin.get(&format!("{base}/{raw}/vacations")), text);
        refused(&admin.get(&format!("{base}/1/{raw}")), text);
        refused(&admin.get(&format!("/services/hrdb/{raw}")), text);
        refused(&admin.get(&format!("/services/{raw}/Employee")), text);
        refused(&admin.get(&format!("{base}/export/{raw}")), text);
        refused(&admin.get(&format!("/services/hrdb/Department/deptCode/{raw}")), text);
        let cases = [
            ("aggregations", json!({"groupByFields": [text]})),
            ("aggregations", json!({"aggregations": [{"field": text, "type": "COUNT", "alias": "a"}]})),
            ("aggregations", json!({"aggregations": [{"field": "empId", "type": text, "alias": "a"}]})),
            ("aggregations", json!({"aggregations": [{"field": "empId", "type": "COUNT", "alias": text}]})),
            ("aggregations", json!({"filter": text, "groupByFields": ["state"]})),
            (
                "search",
                json!([{"attributeName": text, "attributeValue": 1, "attributeType": "INTEGER", "filterCondition": "EQUALS"}]),
            ),
            (
                "search",
                json!([{"attributeName": "empId", "attributeValue": text, "attributeType": "INTEGER", "filterCondition": "EQUALS"}]),
            ),
            (
                "search",
                json!([{"attributeName": "empId", "attributeValue": 1, "attributeType": text, "filterCondition": "EQUALS"}]),
            ),
            (
                "search",
                json!([{"attributeName": "empId", "attributeValue": 1, "attributeType": "INTEGER", "filterCondition": text}]),
            ),
            ("export", json!({"exportType": text})),
            ("export", json!({"exportType": "CSV", "query": text})),
            ("export", json!({"exportType": "CSV", "fields": [{"expression": format!("${{{text}}}")}]})),
        ];
        for (path, body) in cases {
            refused(&post(path, &body), &format!("{path} {body}"));
        }
        // A value may be any text; it only finds nothing.
        let q = format!("firstname = '{}'", text.replace('\'', "''"));
        assert_eq!(filtered(&admin, "hrdb/Employee", &q).json()["totalElements"], 0, "{q}");
        for word in ["EQUALS", "CONTAINING", "LIKE"] {
            let body = json!([{"attributeName": "firstname", "attributeValue": text, "attributeType": "STRING", "filterCondition": word}]);
            let answer = post("search", &body);
            // `*` is no wildcard here.
            assert_eq!((answer.status, &answer.json()["totalElements"]), (200, &json!(0)), "{word} {text}");
        }
        harmless(&post("export", &json!({"exportType": "CSV", "fileName": text})), text);
        harmless(&post("export", &json!({"exportType": "CSV", "fields": [{"field": "empId", "header": text}]})), text);
        harmless(&post("export", &json!({"exportType": "CSV", "fields": [{"field": text}]})), text);
        let sorted = admin.post(&format!("{base}/aggregations?sort={raw}"), &json!({"groupByFields": ["state"]}));
        refused(&sorted, text);
    }
    assert_eq!(whole_sample(&admin), before);
}

#[test]
fn an_endless_filter_ends_early() {
    let server = Server::start();
    let admin = server.admin();
    let before = whole_sample(&admin);
    let many = |length: usize, part: &str| part.repeat(length);
    let numbers = (0..65_000).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let megabytes = 10 * 1024 * 1024;
    let cases: &[(&str, String)] = &[
        ("100,000 opening parentheses", many(100_000, "(")),
        ("100,000 parentheses around", format!("{}empId=1{}", many(100_000, "("), many(100_000, ")"))),
        ("30,000 parentheses around", format!("{}empId=1{}", many(30_000, "("), many(30_000, ")"))),
        ("65 parentheses around", format!("{}empId=1{}", many(65, "("), many(65, ")"))),
        ("15,000 nots", format!("{}empId=1", many(15_000, "not "))),
        ("65 nots", format!("{}empId=1", many(65, "not "))),
        ("10 MB of conditions", format!("empId=1{}", many(megabytes / 12, " and empId=1"))),
        ("10 MB of one text", format!("firstname='{}'", many(megabytes, "x"))),
        ("10 MB of quotes", many(megabytes, "'")),
        ("10 MB of one name", many(megabytes, "x")),
        ("10 MB of a path", many(megabytes / 11, "department.")),
        ("10 MB of space and then nothing", format!("{}empId", many(megabytes, " "))),
        ("65,000 quotes", many(65_000, "'")),
        ("16,000 quoted texts", format!("firstname in ({})", many(16_000, "'',"))),
        ("65,000 numbers", format!("empId in ({numbers})")),
        ("1,001 numbers", format!("empId in (1{})", many(1_000, ",1"))),
        ("1,001 conditions", format!("empId=1{}", many(1_000, " and empId=1"))),
        ("1,001 alternatives", format!("empId=1{}", many(1_000, " or empId=2"))),
        ("a path of 10,000 relations", format!("{}empId = 1", many(3_000, "employeeByManagerId."))),
    ];
    for (case, q) in cases {
        for path in ["filter", "count"] {
            let answer = admin.form(&format!("/services/hrdb/Employee/{path}"), &format!("q={}", encode(q)));
            assert!([400, 413].contains(&answer.status), "{case}: {}", answer.status);
            answer.error();
            // A name may be repeated, a whole filter is not.
            assert!(answer.body.len() < 200_000, "{case}: the answer is short, not {}", answer.body.len());
        }
    }
    let too_large = format!("q={}", many(17 * 1024 * 1024, "x"));
    let answer = admin.form("/services/hrdb/Employee/filter", &too_large);
    assert_eq!(answer.status, 413);
    answer.error();
    assert_eq!(whole_sample(&admin), before);
}

#[test]
fn a_filter_as_long_as_may_be_works() {
    let server = Server::start();
    let admin = server.admin();
    for (q, expected) in [
        (format!("empId=1{}", " and empId=1".repeat(999)), 1),
        (format!("empId=1{}", " or empId=2".repeat(999)), 2),
        (format!("empId in (3{})", ",1".repeat(999)), 2),
        (format!("{}empId=1{}", "(".repeat(64), ")".repeat(64)), 1),
        (format!("{}empId=1", "not ".repeat(64)), 1),
        (format!("firstname != '{}'", "x".repeat(60_000)), 10),
        (format!("firstname like '{}'", "%".repeat(40_000)), 10),
        (format!("firstname like '{}'", "%_".repeat(400)), 0),
        (format!("firstname like '%{}'", "r%".repeat(400)), 0),
    ] {
        let answer = admin.form("/services/hrdb/Employee/filter", &format!("q={}", encode(&q)));
        assert_eq!(answer.status, 200, "{} …: {}", &q[..30], answer.text());
        assert_eq!(answer.json()["totalElements"], expected, "{} …", &q[..30]);
    }
    // A pattern that would take long to match is refused like anything else.
    let answer = admin.form("/services/hrdb/Employee/filter", &format!("q=firstname like '{}'", "x".repeat(60_000)));
    refused(&answer, "60,000 letters of a pattern");
}

#[test]
fn bodies_are_bounded_as_filters_are() {
    let server = Server::start();
    let admin = server.admin();
    let before = whole_sample(&admin);
    let post = |path: &str, body: &Json| admin.post(&format!("/services/hrdb/Employee/{path}"), body);
    let condition =
        json!({"attributeName": "empId", "attributeValue": 1, "attributeType": "INTEGER", "filterCondition": "EQUALS"});
    let list = json!([{"attributeName": "empId", "attributeValue": vec![1; 65_000], "attributeType": "INTEGER", "filterCondition": "IN"}]);
    refused(&post("search", &Json::Array(vec![condition.clone(); 10_000])), "10,000 conditions");
    refused(&post("search", &list), "a list of 65,000");
    assert_eq!(post("search", &Json::Array(vec![condition; 1_000])).json()["totalElements"], 1);
    let field = json!({"field": "empId", "type": "COUNT", "alias": "a"});
    refused(&post("aggregations", &json!({"aggregations": vec![field; 1_000]})), "1,000 aggregations");
    refused(&post("aggregations", &json!({"groupByFields": vec!["state"; 1_000]})), "1,000 groups");
    let fields = vec![json!({"field": "empId"}); 10_000];
    refused(&post("export", &json!({"exportType": "CSV", "fields": fields})), "10,000 columns");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for path in ["search", "aggregations", "export"] {
        let content = ("Content-Type", "application/json");
        refused(&admin.send("POST", &format!("/services/hrdb/Employee/{path}"), &[content], deep.as_bytes()), path);
    }
    let sort = "empId,".repeat(1_000);
    refused(&admin.get(&format!("/services/hrdb/Employee?sort={sort}")), "1,000 terms");
    assert_eq!(whole_sample(&admin), before);
}

#[test]
fn a_secret_is_nowhere_to_be_asked_for() {
    let server = Server::start();
    let admin = server.admin();
    let same = |one: &Answer, other: &Answer| {
        let blank = |answer: &Answer| answer.text().replace("nonsense", "password");
        assert_eq!((one.status, blank(one)), (other.status, blank(other)));
    };
    // A secret is refused word for word as what is not there at all.
    let both = |ask: &dyn Fn(&Client, &str) -> Answer| {
        let (secret, unknown) = (ask(&admin, "password"), ask(&admin, "nonsense"));
        assert_eq!(secret.status, 400, "{}", secret.text());
        same(&secret, &unknown);
    };
    for entity in ["Employee", "User"] {
        let path = format!("/services/hrdb/{entity}");
        both(&|client, name| client.get(&format!("{path}?sort={name}")));
        both(&|client, name| client.get(&format!("{path}?q={name}%20is%20null")));
        both(&|client, name| client.get(&format!("{path}/export/CSV?sort={name}")));
        both(&|client, name| {
            let condition = json!([{"attributeName": name, "attributeValue": "$", "attributeType": "STRING", "filterCondition": "STARTING_WITH"}]);
            client.post(&format!("{path}/search"), &condition)
        });
        both(&|client, name| client.post(&format!("{path}/aggregations"), &json!({"groupByFields": [name]})));
        both(&|client, name| {
            let terms = json!({"aggregations": [{"field": name, "type": "MAX", "alias": "a"}]});
            client.post(&format!("{path}/aggregations"), &terms)
        });
        both(&|client, name| {
            client.post(&format!("{path}/export"), &json!({"exportType": "CSV", "fields": [{"field": name}]}))
        });
        both(&|client, name| {
            let expression = format!("${{{name}}}");
            client
                .post(&format!("{path}/export"), &json!({"exportType": "CSV", "fields": [{"expression": expression}]}))
        });
        for format in ["CSV", "JSON"] {
            let text = admin.get(&format!("{path}/export/{format}")).text();
            assert!(!text.contains("argon2") && !text.to_lowercase().contains("password"), "{format}");
        }
    }
}
