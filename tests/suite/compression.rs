//! Long answers go compressed to who can read that, and are the same to everybody else.

use std::io::Read as _;

use flate2::read::GzDecoder;
use hrdb::config::XssEncode;
use serde_json::json;

use crate::databases::serve_script;
use crate::support::{Answer, Client, Server};

const PAGE: &str = "/services/hrdb/Employee?size=20";
const GZIP: (&str, &str) = ("Accept-Encoding", "gzip");

/// What a compressed answer says.
#[track_caller]
fn unpacked(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("gzip")), "{}", answer.text());
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    text
}

/// Whether some line of `Vary` names what an answer of two kinds depends on.
fn varies(answer: &Answer) -> bool {
    answer.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("vary") && value == "Accept-Encoding")
}

fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    client.send("GET", path, headers, b"")
}

#[test]
fn a_page_goes_compressed_whichever_way_it_takes_and_whether_it_is_kept_or_read() {
    for answer_cache_bytes in [0, 1_000_000] {
        let server = Server::start_with(|settings| settings.answer_cache_bytes = answer_cache_bytes);
        for client in [server.token("admin", "admin"), server.basic("admin", "admin"), server.admin()] {
            for _ in 0..12 {
                let plain = get(&client, PAGE, &[]);
                assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
                let small = get(&client, PAGE, &[GZIP]);
                assert_eq!(unpacked(&small), plain.text());
                assert!(small.body.len() <= plain.body.len() / 2, "{} of {}", small.body.len(), plain.body.len());
                assert!(varies(&plain) && varies(&small));
                assert_eq!(small.header("content-type"), Some("application/json"));
                // Other bytes, another tag: each is known again as itself only.
                let [mine, other] = [&small, &plain].map(|answer| answer.header("etag").unwrap().to_owned());
                assert_ne!(mine, other);
                assert_eq!(get(&client, PAGE, &[GZIP, ("If-None-Match", &mine)]).status, 304);
                assert_eq!(get(&client, PAGE, &[("If-None-Match", &other)]).status, 304);
                assert_eq!(get(&client, PAGE, &[GZIP, ("If-None-Match", &other)]).status, 200);
                assert_eq!(get(&client, PAGE, &[("If-None-Match", &mine)]).status, 200);
            }
        }
    }
}

#[test]
fn what_is_short_or_no_json_goes_as_it_is() {
    let server = Server::start();
    let admin = server.admin();
    for path in ["/services/hrdb/Department/1", "/services/hrdb/Department/count", "/services/security/info"] {
        let answer = get(&admin, path, &[GZIP]);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, None), "{path}");
        assert!(!varies(&answer), "{path}");
    }
    let book = get(&admin, "/services/hrdb/Employee/export/EXCEL", &[GZIP]);
    assert_eq!((book.status, book.header("content-encoding")), (200, None));
    assert!(!varies(&book), "a workbook is compressed already");
}

#[test]
fn what_would_hardly_be_shorter_goes_as_it_is_and_is_known_again() {
    let script =
        "CREATE TABLE NOTE (ID INTEGER PRIMARY KEY, TEXT TEXT); INSERT INTO NOTE VALUES (1, hex(randomblob(5000)))";
    let served = serve_script("notes", script, |_| {});
    let (admin, path) = (served.admin(), "/services/notes/Note/1");
    let read = get(&admin, path, &[GZIP]);
    assert_eq!((read.status, read.header("content-encoding")), (200, None));
    let tag = read.header("etag").unwrap();
    assert_eq!(Some(tag), get(&admin, path, &[]).header("etag"));
    assert_eq!(get(&admin, path, &[GZIP, ("If-None-Match", tag)]).status, 304);
}

#[test]
fn a_row_that_was_read_compressed_is_changed_only_if_it_is_still_the_same() {
    let served = serve_script(
        "notes",
        "CREATE TABLE NOTE (ID INTEGER PRIMARY KEY, TEXT TEXT); INSERT INTO NOTE VALUES (1, hex(zeroblob(10000)))",
        |_| {},
    );
    let (admin, path) = (served.admin(), "/services/notes/Note/1");
    let read = get(&admin, path, &[GZIP]);
    assert_eq!(unpacked(&read).len(), get(&admin, path, &[]).body.len());
    let tag = read.header("etag").unwrap();
    let change = |text: &str| {
        let headers = [("If-Match", tag), ("Content-Type", "application/json")];
        admin.send("PATCH", path, &headers, json!({ "text": text }).to_string().as_bytes()).status
    };
    assert_eq!(change("another"), 200);
    assert_eq!(change("a third"), 412, "it is not what was read any more");
}

#[test]
fn what_has_no_tag_goes_compressed_as_well() {
    let server = Server::start();
    let admin = server.admin();
    let ask = |headers: &[(&str, &str)]| {
        let all = [headers, &[("Content-Type", "application/json")]].concat();
        admin.send("POST", "/services/hrdb/Employee/search?size=20", &all, b"[]")
    };
    let (plain, small) = (ask(&[]), ask(&[GZIP]));
    assert_eq!(unpacked(&small), plain.text());
    assert!(varies(&plain) && varies(&small));
}

#[test]
fn a_file_that_is_made_while_it_is_sent_is_compressed_meanwhile() {
    let server = Server::start();
    let admin = server.admin();
    for format in ["CSV", "JSON"] {
        let path = format!("/services/hrdb/Employee/export/{format}");
        let (plain, small) = (get(&admin, &path, &[]), get(&admin, &path, &[GZIP]));
        assert_eq!(unpacked(&small), plain.text(), "{format}");
        assert!(varies(&plain) && varies(&small), "{format}");
        assert_eq!(small.header("content-disposition"), plain.header("content-disposition"), "{format}");
    }
    let refused = get(&admin, "/services/hrdb/Employee/export/CSV?q=nothing%20=%201", &[GZIP]);
    assert_eq!((refused.status, refused.header("content-encoding")), (400, None), "a refusal is none");
}

#[test]
fn texts_that_are_encoded_on_their_way_out_are_not_compressed_before() {
    let server = Server::start_with(|settings| settings.xss_encode = XssEncode::Output);
    let admin = server.admin();
    assert_eq!(admin.patch("/services/hrdb/Employee/1", &json!({ "firstname": "<b>" })).status, 200);
    for _ in 0..12 {
        let page = get(&admin, PAGE, &[GZIP]);
        assert_eq!((page.status, page.header("content-encoding")), (200, None));
        assert!(page.body.len() > 4096, "it is long enough to be compressed: {}", page.body.len());
        assert!(page.text().contains("\"&lt;b&gt;\""), "{}", page.text());
    }
}
