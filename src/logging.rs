//! How a line of the log looks: as text for people, or as JSON for programs.
//!
//! Whatever a line says, it stays one line: control characters are escaped in both formats, so nobody can write lines of
//! his own by putting line breaks into a path or a header.

use std::fmt::Write as _;
use std::io::{self, Write};

use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use serde_json::Value as Json;

use crate::config::{LogFormat, Settings};

/// Fields that a text line has in its message already.
const IN_MESSAGE: &[&str] = &["event", "method", "path", "status", "microseconds"];

/// Starts logging to stderr.
pub fn start(settings: &Settings) {
    let format = settings.log_format;
    env_logger::Builder::new()
        .parse_filters(&settings.log)
        .format(move |out, record| {
            let time = format!("{:.3}", jiff::Timestamp::now());
            write_line(out, format, &time, record)
        })
        .init();
}

fn write_line(out: &mut dyn Write, format: LogFormat, time: &str, record: &Record<'_>) -> io::Result<()> {
    let mut fields = Fields::default();
    let _ = record.key_values().visit(&mut fields);
    let message = record.args().to_string();
    let line = match format {
        LogFormat::Json => json(time, record, &message, fields),
        LogFormat::Text => text(time, record, &message, &fields),
    };
    // One call, so that lines of several threads do not mix.
    out.write_all(line.as_bytes())
}

fn json(time: &str, record: &Record<'_>, message: &str, fields: Fields) -> String {
    let mut line = serde_json::Map::new();
    line.insert("time".to_owned(), time.into());
    line.insert("level".to_owned(), record.level().as_str().to_ascii_lowercase().into());
    line.insert("target".to_owned(), record.target().into());
    line.insert("message".to_owned(), message.into());
    for (name, value) in fields.0 {
        line.entry(name).or_insert(value);
    }
    format!("{}\n", Json::Object(line))
}

fn text(time: &str, record: &Record<'_>, message: &str, fields: &Fields) -> String {
    let mut line = format!("[{time} {:<5} {}] {}", record.level(), record.target(), one_line(message));
    for (name, value) in fields.0.iter().filter(|(name, _)| !IN_MESSAGE.contains(&name.as_str())) {
        let plain = |text: &&str| !text.is_empty() && !text.contains([' ', '"', '=']);
        // Writing to a String cannot fail.
        let _ = match value.as_str().filter(plain) {
            Some(plain) => write!(line, " {name}={}", one_line(plain)),
            None => write!(line, " {name}={value}"),
        };
    }
    line.push('\n');
    line
}

/// A text without anything that could end its line or change how a terminal shows it.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control()
            || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            line.extend(letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    line
}

/// The fields of a line, in their order.
#[derive(Default)]
struct Fields(Vec<(String, Json)>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = match value.to_u64() {
            Some(number) => number.into(),
            None => Json::from(value.to_string()),
        };
        self.0.push((key.to_string(), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: LogFormat, message: &str, fields: &[(&str, Value<'_>)]) -> String {
        let mut out = Vec::new();
        let mut builder = Record::builder();
        let builder = builder.level(log::Level::Info).target("hrdb::x").key_values(&fields);
        write_line(&mut out, format, "T", &builder.args(format_args!("{message}")).build()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_is_one_line_whatever_it_says() {
        let evil = "a\r\nb\u{1b}[2J\u{2028}c\u{0}\u{202e}";
        for format in [LogFormat::Text, LogFormat::Json] {
            let line = line(format, evil, &[("key", Value::from(evil))]);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert!(!line.trim_end().contains(|letter: char| letter.is_control()), "{line:?}");
        }
    }

    #[test]
    fn fields_stand_behind_the_message_or_on_their_own() {
        let fields = [
            ("event", Value::from("signed_in")),
            ("status", Value::from(200_u64)),
            ("key", Value::from("a b")),
            ("by", Value::from("form")),
            ("level", Value::from("forged")),
        ];
        assert_eq!(line(LogFormat::Text, "said", &fields), "[T INFO  hrdb::x] said key=\"a b\" by=form level=forged\n");
        let json: Json = serde_json::from_str(&line(LogFormat::Json, "said \"so\"", &fields)).unwrap();
        let expected = serde_json::json!({
            "time": "T", "level": "info", "target": "hrdb::x", "message": "said \"so\"",
            "event": "signed_in", "status": 200, "key": "a b", "by": "form",
        });
        assert_eq!(json, expected);
    }
}
