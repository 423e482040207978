//! `/services/{service}/queryExecutor/queries/{name}`: named queries.

use std::sync::Arc;

use actix_web::HttpResponse;

use super::call::{Call, json, read_rows};
use super::error::Failure;
use super::json::{MOST_VALUES_OF_A_ROW, read_members};
use super::state::State;
use super::timing::of_database;
use crate::auth::{Principal, epoch_milliseconds};
use crate::query::{CallerValues, ChangeKind, Given, NamedQuery, QueryAnswer, Value, page_request};
use crate::records;
use crate::store::Database;

/// A query, and where it is to be run.
pub struct Asked {
    /// The query.
    pub query: Arc<NamedQuery>,
    /// Its database.
    pub database: Arc<Database>,
    /// Largest page.
    pub max_page_size: u32,
}

/// The query of a path.
pub fn find(state: &State, service: &str, name: &str) -> Option<Asked> {
    let service = state.services.get(service)?;
    let query = Arc::clone(service.queries.get(name)?);
    Some(Asked { query, database: Arc::clone(&service.database), max_page_size: service.max_page_size })
}

/// The one method of a query.
pub fn method(query: &NamedQuery) -> &'static str {
    match &query.answer {
        QueryAnswer::Page(_) | QueryAnswer::Single(_) => "GET",
        QueryAnswer::Change { kind: ChangeKind::Insert, .. } => "POST",
        QueryAnswer::Change { kind: ChangeKind::Update, .. } => "PUT",
        QueryAnswer::Change { kind: ChangeKind::Delete, .. } => "DELETE",
    }
}

/// The query of a call's path.
pub fn find_asked(call: &Call) -> Result<Asked, Failure> {
    let asked = find(&call.state, call.parameter("service"), call.parameter("name"));
    asked.ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))
}

/// Runs the query of the path: the guard has found it, its method and the caller's right to it.
pub async fn run(mut call: Call) -> Result<HttpResponse, Failure> {
    let asked = find_asked(&call)?;
    let query = &asked.query;
    let values = values(&mut call, query).await?;
    match &query.answer {
        QueryAnswer::Page(columns) => {
            let page = page_request(call.query.first("page"), call.query.first("size"), asked.max_page_size)?;
            let sort: Vec<&str> = call.query.all("sort").collect();
            let plan = query.page(columns, values, &sort, page)?;
            Ok(json(read_rows(&asked.database, move |reader| records::query_page(reader, &plan)).await?))
        }
        QueryAnswer::Single(columns) => {
            let (statement, node) = (query.first(values), columns.node.clone());
            Ok(json(read_rows(&asked.database, move |reader| records::query_single(reader, &statement, &node)).await?))
        }
        QueryAnswer::Change { table, .. } => {
            let (statement, table, model) = (query.statement(values), table.clone(), asked.database.model());
            let change = asked
                .database
                .write(move |transaction| records::change_by_query(transaction, &model, &table, &statement));
            Ok(json(format!("{{\"result\":{}}}", of_database(change).await?)))
        }
    }
}

/// The values of the parameters: out of the body of a POST or PUT, out of the URL of a GET or DELETE.
async fn values(call: &mut Call, query: &NamedQuery) -> Result<Vec<Value>, Failure> {
    if ["GET", "DELETE"].contains(&method(query)) {
        return values_of_url(call, query);
    }
    let json = if query.takes_input() { call.row_bytes().await? } else { b"{}".to_vec() };
    let members = read_members(&json, MOST_VALUES_OF_A_ROW)?.0;
    // As in any JSON object, the last of a name counts.
    let last = |name: &str| members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| Given::Json(value));
    Ok(query.bind(last, &caller_values(call.caller.principal().ok_or(Failure::Unauthenticated)?))?)
}

/// The values of the parameters out of the URL.
pub fn values_of_url(call: &Call, query: &NamedQuery) -> Result<Vec<Value>, Failure> {
    let caller = caller_values(call.caller.principal().ok_or(Failure::Unauthenticated)?);
    Ok(query.bind(|name| call.query.first(name).map(Given::Text), &caller)?)
}

fn caller_values(principal: &Principal) -> CallerValues<'_> {
    CallerValues {
        source: &principal.source,
        key: &principal.key,
        name: &principal.name,
        role: principal.roles.first().map_or("", String::as_str),
        now: epoch_milliseconds(),
    }
}
