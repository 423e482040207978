//! Bodies and headers that are well-formed HTTP and otherwise nonsense: each is the caller's fault (4xx, with the
//! envelope), and none changes a row.

use serde_json::{Value as Json, json};

use crate::rows;
use crate::support::{Answer, Client, Server};

const UNREADABLE: &str = "com.wavemaker.commons.json$MessageNotReadable";
const WRONG_SHAPE: &str = "com.wavemaker.commons.json$InvalidJsonObject";
pub const INVALID_INPUT: &str = "com.wavemaker.runtime.data$InvalidInput";
const UNEXPECTED: &str = "com.wavemaker.commons.json$UnexpectedError";

/// Every way to send a body that makes or changes a row.
const WRITES: [(&str, &str); 4] = [
    ("POST", "/services/hrdb/Department"),
    ("PUT", "/services/hrdb/Department/1"),
    ("PATCH", "/services/hrdb/Department/1"),
    ("PUT", "/services/hrdb/Department/composite-id?deptId=1"),
];

/// Runs the test on a server and checks afterwards that it is unharmed.
pub fn on_a_server(test: impl FnOnce(&Server, &Client)) {
    let server = Server::start_with(|settings| settings.body_limit_bytes = 1 << 21);
    let admin = server.admin();
    let before = rows::everything(server.folder.path());
    test(&server, &admin);
    assert_eq!(admin.get("/services/hrdb/Department/count").text(), "5", "the server still answers");
    rows::assert_unchanged(server.stop().path(), &before, "bad input");
}

fn write(client: &Client, (method, path): (&str, &str), content_type: &str, body: &[u8]) -> Answer {
    client.send(method, path, &[("Content-Type", content_type)], body)
}

#[track_caller]
pub fn assert_error(answer: &Answer, status: u16, key: &str, case: &str) {
    assert_eq!(answer.status, status, "{case}: {}", answer.text());
    assert_eq!(answer.error()["messageKey"], key, "{case}");
}

#[test]
fn a_body_that_is_not_json_is_unreadable() {
    let deep = 100_000;
    let balanced = format!("{{\"nope\":{}{}}}", "[".repeat(deep), "]".repeat(deep));
    let objects = format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep));
    let utf16: Vec<u8> = "{\"name\":\"x\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bodies: Vec<Vec<u8>> = [
        "",
        " \n\t",
        "null",
        " null ",
        "{",
        "}",
        "{\"name\":\"x\"",
        "{\"name\":}",
        "{\"name\"}",
        "{name:\"x\"}",
        "{'name':'x'}",
        "{\"name\":\"x\",}",
        "{\"name\":\"x\"} {\"name\":\"y\"}",
        "{\"name\":\"x\"}]",
        "{\"name\":\"x\ny\"}",
        "{\"name\":\"\\x\"}",
        "{\"name\":\"\\u12\"}",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"\\udc00\\ud800\"}",
        "{\"budget\":01}",
        "{\"budget\":+1}",
        "{\"budget\":.5}",
        "{\"budget\":0x10}",
        "{\"budget\":NaN}",
        "{\"budget\":1e999}",
        "{\"budget\":Infinity}",
        "/* */ {}",
        "name=x&budget=1",
        "<department><name>x</name></department>",
        "nonsense",
        &"[".repeat(deep),
        &"{\"a\":".repeat(deep),
        &balanced,
        &objects,
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([
        b"{\"name\":\"\xff\"}".to_vec(),
        b"{\"name\":\"\xc0\xaf\"}".to_vec(),
        b"{\"name\":\"\xed\xa0\x80\"}".to_vec(),
        b"{\"\xff\":1}".to_vec(),
        b"{\"name\":\"x\0y\"}".to_vec(),
        b"\0".to_vec(),
        utf16,
        vec![0xff; 4096],
    ])
    .collect();
    on_a_server(|_, admin| {
        for body in &bodies {
            let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
            for target in WRITES {
                let case = format!("{target:?} {shown:?} ({} bytes)", body.len());
                assert_error(&write(admin, target, "application/json", body), 400, UNREADABLE, &case);
            }
        }
    });
}

#[test]
fn json_that_is_no_object_has_the_wrong_shape() {
    on_a_server(|_, admin| {
        for body in ["[]", "[{}]", "[{\"name\":\"x\"}]", "1", "-0.5", "\"x\"", "\"\"", "true", "false"] {
            for target in WRITES {
                let answer = write(admin, target, "application/json", body.as_bytes());
                assert_error(&answer, 400, WRONG_SHAPE, &format!("{target:?} {body}"));
            }
        }
    });
}

#[test]
fn a_value_of_the_wrong_type_is_refused_by_the_name_of_its_property() {
    let integer =
        [json!(true), json!("x"), json!("1.5"), json!("0x10"), json!("1 2"), json!([]), json!([1]), json!({})];
    let text = [json!([]), json!({}), json!(["x"]), json!({"name": "x"})];
    let date = [json!(5), json!(1.5), json!(false), json!("soon"), json!([]), json!({})];
    let relation = [json!(1), json!("x"), json!(true), json!([]), json!([{"deptId": 1}])];
    let key = [json!({"deptId": "x"}), json!({"deptId": true}), json!({"deptId": {}}), json!({"deptId": [1]})];
    on_a_server(|_, admin| {
        for (entity, property, named, values) in [
            ("Department", "budget", "budget", &integer[..]),
            ("Department", "tenantId", "tenantId", &integer),
            ("Department", "name", "name", &text),
            ("Department", "deptCode", "deptCode", &text),
            ("Employee", "deptId", "deptId", &integer),
            ("Employee", "birthdate", "birthdate", &date),
            ("Employee", "zip", "zip", &text),
            ("Employee", "password", "password", &text),
            ("Employee", "department", "department", &relation),
            ("Employee", "employeeByManagerId", "employeeByManagerId", &relation),
            ("Employee", "department", "deptId", &key),
            ("Vacation", "empId", "empId", &integer),
            ("Vacation", "startDate", "startDate", &date),
            ("User", "role", "role", &text),
        ] {
            for value in values {
                let body = json!({ property: value });
                for (method, row) in [("POST", ""), ("PUT", "/1"), ("PATCH", "/1")] {
                    let answer = admin.json(method, &format!("/services/hrdb/{entity}{row}"), &body);
                    let case = format!("{method} {entity}{row} {body}");
                    let key = if method == "PATCH" { INVALID_INPUT } else { WRONG_SHAPE };
                    assert_error(&answer, 400, key, &case);
                    assert!(answer.message().contains(named), "{case}: {}", answer.message());
                    if method == "PATCH" {
                        let parameter = answer.error()["parameters"][0].clone();
                        assert!(
                            parameter.as_str().unwrap().starts_with("Could not apply patch"),
                            "{case}: {parameter}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn a_body_of_another_type_than_json_is_refused() {
    on_a_server(|_, admin| {
        for given in [
            "text/plain",
            "text/html",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "application/jsonp",
            "json",
            "*/*",
            "text/plain; application/json",
        ] {
            for target in WRITES {
                let answer = write(admin, target, given, b"{\"name\":\"x\"}");
                assert_error(&answer, 415, UNEXPECTED, &format!("{target:?} {given}"));
                let media_type = given.split(';').next().unwrap();
                assert_eq!(answer.message(), format!("Content-Type '{media_type}' is not supported"));
            }
        }
        // Ways to say JSON; the empty patch changes nothing.
        for given in ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON;charset=UTF-8"] {
            assert_eq!(write(admin, WRITES[2], given, b"{}").status, 200, "{given}");
        }
    });
}

#[test]
fn a_caller_who_takes_no_json_gets_nothing_else() {
    on_a_server(|_, admin| {
        for (accept, status) in [
            ("application/json", 200),
            ("*/*", 200),
            ("application/*", 200),
            ("text/html, application/json;q=0.5", 200),
            ("application/json, text/plain, */*", 200),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200),
            ("application/xml", 406),
            ("text/csv", 406),
        ] {
            let answer = admin.send("GET", "/services/hrdb/Department", &[("Accept", accept)], b"");
            assert_eq!(answer.status, status, "Accept: {accept}");
            if status == 406 {
                assert_eq!(answer.error()["messageKey"], UNEXPECTED);
            }
        }
    });
}

#[test]
fn credentials_that_cannot_be_read_make_nobody() {
    on_a_server(|server, _| {
        let long = format!("Basic {}", "QUFB".repeat(10_000));
        for given in [
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Basic YWRtaW4=",
            "Basic YWRtaW46YWRtaW4===",
            "Basic Y W R t a W 4 6",
            "Basic /////w==",
            "Basic gIA6gIA=",
            "Basic Og==",
            "Basic AAAA",
            "Basic YWRtaW46YWRtaW4=x",
            "BasicYWRtaW46YWRtaW4=",
            "Bearer x",
            "Digest username=\"admin\"",
            "admin:admin",
            &long,
        ] {
            let answer = server.nobody().send("GET", "/services/hrdb/Department", &[("Authorization", given)], b"");
            assert_error(&answer, 401, "com.wavemaker.unAuthorized", &given.chars().take(40).collect::<String>());
        }
        for (header, value) in [("wm_auth_token", "x"), ("wm_auth_token", "' OR 1=1 --"), ("WM_AUTH_TOKEN", "0")] {
            let answer = server.nobody().send("GET", "/services/hrdb/Department", &[(header, value)], b"");
            assert_eq!(answer.status, 401, "{header}: {value}");
            assert_eq!(answer.error()["messageKey"], Json::Null);
        }
        for cookie in ["SESSION=x", "SESSION=", "SESSION", "=;=;", "SESSION=\"", "SESSION=%FF"] {
            let answer = server.nobody().send("GET", "/services/hrdb/Department", &[("Cookie", cookie)], b"");
            assert_error(&answer, 401, "com.wavemaker.unAuthorized", cookie);
        }
    });
}
