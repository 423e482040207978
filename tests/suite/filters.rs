//! What a filter means: which rows it leaves, wherever it is asked.

use crate::databases::{column, encode, filtered, rows, serve};
use crate::support::{Client, Server};

/// The ids that a filter leaves, asked in each of the four places that take one; all must agree.
#[track_caller]
fn ids(client: &Client, entity: &str, key: &str, q: &str) -> Vec<i64> {
    let path = format!("/services/{entity}");
    let listed = filtered(client, entity, q);
    let ids = column(&listed, key);
    assert_eq!(listed.json()["totalElements"], ids.len(), "{q}");
    // The client percent-encodes the values only; here everything that a form would lose.
    let body = format!("q={}", encode(q));
    assert_eq!(column(&client.form(&format!("{path}/filter?size=100"), &body), key), ids, "POST /filter: {q}");
    let count = ids.len().to_string();
    assert_eq!(client.get(&format!("{path}/count?{body}")).text(), count, "GET /count: {q}");
    assert_eq!(client.form(&format!("{path}/count"), &body).text(), count, "POST /count: {q}");
    ids
}

#[track_caller]
fn check(client: &Client, entity: &str, key: &str, cases: &[(&str, &[i64])]) {
    for (q, expected) in cases {
        assert_eq!(ids(client, entity, key, q), *expected, "{q}");
    }
}

/// The same of the sample's employees.
#[track_caller]
fn check_employees(cases: &[(&str, &[i64])]) {
    let server = Server::start();
    check(&server.admin(), "hrdb/Employee", "empId", cases);
}

const ALL: &[i64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

#[test]
fn comparisons_take_values_of_the_property() {
    check_employees(&[
        ("", ALL),
        ("   ", ALL),
        ("empId = 3", &[3]),
        ("empId='3'", &[3]),
        ("empId = -3", &[]),
        ("empId != 3 and empId <= 5", &[1, 2, 4, 5]),
        ("empId <> 3 and empId < 5", &[1, 2, 4]),
        ("empId >= 9 or empId>9", &[9, 10]),
        ("empId between 3 and 5", &[3, 4, 5]),
        ("empId between 3 and '5'", &[3, 4, 5]),
        ("empId between 5 and 3", &[]),
        ("empId not between 3 and 9", &[1, 2, 10]),
        ("empId in (1, '2', 99)", &[1, 2]),
        ("empId in(1,2)AND(empId=2)", &[2]),
        ("empId not in (1,2,3)", &[4, 5, 6, 7, 8, 9, 10]),
        ("empId=1or empId=2", &[1, 2]),
        ("firstname = 'Erin'", &[1]),
        ("firstname = 'erin'", &[]),
        ("firstname > 'P'", &[8, 9, 10]),
        ("firstname between 'A' and 'C'", &[2, 4]),
        ("firstname in ('Erin', 'Boris', 7)", &[1, 2]),
        // A text keeps its zeros, quoted or not.
        ("zip = 02127", &[2]),
        ("zip = '02127'", &[2]),
        ("zip = 2127", &[]),
        ("zip != 02127 and empId < 4", &[1, 3]),
        ("zip in (02127, '10106')", &[1, 2]),
        ("zip between 90000 and 92000", &[6, 7, 8]),
    ]);
}

#[test]
fn words_are_read_in_any_case_and_any_white_space() {
    check_employees(&[
        ("empId IN (1) Or empId = 2", &[1, 2]),
        ("NOT empId > 2", &[1, 2]),
        ("not (empId > 2 or empId = 1)", &[2]),
        ("NOT NOT empId = 1", &[1]),
        ("not empId = 1 and empId < 4", &[2, 3]),
        ("empId = 1 OR empId = 2 AND firstname = 'nobody'", &[1]),
        ("(empId = 1 OR empId = 2) AND firstname = 'Boris'", &[2]),
        ("((((empId = 1))))", &[1]),
        ("\tempId\n=\r\n1 ", &[1]),
        ("empId\u{a0}=\u{2003}1", &[1]),
        ("managerId IS NULL", &[1, 4, 5, 7, 8]),
        ("managerId Is Not Null", &[2, 3, 6, 9, 10]),
        ("managerId = NULL", &[1, 4, 5, 7, 8]),
        ("managerId != null", &[2, 3, 6, 9, 10]),
        ("managerId <> null", &[2, 3, 6, 9, 10]),
        ("managerId < null", &[]),
    ]);
}

#[test]
fn nothing_compares_with_null() {
    check_employees(&[
        ("managerId = 1", &[2, 3]),
        ("managerId != 1", &[6, 9, 10]),
        ("not managerId = 1", &[6, 9, 10]),
        ("managerId not in (1)", &[6, 9, 10]),
        ("managerId not between 1 and 5", &[9, 10]),
        ("managerId = 1 or not managerId = 1", &[2, 3, 6, 9, 10]),
        ("managerId = 1 or empId = 4", &[2, 3, 4]),
        ("picurl like '%'", &[]),
        ("picurl not like '%'", &[]),
        ("not (picurl = 'x' and empId = 1)", &[2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("lower(picurl) = 'x' or picurl is null", ALL),
        // What WaveMaker's page makes of "is null or empty", without parentheses.
        ("empId = 1 and picurl is null or picurl=''", &[1]),
    ]);
}

#[test]
fn like_is_case_sensitive_and_knows_two_wildcards() {
    let server = Server::start();
    let admin = server.admin();
    check(
        &admin,
        "hrdb/Employee",
        "empId",
        &[
            ("firstname like 'J%'", &[5, 6]),
            ("firstname like 'j%'", &[]),
            ("firstname like '%a'", &[3, 4, 8, 10]),
            ("firstname like '_or_s'", &[2]),
            ("firstname like '_____'", &[2, 3, 4, 5, 8, 9, 10]),
            ("firstname not like '%a%'", &[1, 2, 6, 7]),
            ("firstname like 'Erin'", &[1]),
            ("firstname like ''", &[]),
            ("firstname like '%'", ALL),
            ("firstname like '%%_%%'", ALL),
            ("lower(firstname) like lower('J%')", &[5, 6]),
            ("upper(firstname) like 'J%'", &[5, 6]),
            ("upper(firstname) like upper('j%')", &[5, 6]),
            ("lower(firstname) = 'erin'", &[1]),
            ("firstname = upper('erin')", &[]),
            ("lower(firstname) = lower('ERIN')", &[1]),
            ("lower(firstname) in (lower('ERIN'), 'boris')", &[1, 2]),
            ("lower(zip) = lower(02127)", &[2]),
            ("zip like '9%'", &[5, 6, 7, 8]),
            // A text of digits is a pattern as well.
            ("zip like '94036'", &[5]),
            ("lower(firstname) = lower(firstname)", ALL),
            ("firstname = lower(firstname)", &[]),
        ],
    );
}

#[test]
fn signs_that_mean_something_elsewhere_are_plain_characters_in_a_pattern() {
    let server = Server::start();
    let admin = server.admin();
    let texts = ["a*c", "a?c", "a[b]c", "abc", "a]c", "a\\c", "50%", "50x", "it's", "\"quoted\"", "x^y", "a-c"];
    for (number, name) in texts.iter().enumerate() {
        let body = serde_json::json!({"name": name, "deptCode": format!("t{number:02}")});
        assert_eq!(admin.post("/services/hrdb/Department", &body).status, 200);
    }
    let cases: &[(&str, &[&str])] = &[
        ("name like '%*%'", &["a*c"]),
        ("name like '%?%'", &["a?c"]),
        ("name like '%[%'", &["a[b]c"]),
        ("name like '%]%'", &["a[b]c", "a]c"]),
        ("name like 'a[b]c'", &["a[b]c"]),
        ("name like 'a_c'", &["a*c", "a?c", "abc", "a]c", "a\\c", "a-c"]),
        ("name like '%\\%'", &["a\\c"]),
        ("name like '50_'", &["50%", "50x"]),
        ("name like 'it''s'", &["it's"]),
        ("name = 'it''s'", &["it's"]),
        ("name like '\"%\"'", &["\"quoted\""]),
        ("name like '%^%'", &["x^y"]),
        ("name containing '*'", &["a*c"]),
        ("name startswith \"it's\"", &["it's"]),
    ];
    for (q, expected) in cases {
        let answer = filtered(&admin, "hrdb/Department", &format!("deptCode like 't__' and {q}"));
        let names: Vec<String> = rows(&answer).iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, *expected, "{q}");
    }
}

#[test]
fn the_operators_of_old_clients_are_understood() {
    let server = Server::start();
    check(
        &server.admin(),
        "hrdb/Employee",
        "empId",
        &[
            ("username startswith 'ju'", &[6]),
            ("username endswith 'garcia'", &[10]),
            ("username containing 'bl'", &[4]),
            ("username STARTSWITH \"ju\"", &[6]),
            ("username   containing 'bl' or empId = 1", &[1, 4]),
            ("department.name startswith 'Mark'", &[5, 6]),
            ("username startswith 'ju' and (username containing 'bauer')", &[6]),
        ],
    );
    // Inside a text these are words like any other.
    check(&server.admin(), "hrdb/Employee", "empId", &[("username = 'a startswith ''b'''", &[])]);
}

#[test]
fn letters_beyond_ascii_have_a_case_too() {
    let server = serve(&["odd"]);
    check(
        &server.admin(),
        "odd/TextZoo",
        "id",
        &[
            ("lower(t) = lower('ÄÖÜ STRASSE')", &[18]),
            ("lower(t) = 'äöü straße'", &[19]),
            ("upper(t) = 'ÄÖÜ STRASSE'", &[18, 19]),
            ("upper(t) like upper('äöü%')", &[18, 19]),
            ("t like 'ä%'", &[19]),
            ("t = 'שלום עולם'", &[7]),
            ("t like '%🎷'", &[9]),
            ("t like '100_'", &[13, 14, 15]),
            ("t = '100_'", &[14]),
            ("t = 0042", &[17]),
            ("t = 'null'", &[23]),
            ("t = ''", &[2]),
            ("t is null", &[3]),
            ("t = ' lead and trail '", &[4]),
            ("t = 'C:\\new\\%d'", &[16]),
            ("note = 'CRLF and tab' and t like '%\n%'", &[6]),
        ],
    );
}

#[test]
fn dates_are_compared_as_days() {
    let server = Server::start();
    let admin = server.admin();
    check(
        &admin,
        "hrdb/Employee",
        "empId",
        &[
            ("birthdate = '1973-10-21'", &[1]),
            ("birthdate = '1973-10-21 00:00:00'", &[1]),
            ("birthdate < '1980-01-01'", &[1, 3]),
            ("birthdate between '1990-01-01' and '1991-12-31'", &[2, 4]),
            ("birthdate in ('1973-10-21', '1991-03-19')", &[1, 2]),
            // Milliseconds since 1970: the noon of that day.
            ("birthdate = 120052800000", &[1]),
            ("birthdate < current_date()", ALL),
            ("birthdate > current_timestamp()", &[]),
            ("birthdate between '1991-01-01' and current_date()", &[2, 6]),
        ],
    );
    let today = admin.post("/services/hrdb/Employee", &serde_json::json!({"birthdate": utc_day()}));
    let id = today.json()["empId"].as_i64().unwrap();
    // Midnight may pass between the two.
    let found = ids(&admin, "hrdb/Employee", "empId", "birthdate >= current_date() or birthdate = current_date()");
    assert!(found == [id] || utc_day() != today.json()["birthdate"], "{found:?}");
}

fn utc_day() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

#[test]
fn booleans_decimals_and_moments_are_compared_as_what_they_are() {
    let server = serve(&["music", "trading"]);
    let admin = server.admin();
    let count = |entity: &str, q: &str| {
        let answer = admin.get(&format!("/services/{entity}/count?q={}", encode(q)));
        assert_eq!(answer.status, 200, "{q}: {}", answer.text());
        answer.text().parse::<i64>().unwrap()
    };
    for (entity, q, expected) in [
        ("music/Track", "explicit = true", 151),
        ("music/Track", "explicit = TRUE", 151),
        ("music/Track", "explicit != true", 1349),
        ("music/Track", "explicit = false", 1349),
        ("music/Track", "explicit = 'true'", 151),
        ("music/Track", "unitPrice = 2", 298),
        ("music/Track", "unitPrice = 2.00", 298),
        ("music/Invoice", "paid = false", 75),
        ("music/Invoice", "total < 0", 10),
        ("music/Invoice", "total = -6.56", 3),
        ("music/Invoice", "invoiceDate = '2021-01-06T13:22:00'", 1),
        ("music/Invoice", "invoiceDate = '2021-01-06 13:22:00'", 1),
        ("music/Invoice", "invoiceDate < '2021-01-06T13:22:01'", 1),
        ("music/Invoice", "invoiceNo = 000001", 1),
        ("music/Invoice", "invoiceNo = 1", 0),
        ("music/Customer", "newsletter is null or newsletter = true or newsletter = false", 120),
        ("trading/Orders", "orderedat = 1641341820000", 1),
        ("trading/Orders", "orderedat = '2022-01-05 00:17:00'", 1),
        ("trading/Orders", "orderedat <= '2022-01-05'", 0),
        (
            "trading/Orders",
            "pickuptime is not null and pickuptime <= '23:59:59'",
            count("trading/Orders", "pickuptime is not null"),
        ),
        ("trading/Products", "sku = 0006", 1),
        ("trading/Products", "sku in ('0006', 6)", 2),
    ] {
        assert_eq!(count(entity, q), expected, "{entity}: {q}");
    }
}

#[test]
fn a_path_over_a_relation_loses_no_row() {
    let server = Server::start();
    let admin = server.admin();
    check(
        &admin,
        "hrdb/Employee",
        "empId",
        &[
            ("department.name = 'Engineering'", &[1, 2, 3]),
            ("department.deptId = 1", &[1, 2, 3]),
            ("department.deptId in (1, 4)", &[1, 2, 3, 4]),
            ("department is null", &[]),
            ("employeeByManagerId is null", &[1, 4, 5, 7, 8]),
            ("employeeByManagerId = null", &[1, 4, 5, 7, 8]),
            ("employeeByManagerId is not null", &[2, 3, 6, 9, 10]),
            ("employeeByManagerId.empId is null", &[1, 4, 5, 7, 8]),
            ("employeeByManagerId.firstname is null", &[1, 4, 5, 7, 8]),
            ("employeeByManagerId.department is null", &[1, 4, 5, 7, 8]),
            ("employeeByManagerId.firstname = 'Erin' or empId = 4", &[2, 3, 4]),
            ("employeeByManagerId.firstname != 'Erin'", &[6, 9, 10]),
            ("not employeeByManagerId.firstname = 'Erin'", &[6, 9, 10]),
            ("employeeByManagerId.department.location = 'New York'", &[6]),
            ("employeeByManagerId.employeeByManagerId.empId is null", ALL),
            ("lower(employeeByManagerId.department.name) like '%serv%' or empId = 1", &[1, 9, 10]),
        ],
    );
    check(&admin, "hrdb/Vacation", "id", &[("employee.department.deptCode = 'G&A'", &[13, 14])]);
}

#[test]
fn totals_agree_with_the_rows_when_a_filter_or_an_order_goes_over_a_relation() {
    let server = serve(&["music"]);
    let admin = server.admin();
    for (q, expected) in [
        ("genre.name is null", 38),
        ("genre is null", 38),
        ("album.title is null", 17),
        ("album.artist.name is null", 17),
        ("genre.name is null or album.title is null", 54),
        ("genre.name = 'no such genre' or trackId <= 10", 10),
    ] {
        for sort in ["", "genre.name desc,trackId", "album.artist.name asc"] {
            let (q, sort) = (encode(q), encode(sort));
            let mut seen: Vec<i64> = Vec::new();
            for page in 1.. {
                let answer = admin.get(&format!("/services/music/Track?q={q}&sort={sort}&size=7&page={page}"));
                assert_eq!(answer.json()["totalElements"], expected, "{q} {sort}");
                let found = column(&answer, "trackId");
                seen.extend(&found);
                if found.len() < 7 {
                    break;
                }
            }
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), expected, "{q} {sort}");
        }
    }
}
