//! A row as a form with parts: its properties as JSON, and a file for each property that holds bytes.

use actix_multipart::{Field, Multipart, MultipartError};
use futures_util::StreamExt as _;

use super::body::failure;
use super::call::{Call, Target, read_members};
use super::error::Failure;
use crate::catalog::{Kind, PropertyIndex};
use crate::query::Members;

/// The part that holds the row's other properties.
const JSON_PART: &str = "wm_data_json";

/// A row as a form brings it.
pub struct Form {
    /// The properties.
    pub members: Members,
    /// Files by the property that they are for.
    pub files: Vec<(PropertyIndex, Vec<u8>)>,
}

/// Reads a form. An empty file is none: a browser sends one for a field that was left alone.
///
/// # Errors
/// [`Failure`] when it is too large, broken, or has no properties.
pub async fn read_form(call: &mut Call, target: &Target) -> Result<Form, Failure> {
    let (most_json, most_file) = (call.state.body_limit_bytes, call.state.file_limit_bytes);
    let body = call.take_body()?;
    let mut parts = Multipart::new(call.request.headers(), body);
    let mut members = None;
    let mut files: Vec<(PropertyIndex, Vec<u8>)> = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let holds_bytes = |property: &PropertyIndex| target.entity().properties[*property].kind == Kind::Blob;
        if name == JSON_PART {
            members = Some(read_members(&read_part(part, most_json).await?)?);
        } else if let Some(property) = target.entity().property(&name).filter(holds_bytes) {
            let bytes = read_part(part, most_file).await?;
            files.retain(|(other, _)| *other != property);
            if !bytes.is_empty() {
                files.push((property, bytes));
            }
        }
    }
    Ok(Form { members: members.ok_or(Failure::NoJsonPart)?, files })
}

async fn read_part(mut part: Field, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(broken)?;
        if bytes.len() + chunk.len() > limit {
            return Err(Failure::BodyTooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` passes it
fn broken(error: MultipartError) -> Failure {
    match error {
        MultipartError::Payload(error) => failure(&error),
        _ => Failure::Unreadable,
    }
}
