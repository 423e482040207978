//! Account sources: which table holds accounts, in which columns, and which of its rows may sign in.
//!
//! Names of tables and columns are looked up with each use, because the schema may change while the server runs.

use crate::catalog::{EntityIndex, Kind, PropertyIndex};
use crate::config::AccountSource;
use crate::filter::{self, Comparison, Expr};
use crate::query::{self, ColumnRef, Joins, Model, Predicate, QueryError, Statement, Surroundings, Term, Value};

/// A table that holds accounts.
pub struct Source {
    description: AccountSource,
    active: Option<Expr>,
}

/// Where its columns are in a catalog.
#[derive(Clone, Copy)]
pub struct Columns {
    /// The table.
    pub entity: EntityIndex,
    /// The key.
    pub id: PropertyIndex,
    /// The user name.
    pub username: PropertyIndex,
    /// The hash.
    pub password: PropertyIndex,
    /// The role.
    pub role: PropertyIndex,
}

/// The value that a column shall have, one of several.
pub struct Wanted {
    /// Which column.
    pub column: fn(&Columns) -> PropertyIndex,
    /// Which values.
    pub values: Vec<Value>,
}

/// A row of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its key.
    pub id: Value,
    /// Its user name.
    pub name: Option<String>,
    /// What its password column holds.
    pub stored: Option<String>,
    /// Its role.
    pub role: Option<String>,
}

impl Account {
    /// The key as text: `userId` on the wire.
    #[must_use]
    pub fn key(&self) -> String {
        self.id.to_string()
    }

    /// A row of the statements that [`Source::rows`] makes. `None` for a key that nobody could be known by.
    #[must_use]
    pub fn of(row: Vec<Value>) -> Option<Self> {
        let [id, name, stored, role] = <[Value; 4]>::try_from(row).ok()?;
        let text = |value| if let Value::Text(text) = value { Some(text) } else { None };
        matches!(id, Value::Integer(_) | Value::Text(_)).then(|| Self {
            id,
            name: text(name),
            stored: text(stored),
            role: text(role),
        })
    }
}

/// Reads the descriptions of the sources.
///
/// # Errors
/// One line about the first mistake.
pub fn read(descriptions: &[AccountSource], model: &Model) -> Result<Vec<Source>, String> {
    let mut sources: Vec<Source> = Vec::new();
    for description in descriptions {
        let table = &description.table;
        if sources.iter().any(|other| other.name() == table) {
            return Err(format!("there are two account sources {table}"));
        }
        if description.roles.is_empty() {
            return Err(format!("the account source {table} names no role, so nobody could sign in"));
        }
        let wrong = |error: &dyn std::fmt::Display| format!("the filter active of the account source {table}: {error}");
        let active = filter::parse(description.active.as_deref().unwrap_or_default()).map_err(|error| wrong(&error))?;
        let source = Source { description: description.clone(), active };
        let columns = source.columns(model)?;
        source.rows(model, None, Rows::Active).map_err(|error| wrong(&error))?;
        let id = &model.service.entity(columns.entity).properties[columns.id];
        if !matches!(id.kind, Kind::Integer | Kind::Text | Kind::Any) {
            return Err(format!("the account source {table} has the id {}, which is no number or text", id.column));
        }
        sources.push(source);
    }
    Ok(sources)
}

/// Which rows of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// All.
    All,
    /// Those that its filter lets sign in.
    Active,
}

impl Source {
    /// Its name, which is that of its table.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.description.table
    }

    /// Roles that may sign in.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.description.roles
    }

    /// Whether an account's role may sign in.
    #[must_use]
    pub fn admits(&self, account: &Account) -> bool {
        account.role.as_ref().is_some_and(|role| self.description.roles.contains(role))
    }

    /// Finds its columns.
    ///
    /// # Errors
    /// A sentence about what the database has not.
    pub fn columns(&self, model: &Model) -> Result<Columns, String> {
        let AccountSource { table, id, username, password, role, .. } = &self.description;
        let entity = model.service.entities.iter().position(|entity| entity.table == *table);
        let entity = entity.ok_or_else(|| format!("the account source {table} is no table"))?;
        let column = |column: &String| {
            let found = model.service.entity(entity).properties.iter().position(|property| property.column == *column);
            found.ok_or_else(|| format!("the account source {table} has no column {column}"))
        };
        Ok(Columns {
            entity,
            id: column(id)?,
            username: column(username)?,
            password: column(password)?,
            role: column(role)?,
        })
    }

    /// Reads its rows, in the order of the key, for [`Account::of`]: those that are wanted, or all.
    ///
    /// # Errors
    /// What of its filter does not fit the database.
    pub fn rows(&self, model: &Model, wanted: Option<Wanted>, which: Rows) -> Result<Statement, QueryError> {
        let columns = self.columns(model).map_err(QueryError::InvalidRequest)?;
        let mut joins = Joins::of(columns.entity);
        let mut conditions = Vec::new();
        if let Some(Wanted { column, mut values }) = wanted {
            let column = Term::Column(ColumnRef { table: 0, property: column(&columns) });
            conditions.push(match (values.pop(), values.is_empty()) {
                (Some(only), true) => Predicate::Compare(column, Comparison::Equal, Term::Value(only)),
                (last, _) => Predicate::In(column, values.into_iter().chain(last).map(Term::Value).collect()),
            });
        }
        if let Some(active) = self.active.as_ref().filter(|_| which == Rows::Active) {
            // Resolved each time: `current_date()` is another day tomorrow.
            conditions.push(query::resolve_filter(&model.service, &mut joins, active, &Surroundings::default())?);
        }
        let shown = [columns.id, columns.username, columns.password, columns.role];
        Ok(query::filtered(model, &joins, &shown, Some(&Predicate::All(conditions))))
    }
}
