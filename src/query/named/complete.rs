//! From a query file and what its database says of the statement to a query that can be called.

use super::columns::Columns;
use super::facts::{StatementFacts, StatementKind};
use super::{NamedQuery, Origin, QueryAnswer, QueryFile, QueryFileError, Rows};
use crate::catalog::Service;

impl QueryFile {
    /// The 1-based line of the file on which a byte of [`QueryFile::sql`] stands.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        let before = self.sql.as_bytes().iter().take(offset);
        self.first_line + before.filter(|byte| **byte == b'\n').count()
    }

    /// The query, with the columns of its answer.
    ///
    /// # Errors
    /// [`QueryFileError`] for a parameter that is used but not declared or the other way round, and a header that does not
    /// fit the statement.
    pub fn complete(self, facts: &StatementFacts, service: &Service) -> Result<NamedQuery, QueryFileError> {
        let error = |line: usize, message: String| Err(QueryFileError { line, message });
        let mut order = Vec::with_capacity(self.used.len());
        for (name, line) in &self.used {
            match self.parameters.iter().position(|(parameter, _)| parameter.property.name == *name) {
                Some(position) => order.push(position),
                None => return error(*line, format!("the parameter :{name} is not declared in the header")),
            }
        }
        if let Some((parameter, line)) = self.parameters.iter().enumerate().find_map(|(position, declared)| {
            let used = order.contains(&position);
            (!used).then_some(declared)
        }) {
            let name = &parameter.property.name;
            return error(*line, format!("the parameter {name} is declared, but the SQL does not use it"));
        }
        if !self.used.iter().map(|(name, _)| name).eq(&facts.parameters) {
            let found = facts.parameters.join(", ");
            return error(self.first_line, format!("the database finds other parameters in it: {found}"));
        }
        let answer = match (&facts.kind, self.rows) {
            (StatementKind::Change(..), Some((_, line))) => {
                return error(
                    line,
                    "query: is for a SELECT; this statement answers how many rows it changed".to_owned(),
                );
            }
            (StatementKind::Change(..), None) if !facts.columns.is_empty() => {
                let message = "RETURNING has nowhere to go; a change answers how many rows it changed";
                return error(self.first_line, message.to_owned());
            }
            (StatementKind::Change(kind, table), None) => QueryAnswer::Change { kind: *kind, table: table.clone() },
            (StatementKind::Select, rows) => {
                let columns = Columns::of(&self.sql, &facts.columns, service);
                match rows {
                    Some((Rows::Single, _)) => QueryAnswer::Single(columns),
                    Some((Rows::Page, _)) | None => QueryAnswer::Page(columns),
                }
            }
        };
        let parameters = self.parameters.into_iter().map(|(parameter, _)| parameter).collect();
        Ok(NamedQuery { about: self.about, grants: self.grants, parameters, answer, sql: self.sql, order })
    }
}

impl NamedQuery {
    /// Whether a client gives it anything.
    #[must_use]
    pub fn takes_input(&self) -> bool {
        self.parameters.iter().any(|parameter| matches!(parameter.origin, Origin::Client { .. }))
    }
}
