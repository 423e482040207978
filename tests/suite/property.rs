//! Random filters over real rows: the server and the model of the tests must leave the same rows in the same order.
//!
//! The filters are the same on every run; a failure prints the seed of its filter.

use serde_json::Value as Json;

use crate::databases::{encode, rows, serve_with};
use crate::filter_model::{Dice, Field, Maker, Type, ordered};
use crate::support::Client;

use Type::{Flag, Moment, Number, Text};

const EMPLOYEE: &[Field] = &[
    Field("empId", Number),
    Field("firstname", Text),
    Field("lastname", Text),
    Field("city", Text),
    Field("state", Text),
    Field("zip", Text),
    Field("birthdate", Moment),
    Field("picurl", Text),
    Field("jobTitle", Text),
    Field("deptId", Number),
    Field("managerId", Number),
    Field("tenantId", Number),
    Field("department.deptId", Number),
    Field("department.name", Text),
    Field("department.budget", Number),
    Field("department.deptCode", Text),
    Field("employeeByManagerId.empId", Number),
    Field("employeeByManagerId.firstname", Text),
    Field("employeeByManagerId.birthdate", Moment),
    Field("employeeByManagerId.department.location", Text),
];

const TRACK: &[Field] = &[
    Field("trackId", Number),
    Field("title", Text),
    Field("albumId", Number),
    Field("genreId", Number),
    Field("mediaTypeId", Number),
    Field("composer", Text),
    Field("millis", Number),
    Field("bytes", Number),
    Field("gainDb", Number),
    Field("unitPrice", Number),
    Field("explicit", Flag),
    Field("album.title", Text),
    Field("album.released", Moment),
    Field("album.artist.name", Text),
    Field("album.artist.country", Text),
    Field("album.artist.foundedYear", Number),
    Field("album.artist.active", Flag),
    Field("genre.name", Text),
    Field("genre.genreId", Number),
    Field("mediaType.lossless", Flag),
];

const INVOICE: &[Field] = &[
    Field("invoiceId", Number),
    Field("invoiceNo", Text),
    Field("customerId", Number),
    Field("invoiceDate", Moment),
    Field("billingCity", Text),
    Field("paid", Flag),
    Field("total", Number),
    Field("customer.company", Text),
    Field("customer.country", Text),
    Field("customer.phone", Text),
    Field("customer.newsletter", Flag),
    Field("customer.balance", Number),
    Field("customer.employee.lastName", Text),
    Field("customer.employee.hiredAt", Moment),
    Field("customer.employee.employeeByReportsTo.firstName", Text),
];

/// The keys of the rows that the model leaves, in the model's order.
fn expected(seed: u64, fields: &[Field], key: &str, all: &[Json]) -> (String, String, Vec<i64>) {
    let mut maker = Maker { dice: Dice(seed), fields, rows: all };
    let filter = maker.filter(3);
    let mut left: Vec<&Json> = all.iter().filter(|row| filter.holds(row) == Some(true)).collect();
    let mut sort = String::new();
    if maker.dice.one_in(2) {
        let field = *maker.dice.pick(fields);
        let descending = maker.dice.one_in(2);
        ordered(field, descending, &mut left);
        sort = format!("{} {}", field.0, if descending { "desc" } else { "asc" });
    }
    let keys = left.iter().map(|row| row[key].as_i64().unwrap()).collect();
    (filter.text(), sort, keys)
}

/// Compares `times` filters. The rows themselves come from the server too, unfiltered.
fn compare(client: &Client, entity: &str, key: &str, fields: &[Field], times: u64) {
    let all = rows(&client.get(&format!("/services/{entity}?size=0")));
    assert!(fields.iter().all(|field| all.iter().any(|row| field.0 == "picurl" || !field.of(row).is_null())));
    let (mut some, mut pages) = (0, Dice(times));
    for seed in 0..times {
        let (q, sort, expected) = expected(seed.wrapping_mul(0x9e37_79b9), fields, key, &all);
        let case = format!("{entity}, seed {seed}: {q} sort {sort}");
        some += usize::from(!expected.is_empty() && expected.len() < all.len());
        let size = 1 + pages.below(30);
        let page = 1 + pages.below(expected.len() / size + 2);
        let query = format!("page={page}&size={size}&sort={}", encode(&sort));
        let answer = client.form(&format!("/services/{entity}/filter?{query}"), &format!("q={}", encode(&q)));
        assert_eq!(answer.status, 200, "{case}: {}", answer.text());
        let json = answer.json();
        assert_eq!(json["totalElements"], expected.len(), "{case}");
        let found: Vec<i64> = rows(&answer).iter().map(|row| row[key].as_i64().unwrap()).collect();
        let wanted: Vec<i64> = expected.iter().copied().skip((page - 1) * size).take(size).collect();
        assert_eq!(found, wanted, "{case}, page {page} of {size}");
        assert_eq!(json["last"], page * size >= expected.len(), "{case}, page {page} of {size}");
        // What the parser made of the text means the same when it is written down again.
        let canonical = hrdb::filter::parse(&q).unwrap().unwrap().to_string();
        let count = client.form(&format!("/services/{entity}/count"), &format!("q={}", encode(&canonical)));
        assert_eq!(count.text(), expected.len().to_string(), "{case}, as {canonical}");
    }
    // The filters would prove little if each left all rows or none.
    assert!(some * 3 > usize::try_from(times).unwrap(), "only {some} of {times} filters leave some rows");
}

#[test]
fn random_filters_leave_the_rows_that_they_should_in_the_sample() {
    let server = serve_with(&[], |settings| settings.max_page_size = 5_000);
    compare(&server.admin(), "hrdb/Employee", "empId", EMPLOYEE, 400);
}

#[test]
fn random_filters_leave_the_rows_that_they_should_among_tracks() {
    let server = serve_with(&["music"], |settings| settings.max_page_size = 5_000);
    compare(&server.admin(), "music/Track", "trackId", TRACK, 250);
}

#[test]
fn random_filters_leave_the_rows_that_they_should_among_invoices() {
    let server = serve_with(&["music"], |settings| settings.max_page_size = 5_000);
    compare(&server.admin(), "music/Invoice", "invoiceId", INVOICE, 250);
}
