//! Reads days and times of day and turns them into the serial numbers of a spreadsheet. How a cell shows such a number
//! is left to the XLSX writer.

/// Days before this one stay text: spreadsheets disagree about the serial numbers before 1900-03-01, because some of them
/// believe in a 29th of February 1900 and some do not.
const FIRST_SERIAL_DAY: i64 = 61;

const MILLISECONDS_PER_DAY: f64 = 86_400_000.0;

/// A moment as a spreadsheet counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Serial {
    /// Days since 1899-12-30; the time of day is the fraction.
    pub(super) number: f64,
    /// Whether the moment has a fraction of a second, be it zero.
    pub(super) has_decimals: bool,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TimeOfDay {
    milliseconds: u32,
    has_decimals: bool,
    /// Whether there are digits beyond the millisecond, which is as fine as a spreadsheet can tell times apart.
    is_finer_than_milliseconds: bool,
}

/// The serial number of a day written `yyyy-MM-dd`; none when it is not written so or a spreadsheet cannot hold it.
pub(super) fn serial_of_date(text: &str) -> Option<Serial> {
    let day = serial_day(text.as_bytes())?;
    is_held_by_spreadsheets(day).then(|| Serial { number: whole_days(day), has_decimals: false })
}

/// The serial number of a moment written `yyyy-MM-dd HH:mm:ss` (with `T` or a blank, and up to nine decimals); none when
/// it is not written so or a spreadsheet cannot hold it exactly.
pub(super) fn serial_of_datetime(text: &str) -> Option<Serial> {
    let (day, time) = parse_datetime(text)?;
    if !is_held_by_spreadsheets(day) {
        return None;
    }
    let fraction = serial_of_parsed_time(time)?;
    Some(Serial { number: whole_days(day) + fraction.number, has_decimals: fraction.has_decimals })
}

/// The serial number of a time of day written `HH:mm:ss` (with up to nine decimals); none when it is not written so or a
/// spreadsheet cannot hold it exactly.
pub(super) fn serial_of_time(text: &str) -> Option<Serial> {
    serial_of_parsed_time(parse_time(text.as_bytes())?)
}

/// Whether the text is a moment as [`serial_of_datetime`] reads it, of whichever year.
pub(super) fn is_datetime(text: &str) -> bool {
    parse_datetime(text).is_some()
}

fn serial_of_parsed_time(time: TimeOfDay) -> Option<Serial> {
    (!time.is_finer_than_milliseconds).then(|| Serial {
        number: f64::from(time.milliseconds) / MILLISECONDS_PER_DAY,
        has_decimals: time.has_decimals,
    })
}

fn is_held_by_spreadsheets(day: i64) -> bool {
    day >= FIRST_SERIAL_DAY
}

/// Four-digit years keep the number far below what a double counts exactly.
#[allow(clippy::cast_precision_loss)]
fn whole_days(day: i64) -> f64 {
    day as f64
}

fn parse_datetime(text: &str) -> Option<(i64, TimeOfDay)> {
    let (date, rest) = text.as_bytes().split_at_checked(10)?;
    let (b'T' | b' ', time) = rest.split_first()? else { return None };
    Some((serial_day(date)?, parse_time(time)?))
}

/// Days from 1899-12-30 to the day written `yyyy-MM-dd`, negative before it.
fn serial_day(text: &[u8]) -> Option<i64> {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = number(&text[..4])?;
    let month = number(&text[5..7])?;
    let day = number(&text[8..])?;
    (day >= 1 && day <= days_of_month(year, month)?).then(|| days_since_the_epoch_of_sheets(year, month, day))
}

fn days_of_month(year: u32, month: u32) -> Option<u32> {
    let is_leap_year = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap_year { 29 } else { 28 }),
        _ => None,
    }
}

/// Counts in years that begin in March, so that the leap day is the last day of its year.
fn days_since_the_epoch_of_sheets(year: u32, month: u32, day: u32) -> i64 {
    let days_from_march_of_year_0_to_the_epoch = 693_899;
    let year_from_march = i64::from(year) - i64::from(month <= 2);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let leap_days = year_from_march.div_euclid(4) - year_from_march.div_euclid(100) + year_from_march.div_euclid(400);
    365 * year_from_march + leap_days + day_of_year - days_from_march_of_year_0_to_the_epoch
}

fn parse_time(text: &[u8]) -> Option<TimeOfDay> {
    let (clock, decimals) = text.split_at_checked(8)?;
    if clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    let hour = number(&clock[..2]).filter(|hour| *hour < 24)?;
    let minute = number(&clock[3..5]).filter(|minute| *minute < 60)?;
    let second = number(&clock[6..]).filter(|second| *second < 60)?;
    let (thousandths, is_finer_than_milliseconds) = parse_decimals(decimals)?;
    Some(TimeOfDay {
        milliseconds: ((hour * 60 + minute) * 60 + second) * 1000 + thousandths,
        has_decimals: !decimals.is_empty(),
        is_finer_than_milliseconds,
    })
}

/// The thousandths in `.f`, one to nine digits, and whether there is more than thousandths; nothing at all counts as zero.
fn parse_decimals(text: &[u8]) -> Option<(u32, bool)> {
    let Some((point, digits)) = text.split_first() else { return Some((0, false)) };
    if *point != b'.' || digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut nine_digits = [b'0'; 9];
    nine_digits[..digits.len()].copy_from_slice(digits);
    let billionths = number(&nine_digits)?;
    Some((billionths / 1_000_000, !billionths.is_multiple_of(1_000_000)))
}

/// A number of at most nine digits, which is as many as surely fit.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}
