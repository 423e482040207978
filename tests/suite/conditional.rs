//! Entity tags: what is known is not sent again, and what has changed is not changed blindly.

use serde_json::json;

use crate::support::{Client, Server};

const PATH: &str = "/services/hrdb/Department/1";

fn with(client: &Client, method: &str, path: &str, header: (&str, &str), body: &str) -> crate::support::Answer {
    client.send(method, path, &[header, ("Content-Type", "application/json")], body.as_bytes())
}

#[test]
fn an_answer_that_the_caller_has_is_not_sent_again() {
    let server = Server::start();
    let admin = server.admin();
    for path in [
        PATH,
        "/services/hrdb/Department?q=name%20is%20not%20null",
        "/services/hrdb/Department/count",
        "/services/hrdb/Department/1/employees",
        "/services/hrdb/queryExecutor/queries/totalBudget",
    ] {
        let first = admin.get(path);
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!(first.header("cache-control"), Some("private, no-cache"), "{path}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = with(&admin, "GET", path, ("If-None-Match", &known), "");
            assert_eq!((again.status, again.text().len()), (304, 0), "{path} {known}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
            assert!(again.header("x-wm-request-track-id").is_some());
        }
        assert_eq!(with(&admin, "GET", path, ("If-None-Match", "\"other\""), "").status, 200, "{path}");
        let head = admin.send("HEAD", path, &[], b"");
        assert_eq!((head.status, head.header("etag")), (200, Some(tag.as_str())), "HEAD {path}");
    }
    let tag = admin.get(PATH).header("etag").unwrap().to_owned();
    admin.patch(PATH, &json!({ "location": "elsewhere" }));
    assert_eq!(with(&admin, "GET", PATH, ("If-None-Match", &tag), "").status, 200, "it is another row now");
}

#[test]
fn nobody_changes_a_row_that_is_no_longer_what_he_read() {
    let server = Server::start();
    let admin = server.admin();
    for method in ["PUT", "PATCH", "DELETE"] {
        let row = admin.post("/services/hrdb/Department", &json!({ "name": method })).json();
        let path = format!("/services/hrdb/Department/{}", row["deptId"]);
        let read = admin.get(&path).header("etag").unwrap().to_owned();
        admin.patch(&path, &json!({ "location": "meanwhile" }));
        let body = json!({ "name": "mine" }).to_string();
        for stale in [read.as_str(), "\"other\"", "W/\"other\""] {
            let refused = with(&admin, method, &path, ("If-Match", stale), &body);
            assert_eq!(refused.status, 412, "{method} {stale}");
            assert_eq!(refused.message(), "Invalid Input: the row has been changed since it was read");
        }
        assert_eq!(admin.get(&path).json()["name"], method, "and nothing has been done");
        let now = admin.get(&path).header("etag").unwrap().to_owned();
        assert_eq!(with(&admin, method, &path, ("If-Match", &format!("W/{now}")), &body).status, 412, "a weak tag");
        assert_eq!(with(&admin, method, &path, ("If-Match", &format!("\"x\", {now}")), &body).status, 200, "{method}");
    }
    assert_eq!(with(&admin, "PATCH", PATH, ("If-Match", "*"), "{}").status, 200);
    assert_eq!(with(&admin, "PATCH", "/services/hrdb/Department/999", ("If-Match", "\"x\""), "{}").status, 404);
    let composite = "/services/hrdb/Department/composite-id?deptId=1";
    assert_eq!(with(&admin, "PATCH", composite, ("If-Match", "\"x\""), "{}").status, 412);
    // What may not be done is not a question of who comes first.
    let boris = server.token("boris.tran", "welcome");
    assert_eq!(with(&boris, "PATCH", "/services/hrdb/Vacation/4", ("If-Match", "\"x\""), "{}").status, 403);
    assert_eq!(with(&boris, "PATCH", "/services/hrdb/Vacation/1", ("If-Match", "\"x\""), "{}").status, 404);
}
