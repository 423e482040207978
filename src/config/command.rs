//! What the program is asked to do: to serve, unless a subcommand says otherwise.

use clap::Subcommand;

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
    /// Fill the sample's database with employees, departments and vacations that are made up, while no server runs
    Generate {
        /// How many employees there shall be; those that are there count, and stay as they are
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        employees: u32,
    },
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
