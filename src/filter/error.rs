//! The one error of the filter language, short whatever the text was. Which status it means is not decided here.

use std::fmt;

/// How many characters of a refused text its error repeats.
const MAXIMUM_QUERY_EXCERPT: usize = 200;

/// A text that is no filter: what is wrong with it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where, in characters (not bytes) from 0, in the whole text of which `query` is the beginning.
    pub position: usize,
    /// What was expected and what was found, or which limit was passed.
    pub message: String,
    /// The text after the legacy rewrite, if that changed anything, else as given. Of a long one only the first 200
    /// characters, then an ellipsis.
    pub query: String,
}

impl SyntaxError {
    /// An error in `query`, of which it keeps no more than the beginning.
    pub(super) fn new(query: &str, position: usize, message: String) -> Self {
        let query = excerpt(query, MAXIMUM_QUERY_EXCERPT);
        Self { position, message, query }
    }
}

/// The sentence `WaveMaker` has for it.
impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, message, query } = self;
        write!(formatter, "Syntax Error in Query '{query}' at position {position}. Error is '{message}'")
    }
}

impl std::error::Error for SyntaxError {}

/// The first `limit` characters of `text`, with an ellipsis when there are more.
pub(super) fn excerpt(text: &str, limit: usize) -> String {
    let mut characters = text.chars();
    let mut beginning: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        beginning.push('…');
    }
    beginning
}
