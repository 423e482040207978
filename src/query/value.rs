//! Values on their way into the database: from JSON, from URL text, to what SQLite stores.
//!
//! What a property takes follows Jackson's scalar coercions as WaveMaker configures them, without its leniencies that
//! would store something else than was sent (a 31st of February).

use jiff::civil::{Date, DateTime, Time};
use serde_json::Value as Json;

use crate::catalog::{Kind, Property};

/// A value as a statement's parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// A key that is known as text, as its column would hold it. What only looks like a number, such as 007, is text.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        match key.parse::<i64>() {
            Ok(number) if number.to_string() == key => Self::Integer(number),
            _ => Self::Text(key.to_owned()),
        }
    }
}

impl std::fmt::Display for Value {
    /// As a caller would write it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Real(number) => write!(formatter, "{number}"),
            Self::Text(text) => formatter.write_str(text),
            Self::Blob(bytes) => write!(formatter, "{} bytes", bytes.len()),
        }
    }
}

/// Why a value cannot be what its property takes. The message names the property, not the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadValue {
    /// Of another type: the message for the caller.
    Type(String),
    /// A text longer than the column takes, or one that no column takes.
    Constraint(String),
}

/// The value that a JSON value gives a property.
///
/// # Errors
/// [`BadValue`] when the property cannot take it.
pub fn from_json(property: &Property, json: Json) -> Result<Value, BadValue> {
    let wrong = || BadValue::Type(format!("{} must be {}", property.name, property.kind.described()));
    match (property.kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Kind::Json, document) => text(property, document.to_string()),
        (Kind::Text, Json::Number(number)) => text(property, number.to_string()),
        (Kind::Text, Json::Bool(flag)) => text(property, flag.to_string()),
        (Kind::Boolean | Kind::Any, Json::Bool(flag)) => Ok(Value::Integer(i64::from(flag))),
        (Kind::Boolean, Json::Number(number)) => match number.as_i64() {
            Some(flag @ (0 | 1)) => Ok(Value::Integer(flag)),
            _ => Err(wrong()),
        },
        (Kind::Integer, Json::Number(number)) => {
            number.as_i64().or_else(|| whole(number.as_f64()?)).map(Value::Integer).ok_or_else(wrong)
        }
        (Kind::Real | Kind::Decimal | Kind::Any, Json::Number(number)) => match number.as_i64() {
            Some(integer) if property.kind != Kind::Real => Ok(Value::Integer(integer)),
            _ => number.as_f64().map(Value::Real).ok_or_else(wrong),
        },
        (Kind::Timestamp, Json::Number(number)) => {
            let milliseconds = number.as_i64().ok_or_else(wrong)?;
            instant_text(milliseconds).map(Value::Text).ok_or_else(wrong)
        }
        (Kind::Text | Kind::Any, Json::String(string)) => text(property, string),
        (_, Json::String(string)) if string.trim().is_empty() => Ok(Value::Null),
        (_, Json::String(string)) => from_text(property, string.trim()).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// The value that a piece of a URL or a literal gives a property: strict, the whole text counts.
///
/// # Errors
/// [`BadValue`] when the property cannot take it.
pub fn from_text(property: &Property, given: &str) -> Result<Value, BadValue> {
    let wrong = || BadValue::Type(format!("{} must be {}", property.name, property.kind.described()));
    let parsed = match property.kind {
        Kind::Text | Kind::Any | Kind::Json => return plain(property, given.to_owned()),
        Kind::Integer => given.parse().ok().map(Value::Integer),
        Kind::Real => number(given).map(Value::Real),
        Kind::Decimal => given.parse().ok().map(Value::Integer).or_else(|| number(given).map(Value::Real)),
        Kind::Boolean => match given {
            "1" => Some(Value::Integer(1)),
            "0" => Some(Value::Integer(0)),
            _ if given.eq_ignore_ascii_case("true") => Some(Value::Integer(1)),
            _ if given.eq_ignore_ascii_case("false") => Some(Value::Integer(0)),
            _ => None,
        },
        Kind::Date => date(given).map(|date| Value::Text(date.to_string())),
        Kind::Time => time(given).map(|time| Value::Text(time.strftime("%H:%M:%S").to_string())),
        Kind::DateTime => date_time(given).map(|moment| Value::Text(stored(moment))),
        Kind::Timestamp => match given.parse() {
            Ok(milliseconds) => instant_text(milliseconds).map(Value::Text),
            Err(_) => date_time(given).map(|moment| Value::Text(stored(moment))),
        },
        Kind::Blob => None,
    };
    parsed.ok_or_else(wrong)
}

/// The value that a filter's literal gives a property: [`from_text`], and milliseconds since 1970 for a date.
///
/// # Errors
/// [`BadValue`] when the property cannot take it.
pub fn from_filter(property: &Property, given: &str) -> Result<Value, BadValue> {
    match (property.kind, given.parse::<i64>()) {
        (Kind::Date, Ok(milliseconds)) => {
            let text = instant_text(milliseconds).ok_or_else(|| BadValue::Type("out of range".to_owned()))?;
            from_text(property, &text[..10])
        }
        (Kind::DateTime, Ok(milliseconds)) => {
            instant_text(milliseconds).map(Value::Text).ok_or_else(|| BadValue::Type("out of range".to_owned()))
        }
        _ => from_text(property, given),
    }
}

/// A text that fits its column. A NUL character is refused: SQLite's `length()` stops there, so a limit would not hold.
fn text(property: &Property, given: String) -> Result<Value, BadValue> {
    let value = plain(property, given)?;
    if let (Some(limit), Value::Text(text)) = (property.max_length, &value) {
        let length = text.chars().count();
        if length > limit as usize {
            let name = &property.name;
            return Err(BadValue::Constraint(format!("{name} takes at most {limit} characters, not {length}")));
        }
    }
    Ok(value)
}

fn plain(property: &Property, given: String) -> Result<Value, BadValue> {
    if given.contains('\0') {
        return Err(BadValue::Constraint(format!("{} must not contain a NUL character", property.name)));
    }
    Ok(Value::Text(given))
}

/// Jackson cuts the fraction off.
#[allow(clippy::cast_possible_truncation)] // the range is checked
fn whole(number: f64) -> Option<i64> {
    (number.abs() < 9.0e18).then_some(number.trunc() as i64)
}

fn number(given: &str) -> Option<f64> {
    given.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// `yyyy-MM-dd`, alone or before a time of day.
fn date(given: &str) -> Option<Date> {
    let (day, rest) = given.split_at_checked(10)?;
    if !rest.is_empty() && !rest.starts_with(['T', ' ']) {
        return None;
    }
    let well_formed = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    well_formed.then(|| day.parse().ok()).flatten()
}

/// `HH:mm` or `HH:mm:ss`, with or without a fraction.
fn time(given: &str) -> Option<Time> {
    let plausible = given.len() >= 5 && given.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
    plausible.then(|| given.parse().ok()).flatten()
}

/// A date, then `T` or a space, then a time of day; no zone. A date alone is its midnight.
fn date_time(given: &str) -> Option<DateTime> {
    let day = date(given)?;
    match given.get(11..) {
        None if given.len() == 10 => Some(day.to_datetime(Time::midnight())),
        Some(rest) => Some(day.to_datetime(time(rest)?)),
        None => None,
    }
}

/// SQLite's own form, so that new rows compare with those that `CURRENT_TIMESTAMP` made.
fn stored(moment: DateTime) -> String {
    let format = if moment.subsec_nanosecond() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    moment.strftime(format).to_string()
}

/// Milliseconds since 1970 as a stored timestamp, UTC.
pub fn instant_text(milliseconds: i64) -> Option<String> {
    let instant = jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    Some(stored(instant.to_zoned(jiff::tz::TimeZone::UTC).datetime()))
}

/// Milliseconds since the epoch of a stored timestamp, taken as UTC.
#[must_use]
pub fn epoch_milliseconds(stored: &str) -> Option<i64> {
    let moment = date_time(stored.trim_end_matches('Z'))?;
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn property(kind: Kind) -> Property {
        Property {
            name: "it".into(),
            column: "IT".into(),
            kind,
            max_length: (kind == Kind::Text).then_some(3),
            nullable: true,
            default: None,
            generated: false,
            access: crate::catalog::Access::Full,
        }
    }

    #[test]
    fn json_values_are_coerced_as_jackson_does() {
        let text = |text: &str| Some(Value::Text(text.into()));
        for (kind, json, expected) in [
            (Kind::Integer, json!(12), Some(Value::Integer(12))),
            (Kind::Integer, json!("12"), Some(Value::Integer(12))),
            (Kind::Integer, json!(""), Some(Value::Null)),
            (Kind::Integer, json!(1.9), Some(Value::Integer(1))),
            (Kind::Integer, json!("1.9"), None),
            (Kind::Integer, json!(true), None),
            (Kind::Integer, json!(1e30), None),
            (Kind::Integer, json!([1]), None),
            (Kind::Text, json!("abc"), text("abc")),
            (Kind::Text, json!("äöü"), text("äöü")),
            (Kind::Text, json!("abcd"), None),
            (Kind::Text, json!("a\0b"), None),
            (Kind::Text, json!(12), text("12")),
            (Kind::Text, json!({}), None),
            (Kind::Text, json!(null), Some(Value::Null)),
            (Kind::Date, json!("2024-02-29"), text("2024-02-29")),
            (Kind::Date, json!("2024-02-29T10:00:00"), text("2024-02-29")),
            (Kind::Date, json!("2023-02-29"), None),
            (Kind::Date, json!("24-02-29"), None),
            (Kind::Date, json!(" "), Some(Value::Null)),
            (Kind::Date, json!(5), None),
            (Kind::Boolean, json!(true), Some(Value::Integer(1))),
            (Kind::Boolean, json!("FALSE"), Some(Value::Integer(0))),
            (Kind::Boolean, json!(2), None),
            (Kind::Real, json!(2), Some(Value::Real(2.0))),
            (Kind::Decimal, json!("2.50"), Some(Value::Real(2.5))),
            (Kind::Time, json!("09:30"), text("09:30:00")),
            (Kind::DateTime, json!("2024-01-02T03:04:05"), text("2024-01-02 03:04:05")),
            (Kind::DateTime, json!("2024-01-02T03:04:05Z"), None),
            (Kind::Timestamp, json!(0), text("1970-01-01 00:00:00")),
            (Kind::Json, json!({"a": [1]}), text(r#"{"a":[1]}"#)),
        ] {
            assert_eq!(from_json(&property(kind), json.clone()).ok(), expected, "{kind:?} {json}");
        }
    }

    #[test]
    fn text_of_a_url_is_taken_whole_or_not_at_all() {
        for (kind, given, good) in [
            (Kind::Integer, "7", true),
            (Kind::Integer, "-7", true),
            (Kind::Integer, " 7", false),
            (Kind::Integer, "7x", false),
            (Kind::Integer, "99999999999999999999", false),
            (Kind::Text, "too long for the column", true),
            (Kind::Real, "inf", false),
            (Kind::Blob, "00", false),
        ] {
            assert_eq!(from_text(&property(kind), given).is_ok(), good, "{kind:?} {given}");
        }
    }

    #[test]
    fn a_stored_timestamp_is_milliseconds_on_the_wire() {
        assert_eq!(epoch_milliseconds("1970-01-01 00:00:01.500"), Some(1500));
        assert_eq!(epoch_milliseconds("not a time"), None);
    }

    #[test]
    fn a_value_is_shown_as_a_caller_would_write_it() {
        let shown = [
            (Value::Null, "null"),
            (Value::Integer(-7), "-7"),
            (Value::Real(2.5), "2.5"),
            (Value::Text("it's".into()), "it's"),
            (Value::Blob(vec![1, 2, 3]), "3 bytes"),
        ];
        for (value, text) in shown {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn a_key_is_a_number_only_if_it_is_written_as_one() {
        for (key, number) in [("7", Some(7)), ("-7", Some(-7)), ("007", None), ("+7", None), ("7.0", None), ("", None)]
        {
            let expected = number.map_or_else(|| Value::Text(key.into()), Value::Integer);
            assert_eq!(Value::of_key(key), expected, "{key}");
        }
    }

    #[test]
    fn milliseconds_are_a_moment_in_a_filter_unless_no_calendar_has_it() {
        let text = |text: &str| Some(Value::Text(text.into()));
        for (kind, given, expected) in [
            (Kind::Date, "1709164800000", text("2024-02-29")),
            (Kind::DateTime, "1709164800500", text("2024-02-29 00:00:00.500")),
            (Kind::Timestamp, "0", text("1970-01-01 00:00:00")),
            (Kind::Date, "9999999999999999", None),
            (Kind::DateTime, "9999999999999999", None),
            (Kind::Timestamp, "9999999999999999", None),
            (Kind::DateTime, "2024-02-29", text("2024-02-29 00:00:00")),
            (Kind::DateTime, "2024-02-29T", None),
            (Kind::Boolean, "True", Some(Value::Integer(1))),
            (Kind::Boolean, "0", Some(Value::Integer(0))),
            (Kind::Boolean, "yes", None),
        ] {
            assert_eq!(from_filter(&property(kind), given).ok(), expected, "{kind:?} {given}");
        }
    }
}
