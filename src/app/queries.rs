//! Makes the named queries of the texts that the configuration has, and shows each to its database.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::config::{AccountSource, Builtin, QueryText, Settings, bundled_queries, queries_in};
use crate::http::Service;
use crate::query::{AccountNames, Grant, NamedQuery, QueryFile, QueryFileError};
use crate::store::Database;

/// Adds to each service its queries. A file of the operator's folder replaces a bundled one of the same name.
///
/// # Errors
/// One line that names the file, the line there, and what is wrong with it.
pub fn load(settings: &Settings, described: &Builtin, services: &mut BTreeMap<String, Service>) -> Result<(), String> {
    let mut texts = bundled_queries();
    if !settings.queries_dir.is_empty() {
        let own = queries_in(Path::new(&settings.queries_dir))?;
        texts.retain(|text| !own.iter().any(|other| (&other.service, &other.name) == (&text.service, &text.name)));
        texts.extend(own);
    }
    // The bundled queries may name sources that the operator has replaced: then that grant is for nobody.
    let builtin = Builtin::hrdb()?;
    let own: Vec<_> = described.accounts.iter().map(names_of).collect();
    let all: Vec<_> = own.iter().copied().chain(builtin.accounts.iter().map(names_of)).collect();
    for text in texts {
        let names = if bundled_queries().contains(&text) { &all } else { &own };
        let service = services.get_mut(&text.service);
        let service = service.ok_or_else(|| format!("{}: there is no service {}", text.file, text.service))?;
        let query = read(&text, names, described, &service.database)
            .map_err(|error| format!("{}, line {}: {}", text.file, error.line, error.message.replace('\n', " ")))?;
        service.queries.insert(text.name, Arc::new(query));
    }
    Ok(())
}

fn names_of(source: &AccountSource) -> (&str, &[String]) {
    (source.table.as_str(), source.roles.as_slice())
}

fn read(
    text: &QueryText,
    accounts: &AccountNames<'_>,
    described: &Builtin,
    database: &Database,
) -> Result<NamedQuery, QueryFileError> {
    let file = QueryFile::parse(&text.text, accounts)?;
    let facts = database.examine(&file.sql).map_err(|refusal| QueryFileError {
        line: file.line_of(refusal.offset.unwrap_or(0)),
        message: refusal.message,
    })?;
    let mut query = file.complete(&facts, &database.model().service)?;
    // Those who may do everything with a database that the policy knows nothing about may call every query.
    let all = described.mounted.rules.iter().flat_map(|rule| &rule.roles);
    let everything = all.map(|role| Grant { role: role.clone(), source: None });
    query.grants.extend(everything);
    Ok(query)
}
