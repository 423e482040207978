//! A SQLite file that is served besides the sample.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// `[services.NAME]` of the settings file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mount {
    /// The file.
    pub path: PathBuf,
    /// Nothing is ever written to it.
    pub read_only: bool,
    /// Largest page of a list; the server's when absent.
    pub max_page_size: Option<u32>,
    /// Columns, as `TABLE.COLUMN`, that are written (hashed) but never read back.
    pub secret_columns: Vec<String>,
    /// Key columns of views, and of tables that have none.
    pub keys: BTreeMap<String, Vec<String>>,
}
