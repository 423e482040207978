//! `/services/{service}/{entity}`: lists, searches, counts and aggregations.

use actix_web::HttpResponse;

use super::call::{Call, QUESTION_LIMIT, Target};
use super::error::Failure;
use super::parameters::Query;
use crate::query::{self, AggregationRequest, QueryError, Select};
use crate::records::{self, ListParams};

/// A page of rows.
pub async fn list(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let select = plan(&call.query, &target)?;
    page(&target, select).await
}

/// The same by POST, for filters too long for a URL: `q` and the others may stand in the form or in the query.
pub async fn filter(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let parameters = call.form(QUESTION_LIMIT).await?.or(std::mem::take(&mut call.query));
    let select = plan(&parameters, &target)?;
    page(&target, select).await
}

/// A page of the rows for which an array of conditions holds.
pub async fn search(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let body = call.json(QUESTION_LIMIT).await?;
    let select = plan(&call.query, &target)?;
    let select = records::search(&target.model, &body, select)?;
    drop(body); // a large one must not stay while the rows are read
    page(&target, select).await
}

/// How many rows there are: a bare number.
pub async fn count(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    number(&target, &call.query).await
}

/// The same by POST.
pub async fn count_by_form(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let parameters = call.form(QUESTION_LIMIT).await?.or(std::mem::take(&mut call.query));
    number(&target, &parameters).await
}

/// A page of groups with what is counted, summed or picked in each; without groups and measures, plain rows.
pub async fn aggregate(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let body = call.json_object(QUESTION_LIMIT).await?;
    let request: AggregationRequest =
        serde_json::from_value(body).map_err(|error| QueryError::InvalidBody(error.to_string()))?;
    let params = ListParams { q: request.filter.as_deref(), ..params(&call.query) };
    let largest = target.max_page_size;
    let named = |list: Option<usize>| list.is_some_and(|length| length > 0);
    let plain =
        !named(request.group_by_fields.as_ref().map(Vec::len)) && !named(request.aggregations.as_ref().map(Vec::len));
    if plain {
        let select = records::plan_list(&target.model, target.index, &params, largest)?;
        return page(&target, select).await;
    }
    let aggregate = records::plan_aggregation(&target.model, target.index, &request, &params, largest)?;
    target.answer(move |reader, model| records::groups(reader, model, &aggregate)).await
}

/// What the parameters of a list ask for.
pub fn params(parameters: &Query) -> ListParams<'_> {
    ListParams {
        page: parameters.first("page"),
        size: parameters.first("size"),
        sort: parameters.all("sort").collect(),
        q: parameters.first("q"),
    }
}

/// Sends a page.
pub async fn page(target: &Target, select: Select) -> Result<HttpResponse, Failure> {
    let index = target.index;
    target.answer(move |reader, model| records::list(reader, model, index, &select)).await
}

fn plan(parameters: &Query, target: &Target) -> Result<Select, Failure> {
    Ok(records::plan_list(&target.model, target.index, &params(parameters), target.max_page_size)?)
}

async fn number(target: &Target, parameters: &Query) -> Result<HttpResponse, Failure> {
    let mut joins = query::Joins::of(target.index);
    let filter = records::plan_filter(&target.model, &mut joins, parameters.first("q"))?;
    let select = Select::all(joins, filter);
    target.answer(move |reader, model| Ok(records::count(reader, model, &select)?.to_string().into_bytes())).await
}
