//! The `hrdb` command as an operator meets it.

mod audit;
mod audit_events;
mod exposure;
mod generate;
mod policy;
mod process;
mod queries;
mod running;
mod settings;
mod tls;
mod users;
