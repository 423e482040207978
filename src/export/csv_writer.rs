//! Writes rows as CSV text, straight into a sink. Where the sink leads is left to the caller.
//!
//! The rules of the text:
//! - One header line, then one line per row, with `\n` *between* lines: there is none after the last one. The text is
//!   UTF-8 without a byte order mark.
//! - A value is quoted if it holds a comma, a quote, a line feed or a carriage return; quotes inside are doubled.
//! - Null is nothing at all. In a file of one column an empty value is written `""`, since readers skip empty lines and
//!   the row would be lost.
//! - Values are not trimmed: blanks are data, and what is read back must be what was stored.
//! - Days are `yyyy-MM-dd`, moments `yyyy-MM-ddTHH:mm:ss`, booleans `true` and `false`, numbers plain digits without an
//!   exponent; what no digits can tell is `NaN`, `Infinity` or `-Infinity`.
//! - Text that a spreadsheet would take for a formula gets an apostrophe in front, see [`may_be_taken_for_a_formula`].
//!   Numbers never do.

use std::io::Write;

use super::{Cell, ExportError, calendar};

/// How many bytes are gathered before they are handed to the sink.
const CHUNK_BYTES: usize = 64 * 1024;

/// Streams rows as CSV text into a sink.
///
/// Dropped without [`CsvWriter::finish`], it leaves the last bytes unwritten.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    sink: W,
    pending: Vec<u8>,
    columns: usize,
    rows: u64,
    has_failed: bool,
}

impl<W: Write> CsvWriter<W> {
    /// Starts a file with the titles of its columns.
    ///
    /// # Errors
    /// [`ExportError::NoColumns`] if there is no title.
    pub fn start<S: AsRef<str>>(sink: W, titles: &[S]) -> Result<Self, ExportError> {
        if titles.is_empty() {
            return Err(ExportError::NoColumns);
        }
        // The room beyond the chunk takes the row that makes the chunk full.
        let mut pending = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
        append_line(&mut pending, titles, |pending, title| append_text(pending, title.as_ref()));
        Ok(Self { sink, pending, columns: titles.len(), rows: 0, has_failed: false })
    }

    /// Writes one row, a cell for each column.
    ///
    /// # Errors
    /// [`ExportError::WrongNumberOfCells`], or [`ExportError::Output`] if the sink refuses; after either, and on
    /// [`ExportError::AlreadyFailed`], the file is to be thrown away.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if self.has_failed {
            return Err(ExportError::AlreadyFailed);
        }
        let result = self.append_row(cells);
        self.has_failed = result.is_err();
        result
    }

    /// Writes what is still pending, flushes the sink and gives it back.
    ///
    /// # Errors
    /// [`ExportError::Output`] if the sink refuses, [`ExportError::AlreadyFailed`] if a row failed before.
    pub fn finish(mut self) -> Result<W, ExportError> {
        if self.has_failed {
            return Err(ExportError::AlreadyFailed);
        }
        self.hand_over_pending()?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    /// How many rows have been written, the header not counted.
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        self.rows
    }

    fn append_row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if cells.len() != self.columns {
            return Err(ExportError::WrongNumberOfCells {
                row: self.rows + 2,
                expected: self.columns,
                found: cells.len(),
            });
        }
        self.pending.push(b'\n');
        append_line(&mut self.pending, cells, |pending, cell| append_cell(pending, *cell));
        self.rows += 1;
        if self.pending.len() >= CHUNK_BYTES {
            self.hand_over_pending()?;
        }
        Ok(())
    }

    fn hand_over_pending(&mut self) -> Result<(), ExportError> {
        self.sink.write_all(&self.pending)?;
        self.pending.clear();
        Ok(())
    }
}

fn append_line<T>(line: &mut Vec<u8>, values: &[T], append_value: impl Fn(&mut Vec<u8>, &T)) {
    let start = line.len();
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            line.push(b',');
        }
        append_value(line, value);
    }
    if line.len() == start {
        line.extend_from_slice(b"\"\"");
    }
}

fn append_cell(line: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Empty => {}
        Cell::Integer(number) => append_integer(line, number),
        Cell::Real(number) => append_real(line, number),
        Cell::Boolean(true) => line.extend_from_slice(b"true"),
        Cell::Boolean(false) => line.extend_from_slice(b"false"),
        Cell::DateTime(text) if calendar::is_datetime(text) => append_datetime(line, text),
        // A day or time that is not one may be any text at all, a formula too.
        Cell::Text(text) | Cell::Date(text) | Cell::DateTime(text) | Cell::Time(text) => append_text(line, text),
    }
}

fn append_integer(line: &mut Vec<u8>, number: i64) {
    append_displayed(line, &number);
}

fn append_real(line: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        append_displayed(line, &number);
    } else if number.is_nan() {
        line.extend_from_slice(b"NaN");
    } else if number > 0.0 {
        line.extend_from_slice(b"Infinity");
    } else {
        line.extend_from_slice(b"-Infinity");
    }
}

fn append_displayed(line: &mut Vec<u8>, number: &impl std::fmt::Display) {
    // Writing into memory cannot fail.
    let _ = write!(line, "{number}");
}

/// Writes a moment that [`calendar::is_datetime`] knows, so the eleventh byte is what stands between day and time.
fn append_datetime(line: &mut Vec<u8>, text: &str) {
    let separator = line.len() + 10;
    line.extend_from_slice(text.as_bytes());
    line[separator] = b'T';
}

fn append_text(line: &mut Vec<u8>, text: &str) {
    let guard: &[u8] = if may_be_taken_for_a_formula(text) { b"'" } else { b"" };
    if needs_quotes(text) {
        line.push(b'"');
        line.extend_from_slice(guard);
        append_with_doubled_quotes(line, text);
        line.push(b'"');
    } else {
        line.extend_from_slice(guard);
        line.extend_from_slice(text.as_bytes());
    }
}

fn append_with_doubled_quotes(line: &mut Vec<u8>, text: &str) {
    for (position, part) in text.split('"').enumerate() {
        if position > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(part.as_bytes());
    }
}

/// Looks at every byte without leaving early, which the compiler turns into a few wide comparisons.
fn needs_quotes(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

/// Whether a spreadsheet that opens the file may run this text instead of showing it: it begins with one of the characters
/// that OWASP lists for CSV injection. Blanks before it do not stop every spreadsheet, so they do not count.
fn may_be_taken_for_a_formula(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}
