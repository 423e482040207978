//! Writes rows as an XLSX workbook of one sheet. Where the file goes is left to the caller's sink.
//!
//! The sheet is called `Data` and has a bold header. Text is always text, never a formula or a link. Whatever a cell
//! cannot hold exactly is written as text rather than changed: whole numbers beyond 2^53, `NaN` and the infinities, days
//! before 1900-03-01, times finer than a millisecond, and calendar text that is none.
//!
//! Rows go to a nameless temporary file as they come, so memory does not grow with them; that file takes some 50 bytes
//! of disk per cell until the workbook is finished or dropped.

use std::io::{BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet};

use super::calendar::{self, Serial};
use super::{Cell, ExportError};

/// How many rows a sheet can hold, header included.
pub const MAXIMUM_SHEET_ROWS: u32 = 1_048_576;

/// How many columns a sheet can hold.
pub const MAXIMUM_COLUMNS: usize = 16_384;

/// How many characters a cell can hold, counted in UTF-16 units.
pub const MAXIMUM_CELL_LENGTH: usize = 32_767;

/// From here on doubles skip whole numbers.
const FIRST_INEXACT_INTEGER: u64 = (1 << 53) + 1;

/// From here on a sheet shows a whole number with an exponent unless told otherwise.
const FIRST_INTEGER_SHOWN_WITH_EXPONENT: u64 = 100_000_000_000;

/// The archive needs its large variant, which not every reader knows, once the sheet passes this size.
const LARGEST_PLAIN_ARCHIVE_BYTES: u64 = u32::MAX as u64;

/// The widest column, in characters; longer text is cut on the screen, not in the file.
const WIDEST_COLUMN: usize = 60;

/// Narrower columns than this are left at the width a spreadsheet gives them.
const DEFAULT_WIDTH: usize = 8;

/// Fast compression: levels above it take far longer for files that are hardly smaller.
const COMPRESSION_LEVEL: u8 = 3;

/// Collects rows and writes them as an XLSX workbook when finished.
pub struct XlsxWriter<W: Write + Send> {
    sink: W,
    workbook: Workbook,
    sheet: Sheet,
    has_failed: bool,
}

/// The sheet under construction.
struct Sheet {
    worksheet: Worksheet,
    formats: CellFormats,
    columns: Vec<Column>,
    next_row: u32,
    /// No less than the bytes of the sheet so far, however much of its text must be escaped.
    largest_possible_bytes: u64,
}

struct Column {
    title: String,
    widest_value: usize,
}

struct CellFormats {
    header: CellFormat,
    long_integer: CellFormat,
    date: CellFormat,
    datetime: CellFormat,
    datetime_with_decimals: CellFormat,
    time: CellFormat,
    time_with_decimals: CellFormat,
}

impl<W: Write + Send> XlsxWriter<W> {
    /// Starts a workbook with the titles of its columns. The temporary file goes to the given directory, else to that of
    /// the system; a directory held in memory would defeat its purpose.
    ///
    /// # Errors
    /// [`ExportError::NoColumns`], [`ExportError::TooManyColumns`], [`ExportError::CellTooLong`] for a title, or
    /// [`ExportError::Workbook`] if no temporary file can be made.
    pub fn start<S: AsRef<str>>(
        sink: W,
        titles: &[S],
        temporary_directory: Option<&Path>,
    ) -> Result<Self, ExportError> {
        check_columns(titles.len())?;
        let mut workbook = Workbook::new();
        workbook.set_zip_compression_level(COMPRESSION_LEVEL);
        if let Some(directory) = temporary_directory {
            workbook.set_tempdir(directory)?;
        }
        let mut worksheet = workbook.new_worksheet_with_constant_memory()?;
        worksheet.set_name("Data")?;
        let mut sheet = Sheet {
            worksheet,
            formats: CellFormats::new(),
            columns: titles.iter().map(|title| Column::new(title.as_ref())).collect(),
            next_row: 0,
            largest_possible_bytes: 0,
        };
        stop_panics(|| sheet.write_header())?;
        Ok(Self { sink, workbook, sheet, has_failed: false })
    }

    /// Writes one row, a cell for each column.
    ///
    /// # Errors
    /// [`ExportError::WrongNumberOfCells`], [`ExportError::TooManyRows`], [`ExportError::CellTooLong`],
    /// [`ExportError::TemporaryFile`]; after any of them, and on [`ExportError::AlreadyFailed`], the file is to be
    /// thrown away.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if self.has_failed {
            return Err(ExportError::AlreadyFailed);
        }
        let result = stop_panics(|| self.sheet.write_row(cells));
        self.has_failed = result.is_err();
        result
    }

    /// Writes the workbook into the sink, flushes the sink and gives it back.
    ///
    /// # Errors
    /// [`ExportError::Output`] if the sink refuses, [`ExportError::TemporaryFile`], [`ExportError::Workbook`], or
    /// [`ExportError::AlreadyFailed`] if a row failed before.
    pub fn finish(self) -> Result<W, ExportError> {
        if self.has_failed {
            return Err(ExportError::AlreadyFailed);
        }
        let Self { mut sink, mut workbook, mut sheet, .. } = self;
        workbook.use_zip_large_file(sheet.largest_possible_bytes > LARGEST_PLAIN_ARCHIVE_BYTES);
        stop_panics(|| {
            sheet.set_column_widths()?;
            workbook.push_worksheet(sheet.worksheet);
            let mut buffered_sink = BufWriter::new(&mut sink);
            workbook.save_to_writer(&mut buffered_sink)?;
            buffered_sink.flush()?;
            Ok(())
        })?;
        Ok(sink)
    }

    /// How many rows have been written, the header not counted.
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        u64::from(self.sheet.next_row.saturating_sub(1))
    }
}

impl<W: Write + Send> std::fmt::Debug for XlsxWriter<W> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("XlsxWriter").field("rows_written", &self.rows_written()).finish_non_exhaustive()
    }
}

impl Sheet {
    fn write_header(&mut self) -> Result<(), ExportError> {
        for position in 0..self.columns.len() {
            let title = self.columns[position].title.clone();
            self.check_length(position, &title)?;
            self.count(position, displayed_width(&title), title.len());
            self.worksheet.write_string_with_format(0, column_number(position), title, &self.formats.header)?;
        }
        self.next_row = 1;
        Ok(())
    }

    fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if cells.len() != self.columns.len() {
            return Err(ExportError::WrongNumberOfCells {
                row: self.displayed_row(),
                expected: self.columns.len(),
                found: cells.len(),
            });
        }
        if self.next_row >= MAXIMUM_SHEET_ROWS {
            return Err(ExportError::TooManyRows { maximum: MAXIMUM_SHEET_ROWS });
        }
        for (position, cell) in cells.iter().enumerate() {
            self.write_cell(position, *cell)?;
        }
        self.next_row += 1;
        Ok(())
    }

    fn write_cell(&mut self, position: usize, cell: Cell<'_>) -> Result<(), ExportError> {
        match cell {
            Cell::Empty => Ok(()),
            Cell::Integer(number) => self.write_integer(position, number),
            Cell::Real(number) => self.write_real(position, number),
            Cell::Boolean(value) => self.write_boolean(position, value),
            Cell::Text(text) => self.write_text(position, text),
            Cell::Date(text) => match calendar::serial_of_date(text) {
                Some(serial) => self.write_serial(position, serial, |formats| &formats.date, 10),
                None => self.write_text(position, text),
            },
            Cell::DateTime(text) => match calendar::serial_of_datetime(text) {
                Some(serial) if serial.has_decimals => {
                    self.write_serial(position, serial, |formats| &formats.datetime_with_decimals, 23)
                }
                Some(serial) => self.write_serial(position, serial, |formats| &formats.datetime, 19),
                None => self.write_text(position, text),
            },
            Cell::Time(text) => match calendar::serial_of_time(text) {
                Some(serial) if serial.has_decimals => {
                    self.write_serial(position, serial, |formats| &formats.time_with_decimals, 12)
                }
                Some(serial) => self.write_serial(position, serial, |formats| &formats.time, 8),
                None => self.write_text(position, text),
            },
        }
    }

    /// The numbers that pass are those a double holds exactly.
    #[allow(clippy::cast_precision_loss)]
    fn write_integer(&mut self, position: usize, number: i64) -> Result<(), ExportError> {
        let magnitude = number.unsigned_abs();
        if magnitude >= FIRST_INEXACT_INTEGER {
            return self.write_text(position, &number.to_string());
        }
        let column = column_number(position);
        if magnitude >= FIRST_INTEGER_SHOWN_WITH_EXPONENT {
            self.count(position, 17, 0);
            let format = &self.formats.long_integer;
            self.worksheet.write_number_with_format(self.next_row, column, number as f64, format)?;
        } else {
            self.count(position, 12.min(digits_of(magnitude) + 1), 0);
            self.worksheet.write_number(self.next_row, column, number as f64)?;
        }
        Ok(())
    }

    fn write_real(&mut self, position: usize, number: f64) -> Result<(), ExportError> {
        if number.is_nan() {
            return self.write_text(position, "NaN");
        }
        if number.is_infinite() {
            return self.write_text(position, if number > 0.0 { "Infinity" } else { "-Infinity" });
        }
        // The longest double takes 326 characters, since numbers are written without an exponent.
        self.count(position, 10, 48);
        self.worksheet.write_number(self.next_row, column_number(position), number)?;
        Ok(())
    }

    fn write_boolean(&mut self, position: usize, value: bool) -> Result<(), ExportError> {
        self.count(position, 5, 0);
        self.worksheet.write_boolean(self.next_row, column_number(position), value)?;
        Ok(())
    }

    fn write_text(&mut self, position: usize, text: &str) -> Result<(), ExportError> {
        self.check_length(position, text)?;
        self.count(position, displayed_width(text), text.len());
        self.worksheet.write_string(self.next_row, column_number(position), text)?;
        Ok(())
    }

    fn write_serial(
        &mut self,
        position: usize,
        serial: Serial,
        format: impl Fn(&CellFormats) -> &CellFormat,
        width: usize,
    ) -> Result<(), ExportError> {
        self.count(position, width, 0);
        let format = format(&self.formats);
        self.worksheet.write_number_with_format(self.next_row, column_number(position), serial.number, format)?;
        Ok(())
    }

    fn check_length(&self, position: usize, text: &str) -> Result<(), ExportError> {
        // Text has at least as many bytes as UTF-16 units, so short text need not be counted.
        if text.len() > MAXIMUM_CELL_LENGTH && text.encode_utf16().count() > MAXIMUM_CELL_LENGTH {
            return Err(ExportError::CellTooLong {
                row: self.displayed_row(),
                column: self.columns[position].title.clone(),
                maximum: MAXIMUM_CELL_LENGTH,
            });
        }
        Ok(())
    }

    /// Keeps the books of a cell about to be written: how wide its column must be and how large the sheet may become. An
    /// escaped character takes up to seven bytes, the markup of a cell and its share of the row's less than 128.
    fn count(&mut self, position: usize, width: usize, text_bytes: usize) {
        let column = &mut self.columns[position];
        column.widest_value = column.widest_value.max(width);
        self.largest_possible_bytes += 128 + 7 * text_bytes as u64;
    }

    /// Without this a day would show as `########`, since it is wider than a column is by default.
    fn set_column_widths(&mut self) -> Result<(), ExportError> {
        for (position, column) in self.columns.iter().enumerate() {
            if let Ok(characters) = u8::try_from(column.widest_value)
                && column.widest_value > DEFAULT_WIDTH
            {
                self.worksheet.set_column_width(column_number(position), f64::from(characters) + 1.5)?;
            }
        }
        Ok(())
    }

    fn displayed_row(&self) -> u64 {
        u64::from(self.next_row) + 1
    }
}

impl Column {
    fn new(title: &str) -> Self {
        Self { title: title.to_owned(), widest_value: 0 }
    }
}

impl CellFormats {
    fn new() -> Self {
        let numbers_like = |pattern: &str| CellFormat::new().set_num_format(pattern);
        Self {
            header: CellFormat::new().set_bold(),
            long_integer: numbers_like("0"),
            date: numbers_like("yyyy-mm-dd"),
            datetime: numbers_like("yyyy-mm-dd hh:mm:ss"),
            datetime_with_decimals: numbers_like("yyyy-mm-dd hh:mm:ss.000"),
            time: numbers_like("hh:mm:ss"),
            time_with_decimals: numbers_like("hh:mm:ss.000"),
        }
    }
}

fn check_columns(columns: usize) -> Result<(), ExportError> {
    match columns {
        0 => Err(ExportError::NoColumns),
        1..=MAXIMUM_COLUMNS => Ok(()),
        _ => Err(ExportError::TooManyColumns { columns, maximum: MAXIMUM_COLUMNS }),
    }
}

/// [`check_columns`] has seen to it that every position fits.
fn column_number(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

fn digits_of(magnitude: u64) -> usize {
    magnitude.checked_ilog10().map_or(1, |logarithm| logarithm as usize + 1)
}

fn displayed_width(text: &str) -> usize {
    text.chars().take(WIDEST_COLUMN).count()
}

/// Runs work that writes the temporary file. The workbook library panics when that file refuses a write, and a full disk
/// must cost one export, not the thread that makes it.
fn stop_panics<T>(work: impl FnOnce() -> Result<T, ExportError>) -> Result<T, ExportError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(ExportError::TemporaryFile))
}
