//! The description of the server, held against the server.

use std::collections::HashSet;

use hrdb::catalog::{Column, Table, build};
use hrdb::config::Mount;
use hrdb::http::addresses::{ENTITY_PREFIX, addresses};
use hrdb::http::endpoints::{ENDPOINTS, Endpoint};
use hrdb::http::is_described;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::{Answer, Client, Server};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every shape of a key: of two columns, none, a long unique key, text; and a view, and names that no path has as they are.
const SHAPES: &str = "
    CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, note TEXT, PRIMARY KEY (a, b));
    CREATE TABLE scan (book INTEGER NOT NULL, page INTEGER NOT NULL, picture BLOB, PRIMARY KEY (book, page));
    CREATE TABLE keyless (a INTEGER, b TEXT);
    CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT, year INTEGER, code TEXT UNIQUE, cover BLOB, UNIQUE (title, year));
    CREATE TABLE \"größe\" (\"wert €\" TEXT PRIMARY KEY NOT NULL, d DATE, t TIME, dt DATETIME, ts TIMESTAMP, j JSON,
      r REAL, n NUMERIC(10,2), f BOOLEAN, x, parent TEXT REFERENCES \"größe\", doubled AS (r * 2));
    CREATE VIEW titles AS SELECT title, year FROM album;
    INSERT INTO pair VALUES (1, 'x', NULL);
    INSERT INTO album VALUES (1, 'x', 1, 'x', x'00');
    INSERT INTO \"größe\" VALUES ('x', '2024-02-29', '10:00:00', '2024-02-29 10:00:00', '2024-02-29 10:00:00', '{\"a\":1}', 1, 2.5, 1, 'any', 'x');
";

/// A server that has a service of those shapes, and a second one of the same that is never written.
fn server() -> Server {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shapes.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(SHAPES).unwrap();
    let frozen = folder.path().join("frozen.db");
    std::fs::copy(&path, &frozen).unwrap();
    Server::start_in(folder, |settings| {
        settings.metrics_roles = "adminrole".parse().unwrap();
        settings.services.insert("shapes".to_owned(), Mount { path, ..Mount::default() });
        settings.services.insert("frozen".to_owned(), Mount { path: frozen, read_only: true, ..Mount::default() });
    })
}

fn whole(client: &Client) -> Json {
    let answer = client.get("/openapi.json");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Path, method and operation of all that is described.
fn operations(document: &Json) -> Vec<(&str, &str, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(|(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    all.collect()
}

fn resolved<'a>(document: &'a Json, object: &'a Json) -> &'a Json {
    match object["$ref"].as_str() {
        Some(reference) => {
            let target = document.pointer(reference.strip_prefix('#').unwrap());
            resolved(document, target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => object,
    }
}

fn visit(json: &Json, found: &mut impl FnMut(&Json)) {
    found(json);
    match json {
        Json::Object(members) => members.values().for_each(|member| visit(member, found)),
        Json::Array(items) => items.iter().for_each(|item| visit(item, found)),
        _ => {}
    }
}

#[test]
fn every_row_of_the_table_is_known_to_the_description() {
    let column = |name: &str| Column { name: name.to_owned(), declared: "INTEGER".to_owned(), ..Column::default() };
    let table = Table {
        name: "T".to_owned(),
        columns: vec![column("ID")],
        primary_key: vec!["ID".to_owned()],
        ..Table::default()
    };
    let service = build("s", vec![table], &[]);
    for endpoint in ENDPOINTS {
        assert!(is_described(endpoint), "openapi/operations.rs has no row for {}", endpoint.id);
        if endpoint.path.starts_with(ENTITY_PREFIX) {
            let known = addresses(endpoint, "s", service.entity(0)).is_some();
            assert!(known, "addresses.rs does not say what {} means for an entity", endpoint.path);
        }
    }
    let server = server();
    let document = whole(&server.admin());
    let ids: Vec<&str> =
        operations(&document).iter().map(|(.., operation)| operation["operationId"].as_str().unwrap()).collect();
    // None of the bundled queries adds or removes rows.
    let bundled = |endpoint: &&Endpoint| !["create_by_query", "delete_by_query"].contains(&endpoint.id);
    for endpoint in ENDPOINTS.iter().filter(bundled) {
        assert!(
            ids.iter().any(|id| id.split('.').any(|part| part == endpoint.id)),
            "{} is described nowhere",
            endpoint.id
        );
    }
}

#[test]
fn the_description_is_well_formed() {
    let server = server();
    let admin = server.admin();
    for path in ["/openapi.json", "/services/hrdb/openapi.json", "/services/shapes/openapi.json"] {
        let document = admin.get(path).json();
        assert_eq!(document["openapi"], "3.1.0");
        let mut references = 0;
        visit(&document, &mut |json| {
            if json["$ref"].is_string() {
                references += 1;
                resolved(&document, json);
            }
        });
        assert!(references > 100);
        for (kind, components) in document["components"].as_object().unwrap() {
            for name in components.as_object().unwrap().keys() {
                let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
                assert!(plain && !name.is_empty(), "{kind} {name}");
            }
        }
        let schemes = document["components"]["securitySchemes"].as_object().unwrap();
        let tags: HashSet<&Json> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
        let mut ids = HashSet::new();
        for (path, method, operation) in operations(&document) {
            let case = format!("{method} {path}");
            assert!(METHODS.contains(&method), "{case}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{case}: {}", operation["operationId"]);
            assert!(tags.contains(&operation["tags"][0]), "{case}");
            assert!(path.is_ascii() && path.starts_with('/'), "{case}");
            let mut names = HashSet::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = resolved(&document, parameter);
                let name = parameter["name"].as_str().unwrap();
                assert!(names.insert((parameter["in"].as_str().unwrap(), name)), "{case} has {name} twice");
                assert_eq!(path.contains(&format!("{{{name}}}")), parameter["in"] == "path", "{case} {name}");
            }
            let in_path = names.iter().filter(|(place, _)| *place == "path").count();
            assert_eq!(in_path, path.matches('{').count(), "{case}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let response = resolved(&document, response);
                assert!(response["description"].is_string(), "{case} {status}");
                if status.as_str() >= "400" {
                    let schema = &response["content"]["application/json"]["schema"]["$ref"];
                    assert_eq!(schema, "#/components/schemas/Error", "{case} {status}");
                }
            }
            for way in operation["security"].as_array().unwrap() {
                assert!(way.as_object().unwrap().keys().all(|scheme| schemes.contains_key(scheme)), "{case}");
            }
        }
    }
}

/// A value for a parameter: `x` is there, any number but 1 is not.
fn value(schema: &Json) -> String {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer" | "number"), _) => "1".to_owned(),
        (Some("boolean"), _) => "true".to_owned(),
        (_, Some("date")) => "2024-02-29".to_owned(),
        _ => schema["enum"][0].as_str().unwrap_or("x").to_owned(),
    }
}

fn call(client: &Client, document: &Json, path: &str, method: &str, operation: &Json) -> Answer {
    let mut address = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten().map(|one| resolved(document, one)) {
        let name = parameter["name"].as_str().unwrap();
        let value = value(&parameter["schema"]);
        if parameter["in"] == "path" {
            address = address.replace(&format!("{{{name}}}"), &value);
        } else if parameter["required"] == true {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.extend([name, "=", &value]);
        }
    }
    let content = &operation["requestBody"]["content"];
    let method = method.to_ascii_uppercase();
    match resolved(document, &content["application/json"]["schema"])["type"].as_str() {
        Some("array") => client.json(&method, &address, &json!([])),
        Some(_) => client.json(&method, &address, &json!({})),
        None => client.send(&method, &address, &[], b""),
    }
}

/// Why a value is not what a schema says; the part of JSON Schema that the description uses for answers.
fn mismatch(document: &Json, schema: &Json, value: &Json) -> Option<String> {
    let schema = resolved(document, schema);
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_i64() => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let fits = |name: &Json| *name == kind || (kind == "integer" && *name == "number");
    let typed = match &schema["type"] {
        Json::Null => true,
        Json::Array(names) => names.iter().any(fits),
        name => fits(name),
    };
    if !typed || schema.get("const").is_some_and(|only| only != value) {
        return Some(format!("{value} is not {schema}"));
    }
    if let Some(options) = schema["oneOf"].as_array()
        && options.iter().filter(|option| mismatch(document, option, value).is_none()).count() != 1
    {
        return options.iter().find_map(|option| mismatch(document, option, value));
    }
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let items = value.as_array().filter(|_| schema["items"].is_object()).into_iter().flatten();
    let members = value.as_object().filter(|_| schema["properties"].is_object()).into_iter().flatten();
    let member = |(name, value): (&String, &Json)| match schema["properties"].get(name) {
        Some(schema) => mismatch(document, schema, value),
        None => (schema["additionalProperties"] == false).then(|| format!("{name} is not described")),
    };
    let missing =
        schema["required"].as_array().into_iter().flatten().find(|name| value.get(name.as_str().unwrap()).is_none());
    parts
        .filter_map(|part| mismatch(document, part, value))
        .chain(items.filter_map(|item| mismatch(document, &schema["items"], item)))
        .chain(members.filter_map(member))
        .next()
        .or_else(|| missing.map(|name| format!("{name} is missing")))
}

#[test]
fn every_described_operation_is_there_and_answers_as_described() {
    let server = server();
    // Not the first of the users: whose row is changed or removed is signed out.
    let mut admin = server.token("admin2", "admin2");
    let document = whole(&admin);
    // What removes rows comes last, so that the others still find them.
    let (removing, others): (Vec<_>, Vec<_>) =
        operations(&document).into_iter().partition(|(_, method, _)| *method == "delete");
    let mut successes = 0;
    for (path, method, operation) in others.into_iter().chain(removing) {
        let answer = call(&admin, &document, path, method, operation);
        let case = format!("{method} {path}: {} {}", answer.status, answer.text());
        assert_ne!(answer.status, 405, "{case}");
        // Whose tokens are revoked needs another.
        if path.starts_with("/services/security/token") {
            admin = server.token("admin2", "admin2");
        }
        let described = resolved(&document, &operation["responses"][answer.status.to_string()]);
        assert!(described.is_object(), "a status that is not described: {case}");
        // No file has been exported and no session has begun, so that none is found at any id.
        let empty = ["/services/files/exported/", "/services/security/sessions/"];
        if answer.status == 404 && !empty.iter().any(|start| path.starts_with(start)) {
            assert_ne!(answer.error()["messageKey"], "com.wavemaker.runtime.requested.resource.not.found", "{case}");
        }
        if let Some(schema) = described["content"]["application/json"].get("schema") {
            assert_eq!(mismatch(&document, schema, &answer.json()), None, "{case}");
            successes += usize::from(answer.status == 200);
        }
        if let Some(content) = described["content"].as_object() {
            let media = answer.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
            assert!(content.contains_key(media), "{media}: {case}");
        }
        for (name, header) in described["headers"].as_object().into_iter().flatten() {
            let required = resolved(&document, header)["required"] == true;
            assert!(!required || answer.header(name).is_some(), "{name} is missing: {case}");
        }
    }
    assert!(successes > 100, "{successes}");
}

#[test]
fn a_method_that_is_not_described_is_refused() {
    let server = server();
    let admin = server.admin();
    let document = whole(&admin);
    for (path, item) in document["paths"].as_object().unwrap() {
        let described = item.as_object().unwrap();
        for method in METHODS.into_iter().filter(|method| !described.contains_key(*method)) {
            let answer = call(&admin, &document, path, method, described.values().next().unwrap());
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
        }
    }
}

#[test]
fn an_entity_has_the_addresses_that_its_key_allows() {
    let server = server();
    let document = whole(&server.admin());
    let methods = |path: &str| -> String {
        let item = document["paths"][path].as_object();
        item.map(|item| item.keys().cloned().collect::<Vec<_>>().join(" ")).unwrap_or_default()
    };
    for (path, expected) in [
        ("/services/hrdb/Department/{deptId}", "get put patch delete"),
        ("/services/hrdb/Department/deptCode/{deptCode}", "get"),
        ("/services/hrdb/Department/{deptId}/employees", "get"),
        ("/services/hrdb/Department/composite-id", ""),
        ("/services/shapes/Pair/composite-id", "get put patch delete"),
        ("/services/shapes/Pair/{id}", ""),
        ("/services/shapes/Scan/composite-id", "get put patch delete post"),
        ("/services/shapes/Scan/composite-id/content/picture", "get"),
        ("/services/shapes/Album/{id}", "get put patch delete post"),
        ("/services/shapes/Album/{id}/content/cover", "get"),
        ("/services/shapes/Album/title-year", "get"),
        ("/services/shapes/Album/code/{code}", "get"),
        ("/services/shapes/Keyless", "get"),
        ("/services/shapes/Titles", "get"),
        ("/services/shapes/Titles/search", "post"),
        ("/services/shapes/Gr%C3%B6%C3%9Fe/{wert}", "get put patch delete"),
        ("/services/frozen/Album", "get"),
        ("/services/frozen/Album/{id}", "get"),
    ] {
        assert_eq!(methods(path), expected, "{path}");
    }
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["hrdb.Department"]["properties"]["deptId"],
        json!({"type": "integer", "format": "int64", "readOnly": true})
    );
    assert!(schemas["hrdb.User"]["properties"]["password"].is_null(), "a secret is never answered");
    assert_eq!(schemas["hrdb.User.new"]["properties"]["password"]["writeOnly"], true);
    assert_eq!(
        schemas["hrdb.Employee"]["properties"]["employeeByManagerId"]["oneOf"][0]["$ref"],
        "#/components/schemas/hrdb.Employee.cut1"
    );
    assert!(schemas["hrdb.Employee.cut1"]["properties"]["employeeByManagerId"].is_null(), "cut after one level");
}

#[test]
fn everyone_is_told_what_he_may_do_and_no_more() {
    let server = Server::start();
    assert_eq!(server.nobody().get("/openapi.json").status, 401);
    assert_eq!(server.nobody().get("/services/hrdb/openapi.json").status, 401);
    assert_eq!(server.admin().get("/services/nothing/openapi.json").status, 404);
    let shown = |client: &Client| -> Vec<String> {
        let document = client.get("/services/hrdb/openapi.json").json();
        let all = operations(&document).into_iter().filter(|(_, method, _)| !["get", "post"].contains(method));
        let creates = operations(&document)
            .into_iter()
            .filter(|(path, method, _)| *method == "post" && path.matches('/').count() == 3);
        all.chain(creates)
            .map(|(path, method, _)| format!("{method} {}", path.trim_start_matches("/services/hrdb/")))
            .collect()
    };
    let changes = |role: &str| shown(&server.token(role, "welcome"));
    let of_rows = ["put Vacation/{id}", "patch Vacation/{id}", "delete Vacation/{id}"];
    assert_eq!(changes("boris.tran"), [&of_rows[..], &["post Vacation"]].concat());
    assert_eq!(
        changes("erin.lund"),
        [&of_rows[..], &["put queryExecutor/queries/LeaveAction", "post Vacation"]].concat()
    );
    assert_eq!(shown(&server.token("user", "user")), [""; 0]);
    let reader = whole(&server.token("user", "user")).to_string();
    assert!(
        !reader.contains("hrdb.User") && !reader.contains("/services/hrdb/User"),
        "nothing about what he may not read"
    );
    let admin = server.admin();
    // PUT, PATCH, DELETE and POST of four tables, and a query that changes.
    assert_eq!(shown(&admin).len(), 17);
}
