//! A second opinion on filters: makes random ones, writes them down, and says which rows each leaves, all without the
//! server's own code. Logic has three values here as in SQL: a comparison with nothing is neither true nor false.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::Value as Json;

/// Numbers that look random and are the same for the same seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// What values a property has; dates and moments are texts in an order of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Number,
    Text,
    Moment,
    Flag,
}

/// A property, perhaps over relations.
#[derive(Debug, Clone, Copy)]
pub struct Field(pub &'static str, pub Type);

impl Field {
    /// Its value in a row; nothing where a relation on the way has no row.
    pub fn of<'a>(&self, row: &'a Json) -> &'a Json {
        self.0.split('.').fold(row, |value, name| &value[name])
    }
}

#[derive(Debug, Clone)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare { field: Field, fold: bool, operator: &'static str, value: Json },
    Between { field: Field, negated: bool, low: Json, high: Json },
    In { field: Field, fold: bool, negated: bool, values: Vec<Json> },
    Like { field: Field, fold: bool, negated: bool, pattern: String },
    Null { field: Field, negated: bool, spelled: &'static str },
}

/// Makes filters about the values of some rows.
pub struct Maker<'a> {
    pub dice: Dice,
    pub fields: &'a [Field],
    pub rows: &'a [Json],
}

const OPERATORS: &[&str] = &["=", "!=", "<>", "<", "<=", ">", ">="];

impl Maker<'_> {
    pub fn filter(&mut self, depth: usize) -> Filter {
        if depth == 0 || self.dice.one_in(4) {
            return self.condition();
        }
        let parts = |maker: &mut Self| (0..2 + maker.dice.below(2)).map(|_| maker.filter(depth - 1)).collect();
        match self.dice.below(5) {
            0 | 1 => Filter::All(parts(self)),
            2 | 3 => Filter::Any(parts(self)),
            _ => Filter::Not(Box::new(self.filter(depth - 1))),
        }
    }

    fn condition(&mut self) -> Filter {
        let field = *self.dice.pick(self.fields);
        let (negated, fold) = (self.dice.one_in(2), field.1 == Type::Text && self.dice.one_in(3));
        match self.dice.below(7) {
            0 => Filter::Null { field, negated, spelled: if self.dice.one_in(2) { "is" } else { "=" } },
            1 if field.1 != Type::Flag => {
                let (low, high) = (self.value(field), self.value(field));
                // Both bounds must look alike: a text of digits is a number to the grammar.
                if is_number(&low) == is_number(&high) {
                    Filter::Between { field, negated, low, high }
                } else {
                    Filter::Between { field, negated, low: low.clone(), high: low }
                }
            }
            2 if field.1 != Type::Flag => {
                let values = (0..=self.dice.below(3)).map(|_| self.value(field)).collect();
                Filter::In { field, fold, negated, values }
            }
            3 | 4 if field.1 == Type::Text => {
                let pattern = self.pattern(field);
                Filter::Like { field, fold, negated, pattern }
            }
            _ => {
                let operators = if field.1 == Type::Flag { &OPERATORS[..3] } else { OPERATORS };
                let operator = operators[self.dice.below(operators.len())];
                Filter::Compare { field, fold, operator, value: self.value(field) }
            }
        }
    }

    /// A value that the property has in some row, or one close to it.
    fn value(&mut self, field: Field) -> Json {
        for _ in 0..20 {
            let found = field.of(self.dice.pick(self.rows));
            // A backslash before a quote would move the end of the text.
            if !found.is_null() && !found.as_str().is_some_and(|text| text.contains('\\')) {
                return match (field.1, found) {
                    (Type::Number, Json::Number(number)) if number.is_i64() && self.dice.one_in(4) => {
                        Json::from(number.as_i64().unwrap() + 1)
                    }
                    (Type::Text, Json::String(text)) if self.dice.one_in(4) => Json::from(format!("{text}x")),
                    _ => found.clone(),
                };
            }
        }
        match field.1 {
            Type::Number => Json::from(1),
            Type::Text => Json::from("x"),
            Type::Moment => Json::from("2000-01-01"),
            Type::Flag => Json::from(true),
        }
    }

    /// A text with wildcards in it.
    fn pattern(&mut self, field: Field) -> String {
        let value = self.value(field);
        let mut letters: Vec<char> = value.as_str().unwrap_or("x").chars().collect();
        for _ in 0..=self.dice.below(2) {
            let at = self.dice.below(letters.len() + 1);
            match self.dice.below(3) {
                0 if at < letters.len() => letters[at] = '_',
                1 => letters.truncate(at),
                _ => letters.insert(at, '%'),
            }
        }
        if self.dice.one_in(2) {
            letters.push('%');
        }
        letters.into_iter().collect()
    }
}

fn is_number(value: &Json) -> bool {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Filter {
    /// The filter in the language of the wire.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        let key = |field: &Field, fold: bool| if fold { format!("lower({})", field.0) } else { field.0.to_owned() };
        let not = |negated: bool| if negated { "not " } else { "" };
        let done = match self {
            Self::All(parts) => return join(parts, " and ", text),
            Self::Any(parts) => return join(parts, " OR ", text),
            Self::Not(part) => {
                text.push_str("not (");
                part.write(text);
                text.push(')');
                Ok(())
            }
            Self::Compare { field, fold, operator, value } => {
                write!(text, "{} {operator} {}", key(field, *fold), literal(value, *fold))
            }
            Self::Between { field, negated, low, high } => {
                write!(
                    text,
                    "{} {}between {} and {}",
                    field.0,
                    not(*negated),
                    literal(low, false),
                    literal(high, false)
                )
            }
            Self::In { field, fold, negated, values } => {
                let values: Vec<String> = values.iter().map(|value| literal(value, *fold)).collect();
                write!(text, "{} {}in ({})", key(field, *fold), not(*negated), values.join(", "))
            }
            Self::Like { field, fold, negated, pattern } => {
                let pattern = literal(&Json::from(pattern.as_str()), *fold);
                write!(text, "{} {}like {pattern}", key(field, *fold), not(*negated))
            }
            Self::Null { field, negated, spelled } => match (*spelled, negated) {
                ("is", _) => write!(text, "{} is {}null", field.0, not(*negated)),
                (_, true) => write!(text, "{} != null", field.0),
                (_, false) => write!(text, "{} = null", field.0),
            },
        };
        done.unwrap();
    }

    /// Whether it holds for a row; `None` when it neither holds nor fails.
    pub fn holds(&self, row: &Json) -> Option<bool> {
        match self {
            Self::All(parts) => all(parts.iter().map(|part| part.holds(row))),
            Self::Any(parts) => any(parts.iter().map(|part| part.holds(row))),
            Self::Not(part) => part.holds(row).map(|held| !held),
            Self::Compare { field, fold, operator, value } => {
                let order = compare(field.of(row), value, *fold)?;
                Some(match *operator {
                    "=" => order == Ordering::Equal,
                    "!=" | "<>" => order != Ordering::Equal,
                    "<" => order == Ordering::Less,
                    "<=" => order != Ordering::Greater,
                    ">" => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                })
            }
            Self::Between { field, negated, low, high } => {
                let value = field.of(row);
                let above = compare(value, low, false)? != Ordering::Less;
                let below = compare(value, high, false)? != Ordering::Greater;
                Some((above && below) != *negated)
            }
            Self::In { field, fold, negated, values } => {
                let found =
                    any(values.iter().map(|value| Some(compare(field.of(row), value, *fold)? == Ordering::Equal)));
                found.map(|found| found != *negated)
            }
            Self::Like { field, fold, negated, pattern } => {
                let text = field.of(row).as_str()?;
                let (text, pattern) = (folded(text, *fold), folded(pattern, *fold));
                let (text, pattern): (Vec<_>, Vec<_>) = (text.chars().collect(), pattern.chars().collect());
                Some(is_like(&text, &pattern) != *negated)
            }
            Self::Null { field, negated, .. } => Some(field.of(row).is_null() != *negated),
        }
    }
}

/// Each part in parentheses when it is a chain itself.
fn join(parts: &[Filter], word: &str, text: &mut String) {
    for (position, part) in parts.iter().enumerate() {
        text.push_str(if position > 0 { word } else { "" });
        let nested = matches!(part, Filter::All(_) | Filter::Any(_));
        text.push_str(if nested { "(" } else { "" });
        part.write(text);
        text.push_str(if nested { ")" } else { "" });
    }
}

/// A folded literal is handed to the function as well, in another case than its own.
fn literal(value: &Json, fold: bool) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match value {
        Json::String(text) if fold => format!("lower({})", quoted(text)),
        Json::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn folded(text: &str, fold: bool) -> String {
    if fold { text.to_lowercase() } else { text.to_owned() }
}

fn compare(left: &Json, right: &Json, fold: bool) -> Option<Ordering> {
    match (left, right) {
        (Json::Null, _) => None,
        (Json::Number(left), Json::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Json::Bool(left), Json::Bool(right)) => Some(left.cmp(right)),
        (Json::String(left), Json::String(right)) => Some(folded(left, fold).cmp(&folded(right, fold))),
        _ => panic!("{left} and {right} are not of one type"),
    }
}

fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    match parts.find(|part| {
        unknown |= part.is_none();
        *part == Some(false)
    }) {
        Some(_) => Some(false),
        None if unknown => None,
        None => Some(true),
    }
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|held| !held))).map(|held| !held)
}

/// Backtracks to the last `%` only: an earlier one can do nothing that the last cannot.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut sign) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        if pattern.get(sign) == Some(&'%') {
            retry = Some((sign, at));
            sign += 1;
        } else if pattern.get(sign).is_some_and(|wanted| *wanted == '_' || *wanted == text[at]) {
            sign += 1;
            at += 1;
        } else if let Some((percent, from)) = retry {
            retry = Some((percent, from + 1));
            (sign, at) = (percent + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[sign..].iter().all(|sign| *sign == '%')
}

/// The order of a list: nothing comes first, in both directions; what is equal goes by the key, the way of the order.
pub fn ordered(field: Field, descending: bool, rows: &mut [&Json]) {
    // They come in the order of the key, which breaks ties and goes the way of the order.
    if descending {
        rows.reverse();
    }
    rows.sort_by(|left, right| {
        let (left, right) = (field.of(left), field.of(right));
        match (left.is_null(), right.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => {
                let order = compare(left, right, false).unwrap();
                if descending { order.reverse() } else { order }
            }
        }
    });
}
