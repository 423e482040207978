//! A statement, or the beginning of one, that is written once and used by all who ask for the same.

use super::asker::Asker;
use super::predicate::Term;
use super::statement::Statement;
use super::value::Value;

/// Parameters, by their position, whose values are others for each caller or moment.
pub type Open = Vec<(usize, Term)>;

/// What is the same of a statement for all callers.
#[derive(Debug)]
pub struct Template {
    statement: Statement,
    open: Open,
}

impl Template {
    /// Of a statement with open parameters.
    pub fn new(statement: Statement, open: Open) -> Self {
        Self { statement, open }
    }

    /// A statement for this caller that begins like that.
    pub fn begin(&self, asker: Option<&Asker>) -> Statement {
        let mut sql = String::with_capacity(self.statement.sql.len() + 256);
        sql.push_str(&self.statement.sql);
        let mut parameters = self.statement.parameters.clone();
        for (position, term) in &self.open {
            parameters[*position] = value_now(term, asker);
        }
        Statement { sql, parameters, volatile: self.statement.volatile }
    }
}

/// The value that a term has for this caller at this moment.
pub fn value_now(term: &Term, asker: Option<&Asker>) -> Value {
    match (term, asker) {
        (Term::Now(format), _) => {
            let moment = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).datetime();
            Value::Text(moment.strftime(format).to_string())
        }
        (Term::Asker(which), Some(asker)) => asker.value(*which),
        // Nobody is nobody's id: a comparison with NULL never holds.
        _ => Value::Null,
    }
}
