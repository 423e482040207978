//! The `hrdb` command as an operator meets it.

mod process;
mod queries;
mod running;
mod settings;
mod users;
