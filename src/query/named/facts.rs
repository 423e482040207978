//! What a database says of a statement that it has prepared but not run.

use super::ChangeKind;

/// What a database has found out about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFacts {
    /// What it does.
    pub kind: StatementKind,
    /// Its parameters in the order of their numbers, without the colon.
    pub parameters: Vec<String>,
    /// The columns of its rows.
    pub columns: Vec<ResultColumn>,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// It reads.
    Select,
    /// It changes rows of this table or view.
    Change(ChangeKind, String),
}

/// A column of a statement's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its alias or its column's name; of another expression, its text.
    pub label: String,
    /// Declared type of the table's column that it is.
    pub declared: Option<String>,
}
