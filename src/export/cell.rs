//! One value of a row on its way into a file. What the value looks like there is the writers' business.

/// One value of a row.
///
/// The three calendar kinds carry text because that is how they are stored. Text that is not of the shape given here is
/// no error: it is written like [`Cell::Text`], unchanged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value (null): an empty cell.
    Empty,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// True or false.
    Boolean(bool),
    /// Text, written as it is: not trimmed, not cut.
    Text(&'a str),
    /// A day, `yyyy-MM-dd`.
    Date(&'a str),
    /// A day and a time of day, `yyyy-MM-dd HH:mm:ss`, with `T` or a blank between the two and up to nine decimals of the
    /// second.
    DateTime(&'a str),
    /// A time of day, `HH:mm:ss`, with up to nine decimals of the second.
    Time(&'a str),
}
