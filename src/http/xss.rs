//! Entity-encoding of the texts in JSON answers, as WaveMaker's apps do it by default: for pages that paste a value into HTML
//! as it is. It changes data for every other client, so it is an option, off unless the operator asks for it.
//!
//! Values are encoded, names are not; what is stored stays as it was sent. Files (exports, contents of columns), scripts and
//! the descriptions of the server are never encoded: they are no texts for a page.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::header::CONTENT_TYPE;

use super::content::with_content;
use super::entity_names::ENTITIES;

/// The answer with the strings in its JSON encoded; any other answer as it is.
pub fn encoded(answer: HttpResponse, path: &str) -> HttpResponse {
    let media = answer.headers().get(CONTENT_TYPE);
    let is_json = media.is_some_and(|media| media.as_bytes().starts_with(b"application/json"));
    if !is_json || path.ends_with("/services/servicedefs") || path.ends_with("/openapi.json") {
        return answer;
    }
    with_content(answer, |answer, bytes| match std::str::from_utf8(&bytes) {
        Ok(json) => answer.set_body(BoxBody::new(encode(json))),
        Err(_) => answer,
    })
}

/// JSON with the string values encoded. What is no JSON comes out as something else that is none.
fn encode(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        out.push_str(&rest[..=start]);
        rest = &rest[start + 1..];
        let end = end_of_string(rest);
        let (text, after) = rest.split_at(end);
        let is_name = after.get(1..).is_some_and(|after| after.trim_start().starts_with(':'));
        if is_name {
            out.push_str(text);
        } else {
            encode_text(text, &mut out);
        }
        rest = after;
        if let Some(after) = rest.strip_prefix('"') {
            out.push('"');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Where the quote stands that ends a string.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// Encodes the inside of a JSON string, in which a quote is escaped and control characters are the only ones in digits.
fn encode_text(text: &str, out: &mut String) {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('"') => out.push_str("&quot;"),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            ascii if ascii.is_ascii() => out.push(ascii),
            other => match ENTITIES.binary_search_by_key(&other, |(letter, _)| *letter) {
                Ok(at) => out.extend(["&", ENTITIES[at].1, ";"]),
                Err(_) => out.push(other),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_names_and_all_else_are_not() {
        for (json, expected) in [
            (r#"{"<a>":"<b>"}"#, r#"{"<a>":"&lt;b&gt;"}"#),
            (r#"["\"x\"", "a&b", 1, true, null]"#, r#"["&quot;x&quot;", "a&amp;b", 1, true, null]"#),
            (r#"{"a" : "é€'`", "b\"":"ü"}"#, r#"{"a" : "&eacute;&euro;'`", "b\"":"&uuml;"}"#),
            (r#""\\""#, r#""\\""#),
            (r#""\\<\n\u0001\"""#, r#""\\&lt;\n\u0001&quot;""#),
            (r#""名前 🎷 α""#, r#""名前 🎷 &alpha;""#),
            ("12", "12"),
            ("{}", "{}"),
            (r#""""#, r#""""#),
            (r#"{"a":{"b":["<"]}}"#, r#"{"a":{"b":["&lt;"]}}"#),
        ] {
            assert_eq!(encode(json), expected);
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(ENTITIES.is_sorted_by(|one, other| one.0 < other.0) && ENTITIES.len() > 240);
    }

    #[test]
    fn what_is_cut_off_breaks_nothing() {
        let json = r#"{"a":"<é\"","b":[1]}"#;
        for end in (0..=json.len()).filter(|end| json.is_char_boundary(*end)) {
            encode(&json[..end]);
        }
    }
}
