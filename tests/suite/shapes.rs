//! What a row looks like on the wire, wherever it appears: alone, in a list, under a unique key, below its parent.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Client, Server};

const ENGINEERING: &str = r#"{"deptId":1,"name":"Engineering","budget":1936760,"q1":445455,"q2":522925,"q3":426087,"q4":542293,"deptCode":"Eng","location":"San Francisco","tenantId":1}"#;
const ERIN: &str = r#""empId":1,"firstname":"Erin","lastname":"Lund","street":"118 Ferry Terrace","city":"New York","state":"NY","zip":"10106","birthdate":"1973-10-21","picurl":null,"jobTitle":"Product Manager","deptId":1,"username":"erin.lund","role":"admin","managerId":null,"tenantId":1"#;
const BORIS: &str = r#""empId":2,"firstname":"Boris","lastname":"Tran","street":"7 Lantern Court","city":"Boston","state":"MA","zip":"02127","birthdate":"1991-03-19","picurl":null,"jobTitle":"Engineer","deptId":1,"username":"boris.tran","role":"user","managerId":1,"tenantId":1"#;

/// Boris, whose manager is shown without a manager of her own.
fn boris() -> String {
    format!(r#"{{{BORIS},"department":{ENGINEERING},"employeeByManagerId":{{{ERIN},"department":{ENGINEERING}}}}}"#)
}

#[track_caller]
fn good(client: &Client, path: &str) -> Answer {
    let answer = client.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    answer
}

#[test]
fn a_row_is_its_properties_in_order_and_then_its_relations() {
    let server = Server::start();
    let admin = server.admin();
    for (path, expected) in [
        ("Department/1", ENGINEERING.to_owned()),
        ("User/1", r#"{"userId":1,"username":"admin","role":"adminrole","tenantId":1}"#.to_owned()),
        ("Employee/1", format!(r#"{{{ERIN},"department":{ENGINEERING},"employeeByManagerId":null}}"#)),
        ("Employee/2", boris()),
        (
            "Vacation/3",
            format!(
                r#"{{"id":3,"startDate":"2014-10-06","endDate":"2014-11-12","empId":2,"tenantId":1,"status":"Pending","type":"Sick Leave","employee":{}}}"#,
                boris()
            ),
        ),
    ] {
        assert_eq!(good(&admin, &format!("/services/hrdb/{path}")).text(), expected, "{path}");
    }
}

#[test]
fn a_row_of_a_list_looks_like_the_row_alone() {
    let server = Server::start();
    let admin = server.admin();
    for (entity, key, lists) in [
        ("Department", "deptId", &["Department"][..]),
        ("Employee", "empId", &["Employee", "Department/1/employees", "Employee/1/employeesForManagerId"]),
        ("Vacation", "id", &["Vacation", "Employee/2/vacations"]),
        ("User", "userId", &["User"]),
    ] {
        for list in lists {
            let page = good(&admin, &format!("/services/hrdb/{list}")).json();
            assert!(!page["content"].as_array().unwrap().is_empty(), "{list}");
            for row in page["content"].as_array().unwrap() {
                let alone = good(&admin, &format!("/services/hrdb/{entity}/{}", row[key])).text();
                assert_eq!(alone, row.to_string(), "{list}");
            }
        }
    }
}

#[test]
fn a_row_without_its_relations_shows_them_as_null() {
    let server = Server::start();
    let admin = server.admin();
    let created = admin.post("/services/hrdb/Employee", &json!({})).text();
    assert_eq!(
        created,
        r#"{"empId":11,"firstname":null,"lastname":null,"street":null,"city":null,"state":null,"zip":null,"birthdate":null,"picurl":null,"jobTitle":null,"deptId":null,"username":null,"role":null,"managerId":null,"tenantId":1,"department":null,"employeeByManagerId":null}"#
    );
}

#[test]
fn the_line_of_managers_is_cut_after_the_first() {
    let server = Server::start();
    let admin = server.admin();
    // Boris has a manager himself, and Erin becomes her own.
    let below_boris = admin.post("/services/hrdb/Employee", &json!({"managerId": 2})).json();
    let boris = &below_boris["employeeByManagerId"];
    assert_eq!((&boris["empId"], &boris["managerId"]), (&json!(2), &json!(1)));
    assert_eq!(boris["department"]["deptId"], 1);
    assert!(boris.get("employeeByManagerId").is_none(), "{boris}");
    let erin = admin.patch("/services/hrdb/Employee/1", &json!({"managerId": 1})).json();
    assert_eq!(erin["employeeByManagerId"]["empId"], 1);
    assert!(erin["employeeByManagerId"].get("employeeByManagerId").is_none(), "{erin}");
    let vacation = good(&admin, "/services/hrdb/Vacation/1").json();
    assert!(vacation["employee"]["employeeByManagerId"].get("employeeByManagerId").is_none(), "{vacation}");
}

#[test]
fn a_row_that_is_not_there_is_not_found() {
    let server = Server::start();
    let admin = server.admin();
    for (entity, id) in [("Department", "99"), ("Employee", "0"), ("Vacation", "21"), ("User", "-1")] {
        let answer = admin.get(&format!("/services/hrdb/{entity}/{id}"));
        assert_eq!(answer.status, 404, "{entity}/{id}");
        let error = answer.error();
        assert_eq!(error["messageKey"], "com.wavemaker.runtime.no.entity.exists.for.given.id");
        assert_eq!(error["message"], format!("No entity exists for given id {id}"));
        assert_eq!(error["parameters"], json!([id]));
    }
}

#[test]
fn a_count_is_a_bare_number() {
    let server = Server::start();
    let admin = server.admin();
    for (entity, expected) in [("Department", "5"), ("Employee", "10"), ("User", "5"), ("Vacation", "20")] {
        for query in ["", "?page=3&size=1", "?q="] {
            let path = format!("/services/hrdb/{entity}/count{query}");
            assert_eq!(good(&admin, &path).text(), expected, "{path}");
        }
    }
    admin.post("/services/hrdb/Department", &json!({}));
    assert_eq!(good(&admin, "/services/hrdb/Department/count").text(), "6");
    admin.delete("/services/hrdb/Department/11");
    assert_eq!(good(&admin, "/services/hrdb/Department/count").text(), "5");
}

#[test]
fn a_unique_key_finds_its_one_row() {
    let server = Server::start();
    let admin = server.admin();
    for (id, code) in [(11, "a/b"), (12, "100%"), (13, "Büro 7"), (14, "a+b"), (15, "7"), (16, "x'--"), (17, "?#")] {
        assert_eq!(admin.post("/services/hrdb/Department", &json!({"deptCode": code})).json()["deptId"], id);
    }
    for (segment, id) in [
        ("Eng", 1),
        ("G%26A", 3),
        ("G&A", 3),
        ("%47%26%41", 3),
        ("a%2Fb", 11),
        ("100%25", 12),
        ("B%C3%BCro%207", 13),
        ("a+b", 14),
        ("a%2Bb", 14),
        ("7", 15),
        ("x'--", 16),
        ("%3F%23", 17),
    ] {
        let row = good(&admin, &format!("/services/hrdb/Department/deptCode/{segment}")).text();
        assert_eq!(row, good(&admin, &format!("/services/hrdb/Department/{id}")).text(), "{segment}");
    }
}

#[test]
fn a_unique_key_that_no_row_has_is_not_found_by_name_and_value() {
    let server = Server::start();
    let admin = server.admin();
    for (segment, shown) in [
        ("X", "{deptCode=X}"),
        ("eng", "{deptCode=eng}"),
        ("Eng%20", "{deptCode=Eng }"),
        ("a%20b", "{deptCode=a b}"),
        ("a+b", "{deptCode=a+b}"),
        ("null", "{deptCode=null}"),
        ("much-longer-than-the-column", "{deptCode=much-longer-than-the-column}"),
    ] {
        let answer = admin.get(&format!("/services/hrdb/Department/deptCode/{segment}"));
        assert_eq!(answer.status, 404, "{segment}");
        let error = answer.error();
        assert_eq!(error["messageKey"], "com.wavemaker.runtime.entity.not.found.for.given.map");
        assert_eq!(error["message"], format!("No entity found for given unique key values {shown}"));
        assert_eq!(error["parameters"], json!([shown]));
    }
    // A column that is not unique is no way to a row.
    for path in ["User/username/admin", "Employee/username/erin.lund", "Department/name/Sales"] {
        assert_eq!(admin.get(&format!("/services/hrdb/{path}")).status, 404, "{path}");
    }
}

#[test]
fn related_lists_are_pages_of_the_children() {
    let server = Server::start();
    let admin = server.admin();
    for (path, key, expected, total) in [
        ("Department/1/employees", "empId", &[1, 2, 3][..], 3),
        ("Department/5/employees", "empId", &[8, 9, 10], 3),
        ("Department/5/employees?size=2", "empId", &[8, 9], 3),
        ("Department/5/employees?size=2&page=2", "empId", &[10], 3),
        ("Department/5/employees?size=2&page=3", "empId", &[], 3),
        ("Department/5/employees?sort=firstname", "empId", &[10, 9, 8], 3),
        ("Department/1/employees?sort=employeeByManagerId.lastname,empId%20desc", "empId", &[1, 3, 2], 3),
        ("Employee/1/employeesForManagerId", "empId", &[2, 3], 2),
        ("Employee/2/employeesForManagerId", "empId", &[], 0),
        ("Employee/2/vacations", "id", &[3, 4, 6], 3),
        ("Employee/2/vacations?sort=startDate,desc", "id", &[3, 6, 4], 3),
        // An unknown parent has no children; that is all.
        ("Department/99/employees", "empId", &[], 0),
        ("Employee/0/vacations", "id", &[], 0),
        ("Employee/-1/employeesForManagerId", "empId", &[], 0),
    ] {
        let page = good(&admin, &format!("/services/hrdb/{path}")).json();
        let found: Vec<i64> =
            page["content"].as_array().unwrap().iter().map(|row| row[key].as_i64().unwrap()).collect();
        assert_eq!(found, expected, "{path}");
        assert_eq!(page["totalElements"], total, "{path}");
        assert_eq!(page.as_object().unwrap().len(), 10, "{path}");
    }
    let empty = good(&admin, "/services/hrdb/Department/99/employees").text();
    assert_eq!(
        empty,
        r#"{"content":[],"totalPages":0,"totalElements":0,"last":true,"size":20,"number":0,"sort":[],"first":true,"numberOfElements":0,"empty":true}"#
    );
}

#[test]
fn a_related_list_follows_its_children() {
    let server = Server::start();
    let admin = server.admin();
    let total = |path: &str| good(&admin, &format!("/services/hrdb/{path}")).json()["totalElements"].clone();
    admin.patch("/services/hrdb/Employee/3", &json!({"deptId": 2, "managerId": null}));
    assert_eq!((total("Department/1/employees"), total("Department/2/employees")), (json!(2), json!(3)));
    assert_eq!(total("Employee/1/employeesForManagerId"), 1);
    admin.delete("/services/hrdb/Vacation/3");
    assert_eq!(total("Employee/2/vacations"), 2);
}

#[test]
fn a_related_list_of_a_parent_that_cannot_be_is_refused() {
    let server = Server::start();
    let admin = server.admin();
    for (path, name) in
        [("Department/x/employees", "deptId"), ("Employee/1.0/vacations", "empId"), ("Employee/%20/vacations", "empId")]
    {
        let answer = admin.get(&format!("/services/hrdb/{path}"));
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.error()["parameters"], json!([format!("The input for {name} is invalid.")]), "{path}");
    }
}

/// No key named like a secret, and no hash, anywhere in the JSON.
fn has_secret(json: &Json) -> bool {
    match json {
        Json::Object(object) => {
            object.iter().any(|(key, value)| key.to_lowercase().contains("password") || has_secret(value))
        }
        Json::Array(items) => items.iter().any(has_secret),
        Json::String(text) => text.contains("$argon2") || text.contains("plain-7f3a"),
        _ => false,
    }
}

#[test]
fn a_secret_is_in_no_answer() {
    let server = Server::start();
    let admin = server.admin();
    let user = json!({"username": "new", "password": "plain-7f3a", "role": "userrole"});
    let employee = json!({"firstname": "New", "password": "plain-7f3a", "managerId": 1});
    let answers = [
        admin.post("/services/hrdb/User", &user),
        admin.post("/services/hrdb/Employee", &employee),
        admin.put("/services/hrdb/User/7", &user),
        admin.put("/services/hrdb/Employee/11", &employee),
        admin.patch("/services/hrdb/User/7", &json!({"password": "plain-7f3a"})),
        admin.get("/services/hrdb/User"),
        admin.get("/services/hrdb/User/1"),
        admin.get("/services/hrdb/User/composite-id?userId=1"),
        admin.get("/services/hrdb/Employee"),
        admin.get("/services/hrdb/Employee/2"),
        admin.get("/services/hrdb/Department/1/employees"),
        admin.get("/services/hrdb/Employee/1/employeesForManagerId"),
        admin.get("/services/hrdb/Employee/1/vacations"),
        admin.get("/services/hrdb/Vacation"),
        admin.get("/services/hrdb/Vacation/1"),
    ];
    for (position, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status, 200, "{position}: {}", answer.text());
        assert!(!has_secret(&answer.json()), "{position}: {}", answer.text());
    }
    // Nor does an answer say what was wrong with one by repeating it.
    let long = "plain-7f3a".repeat(20);
    for body in [json!({"password": long}), json!({"password": ["plain-7f3a"]})] {
        let refused = admin.post("/services/hrdb/User", &body);
        assert_eq!(refused.status, 400);
        assert!(!refused.text().contains("plain-7f3a"), "{}", refused.text());
    }
}

#[test]
fn nothing_can_be_sorted_by_a_secret() {
    let server = Server::start();
    let admin = server.admin();
    for (list, named) in [
        ("User", "password"),
        ("Employee", "password"),
        ("Employee", "employeeByManagerId.password"),
        ("Vacation", "employee.password"),
        ("Department/1/employees", "password"),
        ("Employee/1/vacations", "employee.employeeByManagerId.password"),
    ] {
        let answer = admin.get(&format!("/services/hrdb/{list}?sort={named}"));
        assert_eq!(answer.status, 400, "{list} {named}");
        // The same answer as for a property that there is not.
        assert_eq!(answer.error()["messageKey"], "com.wavemaker.runtime.data$UnknownFieldName");
        assert_eq!(answer.error()["parameters"], json!([named]));
    }
}
