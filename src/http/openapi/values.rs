//! Schemas of single values, by the kind of their property: as they are answered, as bodies give them, and as URLs do.
//!
//! What a body may give is wider than what is answered, because a text that says a number is taken as one, as Jackson does;
//! the type that is meant stands first. The rules are those of `query::value`.

use serde_json::{Map, Value as Json, json};

use crate::catalog::{Kind, Property};

/// A text that is blank counts as null wherever another type than text is meant.
const INTEGER_TEXT: &str = r"^\s*([+-]?[0-9]+)?\s*$";
const NUMBER_TEXT: &str = r"^\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)?\s*$";
const BOOLEAN_TEXT: &str = r"^\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[01])?\s*$";
const DATE_TEXT: &str = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?)?\s*$";
const TIME_TEXT: &str = r"^\s*([0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?\s*$";
const DATE_TIME_TEXT: &str = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?)?\s*$";
const TIMESTAMP_TEXT: &str =
    r"^\s*([+-]?[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?)?\s*$";
/// Lengths of a secret before it is hashed.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = crate::http::entities::PASSWORD_LENGTHS;

/// A value in an answer. `read_only` says that no body can set it.
pub fn answered(property: &Property, nullable: bool, read_only: bool) -> Json {
    let (types, more): (&[&str], _) = match property.kind {
        Kind::Integer => (&["integer"], json!({ "format": "int64" })),
        Kind::Real => (&["number"], json!({ "format": "double" })),
        Kind::Decimal => (&["number"], json!({})),
        Kind::Boolean => (&["boolean"], json!({})),
        Kind::Text => (&["string"], length(property)),
        Kind::Date => (&["string"], json!({ "format": "date" })),
        Kind::Time => (&["string"], json!({ "format": "time-local", "examples": ["09:30:00"] })),
        Kind::DateTime => (&["string"], json!({ "format": "date-time-local", "examples": ["2024-02-29T09:30:00"] })),
        Kind::Timestamp => {
            (&["integer"], json!({ "format": "int64", "description": "Milliseconds since 1970-01-01T00:00:00Z" }))
        }
        Kind::Blob => (
            &["string"],
            json!({ "maxLength": 0, "description": "Bytes: empty here, whatever they are; null when there are none" }),
        ),
        Kind::Json => return with(json!({ "description": "Any JSON" }), flag("readOnly", read_only)),
        Kind::Any => (&["string", "number", "null"], json!({ "description": "No declared type" })),
    };
    let nullable = nullable && property.kind != Kind::Any;
    with(typed(types, nullable), with(more, flag("readOnly", read_only)))
}

/// A value of a named query's answer: whatever SQLite works out, unless the column's type says more.
pub fn computed(kind: Kind) -> Json {
    match kind {
        Kind::Integer | Kind::Timestamp => json!({ "type": ["integer", "null"] }),
        Kind::Real | Kind::Decimal => json!({ "type": ["number", "null"] }),
        Kind::Boolean => json!({ "type": ["boolean", "null"] }),
        Kind::Text | Kind::Date | Kind::Time | Kind::DateTime | Kind::Blob => json!({ "type": ["string", "null"] }),
        Kind::Json | Kind::Any => json!({}),
    }
}

/// A value in a body.
pub fn accepted(property: &Property) -> Json {
    let secret = property.is_secret().then(|| {
        let (least, most) = (SECRET_LENGTHS.start(), SECRET_LENGTHS.end());
        json!({ "writeOnly": true, "format": "password", "minLength": least, "maxLength": most })
    });
    let (types, more): (&[&str], _) = match property.kind {
        Kind::Integer => (&["integer", "number", "string"], json!({ "format": "int64", "pattern": INTEGER_TEXT })),
        Kind::Real => (&["number", "string"], json!({ "format": "double", "pattern": NUMBER_TEXT })),
        Kind::Decimal => (&["number", "string"], json!({ "pattern": NUMBER_TEXT })),
        Kind::Boolean => {
            (&["boolean", "integer", "string"], json!({ "minimum": 0, "maximum": 1, "pattern": BOOLEAN_TEXT }))
        }
        Kind::Text => (&["string", "number", "boolean"], secret.unwrap_or_else(|| length(property))),
        Kind::Date => (&["string"], json!({ "pattern": DATE_TEXT, "examples": ["2024-02-29"] })),
        Kind::Time => (&["string"], json!({ "pattern": TIME_TEXT, "examples": ["09:30:00"] })),
        Kind::DateTime => (&["string"], json!({ "pattern": DATE_TIME_TEXT, "examples": ["2024-02-29T09:30:00"] })),
        Kind::Timestamp => (
            &["integer", "string"],
            json!({
                "format": "int64",
                "pattern": TIMESTAMP_TEXT,
                "description": "Milliseconds since 1970-01-01T00:00:00Z, or a date and time in UTC",
            }),
        ),
        Kind::Any => (&["string", "number", "boolean"], json!({})),
        Kind::Json | Kind::Blob => return json!({ "description": "Any JSON" }),
    };
    // NULL counts as absent where a default steps in for nobody: what is not nullable never takes it.
    with(typed(types, property.nullable), with(more, default(property)))
}

/// A value in a path or a query, where all is text.
pub fn addressed(kind: Kind) -> Json {
    match kind {
        Kind::Integer | Kind::Timestamp => json!({ "type": "integer", "format": "int64" }),
        Kind::Real | Kind::Decimal => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Time => json!({ "type": "string", "format": "time-local", "pattern": TIME_TEXT }),
        Kind::DateTime => json!({ "type": "string", "format": "date-time-local", "pattern": DATE_TIME_TEXT }),
        Kind::Text | Kind::Any | Kind::Json | Kind::Blob => json!({ "type": "string", "minLength": 1 }),
    }
}

/// A literal of a filter that the kind takes, if there is one that everybody will understand.
pub fn example_literal(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Integer | Kind::Real | Kind::Decimal => Some("> 1"),
        Kind::Text => Some("like 'A%'"),
        Kind::Date => Some("> '2024-01-01'"),
        Kind::Boolean => Some("= true"),
        _ => None,
    }
}

fn typed(types: &[&str], nullable: bool) -> Json {
    let mut types = types.to_vec();
    if nullable {
        types.push("null");
    }
    match types.as_slice() {
        [only] => json!({ "type": only }),
        several => json!({ "type": several }),
    }
}

fn length(property: &Property) -> Json {
    property.max_length.map_or_else(|| json!({}), |most| json!({ "maxLength": most }))
}

/// The default, where it is a plain literal of SQL; an expression is worked out by the database.
fn default(property: &Property) -> Json {
    let Some(sql) = property.default.as_deref() else { return json!({}) };
    let text = sql.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|text| !text.contains('\''));
    let literal = match (property.kind, text) {
        (Kind::Text | Kind::Date | Kind::Time, Some(text)) => Some(Json::from(text)),
        (Kind::Integer, None) => sql.parse::<i64>().ok().map(Json::from),
        (Kind::Real | Kind::Decimal, None) => {
            sql.parse::<f64>().ok().filter(|number| number.is_finite()).map(Json::from)
        }
        (Kind::Boolean, None) if sql == "1" || sql.eq_ignore_ascii_case("true") => Some(Json::from(true)),
        (Kind::Boolean, None) if sql == "0" || sql.eq_ignore_ascii_case("false") => Some(Json::from(false)),
        _ => None,
    };
    literal.map_or_else(
        || json!({ "description": format!("When absent: {sql}, worked out by the database") }),
        |literal| json!({ "default": literal }),
    )
}

fn flag(name: &str, set: bool) -> Json {
    let mut object = Map::new();
    if set {
        object.insert(name.to_owned(), Json::from(true));
    }
    Json::Object(object)
}

/// The members of both; those of the second win.
fn with(mut base: Json, more: Json) -> Json {
    if let (Json::Object(base), Json::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}
