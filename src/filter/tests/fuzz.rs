//! Texts made at random from pieces of filters: none may make the parser panic, and each that is a filter must survive
//! being displayed. The generator always makes the same texts.

use super::{Numbers, without_positions};
use crate::filter::parse;

/// Pieces that come near to filters, with and without white space around them.
const PIECES: [&str; 78] = [
    " ",
    "  ",
    "\t",
    "\n",
    "\u{3000}",
    "a",
    "b",
    "x.y",
    "a.",
    ".",
    "`",
    "`q r`",
    "``",
    "ü",
    "漢",
    "🦀",
    "_1",
    "=",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    "!",
    "(",
    ")",
    "(",
    ")",
    ",",
    "1",
    "-2",
    "-",
    "3.5",
    "'7'",
    "'",
    "''",
    "\\'",
    "\\",
    "\"",
    "'v'",
    "'it''s'",
    "'p\\'q'",
    "'z\\'",
    ";",
    "%",
    ":",
    ":me",
    " and ",
    " or ",
    "AND",
    "not ",
    " NOT ",
    " in ",
    " in (",
    " like ",
    "LIKE",
    " between ",
    " is ",
    " null",
    " not null",
    "is",
    "true",
    "FALSE",
    "lower(",
    "upper (",
    " current_date()",
    "current_time",
    " startswith ",
    " endswith 'v'",
    " containing \"it's\"",
    " startswith \"\\\"",
    "a=1",
    "b like 'v%'",
    " a in (1,'2') ",
    " between 1 and 2",
    " between 'a' and 'b'",
    " is null ",
    "wm_dt(",
];

/// Conditions, some of them with faults that only show behind them.
const CONDITIONS: [&str; 15] = [
    "a=1",
    "lower(a)='v'",
    "x.y in ('z\\',3,'o''p')",
    "`q'r`<>'q\\'' ",
    "a like '12'",
    "a between 1 and '2'",
    "a not between 'x' and current_date()",
    "a is not null",
    "b endswith 'v'",
    "b containing \"it's\"",
    "b startswith 'w\\'",
    "b='\\'",
    "(a=1 or b=2)",
    "not (a<2 and b>'x\\'')",
    "a=lower(`in`)",
];

/// What stands between conditions.
const CONNECTORS: [&str; 8] = [" and ", " AND not ", "\nor ", " or not not ", ")and(", ")or not(", " or (", ") and "];

/// Up to a dozen pieces in any order.
fn noise(numbers: &mut Numbers) -> String {
    (0..=numbers.below(12)).map(|_| numbers.one_of(&PIECES)).collect()
}

/// Up to six conditions and what should stand between them, now and then with a piece that should not.
fn near_filter(numbers: &mut Numbers) -> String {
    let mut text = numbers.one_of(&["", "", "(", "not ("]).to_owned();
    text.push_str(numbers.one_of(&CONDITIONS));
    for _ in 0..numbers.below(6) {
        text.push_str(numbers.one_of(&CONNECTORS));
        text.push_str(numbers.one_of(&CONDITIONS));
        if numbers.below(16) == 0 {
            text.push_str(numbers.one_of(&PIECES));
        }
    }
    text.push_str(numbers.one_of(&["", ")"]));
    text
}

/// Says whether a text is a filter; if it is, what it displays must be the same filter.
fn is_filter(text: &str) -> bool {
    match parse(text) {
        Ok(Some(expression)) => {
            let displayed = expression.to_string();
            match parse(&displayed) {
                Ok(Some(again)) => {
                    assert_eq!(again.to_string(), displayed, "{text:?}");
                    assert_eq!(without_positions(again), without_positions(expression), "{text:?}");
                }
                other => panic!("{text:?}, displayed as {displayed:?}: {other:?}"),
            }
            true
        }
        Ok(None) => {
            assert_eq!(text.trim(), "");
            false
        }
        Err(error) => {
            assert!(!error.message.is_empty());
            assert!(error.position <= error.query.chars().count(), "{text:?}: {error:?}");
            false
        }
    }
}

#[test]
fn no_noise_makes_it_panic() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let filters = (0..150_000).filter(|_| is_filter(&noise(&mut numbers))).count();
    assert!(filters > 500, "only {filters} of the texts were filters");
}

#[test]
fn every_filter_survives_being_displayed() {
    let mut numbers = Numbers(0x0123_4567_89ab_cdef);
    let filters = (0..50_000).filter(|_| is_filter(&near_filter(&mut numbers))).count();
    assert!(filters > 5_000, "only {filters} of the texts were filters");
}
