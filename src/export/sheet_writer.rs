//! Either of the two writers behind one face, for callers that learn the format only at run time.

use std::io::Write;
use std::path::Path;

use super::{Cell, CsvWriter, ExportError, XlsxWriter};

/// A writer of CSV or XLSX.
#[derive(Debug)]
pub enum SheetWriter<W: Write + Send> {
    /// Writes CSV as it goes.
    Csv(CsvWriter<W>),
    /// Writes an XLSX workbook when finished.
    Excel(Box<XlsxWriter<W>>),
}

impl<W: Write + Send> SheetWriter<W> {
    /// Starts a CSV file, see [`CsvWriter::start`].
    ///
    /// # Errors
    /// Those of [`CsvWriter::start`].
    pub fn csv<S: AsRef<str>>(sink: W, titles: &[S]) -> Result<Self, ExportError> {
        CsvWriter::start(sink, titles).map(Self::Csv)
    }

    /// Starts an XLSX file, see [`XlsxWriter::start`].
    ///
    /// # Errors
    /// Those of [`XlsxWriter::start`].
    pub fn excel<S: AsRef<str>>(
        sink: W,
        titles: &[S],
        temporary_directory: Option<&Path>,
    ) -> Result<Self, ExportError> {
        XlsxWriter::start(sink, titles, temporary_directory).map(|writer| Self::Excel(Box::new(writer)))
    }

    /// Writes one row, a cell for each column.
    ///
    /// # Errors
    /// Those of [`CsvWriter::row`] and [`XlsxWriter::row`].
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        match self {
            Self::Csv(writer) => writer.row(cells),
            Self::Excel(writer) => writer.row(cells),
        }
    }

    /// Completes the file and gives the sink back.
    ///
    /// # Errors
    /// Those of [`CsvWriter::finish`] and [`XlsxWriter::finish`].
    pub fn finish(self) -> Result<W, ExportError> {
        match self {
            Self::Csv(writer) => writer.finish(),
            Self::Excel(writer) => writer.finish(),
        }
    }

    /// How many rows have been written, the header not counted.
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        match self {
            Self::Csv(writer) => writer.rows_written(),
            Self::Excel(writer) => writer.rows_written(),
        }
    }
}
