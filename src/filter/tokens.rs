//! The tokens of a filter one by one, with one look ahead: what the parser may take, and what to say when it cannot.
//! Knows no rule of the grammar.

use super::ast::{Case, Literal, Path, Shape};
use super::error::{SyntaxError, excerpt};
use super::lexer::{Lexer, Token, TokenKind};

/// How many characters of a token an error message repeats.
const MAXIMUM_TOKEN_EXCERPT: usize = 40;

/// Which literals a place in the grammar takes, and the words for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub accepts: fn(&Literal) -> bool,
    pub name: &'static str,
}

pub(super) const ANY_LITERAL: Wanted =
    Wanted { accepts: |_| true, name: "a quoted text, a number, 'true', 'false', 'null' or a function" };
pub(super) const TEXT_OR_NUMBER: Wanted =
    Wanted { accepts: |literal| literal.shape != Shape::Boolean, name: "a quoted text or a number" };
pub(super) const QUOTED: Wanted = Wanted { accepts: |literal| literal.quoted, name: "a quoted text" };
pub(super) const TEXT: Wanted =
    Wanted { accepts: |literal| literal.shape == Shape::Text, name: "a quoted text that is not a number" };
pub(super) const NUMBER: Wanted = Wanted { accepts: |literal| literal.shape == Shape::Number, name: "a number" };

/// A place between two tokens.
pub(super) struct Tokens<'text> {
    /// The token that comes next.
    pub next: Token<'text>,
    query: &'text str,
    lexer: Lexer<'text>,
}

impl<'text> Tokens<'text> {
    /// The beginning of `query`, which is what the errors repeat.
    pub fn new(query: &'text str) -> Self {
        let mut lexer = Lexer::new(query);
        let next = lexer.next_token();
        Self { next, query, lexer }
    }

    /// Moves past the next token and returns it.
    pub fn advance(&mut self) -> Token<'text> {
        let following = self.lexer.next_token();
        std::mem::replace(&mut self.next, following)
    }

    /// Moves past a token of this kind if it comes next, and says whether it did.
    pub fn accept(&mut self, kind: &TokenKind) -> bool {
        let accepted = self.next.kind == *kind;
        if accepted {
            self.advance();
        }
        accepted
    }

    /// The path that comes next, if one does.
    pub fn accept_path(&mut self) -> Option<Path> {
        let TokenKind::Path(segments) = &mut self.next.kind else {
            return None;
        };
        let segments = std::mem::take(segments);
        let position = self.advance().position;
        Some(Path { segments, position })
    }

    /// The literal that comes next, if one does and it is wanted, as the argument of `function`.
    pub fn accept_literal(&mut self, wanted: Wanted, function: Option<Case>) -> Option<Literal> {
        let literal = match &self.next.kind {
            TokenKind::Literal(literal) if (wanted.accepts)(literal) => literal.clone(),
            _ => return None,
        };
        self.advance();
        Some(Literal { function, ..literal })
    }

    /// Moves past a token of this kind, or fails saying what could have stood here.
    pub fn expect(&mut self, kind: &TokenKind, possible: &str) -> Result<(), SyntaxError> {
        if self.accept(kind) { Ok(()) } else { Err(self.expected(possible)) }
    }

    /// The error for a next token that is none of those possible.
    pub fn expected(&self, possible: &str) -> SyntaxError {
        let found = describe(&self.next);
        let message = format!("expected {possible}, found {found}");
        self.error(self.next.position, message)
    }

    /// Any other error.
    pub fn error(&self, position: usize, message: String) -> SyntaxError {
        SyntaxError::new(self.query, position, message)
    }
}

/// A token in the words of an error message.
fn describe(token: &Token<'_>) -> String {
    let raw = on_one_line(&excerpt(token.raw, MAXIMUM_TOKEN_EXCERPT));
    match &token.kind {
        TokenKind::End => "the end".to_owned(),
        TokenKind::UnclosedText => "a text without a closing quote".to_owned(),
        TokenKind::UnclosedName => "a name without a closing backquote".to_owned(),
        TokenKind::EmptyName => "an empty name".to_owned(),
        TokenKind::Literal(literal) => match literal.shape {
            Shape::Text => format!("the text {raw}"),
            Shape::Number => format!("the number {raw}"),
            Shape::Boolean => format!("'{raw}'"),
        },
        _ => format!("'{raw}'"),
    }
}

/// The text with its control characters written out: messages are logged, and a line break would begin a new entry.
fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}
