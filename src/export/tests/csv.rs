//! CSV text: quoting, guarding, line ends and what a reader makes of them.

use super::FullAfter;
use crate::export::{Cell, CsvWriter, ExportError, SheetWriter};

fn written(titles: &[&str], rows: &[&[Cell<'_>]]) -> String {
    let mut writer = CsvWriter::start(Vec::new(), titles).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    assert_eq!(writer.rows_written(), rows.len() as u64);
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The text of a cell, with a column before and after it.
fn written_cell(cell: Cell<'_>) -> String {
    let text = written(&["a", "b", "c"], &[&[Cell::Integer(1), cell, Cell::Integer(2)]]);
    text.strip_prefix("a,b,c\n1,").and_then(|rest| rest.strip_suffix(",2")).unwrap().to_owned()
}

#[test]
fn cells() {
    let cases = [
        (Cell::Empty, ""),
        (Cell::Integer(-5), "-5"),
        (Cell::Integer(i64::MIN), "-9223372036854775808"),
        (Cell::Real(-0.25), "-0.25"),
        (Cell::Real(5.0), "5"),
        (Cell::Real(1e21), "1000000000000000000000"),
        (Cell::Real(0.1 + 0.2), "0.30000000000000004"),
        (Cell::Real(f64::NAN), "NaN"),
        (Cell::Real(f64::INFINITY), "Infinity"),
        (Cell::Real(f64::NEG_INFINITY), "-Infinity"),
        (Cell::Boolean(true), "true"),
        (Cell::Boolean(false), "false"),
        (Cell::Date("2024-05-06"), "2024-05-06"),
        (Cell::DateTime("2024-05-06 07:08:09"), "2024-05-06T07:08:09"),
        (Cell::DateTime("2024-05-06T07:08:09.5"), "2024-05-06T07:08:09.5"),
        (Cell::DateTime("1850-05-06 07:08:09.123456"), "1850-05-06T07:08:09.123456"),
        (Cell::DateTime("yesterday at 5"), "yesterday at 5"),
        (Cell::Time("07:08:09"), "07:08:09"),
        (Cell::Text(""), ""),
        (Cell::Text("plain"), "plain"),
        (Cell::Text("  kept  "), "  kept  "),
        (Cell::Text("a,b"), "\"a,b\""),
        (Cell::Text("say \"hi\""), "\"say \"\"hi\"\"\""),
        (Cell::Text("\""), "\"\"\"\""),
        (Cell::Text("two\nlines"), "\"two\nlines\""),
        (Cell::Text("two\rlines"), "\"two\rlines\""),
        (Cell::Text("semi;colon"), "semi;colon"),
        (Cell::Text("Zoë 😀"), "Zoë 😀"),
    ];
    for (cell, expected) in cases {
        assert_eq!(written_cell(cell), expected, "{cell:?}");
    }
}

#[test]
fn text_that_looks_like_a_formula_is_guarded() {
    let cases = [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""),
        ("\n=1", "\"'\n=1\""),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ("'=1", "'=1"),
        ("a=1", "a=1"),
        ("1-2", "1-2"),
        ("\"=1\"", "\"\"\"=1\"\"\""),
    ];
    for (text, expected) in cases {
        for cell in [Cell::Text(text), Cell::Date(text), Cell::DateTime(text), Cell::Time(text)] {
            assert_eq!(written_cell(cell), expected, "{cell:?}");
        }
    }
    assert_eq!(written(&["=a", "b,c"], &[]), "'=a,\"b,c\"");
}

#[test]
fn line_feeds_stand_between_lines_only() {
    assert_eq!(written(&["a", "b"], &[]), "a,b");
    assert_eq!(written(&["a", "b"], &[&[Cell::Empty, Cell::Empty], &[Cell::Text("x"), Cell::Empty]]), "a,b\n,\nx,");
    assert_eq!(written(&["a"], &[&[Cell::Empty], &[Cell::Text("")], &[Cell::Integer(1)]]), "a\n\"\"\n\"\"\n1");
    assert_eq!(written(&[""], &[]), "\"\"");
}

#[test]
fn what_a_reader_reads_is_what_was_written() {
    let pieces = ["", " ", "a", ",", "\"", "\n", "\r\n", "ß", "'", "😀", "\t", "x;y", "\"\"", "\0"];
    for columns in [1, 3] {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (first, left) in pieces.iter().enumerate() {
            for right in pieces {
                let cell = format!("v{left}{right}");
                rows.push(
                    (0..columns)
                        .map(|column| if column == first % 2 { cell.clone() } else { (*right).to_owned() })
                        .collect(),
                );
            }
        }
        // These begin with a character that is guarded, which the reader would show.
        rows.retain(|row| !row.iter().any(|cell| cell.starts_with(['\n', '\r', '\t'])));
        let titles: Vec<String> = (0..columns).map(|column| format!("title \"{column}\",")).collect();
        let mut writer = CsvWriter::start(Vec::new(), &titles).unwrap();
        for row in &rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|cell| Cell::Text(cell)).collect();
            writer.row(&cells).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(reader.headers().unwrap(), &::csv::StringRecord::from(titles));
        let read: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(read, rows);
    }
}

#[test]
fn numbers_come_back_as_they_were() {
    for number in [0.0, -0.0, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, -123_456.789, f64::INFINITY] {
        assert_eq!(written_cell(Cell::Real(number)).parse::<f64>().unwrap().to_bits(), number.to_bits());
    }
}

#[test]
fn long_files_arrive_whole() {
    let mut writer = SheetWriter::csv(Vec::new(), &["a", "b"]).unwrap();
    let long = "x".repeat(100_000);
    for number in 0..20_000 {
        writer.row(&[Cell::Integer(number), Cell::Text(if number == 7 { &long } else { "y" })]).unwrap();
    }
    assert_eq!(writer.rows_written(), 20_000);
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let expected: Vec<String> = std::iter::once("a,b".to_owned())
        .chain((0..20_000).map(|number| format!("{number},{}", if number == 7 { &long } else { "y" })))
        .collect();
    assert_eq!(text, expected.join("\n"));
}

#[test]
fn rows_of_another_width_are_refused_for_good() {
    let mut writer = CsvWriter::start(Vec::new(), &["a", "b"]).unwrap();
    writer.row(&[Cell::Empty, Cell::Empty]).unwrap();
    let error = writer.row(&[Cell::Empty]).unwrap_err();
    assert!(matches!(error, ExportError::WrongNumberOfCells { row: 3, expected: 2, found: 1 }), "{error}");
    assert!(matches!(writer.row(&[Cell::Empty, Cell::Empty]), Err(ExportError::AlreadyFailed)));
    assert!(matches!(writer.finish(), Err(ExportError::AlreadyFailed)));
    assert!(matches!(CsvWriter::start(Vec::new(), &[] as &[&str]), Err(ExportError::NoColumns)));
}

#[test]
fn a_sink_that_refuses_is_an_error() {
    let mut writer = CsvWriter::start(FullAfter(100_000), &["a"]).unwrap();
    let error = (0..100_000).find_map(|number| writer.row(&[Cell::Integer(number)]).err()).unwrap();
    assert!(matches!(error, ExportError::Output(_)), "{error}");
    let mut writer = CsvWriter::start(FullAfter(3), &["a"]).unwrap();
    writer.row(&[Cell::Integer(12_345)]).unwrap();
    assert!(matches!(writer.finish(), Err(ExportError::Output(_))));
}
