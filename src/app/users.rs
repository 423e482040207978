//! `hrdb user`: the accounts of the sample's database, managed from the command line. A server may be running meanwhile.

use std::sync::Arc;

use super::terminal;
use crate::auth::{Directory, Listed, PasswordState, hash_password};
use crate::config::{PasswordCost, Settings, UserCommand};

/// Does what is asked; returns the text to print.
///
/// # Errors
/// One clear sentence for the operator.
pub async fn manage(settings: &Settings, command: &UserCommand) -> Result<String, String> {
    let described = super::described(settings)?;
    // Otherwise a slip in the folder's name would make a database, and change that.
    let path = super::sample_path(settings);
    if !path.exists() {
        return Err(format!("there is no database {}; the first start of the server makes it", path.display()));
    }
    let database = Arc::new(super::open_sample(settings, &described, 1)?);
    let directory = Directory::new(Arc::clone(&database), &described.accounts);
    let result = match directory {
        Ok(directory) => run(&directory, settings.password_cost(), command).await,
        Err(error) => Err(error),
    };
    database.close();
    result
}

async fn run(directory: &Directory, cost: PasswordCost, command: &UserCommand) -> Result<String, String> {
    match command {
        UserCommand::Add { name, role, source } => {
            let source = source.as_deref();
            directory.check_new(source, name, role)?;
            let added = directory.add(source, name, role, new_hash(name, cost)?).await?;
            Ok(format!("added {}\n", described(&added)))
        }
        UserCommand::Passwd { name, source } => {
            let source = source.as_deref();
            directory.find(source, name)?;
            let changed = directory.set_password(source, name, new_hash(name, cost)?).await?;
            Ok(format!("changed the password of {}\n", described(&changed)))
        }
        UserCommand::Role { name, role, source } => {
            let changed = directory.set_role(source.as_deref(), name, role).await?;
            Ok(format!("changed the role of {}\n", described(&changed)))
        }
        UserCommand::List { source } => Ok(table(&directory.list(source.as_deref())?)),
    }
}

fn new_hash(name: &str, cost: PasswordCost) -> Result<String, String> {
    let password = terminal::new_password(name)?;
    if !PasswordCost::LENGTHS.contains(&password.expose().chars().count()) {
        let (least, most) = (PasswordCost::LENGTHS.start(), PasswordCost::LENGTHS.end());
        return Err(format!("a password has {least} to {most} characters"));
    }
    hash_password(password.expose(), cost)
}

fn described(account: &Listed) -> String {
    let shown = |text: &Option<String>| printable(text.as_deref().unwrap_or("-"));
    format!("{}/{} {} ({})", account.source, printable(&account.key), shown(&account.name), shown(&account.role))
}

fn table(accounts: &[Listed]) -> String {
    let shown = |text: &Option<String>| printable(text.as_deref().unwrap_or("-"));
    let mut rows = vec![["SOURCE", "KEY", "NAME", "ROLE", "PASSWORD"].map(str::to_owned)];
    rows.extend(accounts.iter().map(|account| {
        let password = match account.password {
            PasswordState::Absent => "none",
            PasswordState::Unusable => "unusable",
            PasswordState::Demo => "demo",
            PasswordState::Present => "set",
        };
        [
            account.source.clone(),
            printable(&account.key),
            shown(&account.name),
            shown(&account.role),
            password.to_owned(),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// What a row holds must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
