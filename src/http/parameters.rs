//! Query strings and forms, decoded.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::error::Failure;

/// Pairs of one query string or form. What anybody asks for has a few dozen at most.
const MOST_PAIRS: usize = 1_000;

/// Decoded pairs of a query string or a form, in their order.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes `application/x-www-form-urlencoded` text. Only `name=value` pairs of valid UTF-8 are taken.
    ///
    /// # Errors
    /// [`Failure::InvalidInput`] for broken UTF-8 and for more pairs than anybody needs.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let decode = |part: &str| {
            let spaced = if part.contains('+') { part.replace('+', " ").into() } else { Cow::Borrowed(part) };
            let decoded = percent_decode_str(&spaced).decode_utf8();
            decoded.map(Cow::into_owned).map_err(|_| Failure::InvalidInput("broken UTF-8".to_owned()))
        };
        let pairs = || text.split('&').filter(|pair| !pair.is_empty());
        if pairs().nth(MOST_PAIRS).is_some() {
            return Err(Failure::InvalidInput(format!("there are more than {MOST_PAIRS} parameters")));
        }
        let pairs = pairs().map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Self(pairs.collect::<Result<_, Failure>>()?))
    }

    /// These pairs, then those: the first of a name counts.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The first value of a name, case-sensitive.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
