//! What can go wrong while a file is produced. How this is told to a client is left to the caller.

use rust_xlsxwriter::XlsxError;

/// Why an export failed.
///
/// Row numbers are those a spreadsheet shows: the header is row 1, the first row of data row 2.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The name of an export format is none of those known.
    #[error("unknown export format '{0}': expected csv, excel or json")]
    UnknownFormat(String),
    /// A file without any column was asked for.
    #[error("an export needs at least one column")]
    NoColumns,
    /// More columns than a sheet can hold.
    #[error("{columns} columns are more than the {maximum} a sheet can hold")]
    TooManyColumns {
        /// How many columns were asked for.
        columns: usize,
        /// How many are possible.
        maximum: usize,
    },
    /// More rows than a sheet can hold; `maximum` counts the header too.
    #[error("more rows than the {maximum} a sheet can hold, header included")]
    TooManyRows {
        /// How many rows are possible, header included.
        maximum: u32,
    },
    /// A row has more or fewer cells than there are columns.
    #[error("row {row} has {found} cells where there are {expected} columns")]
    WrongNumberOfCells {
        /// The row as a spreadsheet numbers it.
        row: u64,
        /// How many columns the file has.
        expected: usize,
        /// How many cells the row has.
        found: usize,
    },
    /// Text longer than a cell of a sheet can hold.
    #[error("row {row}, column '{column}': the text is longer than the {maximum} characters a cell can hold")]
    CellTooLong {
        /// The row as a spreadsheet numbers it.
        row: u64,
        /// The title of the column.
        column: String,
        /// How many characters (UTF-16 units) are possible.
        maximum: usize,
    },
    /// The file cannot be written where it is to go.
    #[error("the export cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// The temporary file that collects the sheet can no longer be written or read; the usual cause is a full disk.
    #[error("the temporary file of the sheet cannot be written (is the disk full?)")]
    TemporaryFile,
    /// The workbook cannot be assembled.
    #[error("the workbook cannot be assembled: {0}")]
    Workbook(XlsxError),
    /// This export has failed before and cannot be continued.
    #[error("the export has failed before and cannot be continued")]
    AlreadyFailed,
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Output(error),
            other => Self::Workbook(other),
        }
    }
}
