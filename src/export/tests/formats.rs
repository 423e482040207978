//! The names of the formats.

use crate::export::{ExportError, Format};

#[test]
fn names_in_any_case() {
    let cases = [
        ("csv", Format::Csv, "csv"),
        ("CSV", Format::Csv, "csv"),
        ("Excel", Format::Excel, "xlsx"),
        ("EXCEL", Format::Excel, "xlsx"),
        ("jSoN", Format::Json, "json"),
    ];
    for (name, format, extension) in cases {
        assert_eq!(name.parse::<Format>().unwrap(), format, "{name}");
        assert_eq!(format.extension(), extension, "{name}");
        assert!(format.content_type().contains('/'), "{name}");
    }
}

#[test]
fn anything_else_is_an_error() {
    for name in ["", "xlsx", "pdf", " csv", "csv "] {
        assert!(matches!(name.parse::<Format>(), Err(ExportError::UnknownFormat(found)) if found == name));
    }
}
