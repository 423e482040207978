//! `/services/{service}/{entity}/{id}`: single rows of any entity, and the rows that refer to one.

use actix_web::HttpResponse;

use super::call::{Call, Target, json};
use super::conditional::IfMatch;
use super::error::Failure;
use super::json::{MOST_VALUES_OF_A_ROW, read_members};
use super::lists;
use super::timing::of_database;
use crate::catalog::PropertyIndex;
use crate::config::{PasswordCost, Secret};
use crate::query::{self, Change, QueryError, Replace, Value};
use crate::records::{self, ListParams};

/// Lengths of a password, before it is hashed.
pub const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = PasswordCost::LENGTHS;

/// Media type of a form with files.
const FORM: &str = "multipart/form-data";

type Key = Vec<(PropertyIndex, Value)>;

/// One row by its key, or by a unique key of several properties.
pub async fn get(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    if let Some(unique) = target.entity().unique_key(call.parameter("id")).filter(|unique| unique.properties.len() > 1)
    {
        let key = query::key_from_pairs(target.entity(), &unique.properties, |name| call.query.first(name))?;
        return unique_row(&target, key).await;
    }
    let key = path_key(&call, &target)?;
    row(&target, key).await
}

/// One row by a unique key of one property, or the rows that refer to one row.
pub async fn member(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let entity = target.entity();
    let (first, second) = (call.parameter("id"), call.parameter("member"));
    if let Some([property]) = entity.unique_key(first).map(|unique| unique.properties.as_slice()) {
        let key = query::key_from_pairs(entity, &[*property], |_| Some(second))?;
        return unique_row(&target, key).await;
    }
    let collection = entity.collection(second).ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let key = path_key(&call, &target)?;
    let children = Target { index: collection.source, ..target.clone() };
    let params = ListParams { q: None, ..lists::params(&call.query) };
    let select = records::plan_list(&target.model, children.index, &params, target.max_page_size)?;
    let select = records::related(&target.model, collection, &key, select);
    lists::page(&children, select).await
}

/// One row by its key of several properties.
pub async fn get_composite(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = composite_key(&call, &target)?;
    row(&target, key).await
}

/// A new row.
pub async fn create(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let change = read_body(&mut call, &target, Replace::Create).await?;
    let Target { database, model, .. } = target;
    let created = database.write(move |transaction| records::create(transaction, &model, &change));
    Ok(json(of_database(created).await?))
}

/// A whole row.
pub async fn update(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = path_key(&call, &target)?;
    change(call, target, key, Replace::Whole).await
}

/// A whole row, as a form with files. Without a file, bytes stay as they are.
pub async fn update_by_form(call: Call) -> Result<HttpResponse, Failure> {
    only_form(&call)?;
    update(call).await
}

/// A whole row, as a form with files, by a key of several properties.
pub async fn update_composite_by_form(call: Call) -> Result<HttpResponse, Failure> {
    only_form(&call)?;
    update_composite(call).await
}

/// Some properties of a row.
pub async fn patch(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = path_key(&call, &target)?;
    change(call, target, key, Replace::Sent).await
}

/// A whole row, by a key of several properties.
pub async fn update_composite(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = composite_key(&call, &target)?;
    change(call, target, key, Replace::Whole).await
}

/// Some properties of a row, by a key of several properties.
pub async fn patch_composite(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = composite_key(&call, &target)?;
    change(call, target, key, Replace::Sent).await
}

/// No row any more.
pub async fn delete(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = path_key(&call, &target)?;
    remove(&call, target, key).await
}

/// No row any more, by a key of several properties.
pub async fn delete_composite(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = composite_key(&call, &target)?;
    remove(&call, target, key).await
}

/// JSON is put, not posted, to a row that there is.
fn only_form(call: &Call) -> Result<(), Failure> {
    if is_form(call) { Ok(()) } else { Err(Failure::WrongContentType(call.media_type().to_ascii_lowercase())) }
}

fn is_form(call: &Call) -> bool {
    call.media_type().eq_ignore_ascii_case(FORM)
}

/// The key of the path. A row whose key is not a single property has no such address.
pub fn path_key(call: &Call, target: &Target) -> Result<Key, Failure> {
    if target.entity().single_key().is_none() {
        return Err(Failure::NoResource(call.request.path().to_owned()));
    }
    Ok(query::key_from_text(target.entity(), call.parameter("id"))?)
}

/// The key that the query holds, property by property.
pub fn composite_key(call: &Call, target: &Target) -> Result<Key, Failure> {
    let entity = target.entity();
    if entity.key.is_empty() {
        return Err(Failure::NoResource(call.request.path().to_owned()));
    }
    Ok(query::key_from_pairs(entity, &entity.key, |name| call.query.first(name))?)
}

async fn row(target: &Target, key: Key) -> Result<HttpResponse, Failure> {
    let index = target.index;
    target.answer(move |reader, model| records::by_key(reader, model, index, &key)).await
}

async fn unique_row(target: &Target, key: Key) -> Result<HttpResponse, Failure> {
    let index = target.index;
    target.answer(move |reader, model| records::by_unique_key(reader, model, index, &key)).await
}

async fn change(mut call: Call, target: Target, key: Key, mode: Replace) -> Result<HttpResponse, Failure> {
    let change = read_body(&mut call, &target, mode).await?;
    let wanted = IfMatch::of(&call.request);
    let Target { database, model, .. } = target;
    let changed =
        database.write(move |transaction| records::update(transaction, &model, &key, &change, wanted.as_ref()));
    Ok(json(of_database(changed).await?))
}

async fn remove(call: &Call, target: Target, key: Key) -> Result<HttpResponse, Failure> {
    let wanted = IfMatch::of(&call.request);
    let Target { database, model, index, .. } = target;
    let removed = database.write(move |transaction| records::delete(transaction, &model, index, &key, wanted.as_ref()));
    of_database(removed).await?;
    Ok(json("true"))
}

/// The body as a change, its secrets hashed.
async fn read_body(call: &mut Call, target: &Target, mode: Replace) -> Result<Change, Failure> {
    let (json, files) = if target.entity().holds_bytes() && is_form(call) {
        let form = super::form::read_form(call, target).await?;
        (form.json, form.files)
    } else {
        (call.row_bytes().await?, Vec::new())
    };
    let members = read_members(&json, MOST_VALUES_OF_A_ROW)?;
    let mut change = query::read_change(&target.model.service, target.index, members, mode)?;
    drop(json); // a large one must not stay while passwords are hashed
    for (property, value) in &mut change.values {
        let property = &target.entity().properties[*property];
        let Value::Text(plain) = value else { continue };
        if property.is_secret() {
            if !PASSWORD_LENGTHS.contains(&plain.chars().count()) {
                let (least, most) = (PASSWORD_LENGTHS.start(), PASSWORD_LENGTHS.end());
                return Err(
                    QueryError::Constraint(format!("{} takes {least} to {most} characters", property.name)).into()
                );
            }
            *value = Value::Text(call.state.hasher.hash(Secret::new(std::mem::take(plain))).await?);
        }
    }
    change.values.extend(files.into_iter().map(|(property, bytes)| (property, Value::Blob(bytes))));
    Ok(change)
}
