//! Named queries: a file `SERVICE/NAME.sql` is the endpoint `/services/SERVICE/queryExecutor/queries/NAME`.
//!
//! The file is one statement of SQL below a header of comment lines:
//!
//! ```text
//! file    = { line } sql [ ";" ]
//! line    = "--" ( entry | remark )            -- a line of one word and a colon is an entry, any other a remark
//! entry   = "query:" ( "page" | "single" )     -- what a SELECT answers: a page, as without this line, or one object
//!         | "roles:" grant { "," grant }       -- who may call it
//!         | "param:" name type [ "required" | "optional" ]
//!         | "param:" name "from" value         -- filled by the server; what a client sends under this name is ignored
//! grant   = role [ "of" source ]               -- an account with this role, of any source or of this one
//! type    = "integer" | "number" | "text" | "boolean" | "date" | "datetime" | "timestamp"
//! value   = "caller.userId of" source          -- the caller's key; NULL when he is of another source
//!         | "caller.userName" | "caller.role"
//!         | "current.date" | "current.timestamp"                                                            -- UTC
//! ```
//!
//! - Without `roles:`, and besides those that it names, whoever may do everything with any service may call a query.
//! - A parameter is required unless it is `optional`; then, when it is absent, it is NULL. A blank text is NULL for every
//!   type but `text`; for a required parameter NULL is as good as absent.
//! - The SQL says `:name` for a parameter. It is one SELECT (GET), INSERT (POST), UPDATE (PUT) or DELETE (DELETE); whether
//!   it is, SQLite decides and says so in [`StatementFacts`].
//!
//! [`QueryFile::parse`] reads a file and knows no database; [`QueryFile::complete`] makes a [`NamedQuery`] of it and of what
//! the database has found out about its statement; from that, `plan` makes the statements of a request.

mod columns;
mod complete;
mod facts;
mod header;
mod plan;
mod scan;
#[cfg(test)]
mod tests;

use crate::catalog::Property;

pub use columns::Columns;
pub use facts::{ResultColumn, StatementFacts, StatementKind};
pub use plan::{CallerValues, Given, PagePlan};

/// The account sources, each with its roles: names that a header may use.
pub type AccountNames<'a> = [(&'a str, &'a [String])];

/// A query file that has been read, but not yet shown to its database.
#[derive(Debug, Clone)]
pub struct QueryFile {
    /// The remarks of the header.
    pub about: String,
    /// The `query:` line, and where it stands.
    rows: Option<(Rows, usize)>,
    /// Who may call it.
    pub grants: Vec<Grant>,
    /// The declared parameters, and where each is declared.
    parameters: Vec<(Parameter, usize)>,
    /// The statement, without header and final semicolon.
    pub sql: String,
    /// 1-based line at which the statement begins.
    first_line: usize,
    /// The parameters that the statement uses, in the order of their first use, and where that is.
    used: Vec<(String, usize)>,
}

/// What is wrong with a query file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFileError {
    /// 1-based line.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// What a SELECT answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Page,
    Single,
}

/// A role that may call a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: String,
    /// The only account source in which it counts; every one when `None`.
    pub source: Option<String>,
}

/// A parameter of a query.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, and its type as a property would have it.
    pub property: Property,
    /// Who gives its value.
    pub origin: Origin,
}

/// Who gives the value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The client.
    Client {
        /// NULL will not do.
        required: bool,
    },
    /// The server.
    Server(ServerValue),
}

/// A value that the server gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerValue {
    /// The caller's key within this account source. The same key in two sources is two people, so the source belongs to it.
    UserId(String),
    /// The caller's user name.
    UserName,
    /// The caller's role.
    Role,
    /// Today, UTC.
    CurrentDate,
    /// This moment, UTC.
    CurrentTimestamp,
}

/// A query that can be called.
#[derive(Debug, Clone)]
pub struct NamedQuery {
    /// What it does, in the words of its file.
    pub about: String,
    /// Who may call it.
    pub grants: Vec<Grant>,
    /// Its parameters, in the order of their declaration.
    pub parameters: Vec<Parameter>,
    /// What it answers.
    pub answer: QueryAnswer,
    sql: String,
    /// Positions within `parameters` of the values of `?1`, `?2` and so on.
    order: Vec<usize>,
}

/// What a query answers.
#[derive(Debug, Clone)]
pub enum QueryAnswer {
    /// A page of objects.
    Page(Columns),
    /// One object.
    Single(Columns),
    /// How many rows it has changed.
    Change {
        /// How it changes them.
        kind: ChangeKind,
        /// The table or view that it changes, by its SQL name.
        table: String,
    },
}

/// How a query changes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It adds some.
    Insert,
    /// It changes some.
    Update,
    /// It removes some.
    Delete,
}
