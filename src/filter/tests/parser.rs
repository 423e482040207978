//! Tables of filters and the trees they stand for, one line a filter.

use super::{key, outline, parsed};
use crate::filter::{Expr, Literal, Operand, Shape, parse, parse_rule};

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(&outline(&parsed(text)), expected, "{text:?}");
    }
}

#[test]
fn blank_text_is_no_filter() {
    for text in ["", " ", "\t\r\n", "\u{a0}\u{3000}"] {
        assert_eq!(parse(text), Ok(None));
        assert_eq!(parse_rule(text), Ok(None));
    }
}

#[test]
fn comparisons() {
    check(&[
        ("a=1", "a = 1"),
        ("a!=1", "a != 1"),
        ("a<>1", "a != 1"),
        ("a<1", "a < 1"),
        ("a<=-1.5", "a <= -1.5"),
        ("a>1", "a > 1"),
        ("a>='x'", "a >= 'x'"),
        ("a = TRUE", "a = TRUE"),
        ("a != false", "a != false"),
        ("a = Null", "a = null"),
        ("a <> null", "a != null"),
        ("a < null", "a < null"),
        ("a.b.c = '5'", "a.b.c = '5'"),
        ("zip != 02127", "zip != 02127"),
        ("  a\t=\n1  ", "a = 1"),
    ]);
}

#[test]
fn functions() {
    check(&[
        ("lower(a)='x'", "lower(a) = 'x'"),
        ("UPPER ( a.b ) = 'x'", "upper(a.b) = 'x'"),
        ("a = lower('X')", "a = lower('X')"),
        ("a = lower('12')", "a = lower('12')"),
        ("a = Upper(12)", "a = upper(12)"),
        ("a = lower(b.c)", "a = lower(b.c)"),
        ("a = current_date()", "a = current_date()"),
        ("a < CURRENT_TIME ( )", "a < current_time()"),
        ("a > Current_Timestamp()", "a > current_timestamp()"),
        ("lower(a) is null", "lower(a) is null"),
        ("upper(a) in ('X', lower('Y'))", "upper(a) in ('X', lower('Y'))"),
    ]);
}

#[test]
fn between() {
    check(&[
        ("a between 1 and 2", "a between 1 and 2"),
        ("a BETWEEN '1'AND 2", "a between '1' and 2"),
        ("a not between 'a' and 'b'", "a not between 'a' and 'b'"),
        ("a between lower('a') and 'b'", "a between lower('a') and 'b'"),
        ("a between 1 and lower('2')", "a between 1 and lower('2')"),
        ("a between '2020-01-01' and current_date()", "a between '2020-01-01' and current_date()"),
        ("a between current_date() and 'x'", "a between current_date() and 'x'"),
        ("a between 1 and 2 and b=3", "and[a between 1 and 2; b = 3]"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("a in (1)", "a in (1)"),
        ("a in(1,'2' , 'x')", "a in (1, '2', 'x')"),
        ("a NOT IN ('MA', 'NY')", "a not in ('MA', 'NY')"),
        ("a in (lower('X'), upper('12'), upper(12))", "a in (lower('X'), upper('12'), upper(12))"),
        ("a in(1,2)AND(b in(3))", "and[a in (1, 2); b in (3)]"),
    ]);
}

#[test]
fn patterns() {
    check(&[
        ("a like 'b%'", "a like 'b%'"),
        ("a NOT LIKE '_'", "a not like '_'"),
        ("lower(a) like lower('B%')", "lower(a) like lower('B%')"),
        ("zip like '94036'", "zip like '94036'"),
        ("zip like lower('12')", "zip like lower('12')"),
    ]);
}

#[test]
fn null_tests() {
    check(&[("a is null", "a is null"), ("a IS NOT NULL", "a is not null"), ("a.b is\tnot\nnull", "a.b is not null")]);
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_and() {
    check(&[
        ("a=1 and b=2", "and[a = 1; b = 2]"),
        ("a=1 or b=2 or c=3", "or[a = 1; b = 2; c = 3]"),
        ("a=1 or b=2 and c=3", "or[a = 1; and[b = 2; c = 3]]"),
        ("a=1 and b=2 or c=3", "or[and[a = 1; b = 2]; c = 3]"),
        ("(a=1 or b=2) and c=3", "and[or[a = 1; b = 2]; c = 3]"),
        ("a=1 and (b=2 or c=3)", "and[a = 1; or[b = 2; c = 3]]"),
        ("not a=1 and b=2", "and[not[a = 1]; b = 2]"),
        ("not a=1 or b=2", "or[not[a = 1]; b = 2]"),
        ("not (a=1 and b=2)", "not[and[a = 1; b = 2]]"),
        ("NOT Not nOT a is not null", "not[not[not[a is not null]]]"),
        ("not(a=1)", "not[a = 1]"),
        ("not a not in (1)", "not[a not in (1)]"),
        ("a=1 and not b=2", "and[a = 1; not[b = 2]]"),
        ("deptId=1or empId=2", "or[deptId = 1; empId = 2]"),
    ]);
}

#[test]
fn groups_of_the_same_kind_are_one() {
    check(&[
        ("(a=1)", "a = 1"),
        ("(((a=1)))", "a = 1"),
        ("(a=1 and b=2) and c=3", "and[a = 1; b = 2; c = 3]"),
        ("a=1 and (b=2 and (c=3 and d=4))", "and[a = 1; b = 2; c = 3; d = 4]"),
        ("a=1 or (b=2 or c=3) or d=4", "or[a = 1; b = 2; c = 3; d = 4]"),
        ("(a=1 or b=2)", "or[a = 1; b = 2]"),
        ("(a=1 and b=2) or (c=3 and d=4)", "or[and[a = 1; b = 2]; and[c = 3; d = 4]]"),
        ("a=1 and not (b=2 and c=3)", "and[a = 1; not[and[b = 2; c = 3]]]"),
    ]);
}

#[test]
fn unusual_names() {
    check(&[
        ("a.in in (1)", "a.in in (1)"),
        ("in.a is null", "in.a is null"),
        ("`in` = 1", "`in` = 1"),
        ("`order line`.`a.b` = 1", "`order line`.`a.b` = 1"),
        ("`plain`.`x` = 1", "plain.x = 1"),
        ("`a``b` = 1", "`a``b` = 1"),
        ("größe >= 3 AND 名前 = '漢字'", "and[größe >= 3; 名前 = '漢字']"),
        ("`1st` = 1", "`1st` = 1"),
        ("startswith = 1 and a = lower(containing)", "and[startswith = 1; a = lower(containing)]"),
    ]);
}

#[test]
fn what_the_clients_send() {
    check(&[
        ("lower(firstname) like lower('b%') AND state='MA'", "and[lower(firstname) like lower('b%'); state = 'MA']"),
        ("lower(firstname) not like lower('%b%')", "lower(firstname) not like lower('%b%')"),
        ("lower(state)!=lower('ma')", "lower(state) != lower('ma')"),
        (
            "lastname='O''Brien & \"Sons\" <b> 50%+_\\ ünïcode 漢字'",
            "lastname = 'O''Brien & \"Sons\" <b> 50%+_\\ ünïcode 漢字'",
        ),
        ("state in ('MA', 'NY')", "state in ('MA', 'NY')"),
        ("empId in (1, 2, 3)", "empId in (1, 2, 3)"),
        ("empId not in (1,2)", "empId not in (1, 2)"),
        ("picurl is null or picurl=''", "or[picurl is null; picurl = '']"),
        (
            "state='MA' AND picurl is null or picurl='' AND empId > 3",
            "or[and[state = 'MA'; picurl is null]; and[picurl = ''; empId > 3]]",
        ),
        ("birthdate > '1985-01-01'", "birthdate > '1985-01-01'"),
        ("birthdate between '1980-01-01' and '1991-12-31'", "birthdate between '1980-01-01' and '1991-12-31'"),
        ("empId between 2 and 5", "empId between 2 and 5"),
        ("department.deptId=1", "department.deptId = 1"),
        ("lower(department.name) like lower('eng%')", "lower(department.name) like lower('eng%')"),
        (
            "state = 'MA' and (lower(firstname) like lower('a%') or empId > 5)",
            "and[state = 'MA'; or[lower(firstname) like lower('a%'); empId > 5]]",
        ),
        ("empId <= 10", "empId <= 10"),
        ("state = 'NY'", "state = 'NY'"),
    ]);
}

#[test]
fn rules_take_parameters_for_values() {
    let table = [
        ("employee.empId = :userId", "employee.empId = :userId"),
        ("a between :low and 5", "a between :low and 5"),
        ("a between 'x' and :high", "a between 'x' and :high"),
        ("a in (:one, 2, :two)", "a in (:one, 2, :two)"),
        ("a like :pattern", "a like :pattern"),
        ("a=:b or a=:c and not a=:b", "or[a = :b; and[a = :c; not[a = :b]]]"),
        ("a startswith 'x' and b = :c", "and[a like 'x%'; b = :c]"),
    ];
    for (text, expected) in table {
        let expression = parse_rule(text).unwrap().unwrap();
        assert_eq!(outline(&expression), expected, "{text:?}");
    }
}

#[test]
fn a_quoted_number_is_a_number_except_in_a_pattern() {
    let literal = |shape, position| {
        Operand::Literal(Literal { text: "94036".to_owned(), quoted: true, shape, function: None, position })
    };
    let expected = Expr::And(vec![
        Expr::In { left: key("a", 0), negated: false, items: vec![literal(Shape::Number, 6)] },
        Expr::Like { left: key("b", 19), negated: true, pattern: literal(Shape::Text, 30) },
    ]);
    assert_eq!(parsed("a in ('94036') and b not like '94036'"), expected);
}

#[test]
fn literals_keep_what_was_written() {
    let table = [
        ("'O''Brien'", "O'Brien", Shape::Text),
        (r"'it\'s'", r"it\'s", Shape::Text),
        ("''", "", Shape::Text),
        ("' '", " ", Shape::Text),
        ("'true'", "true", Shape::Text),
        ("TRUE", "TRUE", Shape::Boolean),
        ("02127", "02127", Shape::Number),
        ("'-0.50'", "-0.50", Shape::Number),
    ];
    for (written, text, shape) in table {
        match parsed(&format!("a = {written}")) {
            Expr::Compare { right: Operand::Literal(literal), .. } => {
                assert_eq!(literal.text, text, "{written}");
                assert_eq!(literal.shape, shape, "{written}");
                assert_eq!(literal.quoted, written.starts_with('\''), "{written}");
            }
            other => panic!("{other:?}"),
        }
    }
}
