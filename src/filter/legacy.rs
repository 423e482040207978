//! Rewrites the operators of old clients, `startswith`, `endswith` and `containing`, to `like` before the text is
//! parsed. Everything else passes unchanged, right or wrong: the parser has the last word.
//!
//! ```text
//! name startswith 'value'    name like 'value%'
//! name endswith "value"      name like '%value'
//! name containing 'value'    name like '%value%'
//! ```
//!
//! The words may be in any case, and any white space or none may stand before the quote.
//!
//! What is rewritten is found with the lexer, not by searching the text, so that nothing inside quotes or backquotes is
//! taken for an operator. A word is an operator only after a path or a `)`, with or without a `not` between, and only
//! before a quoted value. No valid filter has a path followed by a quote, so a property of that name stays usable.
//!
//! A value runs to the first quote of its kind that is not doubled, and a backslash in it means nothing: old servers
//! ended it there. An empty value is no value. In the rewritten text, apostrophes of a double-quoted value are doubled;
//! otherwise a value keeps its characters.
//!
//! The result is text, because the error for a filter repeats the text its position counts in. The rule for where a
//! quoted text ends applies to that text: as with `like '%a\'` itself, a value that ends with a backslash after
//! `endswith` needs to be the last quoted one.

use std::borrow::Cow;

use super::lexer::{Lexer, TokenKind};

/// The text with every legacy condition rewritten; borrowed when there is none.
pub(super) fn rewrite(text: &str) -> Cow<'_, str> {
    let mut lexer = Lexer::new(text);
    let mut rewritten = String::new();
    let mut copied_to = 0;
    let mut after_key = false;
    loop {
        let token = lexer.next_token();
        match token.kind {
            // The parser will not get past a fault, so nothing behind one needs rewriting.
            TokenKind::End
            | TokenKind::Unknown
            | TokenKind::UnclosedText
            | TokenKind::UnclosedName
            | TokenKind::EmptyName => break,
            TokenKind::Path(_) if after_key => {
                if let Some(pattern) = legacy_pattern(token.raw, &mut lexer) {
                    rewritten.push_str(&text[copied_to..token.offset]);
                    rewritten.push_str("like ");
                    rewritten.push_str(&pattern);
                    copied_to = lexer.offset();
                    after_key = false;
                }
            }
            TokenKind::Path(_) | TokenKind::Close => after_key = true,
            TokenKind::Not => {}
            _ => after_key = false,
        }
    }
    if copied_to == 0 {
        return Cow::Borrowed(text);
    }
    rewritten.push_str(&text[copied_to..]);
    Cow::Owned(rewritten)
}

/// The quoted pattern that a legacy operator and the value after it stand for. The lexer is past the word; it is moved
/// past the value only if there is an answer.
fn legacy_pattern(word: &str, lexer: &mut Lexer<'_>) -> Option<String> {
    let (before, after) = match word.to_ascii_lowercase().as_str() {
        "startswith" => ("", "%"),
        "endswith" => ("%", ""),
        "containing" => ("%", "%"),
        _ => return None,
    };
    let mut ahead = lexer.clone();
    ahead.skip_white_space();
    let value = legacy_value(&mut ahead)?;
    *lexer = ahead;
    Some(format!("'{before}{value}{after}'"))
}

/// Reads a quoted value, and returns it as it has to stand between single quotes.
fn legacy_value(lexer: &mut Lexer<'_>) -> Option<String> {
    let quote = lexer.advance().filter(|first| matches!(first, '\'' | '"'))?;
    let mut value = String::new();
    loop {
        let character = lexer.advance()?;
        if character == quote {
            if lexer.peek() != Some(quote) {
                break;
            }
            lexer.advance();
        }
        value.push(character);
    }
    if value.is_empty() {
        return None;
    }
    Some(value.replace('\'', "''"))
}
