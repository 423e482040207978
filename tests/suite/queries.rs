//! Named queries: the bundled ones against the facts of the seed, and who may call them.

use serde_json::{Value as Json, json};

use crate::support::{Answer, Client, Server};

pub const QUERIES: &str = "/services/hrdb/queryExecutor/queries";

/// Every role of the sample; the last four are employees, of whom the first two manage others.
pub const PEOPLE: &[(&str, &str)] = &[
    ("admin", "admin"),
    ("user", "user"),
    ("erin.lund", "welcome"),
    ("wanda.hoffman", "welcome"),
    ("boris.tran", "welcome"),
    ("judith.bauer", "welcome"),
];

pub fn get(client: &Client, query: &str) -> Answer {
    client.get(&format!("{QUERIES}/{query}"))
}

/// The objects of a page, whose ten keys are checked on the way.
#[track_caller]
pub fn content(answer: &Answer) -> Vec<Json> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    let keys: Vec<&String> = page.as_object().unwrap().keys().collect();
    let ten = ["content", "totalPages", "totalElements", "last", "size", "number", "sort", "first"];
    assert_eq!(keys, [&ten[..], &["numberOfElements", "empty"]].concat());
    page["content"].as_array().unwrap().clone()
}

/// Which callers a query answers, by their place in [`PEOPLE`]; the others are forbidden.
#[track_caller]
pub fn allowed(server: &Server, query: &str) -> Vec<usize> {
    let may = |(name, password): &(&str, &str)| {
        let answer = get(&server.basic(name, password), query);
        if answer.status == 403 {
            answer.error();
        } else {
            assert_eq!(answer.status, 200, "{query} as {name}: {}", answer.text());
        }
        answer.status == 200
    };
    (0..PEOPLE.len()).filter(|position| may(&PEOPLE[*position])).collect()
}

#[test]
fn the_tiles_show_the_facts_of_the_seed() {
    let server = Server::start();
    let admin = server.admin();
    for (query, expected) in [
        ("totalBudget", json!([{"totalBudget": 8_069_835}])),
        ("departmentCount", json!([{"departmentCount": 5}])),
        ("employeeCount", json!([{"employeeCount": 10}])),
        (
            "vacationDays",
            json!([
                {"deptId": 1, "name": "Engineering", "vacationDays": 215},
                {"deptId": 2, "name": "Marketing", "vacationDays": 23},
                {"deptId": 3, "name": "General and Admin", "vacationDays": 6},
                {"deptId": 4, "name": "Sales", "vacationDays": 199},
                {"deptId": 5, "name": "Professional Services", "vacationDays": 82},
            ]),
        ),
    ] {
        assert_eq!(json!(content(&get(&admin, query))), expected, "{query}");
        assert_eq!(allowed(&server, query), [0, 1, 2, 3, 4, 5], "{query}");
    }
    assert_eq!(get(&server.nobody(), "totalBudget").status, 401);
    assert_eq!(content(&get(&admin, "totalBudget/")).len(), 1, "a trailing slash changes nothing");
}

#[test]
fn a_manager_sees_what_his_reports_wait_for() {
    let server = Server::start();
    let ids = |name: &str, path: &str| -> Vec<i64> {
        let rows = content(&get(&server.basic(name, "welcome"), path));
        rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids("erin.lund", "toBeApprovedLeaves"), [5, 3]);
    assert_eq!(ids("wanda.hoffman", "toBeApprovedLeaves"), [18, 19, 20]);
    // The server knows who is calling; what the URL says counts for nothing.
    assert_eq!(ids("erin.lund", "toBeApprovedLeaves?userId=8"), [5, 3]);
    let first = content(&get(&server.basic("erin.lund", "welcome"), "toBeApprovedLeaves?size=1"));
    assert_eq!(
        first,
        [
            json!({"id": 5, "startDate": "2014-08-14", "endDate": "2014-11-16", "type": "Sick Leave", "status": "Pending",
                "empId": 3, "firstname": "Clara", "lastname": "Moreno"})
        ]
    );
    assert_eq!(allowed(&server, "toBeApprovedLeaves"), [0, 2, 3]);
    // USER 1 is not EMPLOYEE 1, although both are "1" on the wire.
    assert!(content(&get(&server.admin(), "toBeApprovedLeaves")).is_empty());
}

#[test]
fn days_of_one_employee_are_for_himself_and_those_above_him() {
    let server = Server::start();
    let days = |name: &str, id: i64| {
        let password = PEOPLE.iter().find(|(other, _)| *other == name).unwrap().1;
        content(&get(&server.basic(name, password), &format!("totalLeavesYet?id={id}")))[0]["totalLeaves"].clone()
    };
    for (name, id, expected) in [
        ("admin", 2, 46),
        ("admin", 4, 198),
        ("admin", 8, 37),
        ("admin", 1, 0),
        ("user", 2, 46),
        ("erin.lund", 2, 46),
        ("erin.lund", 4, 0),
        ("wanda.hoffman", 8, 37),
        ("boris.tran", 2, 46),
        ("boris.tran", 4, 0),
        ("judith.bauer", 6, 1),
        ("judith.bauer", 2, 0),
    ] {
        assert_eq!(days(name, id), json!(expected), "{name} asks for {id}");
    }
    assert_eq!(allowed(&server, "totalLeavesYet?id=1"), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_chart_shows_the_reports_of_one_manager() {
    let server = Server::start();
    let chart = |name: &str, password: &str, manager: i64| {
        json!(content(&get(&server.basic(name, password), &format!("chartDataByManagerId?manager_id={manager}"))))
    };
    let of_one = json!([
        {"empId": 2, "firstname": "Boris", "lastname": "Tran", "totalLeaves": 46},
        {"empId": 3, "firstname": "Clara", "lastname": "Moreno", "totalLeaves": 0},
    ]);
    assert_eq!(chart("admin", "admin", 1), of_one);
    assert_eq!(chart("user", "user", 1), of_one);
    assert_eq!(chart("erin.lund", "welcome", 1), of_one);
    assert_eq!(chart("wanda.hoffman", "welcome", 1), json!([]), "another's reports are not hers");
    assert_eq!(chart("admin", "admin", 5)[0]["totalLeaves"], 1);
    assert_eq!(allowed(&server, "chartDataByManagerId?manager_id=1"), [0, 1, 2, 3]);
}

#[test]
fn colleagues_are_the_others_of_a_department() {
    let server = Server::start();
    let rows = content(&get(&server.basic("boris.tran", "welcome"), "colleagues?deptId=1&empId=2"));
    let names: Vec<&str> = rows.iter().map(|row| row["lastname"].as_str().unwrap()).collect();
    assert_eq!(names, ["Lund", "Moreno"]);
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["empId", "firstname", "lastname", "jobTitle", "picurl"]);
    assert_eq!(allowed(&server, "colleagues?deptId=1&empId=2"), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_user_name_is_counted_in_both_tables() {
    let server = Server::start();
    let admin = server.admin();
    for (name, count) in
        [("admin", 1), ("boris.tran", 1), ("nobody", 0), ("ADMIN", 0), ("", 0), ("x'%20OR%20'1'='1", 0)]
    {
        let answer = get(&admin, &format!("userNameCount?username={name}"));
        assert_eq!(answer.text(), format!("{{\"usernameCount\":{count}}}"), "{name}");
    }
    assert_eq!(allowed(&server, "userNameCount?username=x"), [0, 1, 2, 3, 4, 5]);
    assert_eq!(get(&server.nobody(), "userNameCount?username=x").status, 401);
}

#[test]
fn only_a_manager_of_the_employee_decides_on_his_leave() {
    let server = Server::start();
    let path = format!("{QUERIES}/LeaveAction");
    let decide = |client: &Client, id: Json| client.put(&path, &json!({"status": "Approved", "id": id, "extra": 1}));
    let admin = server.admin();
    let status = |id: i64| admin.get(&format!("/services/hrdb/Vacation/{id}")).json()["status"].clone();
    let erin = server.token("erin.lund", "welcome");
    assert_eq!(decide(&erin, json!(3)).text(), "{\"result\":1}");
    assert_eq!(status(3), "Approved");
    // Her own, another manager's, and one that there is not.
    for id in [1, 19, 999] {
        assert_eq!(decide(&erin, json!(id)).text(), "{\"result\":0}", "{id}");
    }
    assert_eq!((status(1), status(19)), (json!("Pending"), json!("Pending")));
    let lie = json!({"status": "Approved", "id": 19, "callerId": 8, "callerRole": "adminrole"});
    assert_eq!(erin.put(&path, &lie).text(), "{\"result\":0}");
    for (name, password) in [("user", "user"), ("boris.tran", "welcome")] {
        let answer = decide(&server.basic(name, password), json!(3));
        assert_eq!(
            (answer.status, answer.error()["messageKey"].clone()),
            (403, json!("com.wavemaker.runtime.json$AccessDenied"))
        );
    }
    assert_eq!(decide(&admin, json!("19")).text(), "{\"result\":1}");
    assert_eq!(decide(&server.forged("erin.lund", "welcome"), json!(5)).status, 403);
    assert_eq!(decide(&server.browser("erin.lund", "welcome"), json!(5)).text(), "{\"result\":1}");
    let again = Server::start_in(server.stop(), |_| {});
    let statuses =
        [1, 3, 5, 19].map(|id| again.admin().get(&format!("/services/hrdb/Vacation/{id}")).json()["status"].clone());
    assert_eq!(statuses, ["Pending", "Approved", "Approved", "Approved"], "what was decided is on disk");
}

#[test]
fn a_manager_who_reports_to_himself_still_does_not_decide_on_his_own() {
    let server = Server::start();
    let admin = server.admin();
    assert_eq!(admin.patch("/services/hrdb/Employee/1", &json!({"managerId": 1})).status, 200);
    let erin = server.token("erin.lund", "welcome");
    let answer = erin.put(&format!("{QUERIES}/LeaveAction"), &json!({"status": "Approved", "id": 1}));
    assert_eq!(answer.text(), "{\"result\":0}");
    assert!(content(&get(&erin, "toBeApprovedLeaves")).iter().all(|row| row["empId"] != 1));
}

#[test]
fn pages_and_sorts_are_those_of_any_list() {
    let server = Server::start();
    let admin = server.admin();
    let page = get(&admin, "vacationDays?page=2&size=2&sort=vacationDays%20desc").json();
    assert_eq!(
        page["content"],
        json!([
            {"deptId": 5, "name": "Professional Services", "vacationDays": 82},
            {"deptId": 2, "name": "Marketing", "vacationDays": 23},
        ])
    );
    assert_eq!(
        (&page["totalElements"], &page["totalPages"], &page["number"], &page["last"]),
        (&json!(5), &json!(3), &json!(1), &json!(false))
    );
    assert_eq!(page["sort"][0]["property"], "vacationDays");
    let past = get(&admin, "vacationDays?page=9&size=2").json();
    assert_eq!((&past["content"], &past["totalElements"], &past["last"]), (&json!([]), &json!(5), &json!(true)));
    for (query, key, parameter) in [
        ("vacationDays?sort=VACATION_DAYS", "com.wavemaker.runtime.data$UnknownFieldName", "VACATION_DAYS"),
        ("vacationDays?sort=1", "com.wavemaker.runtime.data$UnknownFieldName", "1"),
        ("vacationDays?sort=name%20up", "com.wavemaker.runtime.invalid.parameter", "sort"),
        ("vacationDays?page=0", "com.wavemaker.runtime.invalid.parameter", "page"),
        ("vacationDays?size=x", "com.wavemaker.runtime.invalid.parameter", "size"),
    ] {
        let answer = get(&admin, query);
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(
            (&answer.error()["messageKey"], &answer.error()["parameters"]),
            (&json!(key), &json!([parameter])),
            "{query}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_call_is_said() {
    let server = Server::start();
    let admin = server.admin();
    let send = |method: &str, query: &str, body: Option<Json>| match body {
        Some(body) => admin.json(method, &format!("{QUERIES}/{query}"), &body),
        None => admin.send(method, &format!("{QUERIES}/{query}"), &[], b""),
    };
    for (method, query, body, status, message) in [
        ("GET", "totalLeavesYet", None, 400, "Invalid Input: The parameter id is missing."),
        ("GET", "totalLeavesYet?ID=1", None, 400, "Invalid Input: The parameter id is missing."),
        ("GET", "totalLeavesYet?id=", None, 400, "Invalid Input: The parameter id is missing."),
        ("GET", "totalLeavesYet?id=two", None, 400, "Invalid Input: The input for id is invalid."),
        ("GET", "totalLeavesYet?id=1;DROP", None, 400, "Invalid Input: The input for id is invalid."),
        ("PUT", "LeaveAction", Some(json!({"id": 3})), 400, "Invalid Input: The parameter status is missing."),
        (
            "PUT",
            "LeaveAction",
            Some(json!({"id": 3, "status": null})),
            400,
            "Invalid Input: The parameter status is missing.",
        ),
        (
            "PUT",
            "LeaveAction",
            Some(json!({"id": [], "status": "x"})),
            400,
            "Invalid Input: The input for id is invalid.",
        ),
        ("PUT", "LeaveAction", Some(json!([])), 400, "Incorrect Json Object an object is expected"),
        ("PUT", "LeaveAction", None, 400, "Message not readable"),
        ("PUT", "LeaveAction?id=3&status=x", Some(json!({})), 400, "Invalid Input: The parameter status is missing."),
        (
            "PUT",
            "LeaveAction",
            Some(json!({"id": 3, "status": "x".repeat(256)})),
            400,
            "Data Integrity Violation: the value of status is not allowed",
        ),
        ("POST", "LeaveAction", Some(json!({})), 405, "Invalid Input: Request method 'POST' is not supported"),
        ("GET", "LeaveAction", None, 405, "Invalid Input: Request method 'GET' is not supported"),
        ("DELETE", "totalBudget", None, 405, "Invalid Input: Request method 'DELETE' is not supported"),
        (
            "GET",
            "totalbudget",
            None,
            404,
            "Requested resource /services/hrdb/queryExecutor/queries/totalbudget not found",
        ),
    ] {
        let answer = send(method, query, body);
        assert_eq!((answer.status, answer.message().as_str()), (status, message), "{method} {query}");
    }
    assert_eq!(send("GET", "LeaveAction", None).header("allow"), Some("PUT, OPTIONS"));
    assert_eq!(send("PUT", "totalBudget", Some(json!({}))).header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(admin.get("/services/none/queryExecutor/queries/totalBudget").status, 404);
    assert_eq!(server.nobody().get(&format!("{QUERIES}/none")).status, 401, "nobody learns which queries there are");
}

#[test]
fn the_rows_of_a_query_are_exported_like_those_of_an_entity() {
    let server = Server::start();
    let admin = server.admin();
    let export = |path: &str, body: serde_json::Value| admin.post(&format!("{QUERIES}/{path}"), &body);
    let file = |answer: crate::support::Answer| {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let url = answer.json()["result"].as_str().unwrap().to_owned();
        admin.get(&url[url.find("/services").unwrap()..]).text()
    };
    let sorted = "vacationDays/export?sort=vacationDays%20desc";
    let text =
        file(export(sorted, json!({"exportType": "CSV", "fields": [{"field": "name"}, {"field": "vacationDays"}]})));
    let expected =
        "Name,VacationDays\nEngineering,215\nSales,199\nProfessional Services,82\nMarketing,23\nGeneral and Admin,6";
    assert_eq!(text, expected);
    let first = file(export(
        sorted,
        json!({"exportType": "json", "exportSize": 1, "fields": [{"header": "d", "expression": "${name}!"}]}),
    ));
    assert_eq!(first, r#"[{"d":"Engineering!"}]"#);
    let second =
        file(export("vacationDays/export?sort=vacationDays&page=2", json!({"exportType": "csv", "exportSize": 2})));
    assert_eq!(second.lines().count(), 3, "{second}");
    assert_eq!(export(sorted, json!({"exportType": "CSV", "fields": [{"field": "nothing"}]})).status, 400);
    assert_eq!(export("LeaveAction/export", json!({"exportType": "CSV"})).status, 404);
    let employee = server.token("boris.tran", "welcome");
    let denied = employee.post(&format!("{QUERIES}/toBeApprovedLeaves/export"), &json!({"exportType": "CSV"}));
    assert_eq!(denied.status, 403);
}
