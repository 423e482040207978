//! Makes a syntax tree of tokens: one function for each rule of the grammar at the top of this module. Recursion is
//! bounded by the depth limit. Whether names and values make sense is left to those who know the schema.

use super::ast::{Case, Comparison, Expr, Key, Now, Operand, Shape};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use super::tokens::{ANY_LITERAL, NUMBER, QUOTED, TEXT, TEXT_OR_NUMBER, Tokens, Wanted};

/// How deep parentheses and `not` may be nested, counted together.
pub const MAXIMUM_DEPTH: usize = 64;

/// How many conditions a filter may have; a list counts once for each of its items.
pub const MAXIMUM_COMPARISONS: usize = 1_000;

/// Whether `:name` may stand for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameters {
    Allowed,
    Refused,
}

/// A parser somewhere in a filter.
pub(super) struct Parser<'text> {
    tokens: Tokens<'text>,
    parameters: Parameters,
    depth: usize,
    comparisons: usize,
}

impl<'text> Parser<'text> {
    /// A parser at the beginning of `query`, which is what its errors repeat.
    pub fn new(query: &'text str, parameters: Parameters) -> Self {
        Self { tokens: Tokens::new(query), parameters, depth: 0, comparisons: 0 }
    }

    /// `disjunction END`
    pub fn filter(mut self) -> Result<Expr, SyntaxError> {
        let filter = self.disjunction()?;
        self.tokens.expect(&TokenKind::End, "'and', 'or' or the end")?;
        Ok(filter)
    }

    /// `conjunction ( OR conjunction )*`
    fn disjunction(&mut self) -> Result<Expr, SyntaxError> {
        let first = self.conjunction()?;
        if self.tokens.next.kind != TokenKind::Or {
            return Ok(first);
        }
        let mut alternatives = alternatives_of(first);
        while self.tokens.accept(&TokenKind::Or) {
            alternatives.extend(alternatives_of(self.conjunction()?));
        }
        Ok(Expr::Or(alternatives))
    }

    /// `negation ( AND negation )*`
    fn conjunction(&mut self) -> Result<Expr, SyntaxError> {
        let first = self.negation()?;
        if self.tokens.next.kind != TokenKind::And {
            return Ok(first);
        }
        let mut requirements = requirements_of(first);
        while self.tokens.accept(&TokenKind::And) {
            requirements.extend(requirements_of(self.negation()?));
        }
        Ok(Expr::And(requirements))
    }

    /// `NOT negation | group | condition`
    fn negation(&mut self) -> Result<Expr, SyntaxError> {
        match self.tokens.next.kind {
            TokenKind::Not => {
                self.enter()?;
                let inner = self.negation()?;
                self.depth -= 1;
                Ok(Expr::Not(Box::new(inner)))
            }
            TokenKind::Open => self.group(),
            _ => self.condition(),
        }
    }

    /// `"(" disjunction ")"`
    fn group(&mut self) -> Result<Expr, SyntaxError> {
        self.enter()?;
        let inner = self.disjunction()?;
        self.tokens.expect(&TokenKind::Close, "'and', 'or' or ')'")?;
        self.depth -= 1;
        Ok(inner)
    }

    /// `key ( comparison | between | membership | likeness | null_test )`
    fn condition(&mut self) -> Result<Expr, SyntaxError> {
        let left = self.key()?;
        if let TokenKind::Comparison(operator) = self.tokens.next.kind {
            self.tokens.advance();
            return self.comparison(left, operator);
        }
        if self.tokens.accept(&TokenKind::Is) {
            return self.null_test(left);
        }
        let negated = self.tokens.accept(&TokenKind::Not);
        if self.tokens.accept(&TokenKind::Between) {
            self.between(left, negated)
        } else if self.tokens.accept(&TokenKind::In) {
            self.membership(left, negated)
        } else if self.tokens.accept(&TokenKind::Like) {
            self.likeness(left, negated)
        } else if negated {
            Err(self.tokens.expected("'between', 'in' or 'like'"))
        } else {
            Err(self.tokens.expected("a comparison"))
        }
    }

    /// `PATH | CASE "(" PATH ")"`
    fn key(&mut self) -> Result<Key, SyntaxError> {
        if let TokenKind::Case(function) = self.tokens.next.kind {
            self.tokens.advance();
            self.tokens.expect(&TokenKind::Open, "'('")?;
            let path = self.tokens.accept_path();
            let path = path.ok_or_else(|| self.tokens.expected("a property"))?;
            self.tokens.expect(&TokenKind::Close, "')'")?;
            let function = Some(function);
            return Ok(Key { path, function });
        }
        match self.tokens.accept_path() {
            Some(path) => Ok(Key { path, function: None }),
            None => Err(self.tokens.expected("a condition")),
        }
    }

    /// `SIGN ( value | TRUE | FALSE | NULL | NOW "(" ")" | CASE "(" PATH ")" )`, past the sign.
    fn comparison(&mut self, left: Key, operator: Comparison) -> Result<Expr, SyntaxError> {
        self.count_comparison(left.path.position)?;
        let right = match self.tokens.next.kind {
            TokenKind::Null => {
                self.tokens.advance();
                Operand::Null
            }
            TokenKind::Now(now) => self.now(now)?,
            TokenKind::Case(function) => self.compared_function(function)?,
            _ => self.value(ANY_LITERAL)?,
        };
        Ok(Expr::Compare { left, operator, right })
    }

    /// `CASE "(" ( PATH | TEXT | NUMBER ) ")"`, at the function.
    fn compared_function(&mut self, function: Case) -> Result<Operand, SyntaxError> {
        self.tokens.advance();
        self.tokens.expect(&TokenKind::Open, "'('")?;
        let operand = if let Some(path) = self.tokens.accept_path() {
            Operand::Path { path, function }
        } else if let Some(literal) = self.tokens.accept_literal(TEXT_OR_NUMBER, Some(function)) {
            Operand::Literal(literal)
        } else {
            return Err(self.tokens.expected("a quoted text, a number or a property"));
        };
        self.tokens.expect(&TokenKind::Close, "')'")?;
        Ok(operand)
    }

    /// `[NOT] BETWEEN bound AND bound`, past BETWEEN.
    fn between(&mut self, left: Key, negated: bool) -> Result<Expr, SyntaxError> {
        self.count_comparison(left.path.position)?;
        let low = self.bound(TEXT_OR_NUMBER)?;
        self.tokens.expect(&TokenKind::And, "'and'")?;
        let high = self.bound(match &low {
            Operand::Literal(literal) if literal.shape == Shape::Number => NUMBER,
            Operand::Literal(_) => TEXT,
            _ => TEXT_OR_NUMBER,
        })?;
        Ok(Expr::Between { left, negated, low, high })
    }

    /// `value | NOW "(" ")"`
    fn bound(&mut self, wanted: Wanted) -> Result<Operand, SyntaxError> {
        match self.tokens.next.kind {
            TokenKind::Now(now) => self.now(now),
            _ => self.value(wanted),
        }
    }

    /// `[NOT] IN "(" value ( "," value )* ")"`, past IN.
    fn membership(&mut self, left: Key, negated: bool) -> Result<Expr, SyntaxError> {
        self.tokens.expect(&TokenKind::Open, "'('")?;
        let mut items = Vec::new();
        loop {
            self.count_comparison(self.tokens.next.position)?;
            items.push(self.value(TEXT_OR_NUMBER)?);
            if !self.tokens.accept(&TokenKind::Comma) {
                break;
            }
        }
        self.tokens.expect(&TokenKind::Close, "',' or ')'")?;
        Ok(Expr::In { left, negated, items })
    }

    /// `[NOT] LIKE ( quoted | CASE "(" quoted ")" | PARAMETER )`, past LIKE.
    fn likeness(&mut self, left: Key, negated: bool) -> Result<Expr, SyntaxError> {
        self.count_comparison(left.path.position)?;
        let mut pattern = self.value(QUOTED)?;
        if let Operand::Literal(literal) = &mut pattern {
            literal.shape = Shape::Text;
        }
        Ok(Expr::Like { left, negated, pattern })
    }

    /// `IS [NOT] NULL`, past IS.
    fn null_test(&mut self, left: Key) -> Result<Expr, SyntaxError> {
        self.count_comparison(left.path.position)?;
        let negated = self.tokens.accept(&TokenKind::Not);
        let wanted = if negated { "'null'" } else { "'null' or 'not null'" };
        self.tokens.expect(&TokenKind::Null, wanted)?;
        Ok(Expr::IsNull { left, negated })
    }

    /// `TEXT | NUMBER | CASE "(" ( TEXT | NUMBER ) ")" | PARAMETER`, of the literals only those wanted.
    fn value(&mut self, wanted: Wanted) -> Result<Operand, SyntaxError> {
        if let Some(literal) = self.tokens.accept_literal(wanted, None) {
            return Ok(Operand::Literal(literal));
        }
        match &self.tokens.next.kind {
            TokenKind::Case(function) => {
                let function = Some(*function);
                self.tokens.advance();
                self.tokens.expect(&TokenKind::Open, "'('")?;
                let literal = self.tokens.accept_literal(wanted, function);
                let literal = literal.ok_or_else(|| self.tokens.expected(wanted.name))?;
                self.tokens.expect(&TokenKind::Close, "')'")?;
                Ok(Operand::Literal(literal))
            }
            TokenKind::Parameter(name) if self.parameters == Parameters::Allowed => {
                let name = name.clone();
                let position = self.tokens.advance().position;
                Ok(Operand::Parameter { name, position })
            }
            _ => Err(self.tokens.expected(wanted.name)),
        }
    }

    /// `NOW "(" ")"`, at the function.
    fn now(&mut self, now: Now) -> Result<Operand, SyntaxError> {
        self.tokens.advance();
        self.tokens.expect(&TokenKind::Open, "'('")?;
        self.tokens.expect(&TokenKind::Close, "')'")?;
        Ok(Operand::Now(now))
    }

    /// Moves past a token that goes one level deeper. Only this keeps the recursion bounded.
    fn enter(&mut self) -> Result<(), SyntaxError> {
        if self.depth == MAXIMUM_DEPTH {
            let message = format!("nested too deeply: more than {MAXIMUM_DEPTH} levels");
            return Err(self.tokens.error(self.tokens.next.position, message));
        }
        self.depth += 1;
        self.tokens.advance();
        Ok(())
    }

    /// Counts one more condition or list item, which begins at `position`.
    fn count_comparison(&mut self, position: usize) -> Result<(), SyntaxError> {
        if self.comparisons == MAXIMUM_COMPARISONS {
            let message = format!("more than {MAXIMUM_COMPARISONS} conditions and list items");
            return Err(self.tokens.error(position, message));
        }
        self.comparisons += 1;
        Ok(())
    }
}

/// The items of a disjunction, or the one expression that is none.
fn alternatives_of(expression: Expr) -> Vec<Expr> {
    match expression {
        Expr::Or(items) => items,
        other => vec![other],
    }
}

/// The items of a conjunction, or the one expression that is none.
fn requirements_of(expression: Expr) -> Vec<Expr> {
    match expression {
        Expr::And(items) => items,
        other => vec![other],
    }
}
