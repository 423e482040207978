//! Cuts the text of a filter into tokens, one at a time and only when asked. A character that begins no token is a token
//! as well: what to say about it depends on what the parser expected there.

use super::ast::{Case, Comparison, Literal, Now, Shape};
use super::quoted::closing_quote;

/// One token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token<'text> {
    /// What it is.
    pub kind: TokenKind,
    /// Its characters as written.
    pub raw: &'text str,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Where it begins, in characters.
    pub position: usize,
}

/// What a token is. Names and values are carried without their quotes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Comma,
    Open,
    Close,
    Between,
    In,
    And,
    Like,
    Or,
    Is,
    Not,
    Null,
    Comparison(Comparison),
    Case(Case),
    Now(Now),
    Literal(Literal),
    Path(Vec<String>),
    Parameter(String),
    /// A quote that nothing closes, with everything after it.
    UnclosedText,
    /// A path with a backquote that nothing closes, with everything after it.
    UnclosedName,
    /// A path up to and with two backquotes that have nothing between them.
    EmptyName,
    /// A character that begins no token.
    Unknown,
    End,
}

/// A place in a text. A copy of it is a way to look ahead.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'text> {
    text: &'text str,
    rest: &'text str,
    position: usize,
}

impl<'text> Lexer<'text> {
    /// The beginning of `text`.
    pub fn new(text: &'text str) -> Self {
        Self { text, rest: text, position: 0 }
    }

    /// The next token; at the end, `End` for ever.
    pub fn next_token(&mut self) -> Token<'text> {
        self.skip_white_space();
        let offset = self.offset();
        let position = self.position;
        let kind = self.kind();
        let raw = &self.text[offset..self.offset()];
        Token { kind, raw, offset, position }
    }

    /// Moves to the next character that is not white space.
    pub fn skip_white_space(&mut self) {
        self.skip_while(char::is_whitespace);
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// The next character, moving past it.
    pub fn advance(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        self.position += 1;
        Some(character)
    }

    /// How far it is from the beginning, in bytes.
    pub fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Reads one token, beginning here.
    fn kind(&mut self) -> TokenKind {
        let Some(first) = self.peek() else {
            return TokenKind::End;
        };
        match first {
            '\'' => return self.quoted_literal(),
            '-' | '0'..='9' => return self.bare_number(),
            ':' => return self.parameter(),
            '`' => return self.path(),
            _ if is_name_start(first) => return self.path(),
            _ => {}
        }
        self.advance();
        match first {
            ',' => TokenKind::Comma,
            '(' => TokenKind::Open,
            ')' => TokenKind::Close,
            '=' => TokenKind::Comparison(Comparison::Equal),
            '!' if self.accept('=') => TokenKind::Comparison(Comparison::NotEqual),
            '<' if self.accept('>') => TokenKind::Comparison(Comparison::NotEqual),
            '<' if self.accept('=') => TokenKind::Comparison(Comparison::LessOrEqual),
            '<' => TokenKind::Comparison(Comparison::Less),
            '>' if self.accept('=') => TokenKind::Comparison(Comparison::GreaterOrEqual),
            '>' => TokenKind::Comparison(Comparison::Greater),
            _ => TokenKind::Unknown,
        }
    }

    /// A text or a quoted number. They are equally long when both match, and then it is the number.
    fn quoted_literal(&mut self) -> TokenKind {
        let position = self.position;
        self.advance();
        let rest = self.rest;
        let Some(length) = closing_quote(rest) else {
            self.skip_while(|_| true);
            return TokenKind::UnclosedText;
        };
        let content = &rest[..length];
        let end = self.offset() + length;
        while self.offset() < end {
            self.advance();
        }
        self.advance();
        let shape = if number_length(content) == Some(length) { Shape::Number } else { Shape::Text };
        TokenKind::Literal(Literal { text: content.replace("''", "'"), quoted: true, shape, function: None, position })
    }

    /// A number without quotes, or a lone minus sign.
    fn bare_number(&mut self) -> TokenKind {
        let position = self.position;
        let Some(length) = number_length(self.rest) else {
            self.advance();
            return TokenKind::Unknown;
        };
        let text = self.rest[..length].to_owned();
        for _ in text.chars() {
            self.advance();
        }
        TokenKind::Literal(Literal { text, quoted: false, shape: Shape::Number, function: None, position })
    }

    /// A colon with a name, or a lone colon.
    fn parameter(&mut self) -> TokenKind {
        self.advance();
        if !self.peek().is_some_and(is_name_start) {
            return TokenKind::Unknown;
        }
        TokenKind::Parameter(self.bare_name())
    }

    /// A path, or a word of the language. A word is no path only when it is all there is: `in` is a word, `in.a` a path.
    fn path(&mut self) -> TokenKind {
        let position = self.position;
        let begins_bare = self.peek() != Some('`');
        let mut segments = Vec::new();
        loop {
            if self.peek() == Some('`') {
                match self.backquoted_name() {
                    Ok(segment) => segments.push(segment),
                    Err(fault) => return fault,
                }
            } else {
                segments.push(self.bare_name());
            }
            if !self.continues_path() {
                break;
            }
            self.advance();
        }
        match segments.as_slice() {
            [word] if begins_bare => reserved_word(word, position),
            _ => None,
        }
        .unwrap_or(TokenKind::Path(segments))
    }

    /// Whether a dot and the beginning of a name come next.
    fn continues_path(&self) -> bool {
        let mut characters = self.rest.chars();
        characters.next() == Some('.') && characters.next().is_some_and(|next| next == '`' || is_name_start(next))
    }

    /// A name without backquotes, of which the first character is known to be one that begins a name.
    fn bare_name(&mut self) -> String {
        let rest = self.rest;
        let start = self.offset();
        self.skip_while(is_name_part);
        rest[..self.offset() - start].to_owned()
    }

    /// A name between backquotes, or the token that says what is wrong with it.
    fn backquoted_name(&mut self) -> Result<String, TokenKind> {
        self.advance();
        let mut name = String::new();
        loop {
            let Some(character) = self.advance() else {
                return Err(TokenKind::UnclosedName);
            };
            if character == '`' && !self.accept('`') {
                break;
            }
            name.push(character);
        }
        if name.is_empty() {
            return Err(TokenKind::EmptyName);
        }
        Ok(name)
    }

    /// Moves past `wanted` if it comes next, and says whether it did.
    fn accept(&mut self, wanted: char) -> bool {
        let accepted = self.peek() == Some(wanted);
        if accepted {
            self.advance();
        }
        accepted
    }

    /// Moves to the next character that is not like that.
    fn skip_while(&mut self, is_skipped: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&is_skipped) {
            self.advance();
        }
    }
}

/// The length in bytes of the number that `text` begins with: `-?digits(.digits)?`, a dot only with a digit after it.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits_from = |start: usize| {
        let digits = bytes.iter().skip(start);
        digits.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits_from(sign);
    if whole == 0 {
        return None;
    }
    let integer = sign + whole;
    if bytes.get(integer) != Some(&b'.') {
        return Some(integer);
    }
    match digits_from(integer + 1) {
        0 => Some(integer),
        fraction => Some(integer + 1 + fraction),
    }
}

/// The token for a word of the language, in any case.
fn reserved_word(word: &str, position: usize) -> Option<TokenKind> {
    let kind = match word.to_ascii_lowercase().as_str() {
        "between" => TokenKind::Between,
        "in" => TokenKind::In,
        "and" => TokenKind::And,
        "like" => TokenKind::Like,
        "or" => TokenKind::Or,
        "is" => TokenKind::Is,
        "not" => TokenKind::Not,
        "null" => TokenKind::Null,
        "upper" => TokenKind::Case(Case::Upper),
        "lower" => TokenKind::Case(Case::Lower),
        "current_date" => TokenKind::Now(Now::Date),
        "current_time" => TokenKind::Now(Now::Time),
        "current_timestamp" => TokenKind::Now(Now::Timestamp),
        "true" | "false" => TokenKind::Literal(Literal {
            text: word.to_owned(),
            quoted: false,
            shape: Shape::Boolean,
            function: None,
            position,
        }),
        _ => return None,
    };
    Some(kind)
}

/// Whether a path of this one name would be taken for a word of the language.
pub(super) fn is_reserved_word(name: &str) -> bool {
    reserved_word(name, 0).is_some()
}

/// Whether a name can be written without backquotes.
pub(super) fn is_bare_name(name: &str) -> bool {
    name.starts_with(is_name_start) && name.chars().all(is_name_part)
}

/// Whether a name without backquotes can begin with this character.
fn is_name_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// Whether a name without backquotes can contain this character.
fn is_name_part(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}
