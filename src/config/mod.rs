//! Settings: flags, `HRDB_*` variables and `hrdb.toml`, in this order of precedence.
//!
//! This is the only place that reads the environment. What the settings mean is up to the rooms that use them.

mod builtin;
mod hosts;
mod mount;
mod networks;
mod queries;
mod secret;
mod settings;

pub use builtin::{AccountSource, Builtin, Rule};
pub use hosts::{Hosts, Origins, is_host};
pub use mount::Mount;
pub use networks::Networks;
pub use queries::{QueryText, bundled_queries, queries_in};
pub use secret::Secret;
pub use settings::{Settings, SettingsError, load};
