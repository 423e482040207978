//! The syntax tree of a filter: what was written, and where. Names are not resolved and values not converted here.

/// A filter or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All must hold. At least two items, in text order, none of them an `And`.
    And(Vec<Expr>),
    /// At least one must hold. At least two items, in text order, none of them an `Or`.
    Or(Vec<Expr>),
    /// The opposite must hold. Two in a row are kept as written.
    Not(Box<Expr>),
    /// `left = right` and its kin.
    Compare {
        /// What is compared.
        left: Key,
        /// How.
        operator: Comparison,
        /// With what: any kind of operand.
        right: Operand,
    },
    /// `left between low and high`, both included.
    Between {
        /// What is compared.
        left: Key,
        /// Whether it is `not between`.
        negated: bool,
        /// The lower bound: a text, a number, [`Operand::Now`] or a parameter.
        low: Operand,
        /// The upper bound. When both bounds are literals, they have the same shape.
        high: Operand,
    },
    /// `left in (items)`.
    In {
        /// What is compared.
        left: Key,
        /// Whether it is `not in`.
        negated: bool,
        /// At least one text, number or parameter; shapes may be mixed.
        items: Vec<Operand>,
    },
    /// `left like pattern`, with the wildcards `%` and `_` and no escape character.
    Like {
        /// What is compared.
        left: Key,
        /// Whether it is `not like`.
        negated: bool,
        /// A literal of shape [`Shape::Text`], even when it consists of digits, or a parameter.
        pattern: Operand,
    },
    /// `left is null`.
    IsNull {
        /// What is tested.
        left: Key,
        /// Whether it is `is not null`.
        negated: bool,
    },
}

/// The left side of a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The property.
    pub path: Path,
    /// The function around it, if any.
    pub function: Option<Case>,
}

/// A property, perhaps of a related entity: `department.name`.
///
/// Displays its segments joined with `.`, each as a filter would have to write it: one that is no plain name, or that
/// alone would be a word of the language, is in backquotes. For the names themselves use `segments`.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The names, at least one, none empty; backquotes are removed.
    pub segments: Vec<String>,
    /// Where it begins, in characters from 0.
    pub position: usize,
}

/// A function that changes the case of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `upper(…)`
    Upper,
    /// `lower(…)`
    Lower,
}

/// The sign between the sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=` or `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The right side of a condition, or one of its parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A value in the text.
    Literal(Literal),
    /// Another property. The grammar has it only inside a function and only in [`Expr::Compare`].
    Path {
        /// The property.
        path: Path,
        /// The function around it.
        function: Case,
    },
    /// `null`, only in [`Expr::Compare`] and there with any operator.
    Null,
    /// The current date or time; not in lists or patterns.
    Now(Now),
    /// `:name`, from `parse_rule` only.
    Parameter {
        /// The name without its colon, in the case it was written in.
        name: String,
        /// Where its colon stands, in characters from 0.
        position: usize,
    },
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// The outer quotes removed, then `''` replaced by `'`; a backslash is a character like any other. Numbers and
    /// booleans are as written, so `02127` keeps its zero and `TRUE` its case.
    pub text: String,
    /// Whether it stood in quotes; never for a boolean, always for a text.
    pub quoted: bool,
    /// What it looks like.
    pub shape: Shape,
    /// The function around it, if any; never around a boolean.
    pub function: Option<Case>,
    /// Where it begins, in characters from 0: its quote or first character, not that of the function.
    pub position: usize,
}

/// What a literal looks like, which says little about the type it will be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Anything in quotes that is not a number, or any quoted text after `like`.
    Text,
    /// `-?digits(.digits)?`, bare or in quotes.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// A function that reads the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// `current_date()`
    Date,
    /// `current_time()`
    Time,
    /// `current_timestamp()`
    Timestamp,
}
