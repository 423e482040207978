//! Settings: flags, `HRDB_*` variables and `hrdb.toml`, in this order of precedence.
//!
//! This is the only place that reads the environment. What the settings mean is up to the rooms that use them.

mod builtin;
mod command;
mod cost;
mod mount;
mod queries;
mod secret;
mod settings;

pub use builtin::{AccountSource, Builtin, PropertyRule, Rule, ServicePolicy};
pub use command::{Command, UserCommand};
pub use cost::PasswordCost;
pub use mount::Mount;
pub use queries::{QueryText, bundled_queries, queries_in};
pub use secret::Secret;
pub use settings::{Invocation, Settings, SettingsError, load};
