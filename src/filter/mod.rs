//! The `q` filter language: text in, syntax tree or an error with a position out.
//!
//! This module knows no schema and no SQL. Whether a property exists, which type a literal must have, what may be
//! compared and which parameter has which value is for those who read the tree.
//!
//! # Tokens
//! The longest match wins; between two equally long ones, the earlier line.
//!
//! ```text
//! white space  any character with the Unicode property White_Space
//! signs        , ( ) = != <> > < >= <=
//! words        between in and like or is not null true false
//!              current_date current_time current_timestamp upper lower       in any case
//! NUMBER       -?digits(.digits)?      bare, or all of it between single quotes
//! TEXT         'anything'              see `quoted` for where it ends
//! PATH         NAME ( "." NAME )*      without white space; a single bare word of the list above is no PATH
//! NAME         [letter _][letter digit _]*, or any characters between backquotes, a backquote in them doubled
//! PARAMETER    ":" [letter _][letter digit _]*
//! ```
//!
//! # Grammar
//! ```text
//! filter       = disjunction END
//! disjunction  = conjunction ( OR conjunction )*
//! conjunction  = negation ( AND negation )*
//! negation     = NOT negation | group | condition
//! group        = "(" disjunction ")"
//! condition    = key ( comparison | between | membership | likeness | null_test )
//! key          = PATH | CASE "(" PATH ")"
//! comparison   = SIGN ( value | TRUE | FALSE | NULL | NOW "(" ")" | CASE "(" PATH ")" )
//! between      = [NOT] BETWEEN bound AND bound         both numbers, both texts, or one of them neither
//! bound        = value | NOW "(" ")"
//! membership   = [NOT] IN "(" value ( "," value )* ")"
//! likeness     = [NOT] LIKE ( quoted | CASE "(" quoted ")" | PARAMETER )
//! null_test    = IS [NOT] NULL
//! value        = TEXT | NUMBER | CASE "(" ( TEXT | NUMBER ) ")" | PARAMETER
//! quoted       = TEXT | quoted NUMBER
//! CASE         = UPPER | LOWER
//! NOW          = CURRENT_DATE | CURRENT_TIME | CURRENT_TIMESTAMP
//! ```
//!
//! A PARAMETER is accepted by [`parse_rule`] only. Before the grammar, `legacy` rewrites `name startswith 'v'` and its kin.
//!
//! # Limits
//! At most [`MAXIMUM_LENGTH`] characters, [`MAXIMUM_DEPTH`] levels of parentheses and `not`, and [`MAXIMUM_COMPARISONS`]
//! conditions, where a list counts once for each of its items. Within them, time grows linearly with the text.

mod ast;
mod display;
mod error;
mod legacy;
mod lexer;
mod parser;
mod quoted;
mod tokens;

#[cfg(test)]
mod tests;

pub use ast::{Case, Comparison, Expr, Key, Literal, Now, Operand, Path, Shape};
pub use error::SyntaxError;
pub use parser::{MAXIMUM_COMPARISONS, MAXIMUM_DEPTH};

use parser::{Parameters, Parser};

/// The longest filter that is read, in characters.
pub const MAXIMUM_LENGTH: usize = 65_536;

/// Reads a filter as clients send it. Blank text is no filter: `None`.
///
/// # Errors
/// A [`SyntaxError`] for the first place, in reading order, where the text leaves the grammar or passes a limit.
pub fn parse(text: &str) -> Result<Option<Expr>, SyntaxError> {
    parse_with(text, Parameters::Refused)
}

/// Reads a filter of the policy: the language of [`parse`], where `:name` may also stand for a value.
///
/// # Errors
/// As [`parse`].
pub fn parse_rule(text: &str) -> Result<Option<Expr>, SyntaxError> {
    parse_with(text, Parameters::Allowed)
}

/// The stages both kinds of text go through.
fn parse_with(text: &str, parameters: Parameters) -> Result<Option<Expr>, SyntaxError> {
    // Before anything looks at the whole text: the cost of refusing a text does not depend on its length.
    if text.chars().nth(MAXIMUM_LENGTH).is_some() {
        let message = format!("the filter is longer than {MAXIMUM_LENGTH} characters");
        return Err(SyntaxError::new(text, MAXIMUM_LENGTH, message));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    let query = legacy::rewrite(text);
    Parser::new(&query, parameters).filter().map(Some)
}
