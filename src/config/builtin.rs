//! What `migrations/hrdb.toml` says of the sample: secret columns, account sources and rights. Data, not code.

use serde::Deserialize;

/// The part of a service's description that no schema can express.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builtin {
    /// Columns as `TABLE.COLUMN` that are written but never read back.
    pub secret_columns: Vec<String>,
    /// Where people sign in, in the order in which the sources are tried.
    pub accounts: Vec<AccountSource>,
    /// Who may do what; what no rule names is refused.
    pub rules: Vec<Rule>,
    /// The one rule of every other database that is served.
    pub mounted: Rule,
}

/// A table that holds accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSource {
    /// The table's SQL name, which is also the name of the source.
    pub table: String,
    /// Column of the key.
    pub id: String,
    /// Column of the user name.
    pub username: String,
    /// Column of the argon2id string.
    pub password: String,
    /// Column of the role.
    pub role: String,
    /// Roles that may sign in.
    pub roles: Vec<String>,
    /// Which rows may sign in besides, in the filter language; all when absent.
    pub active: Option<String>,
}

/// One line of rights.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Roles that the rule is for.
    pub roles: Vec<String>,
    /// Entity names, or `*`.
    pub entities: Vec<String>,
    /// `read`, `create`, `update`, `delete`, or `*`.
    pub verbs: Vec<String>,
}

impl Builtin {
    /// The description that is compiled in for the sample.
    ///
    /// # Errors
    /// The parser's message, when the embedded text is not what this type expects.
    pub fn hrdb() -> Result<Self, String> {
        toml::from_str(include_str!("../../migrations/hrdb.toml")).map_err(|error| error.to_string())
    }
}
