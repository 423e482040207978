//! Finds what of a text of SQL matters before a database has seen it: where the statement ends, and its parameters.
//!
//! SQLite has the last word on both; this only knows on which line something stands.

use super::QueryFileError;

/// A statement and its parameters.
#[derive(Debug)]
pub struct Scanned<'a> {
    /// The statement without its semicolon.
    pub sql: &'a str,
    /// Names of the parameters in the order of their first use, and the line of that use.
    pub parameters: Vec<(String, usize)>,
}

/// Scans a text whose first line has this number.
///
/// # Errors
/// [`QueryFileError`] for a second statement and a parameter that has no name.
pub fn scan(text: &str, first_line: usize) -> Result<Scanned<'_>, QueryFileError> {
    let mut scanned = Scanned { sql: text.trim_end(), parameters: Vec::new() };
    let mut end = None;
    let mut position = 0;
    let line = |position: usize| first_line + text[..position].matches('\n').count();
    while let Some(first) = text[position..].chars().next() {
        let rest = &text[position..];
        let next = position + token(rest, first);
        let blank = first.is_whitespace() || rest.starts_with("--") || rest.starts_with("/*");
        match first {
            _ if blank => {}
            ';' => {
                end.get_or_insert(position);
            }
            _ if end.is_some() => return Err(error(line(position), "a query is one statement; here begins another")),
            ':' if next > position + 1 => {
                let name = &text[position + 1..next];
                if !scanned.parameters.iter().any(|(other, _)| other == name) {
                    scanned.parameters.push((name.to_owned(), line(position)));
                }
            }
            '?' | '@' | '$' => return Err(error(line(position), "a parameter is written :name")),
            _ => {}
        }
        position = next;
    }
    if let Some(end) = end {
        scanned.sql = text[..end].trim_end();
    }
    Ok(scanned)
}

/// Length of the token or the blank at the beginning of a text.
fn token(rest: &str, first: char) -> usize {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    match first {
        '\'' | '"' | '`' => quoted(rest, first),
        '[' => until("]", 1),
        '-' if rest.starts_with("--") => until("\n", 2),
        '/' if rest.starts_with("/*") => until("*/", 2),
        ':' => 1 + word(&rest[1..]),
        _ if in_word(first) => word(rest),
        _ => first.len_utf8(),
    }
}

/// A doubled quote stands for itself.
fn quoted(rest: &str, quote: char) -> usize {
    let mut position = 1;
    while let Some(at) = rest[position..].find(quote) {
        position += at + 1;
        if !rest[position..].starts_with(quote) {
            return position;
        }
        position += 1;
    }
    rest.len()
}

fn word(rest: &str) -> usize {
    rest.find(|letter: char| !in_word(letter) && letter != '$').unwrap_or(rest.len())
}

fn in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()
}

fn error(line: usize, message: &str) -> QueryFileError {
    QueryFileError { line, message: message.to_owned() }
}
