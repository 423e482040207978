//! Settings: flags, `HRDB_*` variables and `hrdb.toml`, in this order of precedence.
//!
//! This is the only place that reads the environment. What the settings mean is up to the rooms that use them.

mod builtin;
mod command;
mod cost;
mod hosts;
mod log_format;
mod mount;
mod networks;
mod queries;
mod secret;
mod settings;
mod watching;
mod xss_encode;

pub use builtin::{AccountSource, Builtin, PropertyRule, Rule, ServicePolicy};
pub use command::{BackupCommand, CheckCommand, Command, RestoreCommand, UserCommand};
pub use cost::PasswordCost;
pub use hosts::{Hosts, Origins, is_host};
pub use log_format::LogFormat;
pub use mount::Mount;
pub use networks::Networks;
pub use queries::{QueryText, bundled_queries, queries_in};
pub use secret::Secret;
pub use settings::{Invocation, Settings, SettingsError, load};
pub use watching::{MetricsListen, Roles};
pub use xss_encode::XssEncode;

/// Lets a file say in a string what the flag of the same name takes: serde goes by `TryFrom`, clap by `FromStr`.
macro_rules! written_as_in_a_flag {
    ($($setting:ty),*) => {$(
        impl TryFrom<String> for $setting {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}
written_as_in_a_flag!(Hosts, Origins, Networks, MetricsListen, Roles);
