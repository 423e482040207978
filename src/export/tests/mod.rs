//! What the files look like, read back by other libraries than those that wrote them.

mod calendar;
mod csv;
mod formats;
mod xlsx;

use std::io::{Error, Write};

use super::{CsvWriter, SheetWriter, XlsxWriter};

/// A sink that takes so many bytes and then refuses.
#[derive(Debug)]
struct FullAfter(usize);

impl Write for FullAfter {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| Error::other("full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn the_writers_may_move_to_another_thread() {
    fn needs_send<T: Send>() {}
    needs_send::<CsvWriter<Vec<u8>>>();
    needs_send::<XlsxWriter<Vec<u8>>>();
    needs_send::<SheetWriter<Vec<u8>>>();
    needs_send::<super::ExportError>();
}
