//! Tests of the filter language, one file a phase, mostly as tables. Shared here: compact forms to compare with,
//! and numbers that look random.

mod errors;
mod fuzz;
mod generated;
mod legacy;
mod lexer;
mod limits;
mod parser;
mod positions;
mod quoted;

use super::{Expr, Key, Literal, Operand, Path, parse};

/// The tree of a text that must be a filter.
fn parsed(text: &str) -> Expr {
    match parse(text) {
        Ok(Some(expression)) => expression,
        other => panic!("{text:?}: {other:?}"),
    }
}

/// A tree in brackets: groups by name, conditions as they display themselves.
fn outline(expression: &Expr) -> String {
    let group = |name: &str, items: &[Expr]| {
        let items: Vec<String> = items.iter().map(outline).collect();
        format!("{name}[{}]", items.join("; "))
    };
    match expression {
        Expr::And(items) => group("and", items),
        Expr::Or(items) => group("or", items),
        Expr::Not(inner) => group("not", std::slice::from_ref(inner)),
        condition => condition.to_string(),
    }
}

/// The same tree with every position 0.
fn without_positions(mut expression: Expr) -> Expr {
    forget_positions(&mut expression);
    expression
}

fn forget_positions(expression: &mut Expr) {
    match expression {
        Expr::And(items) | Expr::Or(items) => items.iter_mut().for_each(forget_positions),
        Expr::Not(inner) => forget_positions(inner),
        Expr::Compare { left, right, .. } => {
            left.path.position = 0;
            forget_position(right);
        }
        Expr::Between { left, low, high, .. } => {
            left.path.position = 0;
            forget_position(low);
            forget_position(high);
        }
        Expr::In { left, items, .. } => {
            left.path.position = 0;
            items.iter_mut().for_each(forget_position);
        }
        Expr::Like { left, pattern, .. } => {
            left.path.position = 0;
            forget_position(pattern);
        }
        Expr::IsNull { left, .. } => left.path.position = 0,
    }
}

fn forget_position(operand: &mut Operand) {
    match operand {
        Operand::Literal(Literal { position, .. })
        | Operand::Path { path: Path { position, .. }, .. }
        | Operand::Parameter { position, .. } => *position = 0,
        Operand::Null | Operand::Now(_) => {}
    }
}

/// A key of one plain name.
fn key(name: &str, position: usize) -> Key {
    Key { path: Path { segments: vec![name.to_owned()], position }, function: None }
}

/// A small generator of numbers that look random (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}
