//! Calendar text and its serial numbers.

use crate::export::calendar::{is_datetime, serial_of_date, serial_of_datetime, serial_of_time};

fn assert_close(found: Option<f64>, expected: Option<f64>, text: &str) {
    match (found, expected) {
        (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-9, "{text}: {found} for {expected}"),
        (found, expected) => assert_eq!(found, expected, "{text}"),
    }
}

#[test]
fn days() {
    let cases = [
        ("1900-03-01", Some(61.0)),
        ("1900-02-28", None),
        ("1899-12-31", None),
        ("0000-01-01", None),
        ("1970-01-01", Some(25_569.0)),
        ("1978-08-19", Some(28_721.0)),
        ("2000-02-29", Some(36_585.0)),
        ("2000-03-01", Some(36_586.0)),
        ("2024-01-01", Some(45_292.0)),
        ("2024-12-31", Some(45_657.0)),
        ("9999-12-31", Some(2_958_465.0)),
        ("1900-02-29", None),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("2024-00-10", None),
        ("2024-04-31", None),
        ("2024-04-00", None),
        ("2024-4-01", None),
        ("2024-04-1", None),
        ("2024/04/01", None),
        ("+024-04-01", None),
        ("2024-04-01 ", None),
        ("20240401", None),
        ("2024-04-0é", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_close(serial_of_date(text).map(|serial| serial.number), expected, text);
    }
}

#[test]
fn times() {
    let cases = [
        ("00:00:00", Some((0.0, false))),
        ("06:00:00", Some((0.25, false))),
        ("12:00:00.0", Some((0.5, true))),
        ("23:59:59.999", Some((86_399_999.0 / 86_400_000.0, true))),
        ("00:00:01.120000000", Some((1_120.0 / 86_400_000.0, true))),
        ("00:00:01.0001", None),
        ("24:00:00", None),
        ("23:60:00", None),
        ("23:59:60", None),
        ("12:00", None),
        ("12:00:00.", None),
        ("12:00:00,5", None),
        ("12:00:00Z", None),
        ("12:00:00.1234567890", None),
        ("1:00:00", None),
        ("", None),
    ];
    for (text, expected) in cases {
        let found = serial_of_time(text);
        assert_close(found.map(|serial| serial.number), expected.map(|(number, _)| number), text);
        assert_eq!(found.map(|serial| serial.has_decimals), expected.map(|(_, decimals)| decimals), "{text}");
    }
}

#[test]
fn moments() {
    let cases = [
        ("2024-01-01 12:00:00", Some(45_292.5), true),
        ("2024-01-01T12:00:00.000", Some(45_292.5), true),
        ("1850-01-01T12:00:00", None, true),
        ("2024-01-01T12:00:00.000001", None, true),
        ("2024-01-01t12:00:00", None, false),
        ("2024-01-01T12:00:00Z", None, false),
        ("2024-01-01T12:00", None, false),
        ("2024-01-01", None, false),
        ("2024-02-30 12:00:00", None, false),
        ("2024-01-0é 12:00:00", None, false),
    ];
    for (text, expected, is_known) in cases {
        assert_close(serial_of_datetime(text).map(|serial| serial.number), expected, text);
        assert_eq!(is_datetime(text), is_known, "{text}");
    }
}
