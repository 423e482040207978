//! JSON out of a body. In memory a value takes far more room than in text (`0` some seventy bytes for two), so values are
//! counted while they are read, and what has too many of them ends there.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::error::Failure;
use crate::query::{Members, QueryError};

/// Values in the body of a search, an aggregation or an export, those inside others included.
pub const MOST_VALUES_OF_A_QUESTION: usize = 20_000;
/// Values in the body of a row, whose columns may hold whole documents.
pub const MOST_VALUES_OF_A_ROW: usize = 100_000;

/// A body as JSON of at most so many values.
///
/// # Errors
/// [`Failure`] for what is not JSON, or has too many values.
pub fn read(body: &[u8], most: usize) -> Result<Json, Failure> {
    let left = Cell::new(most);
    whole(body, |deserializer| Counted(&left).deserialize(deserializer)).map_err(|()| unreadable(&left, most))
}

/// The members of a JSON object of at most so many values.
///
/// # Errors
/// [`Failure`] for what is not JSON or not an object, or has too many values.
pub fn read_members(body: &[u8], most: usize) -> Result<Members<'_>, Failure> {
    let left = Cell::new(most);
    whole(body, |deserializer| deserializer.deserialize_map(Collected(&left))).map_err(|()| {
        let begins = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if left.get() > 0 && begins.is_some_and(|&byte| byte != b'{' && byte != b'n') && is_json(body) {
            return QueryError::InvalidBody("an object is expected".to_owned()).into();
        }
        unreadable(&left, most)
    })
}

fn whole<'de, T>(
    body: &'de [u8],
    take: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::SliceRead<'de>>) -> serde_json::Result<T>,
) -> Result<T, ()> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let taken = take(&mut deserializer).map_err(|_| ())?;
    deserializer.end().map_err(|_| ())?;
    Ok(taken)
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn unreadable(left: &Cell<usize>, most: usize) -> Failure {
    match left.get() {
        0 => Failure::InvalidInput(format!("the body has more than {most} values")),
        _ => Failure::Unreadable,
    }
}

/// Counts one value; an error when it was one too many.
fn count<E: Error>(left: &Cell<usize>) -> Result<(), E> {
    left.set(left.get().saturating_sub(1));
    if left.get() == 0 { Err(E::custom("too many values")) } else { Ok(()) }
}

/// Reads any value.
struct Counted<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        count(self.0)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(Counted(self.0))? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            members.insert(name, map.next_value_seed(Counted(self.0))?);
        }
        Ok(Json::Object(members))
    }
}

/// Reads an object, its members in their order and as often as they are there.
struct Collected<'a>(&'a Cell<usize>);

impl<'de> Visitor<'de> for Collected<'_> {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some(name) = map.next_key_seed(Name)? {
            members.push((name, map.next_value_seed(Counted(self.0))?));
        }
        Ok(Members(members))
    }
}

/// Reads a name, which stays in the text unless something in it is escaped.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_what_serde_makes_of_them() {
        for text in [
            "1",
            "-1",
            "1.5",
            "18446744073709551615",
            "\"ä\\n\"",
            "true",
            "null",
            "[1,[2],{}]",
            r#"{"b":1,"a":2,"b":3}"#,
        ] {
            let expected: Json = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes(), 100).unwrap(), expected, "{text}");
        }
        let members = read_members(br#" {"b":1,"a":[2],"b":3} "#, 100).unwrap();
        assert_eq!(members.0, [("b".into(), json!(1)), ("a".into(), json!([2])), ("b".into(), json!(3))]);
    }

    #[test]
    fn what_is_no_json_or_goes_on_after_its_end_is_unreadable() {
        for text in ["", "{", "[1,]", "{\"a\":1} x", "nul", "\u{feff}1"] {
            assert!(matches!(read(text.as_bytes(), 100), Err(Failure::Unreadable)), "{text}");
            assert!(matches!(read_members(text.as_bytes(), 100), Err(Failure::Unreadable)), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(read(deep.as_bytes(), 100_000), Err(Failure::Unreadable)));
        assert!(matches!(read_members(b"null", 100), Err(Failure::Unreadable)));
        assert!(matches!(read_members(b"[1]", 100), Err(Failure::Record(_))));
    }

    #[test]
    fn each_value_counts_wherever_it_stands() {
        for text in ["[0,0,0]", "[[[0]]]", r#"{"a":0,"b":0,"c":0}"#, r#"{"a":0,"a":0,"a":0}"#, r#"[{"a":0},0]"#] {
            assert!(read(text.as_bytes(), 5).is_ok(), "{text}");
            assert!(matches!(read(text.as_bytes(), 4), Err(Failure::InvalidInput(_))), "{text}");
        }
        assert!(read_members(br#"{"a":0,"b":[0]}"#, 4).is_ok());
        assert!(matches!(read_members(br#"{"a":0,"b":[0]}"#, 3), Err(Failure::InvalidInput(_))));
    }
}
