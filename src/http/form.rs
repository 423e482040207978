//! A row as a form with parts: its properties as JSON, and a file for each property that holds bytes.

use actix_multipart::{Field, Multipart, MultipartError};
use futures_util::StreamExt as _;

use super::body::{Kept, failure};
use super::call::{Call, Target};
use super::error::Failure;
use super::quota::Share;
use crate::catalog::{Kind, PropertyIndex};

/// The part that holds the row's other properties.
const JSON_PART: &str = "wm_data_json";

/// A row as a form brings it.
pub struct Form {
    /// The properties, as JSON.
    pub json: Vec<u8>,
    /// Files by the property that they are for.
    pub files: Vec<(PropertyIndex, Vec<u8>)>,
}

/// Reads a form, whose memory the call holds from then on. An empty file is none: a browser sends one for a field that was left alone.
///
/// # Errors
/// [`Failure`] when it is too large, broken, or has no properties.
pub async fn read_form(call: &mut Call, target: &Target) -> Result<Form, Failure> {
    let (most_json, most_file) = (call.state.body_limit_bytes, call.state.file_limit_bytes);
    let body = call.take_body()?;
    let mut parts = Multipart::new(call.request.headers(), body);
    let mut json = None;
    let mut files: Vec<(PropertyIndex, Vec<u8>)> = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let holds_bytes = |property: &PropertyIndex| target.entity().properties[*property].kind == Kind::Blob;
        if name == JSON_PART {
            json = Some(read_part(part, most_json, call.body_share()).await?);
        } else if let Some(property) = target.entity().property(&name).filter(holds_bytes) {
            let (bytes, share) = read_part(part, most_file, call.body_share()).await?;
            call.held.extend(share);
            files.retain(|(other, _)| *other != property);
            if !bytes.is_empty() {
                files.push((property, bytes));
            }
        }
    }
    let (json, share) = json.ok_or(Failure::NoJsonPart)?;
    call.held.extend(share);
    Ok(Form { json, files })
}

async fn read_part(mut part: Field, limit: usize, share: Option<Share>) -> Result<(Vec<u8>, Option<Share>), Failure> {
    let mut kept = Kept::new(limit, share);
    while let Some(chunk) = part.next().await {
        kept.add(&chunk.map_err(broken)?)?;
    }
    Ok(kept.finish())
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` passes it
fn broken(error: MultipartError) -> Failure {
    match error {
        MultipartError::Payload(error) => failure(&error),
        _ => Failure::Unreadable,
    }
}
