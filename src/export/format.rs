//! The names of the export formats and what goes with each: file name extension and media type.

use std::str::FromStr;

use super::ExportError;

/// A format that rows can be exported in.
///
/// [`Format::Json`] is only named here; this module has no writer for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma separated values.
    Csv,
    /// An XLSX workbook.
    Excel,
    /// JSON.
    Json,
}

impl Format {
    /// The extension of a file of this format, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Excel => "xlsx",
            Self::Json => "json",
        }
    }

    /// The registered media type of a file of this format. A download that must not be shown by the browser is better
    /// sent as `application/octet-stream`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

impl FromStr for Format {
    type Err = ExportError;

    /// Reads `csv`, `excel` or `json` in any mixture of upper and lower case.
    ///
    /// # Errors
    /// [`ExportError::UnknownFormat`] for anything else.
    fn from_str(name: &str) -> Result<Self, ExportError> {
        let named = |known: &str| name.eq_ignore_ascii_case(known);
        if named("csv") {
            Ok(Self::Csv)
        } else if named("excel") {
            Ok(Self::Excel)
        } else if named("json") {
            Ok(Self::Json)
        } else {
            Err(ExportError::UnknownFormat(name.to_owned()))
        }
    }
}
