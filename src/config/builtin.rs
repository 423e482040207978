//! What `migrations/hrdb.toml` says of the sample: secret columns, account sources and rights. Data, not code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What no schema can express.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builtin {
    /// Columns as `TABLE.COLUMN` that are written but never read back.
    pub secret_columns: Vec<String>,
    /// Where people sign in, in the order in which the sources are tried.
    pub accounts: Vec<AccountSource>,
    /// Who may do what in the sample.
    pub policy: BTreeMap<String, ServicePolicy>,
    /// The policy of a service that has none of its own.
    pub mounted: ServicePolicy,
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

/// Who may do what with one service: `[policy.NAME]`. What no rule names is refused.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServicePolicy {
    /// What is allowed.
    pub rules: Vec<Rule>,
    /// Properties that some roles do not see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<PropertyRule>,
    /// Properties that some roles see and cannot change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_only: Vec<PropertyRule>,
}

/// One line of rights.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Roles that the rule is for.
    pub roles: Vec<String>,
    /// The account source in which the roles count; every one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Entity names, or `*`.
    pub entities: Vec<String>,
    /// `read`, `create`, `update`, `delete`, or `*`.
    pub verbs: Vec<String>,
    /// The rows that it is about, as a filter in which `:userId`, `:userName` and `:roles` stand for the caller's; all
    /// rows when absent.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The properties that it lets create or update; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<String>>,
}

/// Properties that are kept from some roles.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PropertyRule {
    /// Roles.
    pub roles: Vec<String>,
    /// The account source in which the roles count; every one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Properties, as `Entity.property`.
    pub properties: Vec<String>,
}

impl Builtin {
    /// The description that is compiled in for the sample.
    ///
    /// # Errors
    /// The parser's message, when the embedded text is not what this type expects.
    pub fn hrdb() -> Result<Self, String> {
        toml::from_str(include_str!("../../migrations/hrdb.toml")).map_err(|error| error.to_string())
    }

    /// The policies as a section of the settings file.
    ///
    /// # Errors
    /// The writer's message.
    pub fn policies_as_text(policies: &BTreeMap<&str, ServicePolicy>) -> Result<String, String> {
        let document = BTreeMap::from([("policy", policies)]);
        toml::to_string(&document).map_err(|error| error.to_string())
    }

    /// Reads the policy of one service.
    ///
    /// # Errors
    /// The parser's message.
    pub fn policy_of(text: &str) -> Result<ServicePolicy, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }
}
