//! The `hrdb` command as an operator meets it.

mod audit;
mod audit_events;
mod backups;
mod disk_faults;
mod ending;
mod exposure;
mod files;
mod generate;
mod health;
mod policy;
mod process;
mod queries;
mod restoring;
mod running;
mod settings;
#[path = "../databases/table.rs"]
mod table;
mod tls;
mod users;
mod watching;
