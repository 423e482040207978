//! The JSON of a page: exactly the ten keys by which WaveMaker's clients recognise one.

use crate::query::{PageRequest, SortTerm};
use crate::store::{write_number, write_string};

/// Begins a page; its objects come next.
pub fn begin(out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"content\":[");
}

/// How many rows there are in all, when a page that is not full shows the end of them.
pub fn total_in_sight(page: PageRequest, found: u32) -> Option<u64> {
    let shows_end = (found > 0 || page.number == 0) && found < page.size;
    shows_end.then(|| page.offset() + u64::from(found))
}

/// Ends a page of `found` objects out of `total`.
pub fn end(page: PageRequest, sort: &[SortTerm], found: u32, total: u64, out: &mut Vec<u8>) {
    let pages = total.div_ceil(u64::from(page.size));
    let number = |name: &str, value: u64, out: &mut Vec<u8>| {
        out.extend_from_slice(name.as_bytes());
        write_number(i64::try_from(value).unwrap_or(i64::MAX), out);
    };
    let flag = |name: &str, value: bool, out: &mut Vec<u8>| {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(if value { b"true" } else { b"false" });
    };
    number("],\"totalPages\":", pages, out);
    number(",\"totalElements\":", total, out);
    flag(",\"last\":", u64::from(page.number) + 1 >= pages, out);
    number(",\"size\":", u64::from(page.size), out);
    number(",\"number\":", u64::from(page.number), out);
    out.extend_from_slice(b",\"sort\":[");
    for (position, term) in sort.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        let direction = if term.descending { "DESC" } else { "ASC" };
        out.extend_from_slice(format!("{{\"direction\":\"{direction}\",\"property\":").as_bytes());
        write_string(&term.property, out);
        out.extend_from_slice(b",\"ignoreCase\":false,\"nullHandling\":\"NATIVE\"");
        flag(",\"ascending\":", !term.descending, out);
        out.push(b'}');
    }
    flag("],\"first\":", page.number == 0, out);
    number(",\"numberOfElements\":", u64::from(found), out);
    flag(",\"empty\":", found == 0, out);
    out.push(b'}');
}
