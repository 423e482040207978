//! Accounts as an operator manages them: listed, added, given a password or a role.

use std::sync::Arc;

use super::accounts::LONGEST;
use super::password;
use super::sources::{self, Account, Columns, Rows, Source, Wanted};
use crate::catalog::PropertyIndex;
use crate::config::AccountSource;
use crate::query::{self, Change, Model, Value};
use crate::store::{Database, StoreError};

/// What a password column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordState {
    /// Nothing: nobody can sign in.
    Absent,
    /// A text that no password matches, such as a plain one.
    Unusable,
    /// The hash of a password that is public knowledge.
    Demo,
    /// The hash of some other password.
    Present,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its source.
    pub source: String,
    /// Its key as text.
    pub key: String,
    /// Its user name.
    pub name: Option<String>,
    /// Its role.
    pub role: Option<String>,
    /// Its password.
    pub password: PasswordState,
}

/// The accounts of a database. All errors are sentences for the operator.
pub struct Directory {
    database: Arc<Database>,
    sources: Vec<Source>,
}

impl Directory {
    /// Finds the tables and columns of the sources.
    ///
    /// # Errors
    /// A sentence about the first that the database has not.
    pub fn new(database: Arc<Database>, descriptions: &[AccountSource]) -> Result<Self, String> {
        let sources = sources::read(descriptions, &database.model())?;
        Ok(Self { database, sources })
    }

    /// The accounts of one source or of all, those included that cannot sign in.
    ///
    /// # Errors
    /// For a source that there is not, and what the store reports.
    pub fn list(&self, source: Option<&str>) -> Result<Vec<Listed>, String> {
        let chosen = match source {
            Some(_) => std::slice::from_ref(self.source(source)?),
            None => &self.sources[..],
        };
        let demo = self.database.demo_hashes().map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        for source in chosen {
            for account in self.accounts(source, None)? {
                let password = match &account.stored {
                    None => PasswordState::Absent,
                    Some(stored) if demo.contains(stored) => PasswordState::Demo,
                    Some(stored) if password::is_hash(stored) => PasswordState::Present,
                    Some(_) => PasswordState::Unusable,
                };
                let (key, source) = (account.key(), source.name().to_owned());
                found.push(Listed { source, key, name: account.name, role: account.role, password });
            }
        }
        Ok(found)
    }

    /// Whether an account could be added, before its password is asked for.
    ///
    /// # Errors
    /// For a name that is taken or cannot be one, and for a role that cannot sign in.
    pub fn check_new(&self, source: Option<&str>, name: &str, role: &str) -> Result<(), String> {
        let source = self.source(source)?;
        known_role(source, role)?;
        if name.is_empty() || name.len() > LONGEST || name.trim() != name || name.contains(char::is_control) {
            return Err("a user name has some characters, and neither begins nor ends with white space".to_owned());
        }
        match self.accounts(source, Some(name))?.first() {
            Some(account) => Err(format!("{}/{} is {name} already", source.name(), account.key())),
            None => Ok(()),
        }
    }

    /// Adds an account; returns what it is.
    ///
    /// # Errors
    /// As [`Directory::check_new`], and what the table refuses.
    pub async fn add(&self, source: Option<&str>, name: &str, role: &str, hash: String) -> Result<Listed, String> {
        self.check_new(source, name, role)?;
        let source = self.source(source)?;
        let (model, columns) = self.columns(source)?;
        let text = |text: &str| Value::Text(text.to_owned());
        let values =
            vec![(columns.username, text(name)), (columns.password, Value::Text(hash)), (columns.role, text(role))];
        let insert = query::insert(&model.service, &Change { entity: columns.entity, values, defaults: Vec::new() });
        let added = self.database.write(move |transaction| transaction.returning(&insert));
        added.await.map_err(|error: StoreError| error.to_string())?;
        self.only(source, name).map(|account| listed(source, account))
    }

    /// Finds the one account of a name, before its password is asked for.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, source: Option<&str>, name: &str) -> Result<Listed, String> {
        let source = self.source(source)?;
        self.only(source, name).map(|account| listed(source, account))
    }

    /// Gives an account another password, as its hash.
    ///
    /// # Errors
    /// As [`Directory::find`], and what the table refuses.
    pub async fn set_password(&self, source: Option<&str>, name: &str, hash: String) -> Result<Listed, String> {
        self.set(self.source(source)?, name, |columns| columns.password, hash).await
    }

    /// Gives an account another role.
    ///
    /// # Errors
    /// As [`Directory::find`], for a role that cannot sign in, and what the table refuses.
    pub async fn set_role(&self, source: Option<&str>, name: &str, role: &str) -> Result<Listed, String> {
        let source = self.source(source)?;
        known_role(source, role)?;
        self.set(source, name, |columns| columns.role, role.to_owned()).await
    }

    async fn set(
        &self,
        source: &Source,
        name: &str,
        column: fn(&Columns) -> PropertyIndex,
        value: String,
    ) -> Result<Listed, String> {
        let account = self.only(source, name)?;
        let (model, columns) = self.columns(source)?;
        let values = vec![(column(&columns), Value::Text(value))];
        let change = Change { entity: columns.entity, values, defaults: Vec::new() };
        let key = [(columns.id, account.id.clone()), (columns.username, Value::Text(name.to_owned()))];
        let update = query::update(&model.service, &change, &key).ok_or("there is nothing to change")?;
        let touched = self.database.write(move |transaction| transaction.execute(&update));
        match touched.await.map_err(|error: StoreError| error.to_string())? {
            0 => Err(format!("{}/{} has just gone", source.name(), account.key())),
            _ => self.only(source, name).map(|account| listed(source, account)),
        }
    }

    fn source(&self, name: Option<&str>) -> Result<&Source, String> {
        let found = match name {
            Some(name) => self.sources.iter().find(|source| source.name() == name),
            None => self.sources.first(),
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = self.sources.iter().map(Source::name).collect();
            format!("there is no account source {}; there are {}", name.unwrap_or_default(), names.join(", "))
        })
    }

    fn columns(&self, source: &Source) -> Result<(Arc<Model>, Columns), String> {
        let model = self.database.model();
        let columns = source.columns(&model)?;
        if model.service.entity(columns.entity).writable {
            Ok((model, columns))
        } else {
            Err(format!("{} cannot be written", source.name()))
        }
    }

    fn accounts(&self, source: &Source, name: Option<&str>) -> Result<Vec<Account>, String> {
        let model = self.database.model();
        let wanted =
            name.map(|name| Wanted { column: |columns| columns.username, values: vec![Value::Text(name.to_owned())] });
        let statement = source.rows(&model, wanted, Rows::All).map_err(|error| error.to_string())?;
        let rows = self.database.read_long(|reader| reader.rows(&statement));
        Ok(rows.map_err(|error: StoreError| error.to_string())?.into_iter().filter_map(Account::of).collect())
    }

    /// The account of a name. Names need not be unique, and which of two is meant nobody can tell.
    fn only(&self, source: &Source, name: &str) -> Result<Account, String> {
        let mut found = self.accounts(source, Some(name))?;
        match (found.pop(), found.len()) {
            (Some(only), 0) => Ok(only),
            (Some(_), others) => Err(format!("{} has {} accounts {name}", source.name(), others + 1)),
            (None, _) => {
                let elsewhere = self.sources.iter().find(|other| {
                    other.name() != source.name() && self.accounts(other, Some(name)).is_ok_and(|some| !some.is_empty())
                });
                let hint = elsewhere.map(|other| format!("; {0} has one: --source {0}", other.name()));
                Err(format!("{} has no account {name}{}", source.name(), hint.unwrap_or_default()))
            }
        }
    }
}

fn known_role(source: &Source, role: &str) -> Result<(), String> {
    if source.roles().iter().any(|known| known == role) {
        return Ok(());
    }
    Err(format!("the role {role} cannot sign in to {}; there are {}", source.name(), source.roles().join(", ")))
}

fn listed(source: &Source, account: Account) -> Listed {
    let (key, source) = (account.key(), source.name().to_owned());
    let password = if account.stored.is_some() { PasswordState::Present } else { PasswordState::Absent };
    Listed { source, key, name: account.name, role: account.role, password }
}
