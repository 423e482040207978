//! Changes of data in the audit log: which row or query, never which values.

use actix_web::HttpResponse;
use serde_json::Value as Json;

use super::audit::{Trace, record};
use super::call::Target;
use super::content::with_content;
use super::endpoints::{Access, Endpoint, Method};
use super::parameters::Query;
use super::state::State;
use crate::auth::{Principal, Verb};

/// A change that an endpoint is about to make.
pub enum Change {
    /// Of a row; its key is known unless it is a new one.
    Row { target: Target, verb: Verb, key: Option<String> },
    /// Whatever a named query does.
    Query { service: String, name: String },
}

impl Change {
    /// The change that a call of this endpoint is meant to make, if any.
    pub fn announced(
        endpoint: &Endpoint,
        target: Option<&Target>,
        parameters: &[(&'static str, String)],
        query: &Query,
    ) -> Option<Self> {
        let parameter = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        match (endpoint.access, target) {
            (Access::Entity(verb), Some(target)) if verb != Verb::Read => {
                let properties = &target.entity().properties;
                let whole = || {
                    let names = target.entity().key.iter().map(|&index| properties[index].name.as_str());
                    names.map(|name| query.first(name).unwrap_or_default()).collect::<Vec<_>>().join(",")
                };
                let key = (verb != Verb::Create).then(|| parameter("id").unwrap_or_else(whole));
                Some(Self::Row { target: target.clone(), verb, key })
            }
            (Access::Query, _) if endpoint.method != Method::Get && !endpoint.path.ends_with("/export") => {
                Some(Self::Query { service: parameter("service")?, name: parameter("name")? })
            }
            _ => None,
        }
    }

    /// Records that it has been made. The key of a new row is read off the answer, which is given back.
    pub fn done(
        self,
        answer: HttpResponse,
        trace: &Trace,
        state: &State,
        principal: Option<&Principal>,
    ) -> HttpResponse {
        match self {
            Self::Query { service, name } => {
                record(trace, principal, "query_run", &[("service", &service), ("query", &name)]);
                answer
            }
            Self::Row { target, verb, key } => {
                let mut key = key;
                let answer = match key {
                    Some(_) => answer,
                    None => with_content(answer, |answer, row| {
                        key = Some(new_key(&row, &target));
                        answer
                    }),
                };
                let key = key.unwrap_or_default();
                let event = match (verb, state.accounts.are_in(&target.database, &target.entity().table)) {
                    (Verb::Create, true) => "account_created",
                    (Verb::Create, false) => "created",
                    (Verb::Delete, true) => "account_deleted",
                    (Verb::Delete, false) => "deleted",
                    (_, true) => "account_updated",
                    (_, false) => "updated",
                };
                let (service, entity) = (&target.model.service.name, &target.entity().name);
                record(trace, principal, event, &[("service", service), ("entity", entity), ("key", &key)]);
                answer
            }
        }
    }
}

/// The key of the row in an answer.
fn new_key(row: &[u8], target: &Target) -> String {
    let entity = target.entity();
    let row: Json = serde_json::from_slice(row).unwrap_or_default();
    let value = |name: &str| match &row[name] {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let values = entity.key.iter().map(|&index| value(&entity.properties[index].name));
    values.collect::<Vec<_>>().join(",")
}
