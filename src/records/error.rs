//! Why an operation on rows did not happen.

use crate::catalog::{Entity, Relation, Service};
use crate::query::{QueryError, Value};
use crate::store::StoreError;

/// The failure of an operation.
#[derive(Debug, Clone)]
pub enum RecordError {
    /// The request itself is wrong.
    Query(QueryError),
    /// No row has this key; holds the key as it was asked for.
    NotFound(String),
    /// No row has these values of a unique key, as `{name=value}`.
    UniqueNotFound(String),
    /// A query for one row has found none.
    NoRow,
    /// The change contradicts other rows: a unique key is taken, a foreign key names nothing.
    Conflict(String),
    /// A column refuses its value.
    Refused(String),
    /// The caller may not do this with the row; names the property when it is about one.
    Forbidden(Option<String>),
    /// The row is no longer what the caller has seen.
    Changed,
    /// The database could not do it.
    Store(StoreError),
}

impl From<QueryError> for RecordError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// Only what no constraint explains; `refused_by` is for changes.
impl From<StoreError> for RecordError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl RecordError {
    /// A foreign key that names no row, at least none that the caller may know of.
    #[must_use]
    pub fn names_nothing(service: &Service, entity: &Entity, relation: &Relation) -> Self {
        let names: Vec<&str> = relation.from.iter().map(|&from| entity.properties[from].name.as_str()).collect();
        let target = &service.entity(relation.target).name;
        Self::Conflict(format!("{} names no {target}", names.join(", ")))
    }
}

/// Says in the words of the wire which constraint a change broke. A broken foreign key is left as it is: SQLite does not
/// tell which one it was.
pub fn refused_by(entity: &Entity, error: StoreError) -> RecordError {
    let property = |column: &str| {
        let (table, column) = column.trim().split_once('.')?;
        let found = entity.properties.iter().find(|property| property.column.eq_ignore_ascii_case(column));
        found.filter(|_| entity.table.eq_ignore_ascii_case(table)).map(|property| property.name.as_str())
    };
    match error {
        StoreError::Unique(columns) => {
            let names: Vec<&str> = columns.split(',').filter_map(property).collect();
            RecordError::Conflict(match names.as_slice() {
                [] => "a unique key has this value already".to_owned(),
                names => format!("another {} has this {} already", entity.name, names.join(", ")),
            })
        }
        StoreError::NotNull(column) => {
            RecordError::Refused(format!("{} must not be null", property(&column).unwrap_or("a column")))
        }
        StoreError::Check(name) => RecordError::Refused(match property(&name) {
            Some(property) => format!("the value of {property} is not allowed"),
            None => format!("the check {name} does not hold"),
        }),
        StoreError::Raised(text) => RecordError::Refused(text),
        other => RecordError::Store(other),
    }
}

/// `{deptCode=X}`, the form in which WaveMaker names the values of a unique key.
pub fn shown(service: &Service, entity: usize, key: &[(usize, Value)]) -> String {
    let entity = service.entity(entity);
    let pairs: Vec<String> =
        key.iter().map(|(property, value)| format!("{}={}", entity.properties[*property].name, value)).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// The values of a key, as a caller wrote them.
pub fn key_text(key: &[(usize, Value)]) -> String {
    key.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>().join(",")
}
