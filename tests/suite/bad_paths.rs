//! Paths and queries that lead nowhere: wrong ids, unknown names, what is no text. Each is the caller's fault (4xx, with
//! the envelope), and none changes a row.

use serde_json::json;

use crate::bad_input::{INVALID_INPUT, assert_error, on_a_server};

const NO_RESOURCE: &str = "com.wavemaker.runtime.requested.resource.not.found";

#[test]
fn an_id_that_is_no_number_is_refused() {
    on_a_server(|_, admin| {
        for id in [
            "x",
            "1.0",
            "1e3",
            "0x1",
            "1x",
            "1%2F2",
            "1%5C2",
            "%20",
            "1,2",
            "''",
            "1%20OR%201=1",
            "1%3BDROP%20TABLE%20USER",
            "99999999999999999999",
            "-99999999999999999999",
            "%EF%BC%91",
            "null",
            "undefined",
            "%7B%7D",
            "%2e",
            "%2e%2e",
            "employees",
            "deptCode",
            "%",
            "%zz",
            "1%",
            &"9".repeat(20_000),
        ] {
            for (method, body) in [("GET", None), ("PUT", Some("{}")), ("PATCH", Some("{}")), ("DELETE", None)] {
                let path = format!("/services/hrdb/Department/{id}");
                let headers: &[(&str, &str)] =
                    if body.is_some() { &[("Content-Type", "application/json")] } else { &[] };
                let answer = admin.send(method, &path, headers, body.unwrap_or_default().as_bytes());
                let case = format!("{method} {}", path.chars().take(60).collect::<String>());
                assert_error(&answer, 400, INVALID_INPUT, &case);
                assert_eq!(answer.error()["parameters"], json!(["The input for deptId is invalid."]), "{case}");
            }
        }
        // Numbers that no row can have; whether they are out of range or just not there is no matter.
        for id in ["-1", "0", "-0", "2147483648", "-2147483649", "9223372036854775807", "%201", "1%20", "%0A1"] {
            for method in ["GET", "DELETE"] {
                let answer = admin.send(method, &format!("/services/hrdb/Department/{id}"), &[], b"");
                assert!([400, 404].contains(&answer.status), "{method} {id}: {}", answer.text());
                answer.error();
            }
        }
    });
}

#[test]
fn an_id_that_is_no_text_is_refused_by_the_same_name() {
    on_a_server(|_, admin| {
        for id in ["%00", "1%00", "%FF", "1%C0%B1"] {
            for method in ["GET", "DELETE"] {
                let answer = admin.send(method, &format!("/services/hrdb/Department/{id}"), &[], b"");
                assert_error(&answer, 400, INVALID_INPUT, id);
                assert_eq!(answer.error()["parameters"], json!(["The input for deptId is invalid."]), "{method} {id}");
            }
        }
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    on_a_server(|server, admin| {
        for path in [
            "/services/hrdb",
            "/services/nope",
            "/services/nope/Department",
            "/services/HRDB/Department",
            "/services/hrdb/Nope",
            "/services/hrdb/Nope/1",
            "/services/hrdb/Nope/count",
            "/services/hrdb/Nope/1/employees",
            "/services/hrdb/department",
            "/services/hrdb/DEPARTMENT",
            "/services/hrdb/Department%20",
            "/services/hrdb/_hrdb_migration",
            "/services/hrdb/HrdbMigration",
            "/services/hrdb/SqliteSequence",
            "/services/hrdb/sqlite_schema",
            "/services/hrdb/Department/1/nope",
            "/services/hrdb/Department/1/Employees",
            "/services/hrdb/Department/1/vacations",
            "/services/hrdb/Employee/1/department",
            "/services/hrdb/Department/nope/Eng",
            "/services/hrdb/Department/deptcode/Eng",
            "/services/hrdb/Department/1/employees/2",
            "/services/hrdb/Department/1/employees/2/3/4/5",
            "/services/security",
            "/services/security/nope",
            "/nope",
            "/nope/nope",
            "/..%2fCargo.toml",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/login.html%00",
            "/favicon.svg%2f",
        ] {
            let answer = admin.get(path);
            assert!([400, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
            assert!(answer.status == 400 || answer.error()["messageKey"] == NO_RESOURCE, "{path}: {}", answer.text());
            // Only a path that nothing can be at is a bad request rather than one not found.
            assert!(answer.status == 404 || path.contains("%00"), "{path}: {}", answer.text());
            if path.starts_with("/services/") && path != "/services/" {
                assert_eq!(server.nobody().get(path).status, 401, "{path}: nobody learns what there is");
            }
        }
        for (method, path) in
            [("POST", "/services/hrdb/Nope"), ("PUT", "/services/hrdb/Nope/1"), ("PATCH", "/services/x/Y/1")]
        {
            assert_error(&admin.json(method, path, &json!({})), 404, NO_RESOURCE, path);
        }
        assert_error(&admin.delete("/services/hrdb/Nope/1"), 404, NO_RESOURCE, "DELETE");
    });
}

#[test]
fn a_path_or_query_of_broken_utf8_is_refused() {
    on_a_server(|_, admin| {
        for path in [
            "/services/hrdb/Department/deptCode/%FF",
            "/services/hrdb/Department/deptCode/%C3%28",
            "/services/hrdb/Department/deptCode/%ED%A0%80",
            "/services/hrdb/Department/deptCode/%00",
            "/services/hrdb/Department/deptCode/Eng%00",
            "/services/hrdb/%FF",
            "/services/%FF/Department",
            "/services/hrdb/Department%00",
            "/services/hrdb/Department/1/%FF",
            "/services/hrdb/Department?sort=%FF",
            "/services/hrdb/Department?sort=name%00",
            "/services/hrdb/Department?page=%FF",
            "/services/hrdb/Department?%FF=1",
            "/services/hrdb/Department?nope=%C3%28",
            "/services/hrdb/Department/composite-id?deptId=%FF",
            "/services/hrdb/Department/count?q=%FF",
        ] {
            let answer = admin.get(path);
            assert_eq!(answer.status, 400, "{path}: {}", answer.text());
            answer.error();
        }
    });
}
