//! Whom a statement is for, as far as a rule's condition depends on it.

use super::value::Value;

/// Who asks, as far as conditions depend on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asker {
    /// His key within his account source.
    pub user_id: Value,
    /// His user name.
    pub user_name: String,
}

/// A value that differs from caller to caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskerValue {
    /// His key: `:userId`.
    UserId,
    /// His name: `:userName`.
    UserName,
}

impl Asker {
    /// One of his values.
    #[must_use]
    pub fn value(&self, which: AskerValue) -> Value {
        match which {
            AskerValue::UserId => self.user_id.clone(),
            AskerValue::UserName => Value::Text(self.user_name.clone()),
        }
    }
}
