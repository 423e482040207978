//! Reads the header of a query file. The grammar stands in the head of this module.

use super::scan::scan;
use super::{AccountNames, Grant, Origin, Parameter, QueryFile, QueryFileError, Rows, ServerValue};
use crate::catalog::{Kind, Property};

const TYPES: &[(&str, Kind)] = &[
    ("integer", Kind::Integer),
    ("number", Kind::Decimal),
    ("text", Kind::Text),
    ("boolean", Kind::Boolean),
    ("date", Kind::Date),
    ("datetime", Kind::DateTime),
    ("timestamp", Kind::Timestamp),
];

/// Names of the URL that mean something already.
const TAKEN: &[&str] = &["page", "size", "sort", "wm_auth_token", "WM_AUTH_TOKEN", "_csrf"];

const VALUES: &str = "caller.userId of SOURCE, caller.userName, caller.role, current.date and current.timestamp";

impl QueryFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`QueryFileError`] for what the grammar does not know, an account source or role that there is not, and a file
    /// without SQL.
    pub fn parse(text: &str, accounts: &AccountNames<'_>) -> Result<Self, QueryFileError> {
        let mut header = Header { accounts, about: Vec::new(), rows: None, grants: Vec::new(), parameters: Vec::new() };
        let mut start = 0;
        let mut line = 0;
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            line = index + 1;
            match raw.trim().strip_prefix("--") {
                Some(comment) => {
                    header.line(comment.trim(), line).map_err(|message| QueryFileError { line, message })?;
                }
                None if raw.trim().is_empty() => {}
                None => break,
            }
            start += raw.len();
        }
        let scanned = scan(&text[start..], line)?;
        if scanned.sql.is_empty() {
            return Err(QueryFileError { line: line.max(1), message: "there is no SQL below the header".to_owned() });
        }
        Ok(Self {
            about: header.about.join(" "),
            rows: header.rows,
            grants: header.grants,
            parameters: header.parameters,
            sql: scanned.sql.to_owned(),
            first_line: line,
            used: scanned.parameters,
        })
    }
}

struct Header<'a> {
    accounts: &'a AccountNames<'a>,
    about: Vec<String>,
    rows: Option<(Rows, usize)>,
    grants: Vec<Grant>,
    parameters: Vec<(Parameter, usize)>,
}

impl Header<'_> {
    fn line(&mut self, comment: &str, line: usize) -> Result<(), String> {
        match comment.split_once(':').filter(|(word, rest)| is_entry(word, rest)) {
            Some(("query", rest)) => self.query(rest.trim(), line),
            Some(("roles", rest)) => rest.split(',').try_for_each(|grant| self.grant(grant.trim())),
            Some(("param", rest)) => self.parameter(rest, line),
            Some((word, _)) => Err(format!(
                "unknown entry '{word}:'; there are query:, roles: and param: (a remark must not begin with a word and a colon)"
            )),
            None => {
                if !comment.is_empty() {
                    self.about.push(comment.to_owned());
                }
                Ok(())
            }
        }
    }

    fn query(&mut self, rest: &str, line: usize) -> Result<(), String> {
        let rows = match rest {
            "page" => Rows::Page,
            "single" => Rows::Single,
            other => return Err(format!("unknown query '{other}'; there are page and single")),
        };
        if self.rows.replace((rows, line)).is_some() {
            return Err("query: comes up twice".to_owned());
        }
        Ok(())
    }

    fn grant(&mut self, text: &str) -> Result<(), String> {
        let (role, source) = match text.split_whitespace().collect::<Vec<_>>()[..] {
            [role] => (role, None),
            [role, "of", source] => (role, Some(source)),
            _ => return Err(format!("'{text}' is no role; write ROLE or ROLE of SOURCE")),
        };
        if let Some(source) = source {
            self.source(source)?;
        }
        let known = self.accounts.iter().filter(|(name, _)| source.is_none_or(|source| source == *name));
        if !known.flat_map(|(_, roles)| roles.iter()).any(|other| other == role) {
            return Err(source.map_or_else(
                || format!("no account source has the role '{role}'"),
                |source| format!("the account source {source} has no role '{role}'"),
            ));
        }
        self.grants.push(Grant { role: role.to_owned(), source: source.map(str::to_owned) });
        Ok(())
    }

    fn parameter(&mut self, rest: &str, line: usize) -> Result<(), String> {
        let words: Vec<&str> = rest.split_whitespace().collect();
        let (name, kind, origin) = match words[..] {
            [name, "from", ..] => {
                let (kind, value) = self.server_value(&words[2..])?;
                (name, kind, Origin::Server(value))
            }
            [name, kind] | [name, kind, "required"] => (name, type_of(kind)?, Origin::Client { required: true }),
            [name, kind, "optional"] => (name, type_of(kind)?, Origin::Client { required: false }),
            [_, _, word] => {
                return Err(format!("unknown word '{word}' after the type; there are required and optional"));
            }
            _ => return Err("a parameter is NAME TYPE [required | optional] or NAME from VALUE".to_owned()),
        };
        check_name(name)?;
        if self.parameters.iter().any(|(other, _)| other.property.name == name) {
            return Err(format!("the parameter {name} is declared twice"));
        }
        let property = Property {
            name: name.to_owned(),
            column: String::new(),
            kind,
            max_length: None,
            nullable: true,
            default: None,
            generated: false,
            access: crate::catalog::Access::Full,
        };
        self.parameters.push((Parameter { property, origin }, line));
        Ok(())
    }

    fn server_value(&self, words: &[&str]) -> Result<(Kind, ServerValue), String> {
        match words {
            ["caller.userId", "of", source] => {
                self.source(source)?;
                Ok((Kind::Any, ServerValue::UserId((*source).to_owned())))
            }
            ["caller.userId"] => Err("caller.userId says of which account source, as in: caller.userId of SOURCE; \
                                      the same key in two sources is two people"
                .to_owned()),
            ["caller.userName"] => Ok((Kind::Text, ServerValue::UserName)),
            ["caller.role"] => Ok((Kind::Text, ServerValue::Role)),
            ["current.date"] => Ok((Kind::Date, ServerValue::CurrentDate)),
            ["current.timestamp"] => Ok((Kind::Timestamp, ServerValue::CurrentTimestamp)),
            other => Err(format!("unknown value '{}'; there are {VALUES}", other.join(" "))),
        }
    }

    fn source(&self, source: &str) -> Result<(), String> {
        let known = self.accounts.iter().any(|(name, _)| *name == source);
        known.then_some(()).ok_or_else(|| format!("there is no account source {source}"))
    }
}

/// One word and a colon; an address is none.
fn is_entry(word: &str, rest: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic()) && !rest.starts_with("//")
}

fn type_of(word: &str) -> Result<Kind, String> {
    TYPES.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind).ok_or_else(|| {
        let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
        format!("unknown type '{word}'; there are {}", names.join(", "))
    })
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !plain {
        return Err(format!("'{name}' cannot be the name of a parameter"));
    }
    if TAKEN.contains(&name) {
        return Err(format!("'{name}' cannot be the name of a parameter: it means something in every URL"));
    }
    Ok(())
}
