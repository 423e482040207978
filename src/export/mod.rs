//! Turns rows into files: CSV text and XLSX workbooks.
//!
//! A caller starts a writer with the column titles, hands it one row of [`Cell`]s at a time and finishes it. Neither
//! writer keeps the rows: [`CsvWriter`] streams into its sink as it goes, [`XlsxWriter`] collects the sheet in a
//! temporary file on disk and writes the workbook when it is finished. [`SheetWriter`] is either of the two.
//!
//! ```text
//! let mut sheet = SheetWriter::csv(sink, &titles)?;
//! for each row { sheet.row(&cells)?; }
//! let sink = sheet.finish()?;
//! ```
//!
//! This module knows no database and no HTTP. Left to others: which rows and columns there are, what a column is called,
//! the JSON export ([`Format`] only names it), and where a finished file is kept and for how long.
//!
//! A writer that has failed once stays failed: every later call answers [`ExportError::AlreadyFailed`], so that half a
//! file cannot be taken for a whole one.

mod calendar;
mod cell;
mod csv_writer;
mod error;
mod format;
mod sheet_writer;
#[cfg(test)]
mod tests;
mod xlsx_writer;

pub use cell::Cell;
pub use csv_writer::CsvWriter;
pub use error::ExportError;
pub use format::Format;
pub use sheet_writer::SheetWriter;
pub use xlsx_writer::{MAXIMUM_CELL_LENGTH, MAXIMUM_COLUMNS, MAXIMUM_SHEET_ROWS, XlsxWriter};
