//! `POST /aggregations`: groups, and what is counted, summed, averaged or picked within them.

use serde_json::{Value as Json, json};

use crate::databases::{encode, rows, serve};
use crate::support::{Answer, Client, Server};

const INVALID_JSON: &str = "com.wavemaker.commons.json$InvalidJsonObject";
const INVALID_INPUT: &str = "com.wavemaker.runtime.data$InvalidInput";

fn ask(client: &Client, entity: &str, query: &str, body: &Json) -> Answer {
    client.post(&format!("/services/{entity}/aggregations{query}"), body)
}

fn term(field: &str, function: &str, alias: &str) -> Json {
    json!({"field": field, "type": function, "alias": alias})
}

#[test]
fn groups_come_with_their_measures_in_the_order_of_the_request() {
    let server = Server::start();
    let admin = server.admin();
    let body = json!({
        "groupByFields": ["department.name", "deptId"],
        "aggregations": [term("empId", "COUNT", "cnt"), term("birthdate", "MIN", "eldest"), term("empId", "SUM", "total")],
        "filter": "empId <= 9",
    });
    let answer = ask(&admin, "hrdb/Employee", "?sort=deptId%20desc", &body);
    let expected = json!([
        {"department$name": "Professional Services", "deptId": 5, "cnt": 2, "eldest": "1981-10-21", "total": 17},
        {"department$name": "Sales", "deptId": 4, "cnt": 1, "eldest": "1990-11-23", "total": 4},
        {"department$name": "General and Admin", "deptId": 3, "cnt": 1, "eldest": "1988-03-04", "total": 7},
        {"department$name": "Marketing", "deptId": 2, "cnt": 2, "eldest": "1984-02-25", "total": 11},
        {"department$name": "Engineering", "deptId": 1, "cnt": 3, "eldest": "1973-10-21", "total": 6},
    ]);
    assert_eq!(Json::from(rows(&answer)), expected);
    let first = rows(&answer)[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(first, ["department$name", "deptId", "cnt", "eldest", "total"]);
    let page = answer.json();
    let keys: Vec<_> = page.as_object().unwrap().keys().cloned().collect();
    let ten = [
        "content",
        "totalPages",
        "totalElements",
        "last",
        "size",
        "number",
        "sort",
        "first",
        "numberOfElements",
        "empty",
    ];
    assert_eq!(keys, ten);
    assert_eq!((&page["totalElements"], &page["totalPages"], &page["last"]), (&json!(5), &json!(1), &json!(true)));
    assert_eq!(page["sort"][0]["property"], "deptId");
}

#[test]
fn groups_alone_are_distinct_values_and_totals_are_true() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let states = ask(&admin, "hrdb/Employee", "?page=1&size=50&sort=state%20asc", &json!({"groupByFields": ["state"]}));
    let expected = json!([{"state": "CA"}, {"state": "GA"}, {"state": "MA"}, {"state": "NY"}, {"state": "PA"}]);
    assert_eq!(Json::from(rows(&states)), expected);
    assert_eq!(states.json()["totalElements"], 5);
    let mut seen = Vec::new();
    for page in 1..=4 {
        let query = format!("?page={page}&size=2&sort=state%20desc");
        let answer = ask(&admin, "hrdb/Employee", &query, &json!({"groupByFields": ["state"]}));
        let json = answer.json();
        assert_eq!((&json["totalElements"], &json["totalPages"]), (&json!(5), &json!(3)), "page {page}");
        assert_eq!(json["last"], page >= 3, "page {page}");
        seen.extend(rows(&answer).iter().map(|row| row["state"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, ["PA", "NY", "MA", "GA", "CA"]);
    // Rows without the relation are a group of their own, the first one.
    let genres = ask(
        &admin,
        "music/Track",
        "?size=100&sort=genre.name",
        &json!({
        "groupByFields": ["genre.name"], "aggregations": [term("trackId", "COUNT", "n")]}),
    );
    assert_eq!(rows(&genres)[0], json!({"genre$name": null, "n": 38}));
    let sum: i64 = rows(&genres).iter().map(|row| row["n"].as_i64().unwrap()).sum();
    assert_eq!(sum, 1500);
    let pairs = json!({"groupByFields": ["genreId", "mediaTypeId"]});
    let total = ask(&admin, "music/Track", "?size=1", &pairs).json()["totalElements"].clone();
    let all = ask(&admin, "music/Track", "?size=100", &pairs);
    assert_eq!((rows(&all).len(), all.json()["totalElements"].clone()), (48, total));
}

#[test]
fn an_alias_can_be_sorted_by_as_can_each_group() {
    let server = Server::start();
    let admin = server.admin();
    let body = json!({"groupByFields": ["department.name"], "aggregations": [term("empId", "COUNT", "department$n")]});
    for (sort, expected) in [
        ("department$n desc,department.name asc", "Engineering"),
        ("department$n asc,department.name desc", "Sales"),
        ("department$n", "General and Admin"),
        ("department$name desc", "Sales"),
        ("department.name,desc", "Sales"),
        ("", "Engineering"),
    ] {
        let answer = ask(&admin, "hrdb/Employee", &format!("?sort={}", encode(sort)), &body);
        assert_eq!(rows(&answer)[0]["department$name"], expected, "{sort}");
        assert_eq!(answer.json()["totalElements"], 5, "{sort}");
    }
    for (sort, key) in [
        ("nonsense", "com.wavemaker.runtime.data$UnknownFieldName"),
        ("password", "com.wavemaker.runtime.data$UnknownFieldName"),
        ("department$n up", "com.wavemaker.runtime.invalid.parameter"),
    ] {
        let answer = ask(&admin, "hrdb/Employee", &format!("?sort={}", encode(sort)), &body);
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (400, Some(key)), "{sort}");
    }
}

#[test]
fn without_groups_there_is_one_row_of_everything() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let body = json!({"aggregations": [
        term("budget", "SUM", "sum"), term("budget", "AVG", "mean"), term("budget", "MIN", "least"),
        term("budget", "MAX", "greatest"), term("deptId", "COUNT", "count"), term("name", "MAX", "last"),
    ]});
    let answer = ask(&admin, "hrdb/Department", "", &body);
    let row = json!({"sum": 8_069_835, "mean": 1_613_967.0, "least": 806_984, "greatest": 2_743_744, "count": 5, "last": "Sales"});
    assert_eq!(Json::from(rows(&answer)), json!([row]));
    let page = answer.json();
    assert_eq!((&page["totalElements"], &page["totalPages"], &page["last"]), (&json!(1), &json!(1), &json!(true)));
    let second = ask(&admin, "hrdb/Department", "?page=2", &body).json();
    assert_eq!((&second["content"], &second["totalElements"]), (&json!([]), &json!(1)));
    let nothing = json!({"aggregations": body["aggregations"], "filter": "deptId < 0"});
    let row = json!({"sum": null, "mean": null, "least": null, "greatest": null, "count": 0, "last": null});
    assert_eq!(Json::from(rows(&ask(&admin, "hrdb/Department", "", &nothing))), json!([row]));
    let no_groups =
        json!({"groupByFields": ["location"], "aggregations": [term("deptId", "COUNT", "n")], "filter": "deptId < 0"});
    let page = ask(&admin, "hrdb/Department", "", &no_groups).json();
    assert_eq!((&page["content"], &page["totalElements"], &page["empty"]), (&json!([]), &json!(0), &json!(true)));
    // NULL is counted as nothing, and grouped as a value.
    let managers =
        json!({"aggregations": [term("managerId", "COUNT", "n"), term("employeeByManagerId.lastname", "COUNT", "m")]});
    assert_eq!(Json::from(rows(&ask(&admin, "hrdb/Employee", "", &managers))), json!([{"n": 5, "m": 5}]));
    let prices = json!({"aggregations": [term("unitPrice", "SUM", "s"), term("millis", "SUM", "m"), term("explicit", "COUNT", "c"),
        term("bytes", "COUNT", "b"), term("album.released", "MIN", "d"), term("explicit", "MAX", "e")]});
    let row = rows(&ask(&admin, "music/Track", "", &prices))[0].clone();
    assert!((row["s"].as_f64().unwrap() - 1976.71).abs() < 0.001, "{row}");
    assert_eq!(
        (&row["m"], &row["c"], &row["b"], &row["e"]),
        (&json!(404_365_352), &json!(1500), &json!(1383), &json!(true))
    );
    assert_eq!(row["d"].as_str().map(str::len), Some(10), "{row}");
    let moments = json!({"aggregations": [term("invoiceDate", "MIN", "from"), term("invoiceDate", "MAX", "to")]});
    let row = rows(&ask(&admin, "music/Invoice", "", &moments))[0].clone();
    assert_eq!(row, json!({"from": "2021-01-06T13:22:00", "to": "2024-08-21T00:00:00"}));
}

#[test]
fn neither_groups_nor_measures_are_plain_rows() {
    let server = Server::start();
    let admin = server.admin();
    let list = admin.get("/services/hrdb/Employee?size=3&sort=empId%20desc").json();
    for body in [
        json!({}),
        json!({"groupByFields": [], "aggregations": []}),
        json!({"groupByFields": null, "filter": null, "aggregations": null}),
    ] {
        assert_eq!(ask(&admin, "hrdb/Employee", "?size=3&sort=empId%20desc", &body).json(), list, "{body}");
    }
    let one = ask(&admin, "hrdb/Employee", "?sort=", &json!({"filter": "empId = 2"}));
    assert_eq!(rows(&one)[0]["department"]["name"], "Engineering");
}

#[test]
fn a_sum_beyond_every_number_is_refused() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    for (entity, body) in [
        ("odd/Numbers", json!({"aggregations": [term("i", "SUM", "s")], "filter": "id in (1, 2)"})),
        ("odd/BigKey", json!({"aggregations": [term("id", "SUM", "s")], "filter": "id > 0"})),
        ("odd/BigKey", json!({"groupByFields": ["v"], "aggregations": [term("id", "SUM", "s")]})),
    ] {
        let answer = ask(&admin, entity, "", &body);
        if body["groupByFields"].is_null() {
            assert_eq!(answer.status, 400, "{body}: {}", answer.text());
            answer.error();
        } else {
            assert_eq!(answer.status, 200, "each group's sum is in range: {}", answer.text());
        }
    }
    // Floating point has an infinity, JSON has none.
    for (filter, expected) in
        [("id in (2, 4)", Json::Null), ("id in (4, 5)", Json::Null), ("id in (1, 10)", json!(0.4))]
    {
        let answer =
            ask(&admin, "odd/Numbers", "", &json!({"aggregations": [term("r", "SUM", "s")], "filter": filter}));
        assert_eq!(rows(&answer)[0]["s"], expected, "{filter}");
    }
    let exact = ask(&admin, "odd/Numbers", "", &json!({"aggregations": [term("i", "MAX", "m")], "filter": "id <= 8"}));
    assert_eq!(rows(&exact)[0]["m"], json!(i64::MAX));
}

#[test]
fn what_cannot_be_worked_out_is_refused() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let measure = |measure: Json| json!({"aggregations": [measure]});
    let unknown = "Property {0} in the class {1} is not valid.";
    let not_comparable = "The property {0} in the entity {1} is not a comparable data type.";
    for (body, key) in [
        (json!([]), INVALID_JSON),
        (json!("x"), INVALID_JSON),
        (json!({"groupByFields": "state"}), INVALID_JSON),
        (json!({"groupByFields": [1]}), INVALID_JSON),
        (json!({"aggregations": {}}), INVALID_JSON),
        (json!({"filter": 1}), INVALID_JSON),
        (measure(json!({"field": "empId", "alias": "a"})), INVALID_JSON),
        (measure(json!({"type": "COUNT", "alias": "a"})), INVALID_JSON),
        (measure(term("empId", "count", "a")), INVALID_JSON),
        (measure(term("empId", "MEDIAN", "a")), INVALID_JSON),
        (measure(term("empId", "", "a")), INVALID_JSON),
        (measure(term("nonsense", "COUNT", "a")), unknown),
        (measure(term("password", "COUNT", "a")), unknown),
        (measure(term("", "COUNT", "a")), unknown),
        (measure(term("*", "COUNT", "a")), unknown),
        (measure(term("department", "COUNT", "a")), not_comparable),
        (json!({"groupByFields": ["nonsense"]}), unknown),
        (json!({"groupByFields": ["password"]}), unknown),
        (json!({"groupByFields": ["employeeByManagerId.password"]}), unknown),
        (json!({"groupByFields": ["department"]}), not_comparable),
        (measure(term("firstname", "SUM", "a")), INVALID_INPUT),
        (measure(term("birthdate", "AVG", "a")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "1a")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "a b")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "a.b")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "ä")), INVALID_INPUT),
        (measure(term("empId", "COUNT", "a\"")), INVALID_INPUT),
        (json!({"aggregations": [term("empId", "COUNT", "a"), term("empId", "SUM", "a")]}), INVALID_INPUT),
        (json!({"groupByFields": ["state"], "aggregations": [term("empId", "COUNT", "state")]}), INVALID_INPUT),
        (
            json!({"groupByFields": ["department.name"], "aggregations": [term("empId", "COUNT", "department$name")]}),
            INVALID_INPUT,
        ),
        (json!({"groupByFields": ["state", "state"]}), INVALID_INPUT),
        (json!({"groupByFields": ["state"], "filter": "state ="}), "com.wavemaker.runtime.data$SyntaxErrorInQuery"),
        (json!({"groupByFields": ["state"], "filter": "password = 'x'"}), unknown),
    ] {
        let answer = ask(&admin, "hrdb/Employee", "", &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], key, "{body}");
    }
    let bytes = ask(&admin, "music/Album", "", &json!({"groupByFields": ["cover"]}));
    assert_eq!((bytes.status, bytes.error()["messageKey"].as_str()), (400, Some(not_comparable)));
    for alias in ["a", "_", "$", "A1", "a$b_c9", "select", "count"] {
        let answer = ask(&admin, "hrdb/Employee", "", &json!({"aggregations": [term("empId", "COUNT", alias)]}));
        assert_eq!(Json::from(rows(&answer)), json!([{alias: 10}]), "{alias}");
    }
}
