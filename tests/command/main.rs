//! The `hrdb` command as an operator meets it.

mod process;
mod running;
mod settings;
