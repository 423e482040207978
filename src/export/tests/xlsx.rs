//! XLSX workbooks as another library reads them.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::FullAfter;
use crate::export::{
    Cell, ExportError, MAXIMUM_CELL_LENGTH, MAXIMUM_COLUMNS, MAXIMUM_SHEET_ROWS, SheetWriter, XlsxWriter,
};

/// The rows of the sheet after the header, as a reader sees them.
fn read_back(titles: &[&str], rows: &[&[Cell<'_>]]) -> Vec<Vec<Data>> {
    let mut writer = SheetWriter::excel(Vec::new(), titles, None).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    assert_eq!(writer.rows_written(), rows.len() as u64);
    let mut workbook = Xlsx::new(Cursor::new(writer.finish().unwrap())).unwrap();
    assert_eq!(workbook.sheet_names(), ["Data"]);
    assert!(workbook.worksheet_formula("Data").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
    let sheet = workbook.worksheet_range("Data").unwrap();
    let mut read: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    let header = read.remove(0);
    assert_eq!(header, titles.iter().map(|title| Data::String((*title).to_owned())).collect::<Vec<_>>());
    read
}

fn read_back_cell(cell: Cell<'_>) -> Data {
    let mut rows = read_back(&["before", "cell"], &[&[Cell::Integer(1), cell]]);
    assert_eq!(rows[0][0], Data::Float(1.0));
    rows[0].remove(1)
}

#[test]
fn cells() {
    let text = |text: &str| Data::String(text.to_owned());
    let cases = [
        (Cell::Empty, Data::Empty),
        (Cell::Text(""), Data::Empty),
        (Cell::Integer(-5), Data::Float(-5.0)),
        (Cell::Integer(1_700_000_000_000), Data::Float(1.7e12)),
        (Cell::Integer(1 << 53), Data::Float(9_007_199_254_740_992.0)),
        (Cell::Integer((1 << 53) + 1), text("9007199254740993")),
        (Cell::Integer(i64::MIN), text("-9223372036854775808")),
        (Cell::Real(0.1), Data::Float(0.1)),
        (Cell::Real(-1e300), Data::Float(-1e300)),
        (Cell::Real(5e-324), Data::Float(5e-324)),
        (Cell::Real(f64::NAN), text("NaN")),
        (Cell::Real(f64::INFINITY), text("Infinity")),
        (Cell::Real(f64::NEG_INFINITY), text("-Infinity")),
        (Cell::Boolean(true), Data::Bool(true)),
        (Cell::Boolean(false), Data::Bool(false)),
        (Cell::Text("=1+1"), text("=1+1")),
        (Cell::Text("{=1+1}"), text("{=1+1}")),
        (Cell::Text("-5"), text("-5")),
        (Cell::Text("007"), text("007")),
        (Cell::Text("https://example.com"), text("https://example.com")),
        (Cell::Text("  kept\n"), text("  kept\n")),
        (Cell::Text("<a & \"b\">"), text("<a & \"b\">")),
        (Cell::Text("Zoë 😀"), text("Zoë 😀")),
        (Cell::Date("yesterday"), text("yesterday")),
        (Cell::Date("2024-02-30"), text("2024-02-30")),
        (Cell::Date("1899-12-31"), text("1899-12-31")),
        (Cell::DateTime("2024-05-06T07:08:09.123456"), text("2024-05-06T07:08:09.123456")),
        (Cell::Time("25:00:00"), text("25:00:00")),
    ];
    for (cell, expected) in cases {
        assert_eq!(read_back_cell(cell), expected, "{cell:?}");
    }
}

#[test]
fn calendar_cells_are_calendar_numbers() {
    let cases = [
        (Cell::Date("2024-05-06"), 45_418.0),
        (Cell::Date("1900-03-01"), 61.0),
        (Cell::DateTime("2024-05-06 12:00:00"), 45_418.5),
        (Cell::DateTime("2024-05-06T12:00:00.000"), 45_418.5),
        (Cell::Time("18:00:00"), 0.75),
        (Cell::Time("18:00:00.0"), 0.75),
    ];
    for (cell, expected) in cases {
        match read_back_cell(cell) {
            Data::DateTime(found) => assert!((found.as_f64() - expected).abs() < 1e-9, "{cell:?}: {found}"),
            other => panic!("{cell:?}: {other:?}"),
        }
    }
}

#[test]
fn characters_that_xml_forbids_do_not_break_the_file() {
    let every_control: String = ('\0'..=' ').chain(['\u{7f}', '\u{fffe}', '\u{ffff}']).collect();
    let texts = [every_control.as_str(), "_x0041_", "a\u{1}é", "]]>", "_x", "_xé00__"];
    for text in texts {
        assert!(matches!(read_back_cell(Cell::Text(text)), Data::String(_)), "{text:?}");
        assert!(matches!(read_back_cell(Cell::Date(text)), Data::String(_)), "{text:?}");
    }
    assert_eq!(read_back_cell(Cell::Text("_x0041_")), Data::String("_x0041_".to_owned()));
}

#[test]
fn empty_rows_keep_their_place() {
    let empty = [Cell::Empty, Cell::Empty];
    let read =
        read_back(&["a", "b"], &[&empty, &[Cell::Empty, Cell::Integer(1)], &empty, &[Cell::Text("x"), Cell::Empty]]);
    assert_eq!(read.len(), 4);
    assert_eq!(read[1], [Data::Empty, Data::Float(1.0)]);
    assert_eq!(read[3], [Data::String("x".to_owned()), Data::Empty]);
    assert!(read_back(&["only a header"], &[]).is_empty());
}

#[test]
fn text_as_long_as_a_cell_passes_and_longer_text_is_an_error() {
    let longest = "é".repeat(MAXIMUM_CELL_LENGTH);
    assert_eq!(read_back_cell(Cell::Text(&longest)), Data::String(longest.clone()));
    for too_long in [format!("{longest}é"), "😀".repeat(MAXIMUM_CELL_LENGTH / 2 + 1)] {
        let mut writer = XlsxWriter::start(Vec::new(), &["id", "remarks"], None).unwrap();
        writer.row(&[Cell::Integer(1), Cell::Empty]).unwrap();
        let error = writer.row(&[Cell::Integer(2), Cell::Text(&too_long)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 3, column 'remarks': the text is longer than the 32767 characters a cell can hold"
        );
        assert!(matches!(writer.row(&[Cell::Empty, Cell::Empty]), Err(ExportError::AlreadyFailed)));
        assert!(matches!(writer.finish(), Err(ExportError::AlreadyFailed)));
        let title = XlsxWriter::start(Vec::new(), &[too_long], None);
        assert!(matches!(title, Err(ExportError::CellTooLong { row: 1, .. })));
    }
}

#[test]
fn the_last_row_passes_and_the_next_is_an_error() {
    let mut writer = XlsxWriter::start(std::io::sink(), &["a"], None).unwrap();
    for _ in 1..MAXIMUM_SHEET_ROWS {
        writer.row(&[Cell::Empty]).unwrap();
    }
    assert_eq!(writer.rows_written(), u64::from(MAXIMUM_SHEET_ROWS) - 1);
    let error = writer.row(&[Cell::Empty]).unwrap_err();
    assert!(matches!(error, ExportError::TooManyRows { maximum: 1_048_576 }), "{error}");
}

#[test]
fn the_last_column_passes_and_the_next_is_an_error() {
    let mut titles = vec!["title"; MAXIMUM_COLUMNS];
    let read = read_back(&titles, &[&vec![Cell::Integer(1); MAXIMUM_COLUMNS]]);
    assert_eq!(read[0], vec![Data::Float(1.0); MAXIMUM_COLUMNS]);
    titles.push("one more");
    let error = XlsxWriter::start(Vec::new(), &titles, None).unwrap_err();
    assert!(matches!(error, ExportError::TooManyColumns { columns: 16_385, maximum: 16_384 }), "{error}");
    assert!(matches!(XlsxWriter::start(Vec::new(), &[] as &[&str], None), Err(ExportError::NoColumns)));
}

#[test]
fn rows_of_another_width_are_refused() {
    let mut writer = XlsxWriter::start(Vec::new(), &["a", "b"], None).unwrap();
    let error = writer.row(&[Cell::Empty; 3]).unwrap_err();
    assert!(matches!(error, ExportError::WrongNumberOfCells { row: 2, expected: 2, found: 3 }), "{error}");
}

#[test]
fn a_sink_that_refuses_is_an_error() {
    for room in [0, 1_000, 5_000] {
        let mut writer = XlsxWriter::start(FullAfter(room), &["a"], None).unwrap();
        for number in 0..5_000 {
            writer.row(&[Cell::Integer(number)]).unwrap();
        }
        let error = writer.finish().unwrap_err();
        assert!(matches!(error, ExportError::Output(_)), "{room}: {error}");
    }
}

#[test]
fn a_temporary_directory_that_is_none_is_an_error() {
    let nowhere = std::path::Path::new("/nowhere/at/all");
    assert!(matches!(XlsxWriter::start(Vec::new(), &["a"], Some(nowhere)), Err(ExportError::Workbook(_))));
}
