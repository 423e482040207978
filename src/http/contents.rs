//! Bytes of a row, at an address of their own.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::call::{Call, Target, decent_file_name};
use super::entities::{composite_key, path_key};
use super::error::Failure;
use crate::catalog::{Kind, PropertyIndex};
use crate::query::{self, Value};
use crate::records::RecordError;

/// The bytes of a property, by the row's key.
pub async fn get(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = path_key(&call, &target)?;
    send(&call, &target, key).await
}

/// The bytes of a property, by a key of several properties.
pub async fn get_composite(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let key = composite_key(&call, &target)?;
    send(&call, &target, key).await
}

async fn send(call: &Call, target: &Target, key: Vec<(PropertyIndex, Value)>) -> Result<HttpResponse, Failure> {
    let name = call.parameter("property");
    let property = target.entity().readable(name).filter(|&index| target.entity().properties[index].kind == Kind::Blob);
    let property = property.ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let statement = query::values(&target.model, target.index, &[property], &key);
    let row = target.read(move |reader, _| Ok(reader.rows(&statement)?.pop())).await?;
    let shown = || key.iter().map(|(_, value)| format!("{value}")).collect::<Vec<_>>().join(",");
    let value = row.ok_or_else(|| RecordError::NotFound(shown()))?.pop();
    let bytes = match value {
        Some(Value::Blob(bytes)) => bytes,
        Some(Value::Text(text)) => text.into_bytes(),
        _ => return Err(Failure::NoContent(name.to_owned())),
    };
    let (media, extension) = sniff(&bytes);
    let manner = if call.query.first("download") == Some("true") { "attachment" } else { "inline" };
    let file = call.query.first("filename").map_or_else(|| format!("{name}.{extension}"), decent_file_name);
    let file: String = file.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media))
        .insert_header((CONTENT_DISPOSITION, format!("{manner};filename=\"{file}\"")))
        .body(bytes))
}

/// Media type and extension by the first bytes. Only types that a browser does not run as a page of this server: what
/// somebody has stored must not become one.
fn sniff(bytes: &[u8]) -> (&'static str, &'static str) {
    const KNOWN: &[(&[u8], &str, &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
        (b"\xff\xd8\xff", "image/jpeg", "jpg"),
        (b"GIF87a", "image/gif", "gif"),
        (b"GIF89a", "image/gif", "gif"),
        (b"BM", "image/bmp", "bmp"),
        (b"%PDF-", "application/pdf", "pdf"),
        (b"PK\x03\x04", "application/zip", "zip"),
    ];
    let found = KNOWN.iter().find(|(start, _, _)| bytes.starts_with(start));
    match found {
        Some((_, media, extension)) => (media, extension),
        None if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => ("image/webp", "webp"),
        None => ("application/octet-stream", "bin"),
    }
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn bytes_are_known_by_their_beginning_and_a_page_is_never_one() {
        for (bytes, media) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF....WEBPVP8", "image/webp"),
            (b"<!doctype html>", "application/octet-stream"),
            (b"<svg onload=x>", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(sniff(bytes).0, media);
        }
    }
}
