//! What a client knows of its rows: what was acknowledged, and the one change of which it has not heard.

use std::collections::BTreeMap;

use rusqlite::Connection;

/// A department: its id, once that is known, and the number that all its columns tell of.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub id: Option<i64>,
    pub value: i64,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        // The id of a row whose making was never acknowledged is known to the server alone.
        self.value == other.value && (self.id == other.id || self.id.is_none() || other.id.is_none())
    }
}

/// The rows of a client.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// By code.
    pub departments: BTreeMap<String, Row>,
    /// Employees, by user name: the department of each.
    pub employees: BTreeMap<String, i64>,
}

/// A change that a client asks for.
#[derive(Debug, Clone)]
pub enum Change {
    Create {
        code: String,
        value: i64,
    },
    Set {
        code: String,
        value: i64,
    },
    /// All departments of the client in one statement.
    SetAll {
        value: i64,
    },
    Delete {
        code: String,
    },
    Hire {
        name: String,
        department: i64,
    },
}

impl Rows {
    pub fn apply(&mut self, change: &Change, id: Option<i64>) {
        match change {
            Change::Create { code, value } => {
                self.departments.insert(code.clone(), Row { id, value: *value });
            }
            Change::Set { code, value } => self.departments.get_mut(code).unwrap().value = *value,
            Change::SetAll { value } => self.departments.values_mut().for_each(|row| row.value = *value),
            Change::Delete { code } => {
                self.departments.remove(code);
            }
            Change::Hire { name, department } => {
                self.employees.insert(name.clone(), *department);
            }
        }
    }

    /// What the database holds of a client. Every row must be whole: all its columns tell of one number.
    pub fn read(connection: &Connection, client: usize) -> Self {
        let mut rows = Self::default();
        let sql = "SELECT DEPT_CODE, DEPT_ID, BUDGET, Q1, Q2, Q3, Q4, NAME FROM DEPARTMENT WHERE LOCATION = ?1";
        let mut statement = connection.prepare(sql).unwrap();
        let mut found = statement.query([location(client)]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let code: String = row.get(0).unwrap();
            let values: Vec<i64> = (2..7).map(|column| row.get(column).unwrap()).collect();
            let name: String = row.get(7).unwrap();
            let whole = values.iter().all(|value| *value == values[0]) && name == text(values[0]);
            assert!(whole, "{code} is half of one change and half of another: {values:?} {name}");
            rows.departments.insert(code, Row { id: Some(row.get(1).unwrap()), value: values[0] });
        }
        let sql = "SELECT USERNAME, DEPT_ID FROM EMPLOYEE WHERE CITY = ?1";
        let mut statement = connection.prepare(sql).unwrap();
        let mut found = statement.query([location(client)]).unwrap();
        while let Some(row) = found.next().unwrap() {
            rows.employees.insert(row.get(0).unwrap(), row.get(1).unwrap());
        }
        rows
    }
}

/// What marks the rows of a client.
pub fn location(client: usize) -> String {
    format!("client-{client}")
}

/// The name of a department of a number: long enough that a few of them fill a page.
pub fn text(value: i64) -> String {
    format!("{value:0>200}")
}
