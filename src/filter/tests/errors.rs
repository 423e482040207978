//! Tables of texts that are no filters, each with its whole message and position.

use crate::filter::{SyntaxError, parse, parse_rule};

const VALUES: &str = "a quoted text, a number, 'true', 'false', 'null' or a function";
const AFTER: &str = "'and', 'or' or the end";
const IN_GROUP: &str = "'and', 'or' or ')'";

/// Rows of text, position, what was expected and what was found.
#[track_caller]
fn check(table: &[(&str, usize, &str, &str)]) {
    for (text, position, expected, found) in table {
        let error = SyntaxError {
            position: *position,
            message: format!("expected {expected}, found {found}"),
            query: (*text).to_owned(),
        };
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn where_a_condition_should_be() {
    check(&[
        ("()", 1, "a condition", "')'"),
        ("( )", 2, "a condition", "')'"),
        ("(", 1, "a condition", "the end"),
        (")", 0, "a condition", "')'"),
        ("and", 0, "a condition", "'and'"),
        ("a=1 AND", 7, "a condition", "the end"),
        ("a=1 or or b=1", 7, "a condition", "'or'"),
        ("a=1 and OR b=1", 8, "a condition", "'OR'"),
        ("not", 3, "a condition", "the end"),
        ("not not", 7, "a condition", "the end"),
        ("1 = a", 0, "a condition", "the number 1"),
        ("'a' = a", 0, "a condition", "the text 'a'"),
        ("true", 0, "a condition", "'true'"),
        ("null is null", 0, "a condition", "'null'"),
        ("in = 1", 0, "a condition", "'in'"),
        ("current_date() = a", 0, "a condition", "'current_date'"),
        (";", 0, "a condition", "';'"),
        ("(select 1)", 8, "a comparison", "the number 1"),
        ("exists (select 1)", 7, "a comparison", "'('"),
    ]);
}

#[test]
fn where_a_comparison_should_be() {
    check(&[
        ("a", 1, "a comparison", "the end"),
        ("(a)", 2, "a comparison", "')'"),
        ("(a) = 1", 2, "a comparison", "')'"),
        ("a b", 2, "a comparison", "'b'"),
        ("a 1", 2, "a comparison", "the number 1"),
        ("a + 1 = 2", 2, "a comparison", "'+'"),
        ("a ! = 1", 2, "a comparison", "'!'"),
        ("a notin (1)", 2, "a comparison", "'notin'"),
        ("a and b", 2, "a comparison", "'and'"),
        ("a not", 5, "'between', 'in' or 'like'", "the end"),
        ("a not = 1", 6, "'between', 'in' or 'like'", "'='"),
        ("a not null", 6, "'between', 'in' or 'like'", "'null'"),
        ("a is", 4, "'null' or 'not null'", "the end"),
        ("a is 1", 5, "'null' or 'not null'", "the number 1"),
        ("a is true", 5, "'null' or 'not null'", "'true'"),
        ("a is not", 8, "'null'", "the end"),
        ("a is not not null", 9, "'null'", "'not'"),
        ("a is notnull", 5, "'null' or 'not null'", "'notnull'"),
        ("a. b = 1", 1, "a comparison", "'.'"),
        ("a..b = 1", 1, "a comparison", "'.'"),
    ]);
}

#[test]
fn where_a_value_should_be() {
    check(&[
        ("a =", 3, VALUES, "the end"),
        ("a = b", 4, VALUES, "'b'"),
        ("a == 1", 3, VALUES, "'='"),
        ("a < > 1", 4, VALUES, "'>'"),
        ("a = (1)", 4, VALUES, "'('"),
        ("a = not 1", 4, VALUES, "'not'"),
        ("a = +1", 4, VALUES, "'+'"),
        ("a = .5", 4, VALUES, "'.'"),
        ("a = \"x\"", 4, VALUES, "'\"'"),
        ("a = ${x}", 4, VALUES, "'$'"),
        ("a = ?", 4, VALUES, "'?'"),
        ("a = wm_dt('2020-01-01')", 4, VALUES, "'wm_dt'"),
        ("a = wm_bool('true')", 4, VALUES, "'wm_bool'"),
        ("a = concat('a')", 4, VALUES, "'concat'"),
        ("a = :b", 4, VALUES, "':b'"),
        ("a = : b", 4, VALUES, "':'"),
        ("a = 'x", 4, VALUES, "a text without a closing quote"),
        ("a = '", 4, VALUES, "a text without a closing quote"),
        ("a like 94036", 7, "a quoted text", "the number 94036"),
        ("a like true", 7, "a quoted text", "'true'"),
        ("a like null", 7, "a quoted text", "'null'"),
        ("a like lower(1)", 13, "a quoted text", "the number 1"),
        ("a like lower(b)", 13, "a quoted text", "'b'"),
        ("a like current_date()", 7, "a quoted text", "'current_date'"),
        ("a like :b", 7, "a quoted text", "':b'"),
    ]);
}

#[test]
fn in_functions() {
    let argument = "a quoted text, a number or a property";
    check(&[
        ("a = current_date", 16, "'('", "the end"),
        ("a = current_date or b=1", 17, "'('", "'or'"),
        ("a = current_date(b)", 17, "')'", "'b'"),
        ("a = current_time('x')", 17, "')'", "the text 'x'"),
        ("a = lower", 9, "'('", "the end"),
        ("a = lower()", 10, argument, "')'"),
        ("a = lower(true)", 10, argument, "'true'"),
        ("a = lower(null)", 10, argument, "'null'"),
        ("a = lower(upper('x'))", 10, argument, "'upper'"),
        ("a = lower('x'", 13, "')'", "the end"),
        ("a = lower('x', 'y')", 13, "')'", "','"),
        ("lower(a", 7, "')'", "the end"),
        ("lower() = 1", 6, "a property", "')'"),
        ("lower('a') = 'a'", 6, "a property", "the text 'a'"),
        ("lower(upper(a)) = 'a'", 6, "a property", "'upper'"),
        ("lower = 'a'", 6, "'('", "'='"),
        ("current_date(a) = 'a'", 0, "a condition", "'current_date'"),
    ]);
}

#[test]
fn in_between_and_lists() {
    let value = "a quoted text or a number";
    check(&[
        ("a between", 9, value, "the end"),
        ("a between 1", 11, "'and'", "the end"),
        ("a between 1 or 2", 12, "'and'", "'or'"),
        ("a between 1, 2", 11, "'and'", "','"),
        ("a between 1 and", 15, "a number", "the end"),
        ("a between 1 and 'x'", 16, "a number", "the text 'x'"),
        ("a between '1' and 'x'", 18, "a number", "the text 'x'"),
        ("a between 'x' and 1", 18, "a quoted text that is not a number", "the number 1"),
        ("a between 'x' and lower('1')", 24, "a quoted text that is not a number", "the number '1'"),
        ("a between null and 1", 10, value, "'null'"),
        ("a between true and false", 10, value, "'true'"),
        ("a between b and c", 10, value, "'b'"),
        ("a between (1 and 2)", 10, value, "'('"),
        ("a in", 4, "'('", "the end"),
        ("a in 1", 5, "'('", "the number 1"),
        ("a in ()", 6, value, "')'"),
        ("a in (", 6, value, "the end"),
        ("a in (1", 7, "',' or ')'", "the end"),
        ("a in (1 2)", 8, "',' or ')'", "the number 2"),
        ("a in (1,)", 8, value, "')'"),
        ("a in (,1)", 6, value, "','"),
        ("a in (null)", 6, value, "'null'"),
        ("a in (true)", 6, value, "'true'"),
        ("a in (b)", 6, value, "'b'"),
        ("a in (current_date())", 6, value, "'current_date'"),
        ("a in ((1))", 6, value, "'('"),
        ("a in (select 1)", 6, value, "'select'"),
    ]);
}

#[test]
fn after_a_condition() {
    check(&[
        ("a=1 b=2", 4, AFTER, "'b'"),
        ("a=1)", 3, AFTER, "')'"),
        ("(a=1", 4, IN_GROUP, "the end"),
        ("((a=1)", 6, IN_GROUP, "the end"),
        ("(a=1 b=2)", 5, IN_GROUP, "'b'"),
        ("(a=1))", 5, AFTER, "')'"),
        ("a=1;", 3, AFTER, "';'"),
        ("a=1 -- x", 4, AFTER, "'-'"),
        ("a=1 /* x */", 4, AFTER, "'/'"),
        ("a=1 union select 1", 4, AFTER, "'union'"),
        ("a=1 + 2", 4, AFTER, "'+'"),
        ("a=1.", 3, AFTER, "'.'"),
        ("a=5-3", 3, AFTER, "the number -3"),
        ("a=1e5", 3, AFTER, "'e5'"),
        ("a=1 not", 4, AFTER, "'not'"),
        ("a='x' 'y'", 6, AFTER, "the text 'y'"),
        ("a='b''c", 5, AFTER, "a text without a closing quote"),
        (r"a='b\' or c='d'", 13, AFTER, "'d'"),
        ("a = 1 order by b", 6, AFTER, "'order'"),
        ("a = 1, b = 2", 5, AFTER, "','"),
        ("a like 'x' escape '!'", 11, AFTER, "'escape'"),
    ]);
}

#[test]
fn positions_are_characters_and_the_first_fault_counts() {
    check(&[
        ("名前 = '漢字' und b=1", 10, AFTER, "'und'"),
        ("ü 🦀", 2, "a comparison", "'🦀'"),
        ("a = b ; 'x", 4, VALUES, "'b'"),
        ("a \0", 2, "a comparison", r"'\u{0}'"),
        ("a \u{200b}= 1", 2, "a comparison", "'\u{200b}'"),
        ("a 'x\ny'", 2, "a comparison", r"the text 'x\u{a}y'"),
        ("`` = 1", 0, "a condition", "an empty name"),
        ("`a = 1", 0, "a condition", "a name without a closing backquote"),
        ("a.`` = 1", 0, "a condition", "an empty name"),
    ]);
}

#[test]
fn rules_have_parameters_only_as_values() {
    let table = [
        (":a = 1", 0, "expected a condition, found ':a'"),
        ("lower(:a) = 1", 6, "expected a property, found ':a'"),
        ("a = lower(:b)", 10, "expected a quoted text, a number or a property, found ':b'"),
        ("a in :b", 5, "expected '(', found ':b'"),
        ("a is :b", 5, "expected 'null' or 'not null', found ':b'"),
    ];
    for (text, position, message) in table {
        let error = parse_rule(text).unwrap_err();
        assert_eq!((error.position, error.message.as_str()), (position, message));
    }
}

#[test]
fn an_error_is_short_whatever_the_text() {
    let long_name = "x".repeat(1_000);
    let error = parse(&format!("a {long_name}")).unwrap_err();
    let token = "x".repeat(40);
    assert_eq!(error.message, format!("expected a comparison, found '{token}…'"));
    assert_eq!(error.query, format!("a {}…", "x".repeat(198)));

    let exactly = format!("a {}", "ü".repeat(198));
    assert_eq!(parse(&exactly).unwrap_err().query, exactly);
}

#[test]
fn an_error_displays_as_one_sentence() {
    let error: Box<dyn std::error::Error> = Box::new(parse("a = )").unwrap_err());
    let sentence = format!("Syntax Error in Query 'a = )' at position 4. Error is 'expected {VALUES}, found ')''");
    assert_eq!(error.to_string(), sentence);
}
