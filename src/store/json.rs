//! Rows to JSON bytes, without a tree in between.

use std::io::Write as _;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::StoreError;
use crate::catalog::Kind;
use crate::query::{Node, epoch_milliseconds};

/// Appends a row as an object in the shape of `node`.
///
/// # Errors
/// What SQLite reports.
pub fn write_row(row: &Row<'_>, node: &Node, out: &mut Vec<u8>) -> Result<(), StoreError> {
    out.push(b'{');
    let mut first = true;
    for member in &node.members {
        separate(&mut first, out);
        out.extend_from_slice(member.key.as_bytes());
        write_value(row.get_ref(member.column)?, member.kind, out);
    }
    for (key, child) in &node.relations {
        separate(&mut first, out);
        out.extend_from_slice(key.as_bytes());
        let absent = match child.presence {
            Some(column) => row.get_ref(column)? == ValueRef::Null,
            None => false,
        };
        if absent {
            out.extend_from_slice(b"null");
        } else {
            write_row(row, child, out)?;
        }
    }
    out.push(b'}');
    Ok(())
}

fn separate(first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

/// SQLite stores what it is given, whatever the column's type; what does not fit its kind is written as what it is.
pub fn write_value(value: ValueRef<'_>, kind: Kind, out: &mut Vec<u8>) {
    match (value, kind) {
        (ValueRef::Null, _) => out.extend_from_slice(b"null"),
        // Bytes are read at an address of their own.
        (_, Kind::Blob) | (ValueRef::Blob(_), _) => out.extend_from_slice(b"\"\""),
        (ValueRef::Integer(flag @ (0 | 1)), Kind::Boolean) => {
            out.extend_from_slice(if flag == 1 { b"true" } else { b"false" });
        }
        (ValueRef::Integer(number), _) => write_number(number, out),
        (ValueRef::Real(number), _) if number.is_finite() => {
            // The shortest text that reads back as the same number; writing to a Vec cannot fail.
            let _ = write!(out, "{}", serde_json::Value::from(number));
        }
        (ValueRef::Real(_), _) => out.extend_from_slice(b"null"),
        (ValueRef::Text(text), kind) => match std::str::from_utf8(text) {
            Ok(text) => write_text(text, kind, out),
            Err(_) => write_text(&String::from_utf8_lossy(text), kind, out),
        },
    }
}

fn write_text(text: &str, kind: Kind, out: &mut Vec<u8>) {
    match kind {
        Kind::DateTime if text.as_bytes().get(10) == Some(&b' ') => write_string(&text.replacen(' ', "T", 1), out),
        Kind::Timestamp => match epoch_milliseconds(text) {
            Some(milliseconds) => write_number(milliseconds, out),
            None => write_string(text, out),
        },
        Kind::Json if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            out.extend_from_slice(text.as_bytes());
        }
        _ => write_string(text, out),
    }
}

/// Appends a number.
pub fn write_number(number: i64, out: &mut Vec<u8>) {
    let _ = write!(out, "{number}"); // writing to a Vec cannot fail
}

/// Appends a JSON string.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (position, &byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1f => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[start..position]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}"); // writing to a Vec cannot fail
        } else {
            out.extend_from_slice(escape);
        }
        start = position + 1;
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_json_wants() {
        for text in ["", "plain", "a\"b\\c", "\n\r\t\u{1}\u{1f}", "ünïcode 漢字 \u{7f}"] {
            let mut out = Vec::new();
            write_string(text, &mut out);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn values_are_written_by_kind_and_otherwise_as_they_are() {
        let shown = |value: ValueRef<'_>, kind| {
            let mut out = Vec::new();
            write_value(value, kind, &mut out);
            String::from_utf8(out).unwrap()
        };
        for (value, kind, expected) in [
            (ValueRef::Null, Kind::Text, "null"),
            (ValueRef::Integer(1), Kind::Boolean, "true"),
            (ValueRef::Integer(7), Kind::Boolean, "7"),
            (ValueRef::Real(1.5), Kind::Decimal, "1.5"),
            (ValueRef::Real(2.0), Kind::Real, "2.0"),
            (ValueRef::Real(f64::INFINITY), Kind::Real, "null"),
            (ValueRef::Text(b"2024-01-02 03:04:05"), Kind::DateTime, "\"2024-01-02T03:04:05\""),
            (ValueRef::Text(b"1970-01-01 00:00:01"), Kind::Timestamp, "1000"),
            (ValueRef::Text(b"never"), Kind::Timestamp, "\"never\""),
            (ValueRef::Text(b"{\"a\":1}"), Kind::Json, "{\"a\":1}"),
            (ValueRef::Text(b"{a"), Kind::Json, "\"{a\""),
            (ValueRef::Blob(b"x"), Kind::Blob, "\"\""),
            (ValueRef::Text(b"\xff"), Kind::Text, "\"\u{fffd}\""),
        ] {
            assert_eq!(shown(value, kind), expected);
        }
    }
}
