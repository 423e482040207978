//! From a filter's tree to a condition: every name must be a property, every literal a value of its property's type.

use super::QueryError;
use super::path::{Place, follow};
use super::predicate::{Predicate, Term};
use super::shape::{ColumnRef, Joins};
use super::value::{self, BadValue, Value};
use crate::catalog::{Kind, Property, Service};
use crate::filter::{Case, Comparison, Expr, Key, Literal, Now, Operand, Path, Shape};

/// Bytes of one pattern, as it is matched. Between two `*` a pattern may be compared in full at each character of a text, so
/// its time is the product of both lengths, in one step that nothing can interrupt. The number of `*` costs nothing.
const LONGEST_PATTERN: usize = 1_000;
/// Bytes of all patterns of a filter: each is matched with each row.
const LONGEST_PATTERNS: usize = 10_000;

/// How much of an unknown name is repeated.
const LONGEST_NAME_SHOWN: usize = 200;

/// What a filter may refer to besides the row: its `:name` parameters. One that is not here is an error; one of several
/// values stands in a list only.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Names, and what they stand for.
    pub parameters: Vec<(String, Vec<Term>)>,
}

/// Resolves a filter. Relation paths that it goes are added to the joins.
///
/// # Errors
/// [`QueryError`] for a name that is no property and a literal that its property cannot take.
pub fn resolve_filter(
    service: &Service,
    joins: &mut Joins,
    filter: &Expr,
    surroundings: &Surroundings,
) -> Result<Predicate, QueryError> {
    Resolver { service, joins, surroundings, patterns: 0 }.expression(filter)
}

struct Resolver<'a> {
    service: &'a Service,
    joins: &'a mut Joins,
    surroundings: &'a Surroundings,
    /// Bytes of patterns so far.
    patterns: usize,
}

/// The left side of a condition: a column, and how it is looked at.
struct Left<'a> {
    column: ColumnRef,
    property: &'a Property,
    function: Option<Case>,
}

impl<'a> Resolver<'a> {
    /// The parser bounds the depth of a filter, and so the depth of this recursion.
    fn expression(&mut self, filter: &Expr) -> Result<Predicate, QueryError> {
        match filter {
            Expr::And(parts) => Ok(Predicate::All(self.expressions(parts)?)),
            Expr::Or(parts) => Ok(Predicate::Any(self.expressions(parts)?)),
            Expr::Not(part) => Ok(Predicate::Not(Box::new(self.expression(part)?))),
            Expr::IsNull { left, negated } => Ok(negate(*negated, self.null_test(left)?)),
            Expr::Compare { left, operator, right: Operand::Null } => self.compare_null(left, *operator),
            Expr::Compare { left, operator, right } => {
                let left = self.left(left)?;
                let right = self.operand(&left, right)?;
                Ok(Predicate::Compare(left.term(), *operator, right))
            }
            Expr::Between { left, negated, low, high } => {
                let left = self.left(left)?;
                let (low, high) = (self.operand(&left, low)?, self.operand(&left, high)?);
                Ok(negate(*negated, Predicate::Between(left.term(), low, high)))
            }
            Expr::In { left, negated, items } => {
                let left = self.left(left)?;
                let mut terms = Vec::with_capacity(items.len());
                for item in items {
                    match item {
                        Operand::Parameter { name, .. } => terms.extend_from_slice(self.parameter(name)?),
                        other => terms.push(self.operand(&left, other)?),
                    }
                }
                Ok(negate(*negated, Predicate::In(left.term(), terms)))
            }
            Expr::Like { left, negated, pattern } => self.like(left, pattern, *negated),
        }
    }

    fn expressions(&mut self, parts: &[Expr]) -> Result<Vec<Predicate>, QueryError> {
        parts.iter().map(|part| self.expression(part)).collect()
    }

    fn left(&mut self, key: &Key) -> Result<Left<'a>, QueryError> {
        match self.place(&key.path)? {
            Place::Column(column) => {
                let property = &self.service.entity(self.joins.entity(column.table)).properties[column.property];
                if property.kind == Kind::Blob {
                    return Err(self.not_comparable(&key.path));
                }
                Ok(Left { column, property, function: key.function })
            }
            Place::Relation(..) => Err(self.not_comparable(&key.path)),
        }
    }

    /// A relation is absent when its foreign key is.
    fn null_test(&mut self, key: &Key) -> Result<Predicate, QueryError> {
        Ok(match self.place(&key.path)? {
            Place::Column(column) => Predicate::IsNull(column),
            Place::Relation(table, relation) => {
                let relation = &self.service.entity(self.joins.entity(table)).relations[relation];
                let parts = relation.from.iter().map(|&property| Predicate::IsNull(ColumnRef { table, property }));
                Predicate::Any(parts.collect())
            }
        })
    }

    fn compare_null(&mut self, key: &Key, operator: Comparison) -> Result<Predicate, QueryError> {
        let test = self.null_test(key)?;
        Ok(match operator {
            Comparison::Equal => test,
            Comparison::NotEqual => Predicate::Not(Box::new(test)),
            // Nothing is less or greater than nothing.
            _ => Predicate::Never,
        })
    }

    fn like(&mut self, key: &Key, pattern: &Operand, negated: bool) -> Result<Predicate, QueryError> {
        let left = self.left(key)?;
        let textual = left.function.is_some() || matches!(left.property.kind, Kind::Text | Kind::Any | Kind::Json);
        let pattern = match pattern {
            Operand::Literal(literal) if textual => folded(&literal.text, literal.function),
            Operand::Literal(literal) => return Err(bad_literal(&left, literal)),
            other => match self.operand(&left, other)? {
                Term::Value(Value::Text(text)) => text,
                Term::Asker(_) => {
                    return Err(QueryError::InvalidRequest("like takes a text, not a value of the caller".to_owned()));
                }
                _ => return Ok(Predicate::Never),
            },
        };
        let glob = glob_of_like(&pattern);
        self.patterns += glob.len();
        if glob.len() > LONGEST_PATTERN {
            let name = &left.property.name;
            return Err(QueryError::InvalidRequest(format!(
                "a pattern for {name} takes at most {LONGEST_PATTERN} bytes"
            )));
        }
        if self.patterns > LONGEST_PATTERNS {
            let text = format!("the patterns of a filter take at most {LONGEST_PATTERNS} bytes together");
            return Err(QueryError::InvalidRequest(text));
        }
        if glob.contains('\0') {
            return Err(QueryError::Constraint(format!("the pattern for {} cannot be used", left.property.name)));
        }
        Ok(negate(negated, Predicate::Glob(left.term(), glob)))
    }

    fn operand(&mut self, left: &Left<'_>, operand: &Operand) -> Result<Term, QueryError> {
        match operand {
            Operand::Literal(literal) => literal_value(left, literal).map(Term::Value),
            Operand::Path { path, function } => match self.place(path)? {
                Place::Column(column) => Ok(Term::Folded(column, *function)),
                Place::Relation(..) => Err(self.not_comparable(path)),
            },
            Operand::Now(now) => current(left, *now).map(Term::Now),
            Operand::Parameter { name, .. } => match self.parameter(name)? {
                [only] => Ok(only.clone()),
                _ => Err(QueryError::InvalidRequest(format!(":{name} is a list, to be used as in (:{name})"))),
            },
            Operand::Null => Ok(Term::Value(Value::Null)),
        }
    }

    fn parameter(&self, name: &str) -> Result<&'a [Term], QueryError> {
        let found = self.surroundings.parameters.iter().find(|(other, _)| other == name);
        found.map(|(_, terms)| terms.as_slice()).ok_or_else(|| QueryError::UnknownParameter(name.to_owned()))
    }

    fn place(&mut self, path: &Path) -> Result<Place, QueryError> {
        let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        follow(self.service, self.joins, &segments).ok_or_else(|| QueryError::UnknownProperty {
            path: path.segments.join(".").chars().take(LONGEST_NAME_SHOWN).collect(),
            entity: self.service.entity(self.joins.entity(0)).name.clone(),
        })
    }

    fn not_comparable(&self, path: &Path) -> QueryError {
        let entity = self.service.entity(self.joins.entity(0)).name.clone();
        QueryError::NotComparable { path: path.segments.join("."), entity }
    }
}

impl Left<'_> {
    fn term(&self) -> Term {
        match self.function {
            Some(case) => Term::Folded(self.column, case),
            None => Term::Column(self.column),
        }
    }
}

fn negate(negated: bool, predicate: Predicate) -> Predicate {
    if negated { Predicate::Not(Box::new(predicate)) } else { predicate }
}

fn folded(text: &str, function: Option<Case>) -> String {
    match function {
        Some(Case::Upper) => text.to_uppercase(),
        Some(Case::Lower) => text.to_lowercase(),
        None => text.to_owned(),
    }
}

/// A literal as a value of the left property's type; whatever is compared with a folded column is text.
fn literal_value(left: &Left<'_>, literal: &Literal) -> Result<Value, QueryError> {
    let text = folded(&literal.text, literal.function);
    if left.function.is_some() || matches!(left.property.kind, Kind::Text | Kind::Json) {
        return Ok(Value::Text(text));
    }
    if left.property.kind == Kind::Any {
        return Ok(match (literal.quoted, literal.shape) {
            (false, Shape::Number) => text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Real)),
            (false, Shape::Boolean) => Ok(Value::Integer(i64::from(text.eq_ignore_ascii_case("true")))),
            _ => Ok(Value::Text(text.clone())),
        }
        .unwrap_or(Value::Text(text)));
    }
    value::from_filter(left.property, &text).map_err(|_| bad_literal(left, literal))
}

fn bad_literal(left: &Left<'_>, literal: &Literal) -> QueryError {
    let shown: String = literal.text.chars().take(100).collect();
    match left.property.kind {
        Kind::Date | Kind::Time | Kind::DateTime | Kind::Timestamp => {
            QueryError::BadDate { text: shown, kind: left.property.kind.described() }
        }
        _ => QueryError::BadLiteral {
            property: left.property.name.clone(),
            text: shown,
            kind: left.property.kind.described(),
        },
    }
}

/// How the current moment is written as a value of the left property's type.
fn current(left: &Left<'_>, now: Now) -> Result<&'static str, QueryError> {
    Ok(match (left.property.kind, now) {
        (Kind::Date, Now::Date | Now::Timestamp) | (Kind::Text | Kind::Any, Now::Date) => "%Y-%m-%d",
        (Kind::Time, Now::Time | Now::Timestamp) | (Kind::Text | Kind::Any, Now::Time) => "%H:%M:%S",
        (Kind::DateTime | Kind::Timestamp, Now::Date) => "%Y-%m-%d 00:00:00",
        (Kind::DateTime | Kind::Timestamp | Kind::Text | Kind::Any, Now::Timestamp) => "%Y-%m-%d %H:%M:%S",
        _ => {
            let kind = left.property.kind.described();
            let text = match now {
                Now::Date => "current_date()",
                Now::Time => "current_time()",
                Now::Timestamp => "current_timestamp()",
            };
            return Err(QueryError::BadLiteral { property: left.property.name.clone(), text: text.to_owned(), kind });
        }
    })
}

/// LIKE is case-sensitive here, as SQLite's GLOB is and its LIKE is not.
fn glob_of_like(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    for letter in pattern.chars() {
        match letter {
            '%' => {
                // A run of them means the same as one, and costs the matcher less.
                if !glob.ends_with('*') {
                    glob.push('*');
                }
            }
            '_' => glob.push('?'),
            '*' | '?' | '[' => glob.extend(['[', letter, ']']),
            other => glob.push(other),
        }
    }
    glob
}

impl From<BadValue> for QueryError {
    fn from(error: BadValue) -> Self {
        match error {
            BadValue::Type(text) => Self::InvalidBody(text),
            BadValue::Constraint(text) => Self::Constraint(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::glob_of_like;

    #[test]
    fn like_patterns_become_globs() {
        for (like, glob) in
            [("a%", "a*"), ("_b", "?b"), ("50%%", "50*"), ("*?[x]", "[*][?][[]x]"), ("", ""), ("[*]%", "[[][*]]*")]
        {
            assert_eq!(glob_of_like(like), glob, "{like}");
        }
    }
}
