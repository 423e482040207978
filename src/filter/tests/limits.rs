//! The limits, at their edge and far beyond, and the time that takes.

use std::time::{Duration, Instant};

use super::{outline, parsed};
use crate::filter::{Expr, MAXIMUM_COMPARISONS, MAXIMUM_DEPTH, MAXIMUM_LENGTH, SyntaxError, parse};

/// Far more than any of these texts needs on a busy machine in a debug build, far less than quadratic time would take.
const GENEROUS: Duration = Duration::from_secs(2);

#[track_caller]
fn quickly_parse(text: &str) -> Result<Option<Expr>, SyntaxError> {
    let start = Instant::now();
    let result = parse(text);
    let taken = start.elapsed();
    assert!(taken < GENEROUS, "{taken:?} for {} bytes", text.len());
    result
}

#[track_caller]
fn check_error(text: &str, position: usize, message: &str) {
    let error = quickly_parse(text).unwrap_err();
    assert_eq!((error.position, error.message.as_str()), (position, message));
    assert!(error.query.chars().count() <= 201);
}

/// A filter inside `depth` repetitions of something that opens and something that closes.
fn nested(opening: &str, closing: &str, depth: usize) -> String {
    format!("{}a=1{}", opening.repeat(depth), closing.repeat(depth))
}

#[test]
fn sixty_four_levels_and_no_more() {
    let message = "nested too deeply: more than 64 levels";
    assert_eq!(outline(&parsed(&nested("(", ")", MAXIMUM_DEPTH))), "a = 1");
    check_error(&nested("(", ")", MAXIMUM_DEPTH + 1), 64, message);
    parsed(&nested("not ", "", MAXIMUM_DEPTH));
    check_error(&nested("not ", "", MAXIMUM_DEPTH + 1), 256, message);
    parsed(&nested("not(", ")", MAXIMUM_DEPTH / 2));
    check_error(&nested("not(", ")", MAXIMUM_DEPTH / 2 + 1), 128, message);
    check_error(&nested("(b=1 or ", ")", MAXIMUM_DEPTH + 1), 512, message);
}

#[test]
fn levels_that_are_closed_do_not_count() {
    let group = nested("(", ")", MAXIMUM_DEPTH);
    let text = [group.as_str(); 20].join(" and ");
    assert!(matches!(parsed(&text), Expr::And(items) if items.len() == 20));
    let text = ["not not not a=1"; 100].join(" or ");
    assert!(matches!(parsed(&text), Expr::Or(items) if items.len() == 100));
}

#[test]
fn a_hundred_thousand_levels_are_refused_at_once() {
    let too_long = "the filter is longer than 65536 characters";
    check_error(&"(".repeat(100_000), MAXIMUM_LENGTH, too_long);
    check_error(&nested("(", ")", 100_000), MAXIMUM_LENGTH, too_long);
    let too_deep = "nested too deeply: more than 64 levels";
    check_error(&"(".repeat(MAXIMUM_LENGTH), 64, too_deep);
    check_error(&nested("not ", "", 16_000), 256, too_deep);
}

#[test]
fn length_is_counted_in_characters() {
    let padded = |length: usize| format!("a='{}'", "漢".repeat(length - 4));
    parsed(&padded(MAXIMUM_LENGTH));
    check_error(&padded(MAXIMUM_LENGTH + 1), 65_536, "the filter is longer than 65536 characters");
    assert_eq!(parse(&" ".repeat(MAXIMUM_LENGTH)), Ok(None));
}

#[test]
fn ten_megabytes_are_refused_at_once() {
    let text = "a=1 and ".repeat(1_250_000);
    let error = quickly_parse(&text).unwrap_err();
    assert_eq!(error.query, format!("{}…", &text[..200]));
    assert_eq!(error.position, MAXIMUM_LENGTH);
}

#[test]
fn a_thousand_conditions_and_no_more() {
    let message = "more than 1000 conditions and list items";
    let conditions = |count: usize| vec!["a=1"; count].join(" or ");
    let list = |count: usize| format!("a in ({})", vec!["1"; count].join(","));
    parsed(&conditions(MAXIMUM_COMPARISONS));
    check_error(&conditions(MAXIMUM_COMPARISONS + 1), 7_000, message);
    parsed(&list(MAXIMUM_COMPARISONS));
    check_error(&list(MAXIMUM_COMPARISONS + 1), 2_006, message);
    parsed(&format!("{} or b = 1", list(MAXIMUM_COMPARISONS - 1)));
    check_error(&format!("{} or b = 1", list(MAXIMUM_COMPARISONS)), 2_010, message);
    for condition in ["b like 'x'", "b is null", "b between 1 and 2", "b in (1)"] {
        let position = if condition.ends_with(')') { 7_006 } else { 7_000 };
        let text = format!("{} or {condition}", conditions(MAXIMUM_COMPARISONS));
        check_error(&text, position, message);
    }
}

#[test]
fn time_is_linear_in_the_worst_texts_known() {
    let repeated = |pattern: &str| pattern.repeat(MAXIMUM_LENGTH / pattern.chars().count() - 1);
    let patterns = [
        "'",
        "''",
        "'''",
        r"\'",
        r"'\'",
        r"''\'",
        "' ",
        r"'\' ",
        "'a' ",
        "`",
        "``",
        "` ",
        "a",
        "a.",
        "a.`",
        "1",
        "1.",
        "-",
        "\"",
        ":",
        ":a",
        " ",
        "(",
        "not ",
        "a startswith '",
        "a startswith ''",
        "a startswith ' ",
        "a startswith \"",
        "a startswith \"\"",
        "a startswith '''",
        "a startswith 'x' ",
        r"a startswith '\' ",
        "a endswith 'x' and ",
        r"a endswith 'x\' and ",
        "a containing \"'\" and ",
        "startswith ",
        "a not ",
    ];
    for pattern in patterns {
        for prefix in ["a=", "a in ('", "a startswith \""] {
            // What the answer is does not matter here.
            let _ = quickly_parse(&format!("{prefix}{}", repeated(pattern)));
        }
    }
}
