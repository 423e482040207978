//! Ways to the same row: with and without a slash at the end, below the context path, by composite id.

use serde_json::json;

use crate::support::{Client, Server};

/// Paths that read, one of each shape.
const READ: &[&str] = &[
    "/services/hrdb/Department",
    "/services/hrdb/Department/count",
    "/services/hrdb/Department/3",
    "/services/hrdb/Department/deptCode/G%26A",
    "/services/hrdb/Department/1/employees",
    "/services/hrdb/Employee/composite-id?empId=2",
    "/services/hrdb/Vacation?size=2&sort=startDate",
    "/services/hrdb/Department/99",
    "/services/hrdb/Department/deptCode/none",
    "/services/hrdb/Nothing",
    "/services/security/user/username",
];

fn with_slash(path: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    }
}

/// Status and text of an answer.
fn get(client: &Client, path: &str) -> (u16, String) {
    let answer = client.get(path);
    (answer.status, answer.text())
}

/// Creates, replaces, patches, deletes; each by a path made of a plain one.
#[track_caller]
fn write_at(client: &Client, path: impl Fn(&str) -> String) {
    let created = client.post(&path("/services/hrdb/Vacation"), &json!({"empId": 1}));
    assert_eq!(created.status, 200, "{}", created.text());
    let row = format!("/services/hrdb/Vacation/{}", created.json()["id"]);
    assert_eq!(client.put(&path(&row), &json!({"empId": 2})).json()["empId"], 2);
    assert_eq!(client.patch(&path(&row), &json!({"status": "Pending"})).json()["status"], "Pending");
    assert_eq!(client.delete(&path(&row)).text(), "true");
    assert_eq!(client.get(&row).status, 404);
}

#[test]
fn a_slash_at_the_end_changes_nothing() {
    let server = Server::start();
    let admin = server.admin();
    for path in READ {
        let (status, text) = get(&admin, path);
        assert_eq!(get(&admin, &with_slash(path)), (status, text), "{path}");
    }
    write_at(&admin, with_slash);
}

#[test]
fn a_path_that_is_not_plain_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    for path in [
        "//services/hrdb/Department",
        "/services//hrdb/Department",
        "/services/hrdb//Department",
        "/services/hrdb/Department//",
        "/services/hrdb/Department/../User",
        "/services/hrdb/Department/..",
        "/services/./hrdb/Department",
        "/../Cargo.toml",
        "/services/hrdb/Department;x=1/1",
        "/services/hrdb/Department/1;2",
        "/services/hrdb\\Department",
        "//login.html",
    ] {
        for client in [&admin, &server.nobody()] {
            let answer = client.get(path);
            assert_eq!(answer.status, 400, "{path}: {}", answer.text());
            assert!(answer.message().starts_with("Invalid Input: the path holds"), "{path}: {}", answer.text());
        }
    }
}

#[test]
fn everything_is_below_the_context_path_as_well() {
    let server = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    let admin = server.admin();
    for path in READ.iter().chain(&["/login.html", "/app.css", "/", "/index.html", "/services/security/info"]) {
        let (status, text) = get(&admin, path);
        assert_eq!(get(&admin, &format!("/Demo{path}")), (status, text), "{path}");
    }
    // Without its slash, a page's relative links would lead beside the context.
    let bare = server.nobody().get("/Demo");
    assert_eq!((bare.status, bare.header("location")), (302, Some("/Demo/")));
    write_at(&admin, |path| format!("/Demo{path}"));
    write_at(&admin, |path| with_slash(&format!("/Demo{path}")));
    // A token is one of the server, not of the path where it was made.
    let token = server.basic("user", "user").get("/Demo/services/security/token").json();
    let query = format!("?wm_auth_token={}", token["wm_auth_token"].as_str().unwrap());
    assert_eq!(server.nobody().get(&format!("/services/hrdb/Department/1{query}")).status, 200);
}

#[test]
fn what_only_looks_like_the_context_path_is_not_it() {
    let server = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    let admin = server.admin();
    for path in [
        "/demo/services/hrdb/Department",
        "/Demolition/services/hrdb/Department",
        "/Dem/services/hrdb/Department",
        "/Demo/Demo/services/hrdb/Department",
        "/%44emo/nothing",
        "/Demoservices/hrdb/Department",
    ] {
        assert_eq!(admin.get(path).status, 404, "{path}");
    }
    // Nobody gets further below the context path than without it.
    for path in ["/Demo/services/hrdb/Department", "/Demo/services/nothing", "/Demo/services/hrdb/Department/1"] {
        assert_eq!(server.nobody().get(path).status, 401, "{path}");
    }
    let without = Server::start();
    assert_eq!(without.admin().get("/Demo/services/hrdb/Department").status, 404);
}

#[test]
fn a_context_path_of_two_segments_works() {
    let server = Server::start_with(|settings| settings.context_path = "/apps/Demo".to_owned());
    let admin = server.admin();
    assert_eq!(get(&admin, "/apps/Demo/services/hrdb/Department/1"), get(&admin, "/services/hrdb/Department/1"));
    assert_eq!(admin.get("/apps/services/hrdb/Department/1").status, 404);
}

#[test]
fn a_key_of_one_property_can_be_given_as_a_composite_id() {
    let server = Server::start();
    let admin = server.admin();
    for (entity, key) in [("Department", "deptId"), ("Employee", "empId"), ("Vacation", "id"), ("User", "userId")] {
        let composite = format!("/services/hrdb/{entity}/composite-id?{key}=2");
        assert_eq!(get(&admin, &composite), get(&admin, &format!("/services/hrdb/{entity}/2")), "{entity}");
    }
    let composite = "/services/hrdb/Vacation/composite-id?id=4";
    let put = admin.put(composite, &json!({"id": 5, "empId": 3})).json();
    assert_eq!((&put["id"], &put["empId"], &put["status"]), (&json!(4), &json!(3), &json!(null)));
    let patched = admin.patch(composite, &json!({"status": "Approved"})).json();
    assert_eq!((&patched["empId"], &patched["status"]), (&json!(3), &json!("Approved")));
    assert_eq!(admin.delete(composite).text(), "true");
    assert_eq!(admin.delete(composite).status, 404);
}

#[test]
fn a_composite_id_must_be_whole_and_of_the_right_type() {
    let server = Server::start();
    let admin = server.admin();
    for query in ["", "?", "?deptId", "?deptId=", "?deptId=x", "?id=1", "?DEPTID=1", "?deptId=1.0", "?deptId=%00"] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let path = format!("/services/hrdb/Department/composite-id{query}");
            let answer = match method {
                "PUT" | "PATCH" => admin.json(method, &path, &json!({"name": "x"})),
                _ => admin.send(method, &path, &[], b""),
            };
            assert_eq!(answer.status, 400, "{method} {query}: {}", answer.text());
            assert_eq!(answer.error()["messageKey"], "com.wavemaker.runtime.data$InvalidInput");
            assert_eq!(answer.error()["parameters"], json!(["The input for deptId is invalid."]), "{method} {query}");
        }
    }
    assert_eq!(admin.get("/services/hrdb/Department/composite-id?deptId=99").status, 404);
    assert_eq!(admin.get("/services/hrdb/Department/count").text(), "5");
}
