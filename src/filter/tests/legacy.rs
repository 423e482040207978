//! Tables of texts and what the legacy rewrite makes of them.

use std::borrow::Cow;

use super::{outline, parsed};
use crate::filter::legacy::rewrite;
use crate::filter::parse;

#[test]
fn legacy_operators_become_like() {
    let table = [
        ("a startswith 'v'", "a like 'v%'"),
        ("a endswith 'v'", "a like '%v'"),
        ("a containing 'v'", "a like '%v%'"),
        ("a startswith \"v\"", "a like 'v%'"),
        ("a STARTSWITH 'v' and b EndsWith 'w'", "a like 'v%' and b like '%w'"),
        ("department.name startswith 'v'", "department.name like 'v%'"),
        ("`order line` startswith 'v'", "`order line` like 'v%'"),
        ("lower(a) containing 'v'", "lower(a) like '%v%'"),
        ("a not startswith 'v'", "a not like 'v%'"),
        ("not a startswith 'v'", "not a like 'v%'"),
        ("a\t \nstartswith\n\t'v'", "a\t \nlike 'v%'"),
        ("a startswith'v'or b=1", "a like 'v%'or b=1"),
        ("(a startswith 'v')", "(a like 'v%')"),
        ("a startswith 'O''Brien'", "a like 'O''Brien%'"),
        ("a startswith \"O'Brien\"", "a like 'O''Brien%'"),
        ("a containing \"say \"\"hi\"\"\"", "a like '%say \"hi\"%'"),
        ("a containing '\"'", "a like '%\"%'"),
        ("a containing ''''", "a like '%''%'"),
        ("a startswith '5'", "a like '5%'"),
        ("a containing ' 漢 字 '", "a like '% 漢 字 %'"),
        (r"a startswith 'x\' and b = 'y'", r"a like 'x\%' and b = 'y'"),
        (r"a endswith 'x\'", r"a like '%x\'"),
        ("containing containing 'v'", "containing like '%v%'"),
        ("a containing 'b startswith ''v'''", "a like '%b startswith ''v''%'"),
    ];
    for (text, expected) in table {
        assert_eq!(rewrite(text), expected, "{text:?}");
        parsed(text);
    }
}

#[test]
fn everything_else_passes_unchanged() {
    let table = [
        "a = 1",
        "a = 'b startswith ''v'''",
        "a = 'b startswith \"v\"'",
        r"a = 'x\' and b startswith 'v",
        "`a startswith 'v'` = 1",
        "startswith = 'v'",
        "a = 1 and endswith = 'v'",
        "startswith 'v'",
        "and startswith 'v'",
        "not startswith 'v'",
        "a startswith",
        "a startswith 5",
        "a startswith b",
        "a startswith ''",
        "a startswith \"\"",
        "a startswith 'v",
        "a startswith \"v",
        "a startswith 'v''",
        "a startswith = 'v'",
        "a startswithout 'v'",
        "a `startswith` 'v'",
        "a b.startswith 'v'",
        "a like startswith 'v'",
        "a ; b startswith 'v'",
    ];
    for text in table {
        assert!(matches!(rewrite(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
}

#[test]
fn a_value_keeps_its_own_characters() {
    let table = [
        ("a startswith \"it's\"", "a like 'it''s%'"),
        (r"a endswith 'x\'", r"a like '%x\'"),
        (r#"a containing "\'""#, r"a like '%\''%'"),
        ("a containing '%_'", "a like '%%_%'"),
        ("a containing ');--'", "a like '%);--%'"),
    ];
    for (text, expected) in table {
        assert_eq!(outline(&parsed(text)), expected, "{text:?}");
    }
}

#[test]
fn an_error_repeats_the_rewritten_text_and_counts_in_it() {
    let error = parse("ä startswith 'v' b").unwrap_err();
    assert_eq!(error.query, "ä like 'v%' b");
    assert_eq!(error.position, 12);
    assert_eq!(error.message, "expected 'and', 'or' or the end, found 'b'");

    let error = parse("a startswith 5").unwrap_err();
    assert_eq!(error.query, "a startswith 5");
    assert_eq!(error.position, 2);
    assert_eq!(error.message, "expected a comparison, found 'startswith'");
}
