//! What differs between SQL dialects: this is SQLite's.

use crate::filter::Case;

/// An identifier, quoted so that any name is one.
pub fn identifier(name: &str, sql: &mut String) {
    sql.push('"');
    if name.bytes().any(|byte| byte == b'"') {
        sql.push_str(&name.replace('"', "\"\""));
    } else {
        sql.push_str(name);
    }
    sql.push('"');
}

/// The parameter of that 1-based number.
pub fn parameter(number: usize, sql: &mut String) {
    sql.push('?');
    self::number(number, sql);
}

/// A number; most of those in a statement have one digit.
pub fn number(number: usize, sql: &mut String) {
    match u32::try_from(number).ok().and_then(|number| char::from_digit(number, 10)) {
        Some(digit) => sql.push(digit),
        None => sql.push_str(&number.to_string()),
    }
}

/// Equality in which NULL equals NULL.
pub const IS: &str = " IS ";

/// A case-sensitive match with the wildcards `*`, `?` and `[…]`. SQLite's LIKE takes A for a.
pub const MATCHES: &str = " GLOB ";

/// The functions that change case beyond ASCII; SQLite's own do not, so the store brings its own under these names.
pub const LOWER: &str = "hrdb_lower";
/// See [`LOWER`].
pub const UPPER: &str = "hrdb_upper";

/// The function for a case.
pub fn fold(case: Case) -> &'static str {
    match case {
        Case::Lower => LOWER,
        Case::Upper => UPPER,
    }
}

/// Ends an ascending or descending term so that NULL comes first. SQLite has NULL first on ASC by itself; saying it again
/// would keep it from using an index.
pub fn direction(descending: bool, nullable: bool) -> &'static str {
    match (descending, nullable) {
        (false, _) => "",
        (true, false) => " DESC",
        (true, true) => " DESC NULLS FIRST",
    }
}

/// The other way round, term by term: the same rows from the last to the first, so that NULL comes last.
pub fn opposite_direction(descending: bool, nullable: bool) -> &'static str {
    match (descending, nullable) {
        (false, _) => " DESC",
        (true, false) => "",
        (true, true) => " NULLS LAST",
    }
}
