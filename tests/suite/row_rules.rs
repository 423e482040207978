//! The rules about rows: who sees which rows, by every way to reach them, and who may change them.
//!
//! What is expected is worked out here a second time, from the rows of the seed and a sentence for each caller.

use serde_json::{Value as Json, json};

use crate::databases::encode;
use crate::support::{Client, Server};

/// A vacation of the seed.
struct Vacation {
    id: i64,
    employee: i64,
    manager: Option<i64>,
    pending: bool,
}

/// A caller, by his key among the employees if he is one.
struct Caller {
    name: &'static str,
    client: Client,
    role: &'static str,
    employee: Option<i64>,
}

impl Caller {
    fn owns(&self, row: &Vacation) -> bool {
        self.employee == Some(row.employee)
    }

    fn manages(&self, row: &Vacation) -> bool {
        self.role == "admin" && row.manager.is_some() && row.manager == self.employee
    }

    fn sees(&self, row: &Vacation) -> bool {
        ["adminrole", "userrole"].contains(&self.role) || self.owns(row) || self.manages(row)
    }

    /// An employee his own, as long as it is pending.
    fn may_take_back(&self, row: &Vacation) -> bool {
        self.role == "adminrole" || (self.owns(row) && row.pending)
    }

    /// A manager decides on those of his reports.
    fn may_touch(&self, row: &Vacation) -> bool {
        self.may_take_back(row) || self.manages(row)
    }

    /// Whether it is about employees at all: the policy has no rule that lets the role change a vacation.
    fn changes_none(&self) -> bool {
        self.role == "userrole"
    }
}

fn callers(server: &Server) -> Vec<Caller> {
    let caller = |name, password, role, employee| Caller { name, client: server.token(name, password), role, employee };
    vec![
        caller("admin", "admin", "adminrole", None),
        caller("user", "user", "userrole", None),
        // The manager of 2 and 3, one of nobody, one of 9 and 10, and two who manage nobody.
        caller("erin.lund", "welcome", "admin", Some(1)),
        caller("amara.blake", "welcome", "admin", Some(4)),
        caller("wanda.hoffman", "welcome", "admin", Some(8)),
        caller("boris.tran", "welcome", "user", Some(2)),
        caller("samir.joshi", "welcome", "user", Some(9)),
    ]
}

fn vacations(admin: &Client) -> Vec<Vacation> {
    let page = admin.get("/services/hrdb/Vacation?size=100").json();
    let row = |row: &Json| Vacation {
        id: row["id"].as_i64().unwrap(),
        employee: row["empId"].as_i64().unwrap(),
        manager: row["employee"]["managerId"].as_i64(),
        pending: row["status"] == "Pending",
    };
    let all: Vec<Vacation> = page["content"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(all.len(), 20);
    all
}

fn ids(rows: &Json, name: &str) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.as_array().unwrap().iter().map(|row| row[name].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// The first column of a CSV file.
fn first_column(text: &str) -> Vec<i64> {
    text.lines().skip(1).map(|line| line.split(',').next().unwrap().trim_matches('"').parse().unwrap()).collect()
}

#[test]
fn everybody_sees_his_rows_and_no_others_by_whatever_way() {
    let server = Server::start();
    let callers = callers(&server);
    let all = vacations(&callers[0].client);
    for caller in &callers {
        let client = &caller.client;
        let expected: Vec<i64> = all.iter().filter(|row| caller.sees(row)).map(|row| row.id).collect();
        let who = caller.name;
        let page = |answer: crate::support::Answer| {
            assert_eq!(answer.status, 200, "{who}: {}", answer.text());
            let page = answer.json();
            assert_eq!(page["totalElements"], expected.len(), "{who}: the total agrees with the rows");
            ids(&page["content"], "id")
        };
        let base = "/services/hrdb/Vacation";
        for (q, sort) in [("", ""), ("id>0", ""), ("id>0 or id<0", ""), ("", "employee.lastname desc")] {
            let answer = client.get(&format!("{base}?size=100&q={}&sort={}", encode(q), encode(sort)));
            assert_eq!(page(answer), expected, "{who} {q} {sort}");
        }
        // Nothing that a filter says makes it a longer list.
        for q in ["not (id=0)", "employee.managerId is null or employee.managerId is not null", "id>0) or (id>0"] {
            let answer = client.form(&format!("{base}/filter"), &format!("size=100&q={}", encode(q)));
            if answer.status == 200 {
                assert_eq!(ids(&answer.json()["content"], "id"), expected, "{who} {q}");
            } else {
                assert_eq!(answer.status, 400, "{who} {q}");
            }
        }
        assert_eq!(page(client.post(&format!("{base}/search?size=100"), &json!([]))), expected, "{who}: search");
        let conditions = json!([{ "attributeName": "id", "filterCondition": "GREATER_THAN", "attributeValue": 0 }]);
        assert_eq!(page(client.post(&format!("{base}/search?size=100"), &conditions)), expected, "{who}: search");
        for answer in [client.get(&format!("{base}/count")), client.get(&format!("{base}/count?q=id%3E0"))] {
            assert_eq!(answer.json(), json!(expected.len()), "{who}: count");
        }
        assert_eq!(client.form(&format!("{base}/count"), "q=id>0").json(), json!(expected.len()), "{who}: count");
        let groups = client.post(&format!("{base}/aggregations?size=100"), &json!({ "groupByFields": ["id"] })).json();
        assert_eq!(ids(&groups["content"], "id"), expected, "{who}: groups");
        let sum = json!({ "aggregations": [{ "field": "id", "type": "SUM", "alias": "total" }] });
        let total = client.post(&format!("{base}/aggregations"), &sum).json()["content"][0]["total"].clone();
        assert_eq!(total.as_i64().unwrap_or(0), expected.iter().sum::<i64>(), "{who}: a sum");
        let plain = client.post(&format!("{base}/aggregations?size=100"), &json!({}));
        assert_eq!(page(plain), expected, "{who}: an aggregation of nothing");
        assert_eq!(first_column(&client.get(&format!("{base}/export/CSV")).text()), expected, "{who}: CSV");
        let exported = client.get(&format!("{base}/export/JSON")).json();
        assert_eq!(ids(&exported, "id"), expected, "{who}: JSON");
        let made = client.post(&format!("{base}/export"), &json!({ "exportType": "CSV", "query": "id>0" })).json();
        let address = made["result"].as_str().unwrap().split_once("/services").unwrap().1.to_owned();
        assert_eq!(first_column(&client.get(&format!("/services{address}")).text()), expected, "{who}: a made file");
        let mut related = Vec::new();
        for employee in 1..=10 {
            let rows = client.get(&format!("/services/hrdb/Employee/{employee}/vacations?size=100")).json();
            related.extend(ids(&rows["content"], "id"));
        }
        related.sort_unstable();
        assert_eq!(related, expected, "{who}: related rows");
        for row in &all {
            let status = if caller.sees(row) { 200 } else { 404 };
            for path in [format!("{base}/{}", row.id), format!("{base}/composite-id?id={}", row.id)] {
                let answer = client.get(&path);
                assert_eq!(answer.status, status, "{who} {path}");
                // A row that is not to be seen looks like one that is not there.
                let absent = client.get(&path.replace(&row.id.to_string(), "777")).text();
                assert!(status == 200 || answer.text() == absent.replace("777", &row.id.to_string()), "{who} {path}");
            }
        }
    }
}

#[test]
fn queries_answer_for_the_caller() {
    let server = Server::start();
    let callers = callers(&server);
    let all = vacations(&callers[0].client);
    for caller in &callers {
        let path = "/services/hrdb/queryExecutor/queries/toBeApprovedLeaves?size=100";
        let answer = caller.client.get(path);
        if !["admin", "adminrole"].contains(&caller.role) {
            assert_eq!(answer.status, 403, "{}", caller.name);
            continue;
        }
        let expected: Vec<i64> =
            all.iter().filter(|row| caller.manages(row) && row.pending).map(|row| row.id).collect();
        assert_eq!(ids(&answer.json()["content"], "id"), expected, "{}", caller.name);
        for row in &all {
            let decision = json!({ "id": row.id, "status": "Rejected" });
            let done = caller.client.put("/services/hrdb/queryExecutor/queries/LeaveAction", &decision).json();
            let touched = caller.role == "adminrole" || caller.manages(row);
            assert_eq!(done["result"], i64::from(touched), "{} decides on {}", caller.name, row.id);
            // Put back, for those who come after.
            let status = if row.pending { "Pending" } else { "Approved" };
            callers[0].client.patch(&format!("/services/hrdb/Vacation/{}", row.id), &json!({ "status": status }));
        }
    }
}

#[test]
fn what_may_be_seen_but_not_done_is_forbidden_and_the_rest_is_not_there() {
    let reference = Server::start();
    let all = vacations(&reference.admin());
    // Each caller has a server of his own: deleting is part of it.
    for position in 0..callers(&reference).len() {
        let server = Server::start();
        let caller = callers(&server).swap_remove(position);
        let admin = server.admin();
        for row in &all {
            let path = format!("/services/hrdb/Vacation/{}", row.id);
            let expected = |may: bool| match (may, caller.changes_none(), caller.sees(row)) {
                (true, ..) => 200,
                (false, true, _) | (false, false, true) => 403,
                (false, false, false) => 404,
            };
            let who = format!("{} and vacation {} of {}", caller.name, row.id, row.employee);
            let before = admin.get(&path).json();
            // Nothing is changed, so whoever may change something may do this.
            assert_eq!(caller.client.patch(&path, &json!({})).status, expected(caller.may_touch(row)), "PATCH: {who}");
            assert_eq!(caller.client.put(&path, &before).status, expected(caller.may_touch(row)), "PUT: {who}");
            let composite = format!("/services/hrdb/Vacation/composite-id?id={}", row.id);
            let touched = caller.client.put(&composite, &before).status;
            assert_eq!(touched, expected(caller.may_touch(row)), "PUT by composite key: {who}");
            // An owner changes the days, a manager does not.
            let days = caller.client.patch(&path, &json!({ "endDate": "2030-01-01" })).status;
            assert_eq!(days, expected(caller.may_take_back(row)), "days: {who}");
            // A manager decides, an owner does not.
            let judge = caller.role == "adminrole" || (caller.manages(row) && !caller.owns(row));
            let decided = caller.client.patch(&path, &json!({ "status": "Decided" })).status;
            assert_eq!(decided, expected(judge), "status: {who}");
            // To hand a row to somebody else is neither.
            let given = caller.client.patch(&path, &json!({ "empId": if row.employee == 5 { 6 } else { 5 } })).status;
            assert_eq!(given, expected(caller.role == "adminrole"), "another employee: {who}");
            if [days, decided, given].iter().all(|status| *status != 200) {
                assert_eq!(admin.get(&path).json(), before, "{who}: what was refused has changed nothing");
            }
            admin.put(&path, &before);
            let removed = caller.client.delete(&path).status;
            assert_eq!(removed, expected(caller.may_take_back(row)), "DELETE: {who}");
            assert_eq!(admin.get(&path).status, if removed == 200 { 404 } else { 200 }, "{who}");
        }
        for employee in 1..=10 {
            for status in ["Pending", "Approved"] {
                let new = json!({ "empId": employee, "status": status, "startDate": "2030-01-01" });
                let own = caller.employee == Some(employee) && status == "Pending";
                let expected = if own || caller.role == "adminrole" { 200 } else { 403 };
                let answer = caller.client.post("/services/hrdb/Vacation", &new);
                assert_eq!(answer.status, expected, "{} creates {new}: {}", caller.name, answer.text());
            }
        }
    }
}

#[test]
fn a_refusal_names_the_property_that_a_rule_does_not_let_change() {
    let server = Server::start();
    let erin = server.token("erin.lund", "welcome");
    let refused = erin.patch("/services/hrdb/Vacation/3", &json!({ "type": "Personal Leave", "status": "Approved" }));
    assert_eq!((refused.status, refused.message()), (403, "Access Denied  type must not be changed".to_owned()));
    let handed = erin.patch("/services/hrdb/Vacation/3", &json!({ "empId": 3 }));
    assert_eq!((handed.status, handed.message()), (403, "Access Denied  empId must not be changed".to_owned()));
    // The rule for her own would allow what becomes of it, but not what it was.
    let taken = erin.patch("/services/hrdb/Vacation/3", &json!({ "empId": 1 }));
    assert_eq!((taken.status, taken.message()), (403, "Access Denied  Access is denied".to_owned()));
    let whole = server.admin().get("/services/hrdb/Vacation/3").json();
    let mut decided = whole.clone();
    decided["status"] = json!("Approved");
    assert_eq!(
        erin.put("/services/hrdb/Vacation/3", &decided).json(),
        decided,
        "a whole row that differs in its status"
    );
}
