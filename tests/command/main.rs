//! The `hrdb` command as an operator meets it.

mod policy;
mod process;
mod queries;
mod running;
mod settings;
mod users;
