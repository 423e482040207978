//! `GET …/export/{type}`: all rows of a list as a file, made while it is sent.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use serde_json::{Value as Json, json};

use crate::databases::{encode, rows, serve};
use crate::support::{Answer, Server};

/// The lines of a CSV file as a reader takes them, the header first.
#[track_caller]
pub fn csv(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(answer.body.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The cells of a workbook's only sheet, the header first.
#[track_caller]
pub fn sheet(answer: &Answer) -> Vec<Vec<Data>> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.body.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["Data"]);
    book.worksheet_range("Data").unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn first_column(lines: &[Vec<String>]) -> Vec<&str> {
    lines.iter().skip(1).map(|line| line[0].as_str()).collect()
}

#[test]
fn a_csv_file_has_every_property_and_those_of_the_relations() {
    let server = Server::start();
    let answer = server.admin().get("/services/hrdb/Employee/export/CSV");
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(answer.header("content-disposition"), Some("attachment;filename=\"Employee.csv\""));
    let lines = csv(&answer);
    assert_eq!(lines.len(), 11);
    let header = lines[0].join(",");
    assert!(header.starts_with("EmpId,Firstname,Lastname,Street,City,State,Zip,Birthdate,Picurl,JobTitle,DeptId,Username,Role,ManagerId,TenantId,Department DeptId,Department Name,"), "{header}");
    assert!(header.ends_with(",EmployeeByManagerId ManagerId,EmployeeByManagerId TenantId"), "{header}");
    assert!(!answer.text().contains("assword") && !answer.text().contains("argon2"));
    let at = |line: usize, title: &str| {
        let column = lines[0].iter().position(|name| name == title).unwrap();
        lines[line][column].as_str()
    };
    for (line, title, expected) in [
        (1, "EmpId", "1"),
        (1, "Birthdate", "1973-10-21"),
        (1, "ManagerId", ""),
        (1, "EmployeeByManagerId Firstname", ""),
        (2, "Zip", "02127"),
        (2, "Department Name", "Engineering"),
        (2, "EmployeeByManagerId Birthdate", "1973-10-21"),
    ] {
        assert_eq!(at(line, title), expected, "{title} of line {line}");
    }
    assert!(!answer.text().ends_with('\n') && !answer.text().contains('\r'));
}

#[test]
fn all_rows_are_exported_unless_a_page_is_asked_for() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let numbers = |query: &str| {
        let answer = admin.get(&format!("/services/music/Track/export/CSV{query}"));
        first_column(&csv(&answer)).iter().map(|id| id.parse().unwrap()).collect::<Vec<i64>>()
    };
    assert_eq!(numbers(""), (1..=1500).collect::<Vec<_>>());
    assert_eq!(numbers("?page=2&size=3"), [4, 5, 6]);
    assert_eq!(numbers("?size=2"), [1, 2]);
    assert_eq!(numbers("?page=2").len(), 20);
    assert_eq!(numbers("?size=5000").len(), 100);
    assert_eq!(numbers("?page=1000&size=100"), [] as [i64; 0]);
    assert_eq!(numbers(&format!("?q={}", encode("genre is null"))).len(), 38);
    assert_eq!(numbers("?sort=trackId%20desc")[..3], [1500, 1499, 1498]);
    assert_eq!(
        numbers(&format!("?q={}&sort=genre.name%20desc,trackId%20desc&size=2", encode("genre.name is null"))).len(),
        2
    );
    let empty = csv(&admin.get(&format!("/services/music/Track/export/CSV?q={}", encode("trackId < 0"))));
    assert_eq!(empty.len(), 1, "a header alone");
    let objects = admin.get("/services/music/Track/export/JSON");
    assert_eq!(objects.header("content-disposition"), Some("attachment;filename=\"Track.json\""));
    let objects = objects.json();
    assert_eq!(objects.as_array().unwrap().len(), 1500);
    let listed = rows(&admin.get("/services/music/Track?size=100"));
    assert_eq!(objects.as_array().unwrap()[..100], listed);
    assert_eq!(admin.get(&format!("/services/music/Track/export/JSON?q={}", encode("trackId < 0"))).json(), json!([]));
}

#[test]
fn the_type_is_read_in_any_case_and_nothing_else_is_one() {
    let server = Server::start();
    let admin = server.admin();
    for kind in ["csv", "Csv", "CSV", "excel", "EXCEL", "Excel", "json"] {
        assert_eq!(admin.get(&format!("/services/hrdb/Department/export/{kind}")).status, 200, "{kind}");
    }
    for kind in ["PDF", "XLSX", "xls", "CSV%20", "%2e", "1"] {
        let answer = admin.get(&format!("/services/hrdb/Department/export/{kind}"));
        assert_eq!(answer.status, 400, "{kind}");
        let error = answer.error();
        assert_eq!(error["messageKey"], "com.wavemaker.runtime.data$InvalidInput", "{kind}");
        assert_eq!(error["parameters"], json!(["The input for exportType is invalid."]), "{kind}");
    }
    for (query, key) in [
        ("q=deptId%20=", "com.wavemaker.runtime.data$SyntaxErrorInQuery"),
        ("q=nonsense=1", "Property {0} in the class {1} is not valid."),
        ("sort=nonsense", "com.wavemaker.runtime.data$UnknownFieldName"),
        ("page=0", "com.wavemaker.runtime.invalid.parameter"),
        ("size=x", "com.wavemaker.runtime.invalid.parameter"),
    ] {
        for kind in ["CSV", "EXCEL", "JSON"] {
            let answer = admin.get(&format!("/services/hrdb/Department/export/{kind}?{query}"));
            assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(key)), "{kind} {query}");
            assert_eq!(answer.header("content-disposition"), None, "{kind} {query}");
        }
    }
}

#[test]
fn a_workbook_holds_values_of_their_types() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let answer = admin.get("/services/hrdb/Employee/export/EXCEL");
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(answer.header("content-disposition"), Some("attachment;filename=\"Employee.xlsx\""));
    let cells = sheet(&answer);
    assert_eq!(cells.len(), 11);
    let at = |line: usize, title: &str| {
        let column = cells[0].iter().position(|name| *name == Data::String(title.to_owned())).unwrap();
        cells[line][column].clone()
    };
    assert_eq!(at(2, "EmpId"), Data::Float(2.0));
    assert_eq!(at(2, "Zip"), Data::String("02127".to_owned()));
    assert_eq!(at(1, "ManagerId"), Data::Empty);
    let Data::DateTime(birthdate) = at(1, "Birthdate") else { panic!("a date: {:?}", at(1, "Birthdate")) };
    // The days from 1899-12-30 to 1973-10-21.
    assert!((birthdate.as_f64() - 26_958.0).abs() < f64::EPSILON);
    let tracks = sheet(&admin.get("/services/music/Track/export/EXCEL"));
    assert_eq!(tracks.len(), 1501);
    let explicit = tracks[0].iter().position(|name| *name == Data::String("Explicit".to_owned())).unwrap();
    assert_eq!(tracks.iter().filter(|line| line[explicit] == Data::Bool(true)).count(), 151);
}

#[test]
fn no_text_becomes_a_formula() {
    let server = Server::start();
    let admin = server.admin();
    let texts =
        ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "harmless=1", "-"];
    for (number, text) in texts.iter().enumerate() {
        let body = json!({"name": text, "deptCode": format!("t{number:02}"), "budget": -5});
        assert_eq!(admin.post("/services/hrdb/Department", &body).status, 200, "{text}");
    }
    let query = format!("?q={}&sort=deptCode", encode("deptCode like 't__'"));
    let lines = csv(&admin.get(&format!("/services/hrdb/Department/export/CSV{query}")));
    let cells = sheet(&admin.get(&format!("/services/hrdb/Department/export/EXCEL{query}")));
    assert_eq!((lines.len(), cells.len()), (texts.len() + 1, texts.len() + 1));
    for (number, text) in texts.iter().enumerate() {
        let guarded = if *text == "harmless=1" { (*text).to_owned() } else { format!("'{text}") };
        assert_eq!(lines[number + 1][1], guarded, "{text:?}");
        // A number is one, and stays what it is.
        assert_eq!(lines[number + 1][2], "-5");
        assert_eq!(cells[number + 1][1], Data::String((*text).to_owned()), "{text:?}");
        assert_eq!(cells[number + 1][2], Data::Float(-5.0));
    }
}

#[test]
fn what_a_csv_reader_reads_is_what_was_stored() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    let stored = rows(&admin.get("/services/odd/TextZoo?size=100"));
    let lines = csv(&admin.get("/services/odd/TextZoo/export/CSV"));
    assert_eq!(lines.len(), stored.len() + 1);
    for (row, line) in stored.iter().zip(&lines[1..]) {
        let text = row["t"].as_str().unwrap_or_default();
        let expected = if text.starts_with('=') { format!("'{text}") } else { text.to_owned() };
        assert_eq!(line[1], expected, "{}", row["note"]);
    }
    // Numbers that a spreadsheet cannot hold are kept as text there, and exact in CSV.
    let numbers = csv(&admin.get("/services/odd/Numbers/export/CSV"));
    assert_eq!(numbers[1][1], "9007199254740993");
    assert_eq!(numbers[2][1], i64::MAX.to_string());
    let cells = sheet(&admin.get("/services/odd/Numbers/export/EXCEL"));
    assert_eq!(cells[1][1], Data::String("9007199254740993".to_owned()));
    let answer = admin.get(&format!("/services/odd/{}/export/CSV?size=1", encode("Größe")));
    let disposition = answer.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment;filename=\"Gr__e.csv\";filename*=UTF-8''Gr%C3%B6%C3%9Fe"),
        "{disposition}"
    );
}

#[test]
fn moments_and_booleans_are_written_as_people_and_programs_read_them() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let lines = csv(&admin.get("/services/music/Invoice/export/CSV?size=1"));
    let row: Vec<(&str, &str)> = lines[0].iter().map(String::as_str).zip(lines[1].iter().map(String::as_str)).collect();
    for (title, expected) in [
        ("InvoiceNo", "000001"),
        ("InvoiceDate", "2021-01-06T13:22:00"),
        ("Paid", "true"),
        ("Total", "8.98"),
        ("Customer Newsletter", "false"),
        ("Customer Country", "Türkiye"),
    ] {
        let found = row.iter().find(|(name, _)| *name == title).map(|(_, value)| *value);
        assert_eq!(found, Some(expected), "{title}");
    }
}

#[test]
fn a_role_exports_what_it_may_read_and_nothing_more() {
    let server = Server::start();
    let (user, nobody) = (server.token("user", "user"), server.nobody());
    for kind in ["CSV", "EXCEL", "JSON"] {
        assert_eq!(user.get(&format!("/services/hrdb/Employee/export/{kind}")).status, 200, "{kind}");
        assert_eq!(user.get(&format!("/services/hrdb/User/export/{kind}")).status, 403, "{kind}");
        assert_eq!(nobody.get(&format!("/services/hrdb/Employee/export/{kind}")).status, 401, "{kind}");
        let body: Json = json!({"exportType": kind});
        assert_eq!(user.post("/services/hrdb/User/export", &body).status, 403, "{kind}");
        assert_eq!(nobody.post("/services/hrdb/Employee/export", &body).status, 401, "{kind}");
    }
}
