//! Where the parts of a tree say they stand.

use super::key;
use crate::filter::{Case, Comparison, Expr, Key, Literal, Now, Operand, Path, Shape, parse_rule};

/// A bare or quoted literal of shape text, without a function.
fn text(text: &str, position: usize) -> Literal {
    Literal { text: text.to_owned(), quoted: true, shape: Shape::Text, function: None, position }
}

#[test]
fn every_part_knows_where_it_begins() {
    let filter = "ü.b = upper( 'x' ) and lower(c) = :me and d = lower(e) and f between 'g' and current_date()";
    let in_function = Literal { function: Some(Case::Upper), ..text("x", 13) };
    let expected = Expr::And(vec![
        Expr::Compare {
            left: Key { path: Path { segments: vec!["ü".to_owned(), "b".to_owned()], position: 0 }, function: None },
            operator: Comparison::Equal,
            right: Operand::Literal(in_function),
        },
        Expr::Compare {
            left: Key { function: Some(Case::Lower), ..key("c", 29) },
            operator: Comparison::Equal,
            right: Operand::Parameter { name: "me".to_owned(), position: 34 },
        },
        Expr::Compare {
            left: key("d", 42),
            operator: Comparison::Equal,
            right: Operand::Path { path: key("e", 52).path, function: Case::Lower },
        },
        Expr::Between {
            left: key("f", 59),
            negated: false,
            low: Operand::Literal(text("g", 69)),
            high: Operand::Now(Now::Date),
        },
    ]);
    assert_eq!(parse_rule(filter), Ok(Some(expected)));
}

#[test]
fn a_path_displays_as_it_would_be_written() {
    let table: [(&[&str], &str); 7] = [
        (&["a"], "a"),
        (&["department", "name"], "department.name"),
        (&["in"], "`in`"),
        (&["a", "in"], "a.in"),
        (&["order line", "a.b"], "`order line`.`a.b`"),
        (&["a`b"], "`a``b`"),
        (&["größe", "1st"], "größe.`1st`"),
    ];
    for (segments, expected) in table {
        let segments = segments.iter().map(ToString::to_string).collect();
        let path = Path { segments, position: 0 };
        assert_eq!(path.to_string(), expected);
    }
}
