//! What differs between SQL dialects: this is SQLite's.

/// An identifier, quoted so that any name is one.
pub fn identifier(name: &str, sql: &mut String) {
    sql.push('"');
    for letter in name.chars() {
        if letter == '"' {
            sql.push('"');
        }
        sql.push(letter);
    }
    sql.push('"');
}

/// The parameter of that 1-based number.
pub fn parameter(number: usize, sql: &mut String) {
    sql.push('?');
    sql.push_str(&number.to_string());
}

/// Equality in which NULL equals NULL.
pub const IS: &str = " IS ";

/// Ends an ascending or descending term so that NULL comes first. SQLite has NULL first on ASC by itself; saying it again
/// would keep it from using an index.
pub fn direction(descending: bool, nullable: bool) -> &'static str {
    match (descending, nullable) {
        (false, _) => "",
        (true, false) => " DESC",
        (true, true) => " DESC NULLS FIRST",
    }
}
