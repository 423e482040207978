//! Columns of every kind: how they are described, filtered, filled by themselves and exported, and keys of kinds that few tables have.

use serde_json::{Value as Json, json};

use crate::databases::{Mounted, column, encode, filtered, serve_script};
use crate::support::Client;

const SCRIPT: &str = "
    CREATE TABLE thing (
        id INTEGER PRIMARY KEY,
        name TEXT DEFAULT 'unknown',
        weight REAL DEFAULT 1.5,
        price DECIMAL(10, 2) DEFAULT 9,
        good BOOLEAN DEFAULT TRUE,
        bad BOOLEAN DEFAULT 0,
        born DATE DEFAULT '2024-02-29',
        rises TIME DEFAULT '06:30:00',
        made DATETIME DEFAULT CURRENT_TIMESTAMP,
        seen TIMESTAMP,
        picture BLOB,
        notes JSON,
        anything,
        steps INTEGER DEFAULT (1 + 2)
    );
    INSERT INTO thing (id, seen, anything) VALUES
        (1, '2024-01-02 03:04:05', 1), (2, NULL, 1.5), (3, NULL, 'one'), (4, NULL, '1'), (5, NULL, NULL);
    CREATE TABLE by_number (k REAL PRIMARY KEY, v INTEGER);
    CREATE TABLE by_price (k DECIMAL PRIMARY KEY, v INTEGER);
    CREATE TABLE by_flag (k BOOLEAN PRIMARY KEY, v INTEGER);
    CREATE TABLE by_day (k DATE PRIMARY KEY, v INTEGER);
    CREATE TABLE by_time (k TIME PRIMARY KEY, v INTEGER);
    CREATE TABLE by_moment (k DATETIME PRIMARY KEY, v INTEGER);
    CREATE TABLE by_instant (k TIMESTAMP PRIMARY KEY, v INTEGER);
    INSERT INTO by_number VALUES (1.5, 1);
    INSERT INTO by_price VALUES (2.5, 1);
    INSERT INTO by_flag VALUES (1, 1);
    INSERT INTO by_day VALUES ('2024-02-29', 1);
    INSERT INTO by_time VALUES ('06:30:00', 1);
    INSERT INTO by_moment VALUES ('2024-01-02 03:04:05', 1);
    INSERT INTO by_instant VALUES ('1970-01-01 00:00:01', 1);";

fn things() -> Mounted {
    serve_script("things", SCRIPT, |_| {})
}

fn found(admin: &Client, q: &str) -> Vec<i64> {
    column(&filtered(admin, "things/Thing", q), "id")
}

#[test]
fn a_default_is_described_as_it_is_and_filled_in_as_it_is_described() {
    let server = things();
    let admin = server.admin();
    let described = admin.get("/services/things/openapi.json").json();
    let made = admin.post("/services/things/Thing", &json!({"anything": true}));
    assert_eq!(made.status, 200, "{}", made.text());
    let (made, properties) = (made.json(), properties_with_defaults(&described));
    for (name, default) in [
        ("name", json!("unknown")),
        ("weight", json!(1.5)),
        ("price", json!(9.0)),
        ("good", json!(true)),
        ("bad", json!(false)),
        ("born", json!("2024-02-29")),
        ("rises", json!("06:30:00")),
    ] {
        assert_eq!(properties[name]["default"], default, "{name}: {properties}");
        assert_eq!(made[name].as_f64(), default.as_f64(), "{name}: {made}");
        assert!(default.is_number() || made[name] == default, "{name}: {made}");
    }
    for name in ["made", "steps"] {
        let description = properties[name]["description"].as_str().unwrap();
        assert!(description.ends_with("worked out by the database"), "{name}: {description}");
        assert!(!made[name].is_null(), "{name}: {made}");
    }
    assert_eq!((&made["steps"], &made["anything"]), (&json!(3), &json!(1)));
}

/// The schema, among all of a description, that has the defaults of a new row.
fn properties_with_defaults(described: &Json) -> Json {
    let schemas = described["components"]["schemas"].as_object().unwrap();
    let has_defaults = |schema: &&Json| schema["properties"]["rises"]["default"].is_string();
    schemas.values().find(has_defaults).unwrap_or_else(|| panic!("{described}"))["properties"].clone()
}

#[test]
fn what_has_no_declared_type_is_compared_as_it_is_written() {
    let server = things();
    let admin = server.admin();
    for (q, expected) in [
        ("anything = 1", &[1][..]),
        ("anything = '1'", &[4]),
        ("anything = 1.5", &[2]),
        ("anything = 'one'", &[3]),
        ("anything = true", &[1]),
        ("anything = false", &[]),
        ("anything like 'o%'", &[3]),
        ("anything is null", &[5]),
        ("anything = current_timestamp()", &[]),
        ("name <> current_date() and id = 1", &[1]),
        ("rises < '06:30:01' and id = 1", &[1]),
        ("rises = current_timestamp() and id > 5", &[]),
        ("seen < current_date()", &[1]),
        ("seen < current_timestamp()", &[1]),
        ("made <= current_timestamp() and id = 1", &[1]),
        ("born < current_date() and id = 1", &[1]),
        ("born = 1709164800000 and id = 1", &[1]),
        ("seen = 1704164645000", &[1]),
        ("seen > null", &[]),
        ("seen = '2024-01-02 03:04:05'", &[1]),
    ] {
        assert_eq!(found(&admin, q), expected, "{q}");
    }
}

#[test]
fn what_a_kind_cannot_be_compared_with_is_refused_by_its_name() {
    let server = things();
    let admin = server.admin();
    for (q, said) in [
        ("weight = 'heavy'", "a number"),
        ("price = 'dear'", "a decimal number"),
        ("good = 2", "a boolean"),
        ("rises = 'early'", "a time"),
        ("born = 'long ago'", "a date"),
        ("made = 'lately'", "a date and time"),
        ("made = 99999999999999999", "a date and time"),
        ("born = 99999999999999999", "a date"),
        ("seen = 'never'", "a timestamp"),
        ("weight = current_date()", "a number"),
        ("weight = current_time()", "a number"),
        ("weight = current_timestamp()", "a number"),
        ("weight like '1%'", "a number"),
        ("picture = 'x'", "picture"),
        ("name like null", "expected a quoted text"),
        ("name = :nobody", ":nobody"),
        ("name like :nobody", ":nobody"),
    ] {
        let answer = filtered(&admin, "things/Thing", q);
        assert_eq!(answer.status, 400, "{q}: {}", answer.text());
        assert!(answer.message().contains(said), "{q}: {}", answer.message());
    }
}

#[test]
fn what_a_kind_cannot_hold_is_refused_by_its_name() {
    let server = things();
    let admin = server.admin();
    for (body, said) in [
        (json!({"weight": "heavy"}), "weight must be a number"),
        (json!({"price": []}), "price must be a decimal number"),
        (json!({"good": 2}), "good must be a boolean"),
        (json!({"rises": "6"}), "rises must be a time"),
        (json!({"made": "2024-01-02x03:04:05"}), "made must be a date and time"),
        (json!({"seen": 1e300}), "seen must be a timestamp"),
        (json!({"anything": {}}), "anything must be a value"),
        (json!({"born": {}}), "born must be a date"),
        (json!({"steps": true}), "steps must be an integer"),
        (json!({"name": []}), "name must be a text"),
    ] {
        let answer = admin.post("/services/things/Thing", &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert!(answer.message().contains(said), "{body}: {}", answer.message());
    }
}

#[test]
fn a_key_may_be_of_any_kind_and_is_described_as_such() {
    let server = things();
    let admin = server.admin();
    let described = admin.get("/services/things/openapi.json").json();
    let definitions = admin.get("/services/servicedefs").text();
    for (entity, key, kind, java) in [
        ("ByNumber", "1.5", "number", "java.lang.Double"),
        ("ByPrice", "2.5", "number", "java.math.BigDecimal"),
        ("ByFlag", "true", "boolean", "java.lang.Boolean"),
        ("ByDay", "2024-02-29", "string", "java.sql.Date"),
        ("ByTime", "06:30:00", "string", "java.sql.Time"),
        ("ByMoment", "2024-01-02T03:04:05", "string", "java.time.LocalDateTime"),
        ("ByInstant", "1000", "integer", "java.sql.Timestamp"),
    ] {
        let answer = admin.get(&format!("/services/things/{entity}/{}", encode(key)));
        assert_eq!((answer.status, &answer.json()["v"]), (200, &json!(1)), "{entity} {key}: {}", answer.text());
        let is_of_key = |path: &&String| path.contains(&format!("/{entity}/{{"));
        let paths = described["paths"].as_object().unwrap();
        let path = paths.keys().find(is_of_key).unwrap_or_else(|| panic!("{entity}: {described}"));
        let text = paths[path].to_string();
        assert!(text.contains(&format!(r#""type":"{kind}""#)), "{entity}: {text}");
        assert!(definitions.contains(java), "{entity}: {java}");
        assert_eq!(admin.get(&format!("/services/things/{entity}/nothing-like-it")).status, 400, "{entity}");
    }
}

#[test]
fn a_template_holds_values_of_every_kind_in_every_format() {
    let server = things();
    let admin = server.admin();
    let template = json!({"expression": "${id}/${weight}/${name}/${seen}/${anything}/${notes}!", "header": "All"});
    let fields = json!([template, {"field": "good"}]);
    for format in ["CSV", "JSON"] {
        let body = json!({"exportType": format, "query": "id = 2", "fields": fields});
        let ordered = admin.post("/services/things/Thing/export", &body);
        assert_eq!(ordered.status, 200, "{}", ordered.text());
        let address = ordered.json()["result"].as_str().unwrap().to_owned();
        let made = admin.get(&address[address.find("/services/").unwrap()..]);
        assert!(made.text().contains("2/1.5/unknown//1.5/!"), "{format}: {}", made.text());
    }
}
