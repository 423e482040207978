//! `page` and `size`: 1-based in the request, bounded by the server.

use super::QueryError;

/// Page size when none is asked for.
const DEFAULT_SIZE: u32 = 20;

/// Rows before a page that is far from the first.
const FAR: u64 = 1_000;

/// A stretch of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// 0-based number of the page.
    pub number: u32,
    /// Rows a page, 1 or more.
    pub size: u32,
}

impl PageRequest {
    /// Rows before the page.
    #[must_use]
    pub fn offset(self) -> u64 {
        u64::from(self.number) * u64::from(self.size)
    }

    /// Whether so many rows come before it that it is worth while to know first how many there are in all.
    #[must_use]
    pub fn is_far(self) -> bool {
        self.offset() >= FAR
    }
}

/// Reads the two parameters. Absent or blank ones take their defaults; a size that is zero, negative, too large or the
/// literal `:size` (an unbound variable of a WaveMaker page) is the largest.
///
/// # Errors
/// [`QueryError::InvalidParameter`] for what is not a 32-bit number, and for a page before the first.
pub fn page_request(page: Option<&str>, size: Option<&str>, largest: u32) -> Result<PageRequest, QueryError> {
    let number = match page.map(|text| text.trim_matches(' ')).filter(|text| !text.is_empty()) {
        None => 1,
        Some(text) => {
            text.parse::<i32>().ok().filter(|&number| number >= 1).ok_or(QueryError::InvalidParameter("page"))?
        }
    };
    let size = match size.map(|text| text.trim_matches(' ')).filter(|text| !text.is_empty()) {
        None => DEFAULT_SIZE.min(largest),
        Some(":size") => largest,
        Some(text) => {
            let size = text.parse::<i32>().map_err(|_| QueryError::InvalidParameter("size"))?;
            u32::try_from(size).ok().filter(|&size| size > 0).map_or(largest, |size| size.min(largest))
        }
    };
    Ok(PageRequest { number: number.unsigned_abs() - 1, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_and_size_have_defaults_bounds_and_errors() {
        let page = |number, size| Ok(PageRequest { number, size });
        let bad = |name| Err(QueryError::InvalidParameter(name));
        for (given, expected) in [
            ((None, None), page(0, 20)),
            ((Some(""), Some(" ")), page(0, 20)),
            ((Some("3"), Some("7")), page(2, 7)),
            ((Some("1"), Some("500")), page(0, 100)),
            ((Some("1"), Some("0")), page(0, 100)),
            ((Some("1"), Some("-5")), page(0, 100)),
            ((Some("1"), Some(":size")), page(0, 100)),
            ((Some("0"), None), bad("page")),
            ((Some("-1"), None), bad("page")),
            ((Some("x"), None), bad("page")),
            ((Some("2147483648"), None), bad("page")),
            ((None, Some("1.5")), bad("size")),
        ] {
            assert_eq!(page_request(given.0, given.1, 100), expected, "{given:?}");
        }
    }

    #[test]
    fn the_last_page_that_can_be_asked_for_does_not_overflow() {
        assert_eq!(page_request(Some("2147483647"), Some("100"), 100).unwrap().offset(), 214_748_364_600);
    }
}
