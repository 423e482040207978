//! Trees made by a generator that always makes the same: what they display must be parsed to the same tree again.

use super::{Numbers, key, without_positions};
use crate::filter::{Case, Comparison, Expr, Key, Literal, Now, Operand, Path, Shape, parse, parse_rule};

/// The parts of a tree, each at random.
struct Trees(Numbers);

impl Trees {
    fn yes(&mut self) -> bool {
        self.0.below(2) == 0
    }

    fn case(&mut self) -> Option<Case> {
        [None, None, Some(Case::Upper), Some(Case::Lower)][self.0.below(4)]
    }

    fn name(&mut self) -> String {
        let names = [
            "a",
            "b1",
            "_",
            "größe",
            "名前",
            "order line",
            "a.b",
            "`",
            "it's",
            "1st",
            "in",
            "NOT",
            "true",
            "lower",
            "endswith",
            "current_date",
            "\n",
        ];
        self.0.one_of(&names).to_owned()
    }

    fn path(&mut self) -> Path {
        let count = 1 + self.0.below(3);
        let segments = (0..count).map(|_| self.name()).collect();
        Path { segments, position: 0 }
    }

    fn key(&mut self) -> Key {
        let (path, function) = (self.path(), self.case());
        Key { path, function }
    }

    /// No text here has a backslash: one at its end would be written as an escape of the quote after it.
    fn text(&mut self) -> Literal {
        let texts = ["", "x", "O'Brien", "'", "''", " a = 'b' ", "漢字", "%\"_", "true", "1 or 1", "\t\n"];
        let text = self.0.one_of(&texts).to_owned();
        let function = self.case();
        Literal { text, quoted: true, shape: Shape::Text, function, position: 0 }
    }

    fn number(&mut self) -> Literal {
        let text = self.0.one_of(&["0", "-1", "1.50", "007", "123456789012345678901234567890"]).to_owned();
        let (quoted, function) = (self.yes(), self.case());
        Literal { text, quoted, shape: Shape::Number, function, position: 0 }
    }

    fn value(&mut self) -> Operand {
        match self.0.below(5) {
            0 => Operand::Parameter { name: "me".to_owned(), position: 0 },
            1 | 2 => Operand::Literal(self.number()),
            _ => Operand::Literal(self.text()),
        }
    }

    fn now(&mut self) -> Operand {
        Operand::Now([Now::Date, Now::Time, Now::Timestamp][self.0.below(3)])
    }

    fn comparison(&mut self) -> Expr {
        let operators = [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ];
        let (left, operator) = (self.key(), operators[self.0.below(6)]);
        let right = match self.0.below(6) {
            0 => Operand::Null,
            1 => self.now(),
            2 => {
                let text = self.0.one_of(&["true", "FALSE"]).to_owned();
                Operand::Literal(Literal { text, quoted: false, shape: Shape::Boolean, function: None, position: 0 })
            }
            3 => Operand::Path { path: self.path(), function: Case::Lower },
            _ => self.value(),
        };
        Expr::Compare { left, operator, right }
    }

    fn between(&mut self) -> Expr {
        let (left, negated) = (self.key(), self.yes());
        let (low, high) = match self.0.below(4) {
            0 => (self.now(), self.value()),
            1 => (self.value(), self.now()),
            2 => (Operand::Literal(self.text()), Operand::Literal(self.text())),
            _ => (Operand::Literal(self.number()), Operand::Literal(self.number())),
        };
        Expr::Between { left, negated, low, high }
    }

    fn condition(&mut self) -> Expr {
        match self.0.below(6) {
            0 => self.between(),
            1 => {
                let (left, negated, count) = (self.key(), self.yes(), 1 + self.0.below(4));
                let items = (0..count).map(|_| self.value()).collect();
                Expr::In { left, negated, items }
            }
            2 => {
                let (left, negated) = (self.key(), self.yes());
                let pattern = Operand::Literal(self.text());
                Expr::Like { left, negated, pattern }
            }
            3 => Expr::IsNull { left: self.key(), negated: self.yes() },
            _ => self.comparison(),
        }
    }

    /// A tree as the parser makes them: no group directly in one of its kind.
    fn expression(&mut self, levels: usize) -> Expr {
        match self.0.below(if levels == 0 { 1 } else { 4 }) {
            1 => Expr::And(self.items(levels, |item| matches!(item, Expr::And(_)))),
            2 => Expr::Or(self.items(levels, |item| matches!(item, Expr::Or(_)))),
            3 => Expr::Not(Box::new(self.expression(levels - 1))),
            _ => self.condition(),
        }
    }

    fn items(&mut self, levels: usize, is_unwanted: impl Fn(&Expr) -> bool) -> Vec<Expr> {
        let mut items = Vec::new();
        let count = 2 + self.0.below(3);
        while items.len() < count {
            let item = self.expression(levels - 1);
            if !is_unwanted(&item) {
                items.push(item);
            }
        }
        items
    }
}

#[test]
fn a_displayed_tree_is_parsed_to_the_same_tree() {
    let mut trees = Trees(Numbers(0x9e37_79b9_7f4a_7c15));
    for _ in 0..3_000 {
        let expression = trees.expression(4);
        let text = expression.to_string();
        match parse_rule(&text) {
            Ok(Some(again)) => assert_eq!(without_positions(again), expression, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_thousand_conditions_survive_being_displayed() {
    let condition = Expr::IsNull { left: key("a", 0), negated: false };
    let expression = Expr::Or(vec![condition; 1_000]);
    let again = parse(&expression.to_string()).unwrap().unwrap();
    assert_eq!(without_positions(again), expression);
}
