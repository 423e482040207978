//! Creating, replacing, patching and deleting rows.

use serde_json::{Value as Json, json};

use crate::rows;
use crate::support::{Answer, Client, Server};

/// Sends JSON text as it stands: the order of members and repeated ones matter here.
fn text(client: &Client, method: &str, path: &str, body: &str) -> Answer {
    client.send(method, &format!("/services/hrdb/{path}"), &[("Content-Type", "application/json")], body.as_bytes())
}

#[track_caller]
fn good(answer: &Answer) -> Json {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[track_caller]
fn row(client: &Client, path: &str) -> Json {
    good(&client.get(&format!("/services/hrdb/{path}")))
}

fn can_sign_in(server: &Server, name: &str, password: &str) -> bool {
    server.basic(name, password).get("/services/security/token").status == 200
}

#[test]
fn new_rows_get_the_next_ids_whatever_id_they_bring() {
    let server = Server::start();
    let admin = server.admin();
    for (entity, key, expected) in
        [("Department", "deptId", 11), ("Employee", "empId", 11), ("Vacation", "id", 22), ("User", "userId", 7)]
    {
        for (position, id) in [json!(null), json!(1), json!(4711), json!("x"), json!(true)].into_iter().enumerate() {
            let created = good(&text(&admin, "POST", entity, &json!({key: id, "empId": 1}).to_string()));
            assert_eq!(created[key], expected + position, "{entity} {id}");
            assert_eq!(created, row(&admin, &format!("{entity}/{}", created[key])), "{entity} {id}");
        }
    }
    assert_eq!(row(&admin, "Department/1")["name"], "Engineering");
}

#[test]
fn what_is_absent_takes_the_default_and_what_is_null_is_null() {
    let server = Server::start();
    let admin = server.admin();
    let absent = good(&text(&admin, "POST", "Department", "{}"));
    assert_eq!(
        absent.to_string(),
        r#"{"deptId":11,"name":null,"budget":null,"q1":null,"q2":null,"q3":null,"q4":null,"deptCode":null,"location":null,"tenantId":1}"#
    );
    let null = good(&text(&admin, "POST", "Department", r#"{"tenantId":null,"name":null}"#));
    assert_eq!((&null["tenantId"], &null["name"]), (&Json::Null, &Json::Null));
    assert_eq!(good(&text(&admin, "POST", "Department", r#"{"tenantId":7}"#))["tenantId"], 7);
    // NULL is no value that a unique key could have twice, an empty text is.
    assert_eq!(good(&text(&admin, "POST", "Department", r#"{"deptCode":""}"#))["deptCode"], "");
    assert_eq!(text(&admin, "POST", "Department", r#"{"deptCode":""}"#).status, 409);
}

#[test]
fn the_object_of_a_relation_sets_its_key_and_the_later_member_wins() {
    let server = Server::start();
    let admin = server.admin();
    for (body, department, manager) in [
        (r#"{"department":{"deptId":2}}"#, json!(2), json!(null)),
        (r#"{"department":{"deptId":"2","name":"Other","budget":1}}"#, json!(2), json!(null)),
        (r#"{"deptId":1,"department":{"deptId":2}}"#, json!(2), json!(null)),
        (r#"{"department":{"deptId":2},"deptId":1}"#, json!(1), json!(null)),
        (r#"{"deptId":3,"department":null}"#, json!(3), json!(null)),
        (r#"{"department":null,"deptId":3}"#, json!(3), json!(null)),
        (r#"{"department":{"deptId":2},"deptId":null}"#, json!(null), json!(null)),
        (r#"{"deptId":3,"department":{"deptId":null}}"#, json!(null), json!(null)),
        (r#"{"department":null,"employeeByManagerId":null}"#, json!(null), json!(null)),
        (r#"{"employeeByManagerId":{"empId":5,"managerId":1,"deptId":4}}"#, json!(null), json!(5)),
        (r#"{"managerId":1,"employeeByManagerId":{"empId":8},"department":{"deptId":5}}"#, json!(5), json!(8)),
    ] {
        for (method, path) in [("POST", "Employee"), ("PUT", "Employee/10"), ("PATCH", "Employee/10")] {
            text(&admin, "PATCH", "Employee/10", r#"{"deptId":null,"managerId":null}"#);
            let changed = good(&text(&admin, method, path, body));
            assert_eq!((&changed["deptId"], &changed["managerId"]), (&department, &manager), "{method} {body}");
            assert_eq!(changed["department"]["deptId"], department, "{method} {body}");
            assert_eq!(changed["employeeByManagerId"]["empId"], manager, "{method} {body}");
        }
    }
    let vacation = good(&text(&admin, "POST", "Vacation", r#"{"employee":{"empId":2,"department":{"deptId":5}}}"#));
    assert_eq!((&vacation["empId"], &vacation["employee"]["deptId"]), (&json!(2), &json!(1)));
    // What else the objects held changed nothing.
    assert_eq!(row(&admin, "Department/2")["name"], "Marketing");
    assert_eq!(
        (&row(&admin, "Employee/5")["managerId"], &row(&admin, "Employee/5")["deptId"]),
        (&Json::Null, &json!(2))
    );
}

#[test]
fn of_repeated_members_the_last_in_the_text_wins() {
    let server = Server::start();
    let admin = server.admin();
    for (body, department) in [
        (r#"{"deptId":1,"deptId":2}"#, 2),
        (r#"{"department":{"deptId":1},"department":{"deptId":2}}"#, 2),
        (r#"{"deptId":1,"department":{"deptId":2},"deptId":3}"#, 3),
        (r#"{"department":{"deptId":1},"deptId":2,"department":{"deptId":3}}"#, 3),
        (r#"{"department":{"deptId":1},"deptId":2,"department":null}"#, 2),
    ] {
        assert_eq!(good(&text(&admin, "POST", "Employee", body))["deptId"], department, "{body}");
    }
}

#[test]
fn unknown_members_are_ignored() {
    let server = Server::start();
    let admin = server.admin();
    let body = r#"{"nope":1,"NAME":"x","Name":"x","dept_code":"x","":[],"__proto__":{},"employees":[{"firstname":"x"}],
        "name":"Known","DEPT_ID":3,"\u0000":1,"toString":{"a":[{}]}}"#;
    let created = good(&text(&admin, "POST", "Department", body));
    assert_eq!((&created["name"], &created["deptCode"]), (&json!("Known"), &Json::Null));
    assert_eq!(created.as_object().unwrap().len(), 10);
    assert_eq!(admin.get("/services/hrdb/Employee/count").text(), "10");
}

#[test]
fn scalars_become_what_their_property_takes() {
    let server = Server::start();
    let admin = server.admin();
    let longest = "ü".repeat(255);
    for (path, property, given, stored) in [
        ("Department/1", "budget", json!("12"), json!(12)),
        ("Department/1", "budget", json!(" 12 "), json!(12)),
        ("Department/1", "budget", json!("-12"), json!(-12)),
        ("Department/1", "budget", json!(""), json!(null)),
        ("Department/1", "budget", json!(" "), json!(null)),
        ("Department/1", "budget", json!(1.9), json!(1)),
        ("Department/1", "budget", json!(-1.9), json!(-1)),
        ("Department/1", "budget", json!(1e3), json!(1000)),
        ("Department/1", "budget", json!(2_147_483_647), json!(2_147_483_647)),
        ("Department/1", "budget", json!(-2_147_483_648_i64), json!(-2_147_483_648_i64)),
        ("Department/1", "name", json!(12), json!("12")),
        ("Department/1", "name", json!(1.5), json!("1.5")),
        ("Department/1", "name", json!(true), json!("true")),
        ("Department/1", "name", json!(""), json!("")),
        ("Department/1", "name", json!(" a "), json!(" a ")),
        ("Department/1", "name", json!(longest), json!(longest)),
        (
            "Department/1",
            "name",
            json!("漢字 \"q\" \\ \n\t\r \u{1f} \u{7f} \u{2028} 🦀"),
            json!("漢字 \"q\" \\ \n\t\r \u{1f} \u{7f} \u{2028} 🦀"),
        ),
        (
            "Department/1",
            "name",
            json!("</script>&amp;'; DROP TABLE USER;--"),
            json!("</script>&amp;'; DROP TABLE USER;--"),
        ),
        ("Employee/1", "zip", json!(2127), json!("2127")),
        ("Employee/1", "zip", json!("00501"), json!("00501")),
        ("Employee/1", "birthdate", json!("2024-02-29"), json!("2024-02-29")),
        ("Employee/1", "birthdate", json!("2024-02-29T10:00:00"), json!("2024-02-29")),
        ("Employee/1", "birthdate", json!(""), json!(null)),
        ("Employee/1", "birthdate", json!("  "), json!(null)),
        ("Employee/1", "birthdate", json!("0001-01-01"), json!("0001-01-01")),
        ("Employee/1", "birthdate", json!("9999-12-31"), json!("9999-12-31")),
        ("Employee/1", "deptId", json!("2"), json!(2)),
        ("Vacation/1", "empId", json!("3"), json!(3)),
    ] {
        let changed = good(&admin.patch(&format!("/services/hrdb/{path}"), &json!({property: given})));
        assert_eq!(changed[property], stored, "{path} {property} {given}");
        assert_eq!(row(&admin, path)[property], stored, "{path} {property} {given}");
    }
}

#[test]
fn put_replaces_the_whole_row() {
    let server = Server::start();
    let admin = server.admin();
    // Department 5 is of tenant 2: what is absent becomes the default, not what it was.
    let replaced = good(&text(&admin, "PUT", "Department/5", r#"{"deptId":1,"name":"Services","q1":5}"#));
    assert_eq!(
        replaced.to_string(),
        r#"{"deptId":5,"name":"Services","budget":null,"q1":5,"q2":null,"q3":null,"q4":null,"deptCode":null,"location":null,"tenantId":1}"#
    );
    assert_eq!(row(&admin, "Department/5"), replaced);
    assert_eq!(row(&admin, "Department/1")["name"], "Engineering");
    let emptied = good(&text(&admin, "PUT", "Employee/2", "{}"));
    for (name, value) in emptied.as_object().unwrap() {
        let expected = match name.as_str() {
            "empId" => json!(2),
            "tenantId" => json!(1),
            _ => Json::Null,
        };
        assert_eq!(*value, expected, "{name}");
    }
    assert_eq!(good(&text(&admin, "PUT", "Department/4", r#"{"tenantId":null}"#))["tenantId"], Json::Null);
}

#[test]
fn a_row_put_back_as_it_was_read_is_the_same() {
    let server = Server::start();
    let admin = server.admin();
    let before = rows::everything(server.folder.path());
    for path in ["Department/3", "Employee/1", "Employee/2", "Vacation/3", "User/2"] {
        let read = admin.get(&format!("/services/hrdb/{path}")).text();
        assert_eq!(text(&admin, "PUT", path, &read).text(), read, "{path}");
        assert_eq!(text(&admin, "PATCH", path, &read).text(), read, "{path}");
    }
    rows::assert_unchanged(server.folder.path(), &before, "putting rows back");
}

#[test]
fn a_password_is_kept_until_another_is_sent() {
    let server = Server::start();
    let admin = server.admin();
    let boris = json!({"username": "boris.tran", "role": "user"});
    good(&admin.put("/services/hrdb/Employee/2", &boris));
    assert!(can_sign_in(&server, "boris.tran", "welcome"), "absent on PUT");
    good(&admin.patch("/services/hrdb/Employee/2", &json!({"firstname": "B"})));
    assert!(can_sign_in(&server, "boris.tran", "welcome"), "absent on PATCH");
    good(&admin.put(
        "/services/hrdb/Employee/2",
        &json!({"username": "boris.tran", "role": "user", "password": "neu 漢 :🦀"}),
    ));
    assert!(!can_sign_in(&server, "boris.tran", "welcome"));
    assert!(can_sign_in(&server, "boris.tran", "neu 漢 :🦀"), "the new one");
    good(&admin.patch("/services/hrdb/Employee/2", &json!({"password": 123})));
    assert!(can_sign_in(&server, "boris.tran", "123"), "a number is a text");
    good(&admin.patch("/services/hrdb/Employee/2", &json!({"password": null})));
    for password in ["123", "welcome", "", "null"] {
        assert!(!can_sign_in(&server, "boris.tran", password), "cleared, so {password:?} is none");
    }
}

#[test]
fn an_account_made_over_the_wire_can_sign_in() {
    let server = Server::start();
    let admin = server.admin();
    // The column's 20 characters do not count for what is stored as a hash.
    let longest = "p".repeat(128);
    for (name, password) in [("short", "p"), ("long", longest.as_str())] {
        good(&admin.post("/services/hrdb/User", &json!({"username": name, "password": password, "role": "userrole"})));
        assert!(can_sign_in(&server, name, password), "{name}");
        assert!(!can_sign_in(&server, name, &format!("{password}p")), "{name}");
    }
    good(&admin.post("/services/hrdb/User", &json!({"username": "without", "role": "userrole"})));
    assert!(!can_sign_in(&server, "without", ""));
}

#[test]
fn patch_changes_only_what_is_sent() {
    let server = Server::start();
    let admin = server.admin();
    let mut expected = row(&admin, "Department/2");
    for (body, property, value) in [
        (r#"{"name":"Ads"}"#, "name", json!("Ads")),
        (r#"{"budget":null}"#, "budget", json!(null)),
        (r#"{"tenantId":null}"#, "tenantId", json!(null)),
        (r#"{"tenantId":3,"deptId":9,"nope":1}"#, "tenantId", json!(3)),
        ("{}", "deptId", json!(2)),
    ] {
        expected[property] = value;
        assert_eq!(good(&text(&admin, "PATCH", "Department/2", body)), expected, "{body}");
        assert_eq!(row(&admin, "Department/2"), expected, "{body}");
    }
    assert_eq!(admin.get("/services/hrdb/Department/9").status, 404);
    // An object of a relation that is null, or does not hold the key, leaves the key alone.
    for body in [r#"{"department":null}"#, r#"{"employeeByManagerId":null}"#] {
        let boris = good(&text(&admin, "PATCH", "Employee/2", body));
        assert_eq!((&boris["deptId"], &boris["managerId"]), (&json!(1), &json!(1)), "{body}");
    }
}

#[test]
fn delete_answers_true_once() {
    let server = Server::start();
    let admin = server.admin();
    for path in ["Vacation/1", "User/5", "Employee/11"] {
        if path == "Employee/11" {
            good(&text(&admin, "POST", "Employee", "{}"));
        }
        let deleted = admin.delete(&format!("/services/hrdb/{path}"));
        assert_eq!((deleted.status, deleted.text().as_str()), (200, "true"), "{path}");
        assert_eq!(deleted.header("content-type"), Some("application/json"));
        for method in ["GET", "DELETE"] {
            let again = admin.send(method, &format!("/services/hrdb/{path}"), &[], b"");
            assert_eq!(again.status, 404, "{method} {path}");
            assert_eq!(again.error()["messageKey"], "com.wavemaker.runtime.no.entity.exists.for.given.id");
        }
    }
}

#[test]
fn a_row_that_is_not_there_cannot_be_changed() {
    let server = Server::start();
    let admin = server.admin();
    let before = rows::everything(server.folder.path());
    for method in ["PUT", "PATCH"] {
        for body in [r#"{"name":"x"}"#, "{}", r#"{"empId":1,"password":"x"}"#] {
            for path in ["Department/11", "Employee/11", "Vacation/21", "User/6"] {
                let answer = text(&admin, method, path, body);
                assert_eq!(answer.status, 404, "{method} {path} {body}: {}", answer.text());
                assert_eq!(answer.error()["messageKey"], "com.wavemaker.runtime.no.entity.exists.for.given.id");
            }
        }
    }
    rows::assert_unchanged(server.folder.path(), &before, "changing what is not there");
}

#[test]
fn an_id_is_never_given_twice() {
    let server = Server::start();
    let admin = server.admin();
    let create = |client: &Client| good(&text(client, "POST", "Department", "{}"))["deptId"].clone();
    assert_eq!(create(&admin), 11);
    good(&admin.delete("/services/hrdb/Department/11"));
    assert_eq!(create(&admin), 12);
    good(&admin.delete("/services/hrdb/Department/12"));
    let server = Server::start_in(server.stop(), |_| {});
    assert_eq!(create(&server.admin()), 13);
}
