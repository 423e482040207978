//! What the program is asked to do: to serve, unless a subcommand says otherwise.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A subcommand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve (what happens without a subcommand)
    #[default]
    #[command(skip)]
    Serve,
    /// Accounts of the sample's database, also while the server runs
    #[command(subcommand, arg_required_else_help = false, disable_help_subcommand = true)]
    User(UserCommand),
    /// Print who may do what, as it stands in the settings file or is built in
    Policy,
    /// Copy a database to FILE, also while the server runs
    Backup(BackupCommand),
    /// Put a backup in the place of a database, while no server runs; the old one is kept beside it
    Restore(RestoreCommand),
    /// Look for damage in all databases that are served, or in FILE; exit code 1 when there is any
    Check(CheckCommand),
    /// Ask the running server whether it is alive: exit code 0 if it is, 1 if it is not
    Health {
        /// Address of the server, and what to ask for if it is not `/health/live`
        #[arg(help = "Its address, such as http://127.0.0.1:8080 [default: where it listens by the settings]")]
        url: Option<String>,
    },
    /// Fill the sample's database with employees, departments and vacations that are made up, while no server runs
    Generate {
        /// How many employees there shall be; those that are there count, and stay as they are
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        employees: u32,
    },
}

/// Which database is copied, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct BackupCommand {
    /// The copy
    pub file: PathBuf,
    /// Service of the database [default: hrdb]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Replace FILE if it is there
    #[arg(long)]
    pub force: bool,
}

/// Which database is replaced, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RestoreCommand {
    /// The backup
    pub file: PathBuf,
    /// Service of the database [default: hrdb]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
}

/// What is looked through.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CheckCommand {
    /// A backup, in place of what is served
    pub file: Option<PathBuf>,
    /// Service of the database [default: all]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
}

/// What is done to accounts. Passwords are never arguments, which other users of the machine could read: they are typed at
/// the terminal, or are the first line of the standard input when that is none.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Add an account; its password is typed, or is the first line of the standard input
    Add {
        /// User name
        name: String,
        /// Role; one that may sign in to this source
        #[arg(long)]
        role: String,
        /// Table of the account [default: the first account source]
        #[arg(long, value_name = "TABLE")]
        source: Option<String>,
    },
    /// Give an account a new password, typed or from the first line of the standard input
    Passwd {
        /// User name
        name: String,
        /// Table of the account [default: the first account source]
        #[arg(long, value_name = "TABLE")]
        source: Option<String>,
    },
    /// Give an account another role
    Role {
        /// User name
        name: String,
        /// Role; one that may sign in to this source
        role: String,
        /// Table of the account [default: the first account source]
        #[arg(long, value_name = "TABLE")]
        source: Option<String>,
    },
    /// List the accounts of all sources: where, key, name, role, and whether there is a password
    List {
        /// Only this table
        #[arg(long, value_name = "TABLE")]
        source: Option<String>,
    },
}
