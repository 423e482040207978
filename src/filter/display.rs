//! Writes a syntax tree as a filter again, in one canonical spelling: words in lower case, single spaces, and only the
//! parentheses that are needed. What the parser made of a text is written as a text that the parser makes the same of,
//! positions apart.

use std::fmt::{self, Display, Formatter};

use super::ast::{Case, Comparison, Expr, Key, Literal, Now, Operand, Path};
use super::lexer::{is_bare_name, is_reserved_word};

impl Display for Expr {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(items) => {
                write_joined(formatter, items, " and ", |item| matches!(item, Self::And(_) | Self::Or(_)))
            }
            Self::Or(items) => write_joined(formatter, items, " or ", |item| matches!(item, Self::Or(_))),
            Self::Not(inner) => {
                formatter.write_str("not ")?;
                write_part(formatter, inner, matches!(**inner, Self::And(_) | Self::Or(_)))
            }
            Self::Compare { left, operator, right } => write!(formatter, "{left} {operator} {right}"),
            Self::Between { left, negated, low, high } => {
                let not = not(*negated);
                write!(formatter, "{left} {not}between {low} and {high}")
            }
            Self::In { left, negated, items } => {
                let not = not(*negated);
                write!(formatter, "{left} {not}in (")?;
                for (index, item) in items.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(formatter, "{separator}{item}")?;
                }
                formatter.write_str(")")
            }
            Self::Like { left, negated, pattern } => {
                let not = not(*negated);
                write!(formatter, "{left} {not}like {pattern}")
            }
            Self::IsNull { left, negated } => {
                let not = not(*negated);
                write!(formatter, "{left} is {not}null")
            }
        }
    }
}

impl Display for Key {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write_in_function(formatter, self.function, &self.path)
    }
}

impl Display for Path {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let is_alone = self.segments.len() == 1;
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                formatter.write_str(".")?;
            }
            if is_bare_name(segment) && !(is_alone && is_reserved_word(segment)) {
                formatter.write_str(segment)?;
            } else {
                write!(formatter, "`{}`", segment.replace('`', "``"))?;
            }
        }
        Ok(())
    }
}

impl Display for Case {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
        })
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl Display for Operand {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => literal.fmt(formatter),
            Self::Path { path, function } => write_in_function(formatter, Some(*function), path),
            Self::Null => formatter.write_str("null"),
            Self::Now(now) => now.fmt(formatter),
            Self::Parameter { name, .. } => write!(formatter, ":{name}"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.quoted {
            let quoted = format!("'{}'", self.text.replace('\'', "''"));
            write_in_function(formatter, self.function, &quoted)
        } else {
            write_in_function(formatter, self.function, &self.text)
        }
    }
}

impl Display for Now {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Date => "current_date()",
            Self::Time => "current_time()",
            Self::Timestamp => "current_timestamp()",
        })
    }
}

/// The word before a negated condition's operator.
fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

/// The items with the word between them.
fn write_joined(
    formatter: &mut Formatter<'_>,
    items: &[Expr],
    word: &str,
    needs_parentheses: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str(word)?;
        }
        write_part(formatter, item, needs_parentheses(item))?;
    }
    Ok(())
}

/// A part of a larger expression, in parentheses if it needs them.
fn write_part(formatter: &mut Formatter<'_>, part: &Expr, needs_parentheses: bool) -> fmt::Result {
    if needs_parentheses { write!(formatter, "({part})") } else { part.fmt(formatter) }
}

/// An argument with its function, if it has one.
fn write_in_function(formatter: &mut Formatter<'_>, function: Option<Case>, argument: &dyn Display) -> fmt::Result {
    match function {
        Some(function) => write!(formatter, "{function}({argument})"),
        None => argument.fmt(formatter),
    }
}
