//! Keys of every kind, and tables and views that have none.

use serde_json::{Value as Json, json};

use crate::databases::{column, encode, filtered, rows, serve};

/// Keys of `text_key` that a path can hold, and what stands beside each.
const TEXTS: &[(&str, i64)] = &[
    ("a/b", 1),
    ("50%", 2),
    ("x y", 3),
    ("ü", 4),
    (".", 6),
    ("..", 7),
    ("%2F", 8),
    ("a+b", 9),
    ("a?b=c&d", 10),
    ("a#b", 11),
    ("O'Neil", 12),
    ("007", 13),
    ("7", 14),
    ("null", 15),
    ("A", 18),
    ("a", 19),
    ("a ", 20),
    ("名前", 21),
    ("🎷", 22),
    ("(1,2)", 23),
    ("a;b", 24),
    ("a\\b", 25),
    ("u\u{308}", 26),
    ("\"q\"", 27),
    ("a_b", 28),
    ("a,b", 29),
    ("a\nb", 30),
];

#[test]
fn a_key_may_be_any_text() {
    let server = serve(&["odd", "trading"]);
    let admin = server.admin();
    let base = "/services/odd/TextKey";
    for (key, v) in TEXTS {
        let answer = admin.get(&format!("{base}/{}", encode(key)));
        assert_eq!((answer.status, answer.json()), (200, json!({"k": key, "v": v})), "{key:?}");
    }
    // These would be other addresses in a path, and in a query they are keys like any other.
    for (key, v) in TEXTS.iter().copied().chain([("", 5), ("count", 16), ("search", 17)]) {
        let answer = admin.get(&format!("{base}/composite-id?k={}", encode(key)));
        assert_eq!((answer.status, answer.json()), (200, json!({"k": key, "v": v})), "{key:?}");
        assert_eq!(
            column(&filtered(&admin, "odd/TextKey", &format!("k = '{}'", key.replace('\'', "''"))), "v"),
            [v],
            "{key:?}"
        );
    }
    assert_eq!(admin.get(&format!("{base}/count")).json(), json!(30));
    assert_eq!(admin.get(&format!("{base}/search")).status, 405);
    assert_eq!(admin.get(&format!("{base}/%FF")).status, 400);
    assert_eq!(admin.get(&format!("{base}/a%00")).status, 400);
    // A plus sign is a space in a query and itself in a path.
    assert_eq!(admin.get(&format!("{base}/a+b")).json()["v"], 9);
    assert_eq!(admin.get(&format!("{base}/composite-id?k=x+y")).json()["v"], 3);
    for (key, ids) in [("a/b", vec![1, 7]), ("50%", vec![2]), ("x y", vec![3]), ("ü", vec![4])] {
        assert_eq!(column(&admin.get(&format!("{base}/{}/textKeyChilds", encode(key))), "id"), ids, "{key}");
    }
    for (key, answer) in
        [("ANVIL", "ANVIL"), ("anvil", "anvil"), ("C/O 1", "C/O 1"), ("D%_'\"", "D%_'\""), ("東京商会X", "東京商会X")]
    {
        assert_eq!(admin.get(&format!("/services/trading/Customers/{}", encode(key))).json()["customercode"], answer);
    }
}

#[test]
fn numbers_and_dates_are_keys_by_their_value() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    for (path, expected) in [
        ("RealKey/0.1", json!({"k": 0.1, "v": "tenth"})),
        ("RealKey/1", json!({"k": 1.0, "v": "one"})),
        ("RealKey/-25000000000", json!({"k": -2.5e10, "v": "far below"})),
        ("RealKey/1e300", json!({"k": 1e300, "v": "huge"})),
        ("DateKey/2024-02-29", json!({"d": "2024-02-29", "v": "leap"})),
        ("BigKey/9007199254740993", json!({"id": 9_007_199_254_740_993_i64, "v": "2^53 + 1"})),
        ("BigKey/9223372036854775807", json!({"id": i64::MAX, "v": "max"})),
        ("BigKey/-9223372036854775808", json!({"id": i64::MIN, "v": "min"})),
        ("KeyOnlyInt/-3", json!({"id": -3})),
        ("NocaseKey/ABC", json!({"k": "Abc", "v": "mixed"})),
        ("IntDesc/2", json!({"id": 2, "v": "b"})),
        ("PairKey/composite-id?a=2&b=x%2Fy", json!({"c": "three", "a": 2, "b": "x/y"})),
        ("PairKey/composite-id?b=&a=-1", json!({"c": null, "a": -1, "b": ""})),
        (
            "TripleKey/composite-id?x=-9007199254740993&y=b%2Fc&z=-0.25",
            json!({"x": -9_007_199_254_740_993_i64, "y": "b/c", "z": -0.25, "note": ""}),
        ),
    ] {
        let answer = admin.get(&format!("/services/odd/{path}"));
        assert_eq!((answer.status, answer.json()), (200, expected), "{path}");
    }
    for (path, status) in [
        ("BigKey/9223372036854775808", 400),
        ("BigKey/x", 400),
        ("BigKey/1.0", 400),
        ("BigKey/5", 404),
        ("RealKey/inf", 400),
        ("RealKey/NaN", 400),
        ("RealKey/0.2", 404),
        ("DateKey/2024-02-30", 400),
        ("DateKey/yesterday", 400),
        ("BlobKey/00", 400),
        ("PairKey/1", 404),
        ("PairKey/composite-id", 400),
        ("PairKey/composite-id?a=1", 400),
        ("PairKey/composite-id?a=x&b=x", 400),
        ("PairKey/composite-id?a=1&b=nothing", 404),
    ] {
        let answer = admin.get(&format!("/services/odd/{path}"));
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        answer.error();
    }
}

#[test]
fn a_unique_key_is_an_address_of_its_own() {
    let server = serve(&["music", "trading", "odd"]);
    let admin = server.admin();
    for (path, property, expected) in [
        ("hrdb/Department/deptCode/G%26A", "deptId", json!(3)),
        ("music/Invoice/invoiceNo/000001", "invoiceId", json!(1)),
        ("music/Genre/name/Harbour%20Jazz", "genreId", json!(1)),
        ("trading/Products/sku/0006", "productid", json!(6)),
        ("trading/Products/sku/6", "productid", json!(7)),
        ("trading/Agents/badgeno/00A6", "agentid", json!(6)),
        ("trading/Addresses/customercode-label?customercode=ANVIL&label=depot", "addressid", json!(102)),
        ("odd/Index/primary/1", "key", json!("k1")),
        ("odd/IndexZoo/serial/s2", "id", json!(2)),
        ("odd/IndexZoo/name/n1", "id", json!(1)),
        ("odd/UniqueParent/nick/nick", "id", json!(1)),
        ("odd/UniqueParent/u1-u2?u1=l%2Fm&u2=1", "id", json!(3)),
        ("odd/Generated/label/no%201", "id", json!(1)),
    ] {
        let answer = admin.get(&format!("/services/{path}"));
        assert_eq!((answer.status, &answer.json()[property]), (200, &expected), "{path}: {}", answer.text());
    }
    for path in ["trading/Products/sku/00006", "music/Invoice/invoiceNo/1", "odd/UniqueParent/u1-u2?u1=l%2Fm&u2=9"] {
        let answer = admin.get(&format!("/services/{path}"));
        let key = "com.wavemaker.runtime.entity.not.found.for.given.map";
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (404, Some(key)), "{path}");
    }
    // An index over a part of the rows, or over an expression, is no unique key.
    for path in ["odd/IndexZoo/code/c", "odd/IndexZoo/email/a@x.example"] {
        assert_eq!(admin.get(&format!("/services/{path}")).status, 404, "{path}");
    }
}

#[test]
fn the_rows_that_refer_to_a_row_are_found_by_whatever_key_they_name() {
    let server = serve(&["music", "trading", "odd"]);
    let admin = server.admin();
    for (path, total) in [
        ("hrdb/Department/1/employees", 3),
        ("hrdb/Employee/1/employeesForManagerId", 2),
        ("hrdb/Employee/1/vacations", 2),
        ("music/Genre/1/tracks", 134),
        ("music/Employee/2/employeesForReportsTo", 3),
        // The foreign key names a unique column, the path the primary key.
        ("odd/UniqueParent/1/uniqueChildsForNick", 1),
        ("odd/UniqueParent/1/uniqueChildsForR1AndR2", 1),
        ("odd/UniqueParent/3/uniqueChildsForR1AndR2", 1),
        ("odd/Family/2/familiesForFatherId", 1),
        ("odd/Family/6/familiesForMotherId", 1),
        ("odd/ChainE/1/chainDs", 1),
        ("odd/Spoke70/1/hubs", 1),
    ] {
        let answer = admin.get(&format!("/services/{path}?size=100"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.json()["totalElements"], total, "{path}");
    }
    let sorted = admin.get("/services/hrdb/Department/1/employees?sort=empId%20desc&size=2&page=1");
    assert_eq!(column(&sorted, "empId"), [3, 2]);
    assert_eq!(admin.get("/services/hrdb/Department/1/nonsense").status, 404);
}

#[test]
fn views_are_read_and_never_written() {
    let server = serve(&["music", "odd"]);
    let admin = server.admin();
    for (entity, total) in [
        ("music/TrackDetail", 1500),
        ("music/CustomerTotals", 120),
        ("odd/ViewConstants", 1),
        ("odd/ViewEmpty", 0),
        ("odd/ViewWritable", 2),
        ("odd/ViewDuplicates", 3),
        ("odd/NoKey", 300),
        ("odd/Untyped", 4),
        ("odd/RowidHidden", 3),
    ] {
        let base = format!("/services/{entity}");
        assert_eq!(admin.get(&format!("{base}/count")).json(), total, "{entity}");
        for (method, path) in [
            ("POST", ""),
            ("PUT", "/1"),
            ("PATCH", "/1"),
            ("DELETE", "/1"),
            ("PUT", "/composite-id?id=1"),
            ("PATCH", "/composite-id?id=1"),
            ("DELETE", "/composite-id?id=1"),
        ] {
            let answer = admin.json(method, &format!("{base}{path}"), &json!({"id": 1}));
            assert_eq!(answer.status, 405, "{method} {base}{path}: {}", answer.text());
            assert!(answer.header("allow").unwrap().contains("GET"), "{method} {base}{path}");
            answer.error();
        }
        assert_eq!(admin.get(&format!("{base}/1")).status, 404, "{entity}");
        assert_eq!(admin.get(&format!("{base}/count")).json(), total, "{entity}");
    }
    assert_eq!(admin.get("/services/odd/ViewBroken").status, 404);
}

#[test]
fn a_view_shows_what_its_select_gives() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    for (entity, expected) in [
        ("ViewConstants", json!([{"id": 1, "word": "constant", "nothing": null, "realOne": 3.5, "bytes": ""}])),
        ("ViewOfView", json!([{"ident": 1, "title": "constant"}])),
        ("ViewWithSpace", json!([{"theId": 1, "firstName": "Ann"}, {"theId": 2, "firstName": "O'Bob"}])),
    ] {
        assert_eq!(Json::from(rows(&admin.get(&format!("/services/odd/{entity}")))), expected, "{entity}");
    }
    let values: Vec<Json> =
        rows(&admin.get("/services/odd/ViewExpressions"))[0].as_object().unwrap().values().cloned().collect();
    assert_eq!(values, [json!(120), json!(2), json!(20.0), json!("x'y")]);
    let titled = filtered(&admin, "odd/ViewOfView", "title = 'constant'");
    assert_eq!(rows(&titled).len(), 1);
}

#[test]
fn rows_without_a_key_are_listed_page_by_page() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    let mut sum = 0;
    for page in 1..=3 {
        let answer = admin.get(&format!("/services/odd/NoKey?size=100&page={page}"));
        assert_eq!(answer.json()["totalElements"], 300);
        sum += column(&answer, "b").iter().sum::<i64>();
    }
    assert_eq!(sum, -150);
    assert_eq!(column(&filtered(&admin, "odd/NoKey", "a is null"), "b"), [0, 0, 0]);
    let distinct = admin.post("/services/odd/NoKey/aggregations?size=100", &json!({"groupByFields": ["a", "b"]}));
    assert_eq!(distinct.json()["totalElements"], 100);
    let child = rows(&admin.get("/services/odd/NoKeyChild"));
    assert_eq!(child[0], json!({"a": "alpha", "n": 1, "keyOnly": {"code": "alpha"}}));
}
