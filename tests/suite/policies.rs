//! Policies of one's own: hidden and read-only properties, rules over relations, rows that are embedded in others.

use hrdb::config::{PropertyRule, Rule, ServicePolicy};
use serde_json::{Value as Json, json};

use crate::databases::{Mounted, encode, serve_script};
use crate::support::{Client, eventually};

/// Orders of customers, who live in regions; a line has a key of two columns and refers to another such by both.
const SHOP: &str = "
    CREATE TABLE region (id INTEGER PRIMARY KEY, name TEXT, owner TEXT);
    CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, region_id INTEGER REFERENCES region);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT, price REAL NOT NULL DEFAULT 1, seen INTEGER,
      customer_id INTEGER REFERENCES customer);
    CREATE TABLE line (no INTEGER NOT NULL, part TEXT NOT NULL, text TEXT, of_no INTEGER, of_part TEXT, PRIMARY KEY (no, part),
      FOREIGN KEY (of_no, of_part) REFERENCES line);
    CREATE TRIGGER count_changes AFTER UPDATE OF note ON orders BEGIN
      UPDATE orders SET seen = coalesce(seen, 0) + 1 WHERE id = new.id;
    END;
    INSERT INTO region VALUES (1, 'north', 'boris.tran'), (2, 'south', 'clara.moreno'), (3, NULL, NULL);
    INSERT INTO customer VALUES (1, 'Ann', 'ann@x', 1), (2, 'Bob', 'bob@x', 2), (3, 'Cy', 'cy@x', NULL), (4, 'Di', 'di@x', 3);
    INSERT INTO orders VALUES (1, 'a', 10, 0, 1), (2, 'b', 20, 0, 2), (3, 'c', 30, 0, 3), (4, 'd', 40, 0, 4), (5, 'e', 50, 0, NULL);
    INSERT INTO line VALUES (1, 'x', 'whole', NULL, NULL), (1, 'y', 'part', 1, 'x'), (2, 'x', 'secret', NULL, NULL),
      (2, 'y', 'part', 2, 'x');
";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A rule for employees with the role `user`; `filter` empty is all rows.
fn rule(entities: &[&str], verbs: &[&str], filter: &str) -> Rule {
    Rule {
        roles: words(&["user"]),
        source: Some("EMPLOYEE".to_owned()),
        entities: words(entities),
        verbs: words(verbs),
        filter: Some(filter.to_owned()).filter(|filter| !filter.is_empty()),
        properties: None,
    }
}

fn keep_back(properties: &[&str]) -> PropertyRule {
    PropertyRule { roles: words(&["user"]), source: None, properties: words(properties) }
}

fn all() -> Rule {
    Rule { roles: words(&["adminrole"]), entities: words(&["*"]), verbs: words(&["*"]), ..Rule::default() }
}

fn shop(mut policy: ServicePolicy) -> Mounted {
    policy.rules.push(all());
    serve_script("shop", SHOP, |settings| {
        settings.policy.insert("shop".to_owned(), policy);
    })
}

fn ids(client: &Client, path: &str) -> Vec<i64> {
    let answer = client.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let page = answer.json();
    let ids: Vec<i64> = page["content"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(page["totalElements"], ids.len(), "{path}");
    ids
}

#[test]
fn a_rule_means_what_the_same_filter_means() {
    for (filter, expected) in [
        ("customer.region.owner = :userName", vec![1]),
        ("customer.region.owner in (:userName, 'clara.moreno')", vec![1, 2]),
        ("not (customer.region.owner = :userName)", vec![2]),
        ("customer.region.owner != :userName", vec![2]),
        ("customer.region.owner is null", vec![3, 4, 5]),
        ("customer.region.owner is null or id = 1", vec![1, 3, 4, 5]),
        ("not (customer.region.owner is null)", vec![1, 2]),
        ("customer.name like 'B%'", vec![2]),
        ("not customer.name like 'B%'", vec![1, 3, 4]),
        ("upper(customer.name) = 'CY' or customer.region.id between 2 and 3", vec![2, 3, 4]),
        ("customer.region.name not in ('north')", vec![2]),
        ("customer is null", vec![5]),
        ("price > 15 and not (customer.name = 'Bob' or customer.id = 4)", vec![3]),
        ("id = :userId", vec![2]),
    ] {
        let rules = vec![rule(&["Orders"], &["read"], filter)];
        let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
        let boris = server.token("boris.tran", "welcome");
        assert_eq!(ids(&boris, "/services/shop/Orders"), expected, "{filter}");
        // The administrator's filter, with the values in the caller's place, leaves the same rows: but for what SQL's NOT
        // makes of NULL, which is the same in both.
        let plain = filter.replace(":userName", "'boris.tran'").replace(":userId", "2");
        let same = ids(&server.admin(), &format!("/services/shop/Orders?q={}", encode(&plain)));
        assert_eq!(same, expected, "{filter}");
    }
}

#[test]
fn a_rule_about_roles_lists_those_of_the_caller() {
    let rules = vec![Rule { source: None, ..rule(&["Region"], &["read"], "name in (:roles, 'north')") }];
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    server.admin().patch("/services/shop/Region/2", &json!({ "name": "user" }));
    assert_eq!(ids(&server.token("boris.tran", "welcome"), "/services/shop/Region"), [1, 2]);
}

#[test]
fn what_is_embedded_is_asked_for_like_any_row() {
    let rules = vec![
        rule(&["Orders", "Region"], &["read"], ""),
        rule(&["Customer"], &["read"], "region.owner = :userName"),
        rule(&["Line"], &["read"], "text != 'secret'"),
    ];
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome");
    assert_eq!(ids(&boris, "/services/shop/Orders"), [1, 2, 3, 4, 5]);
    assert_eq!(ids(&boris, "/services/shop/Customer"), [1]);
    let embedded = |id: i64| boris.get(&format!("/services/shop/Orders/{id}")).json()["customer"].clone();
    assert_eq!(embedded(1)["name"], "Ann");
    for id in 2..=4 {
        assert_eq!(embedded(id), Json::Null, "{id}");
    }
    // Neither a filter nor a sort nor a group can look through to them.
    let found = |q: &str| ids(&boris, &format!("/services/shop/Orders?q={}", encode(q)));
    assert_eq!(found("customer.name = 'Bob'"), Vec::<i64>::new());
    assert_eq!(found("customer.name is null"), [2, 3, 4, 5]);
    assert_eq!(found("customer.region.name = 'south'"), Vec::<i64>::new());
    assert_eq!(found("customer.id = 2"), [2], "the foreign key is the order's own");
    assert_eq!(ids(&boris, "/services/shop/Orders?sort=customer.name"), [2, 3, 4, 5, 1]);
    let groups = boris.post(
        "/services/shop/Orders/aggregations",
        &json!({ "groupByFields": ["customer.name"], "aggregations": [{ "field": "id", "type": "COUNT", "alias": "n" }] }),
    );
    assert_eq!(
        groups.json()["content"],
        json!([{ "customer$name": null, "n": 4 }, { "customer$name": "Ann", "n": 1 }])
    );
    let text = boris.get("/services/shop/Orders/export/CSV").text();
    assert!(text.contains("Ann") && !text.contains("Bob") && !text.contains("bob@x"), "{text}");
    assert!(!boris.get("/services/shop/Orders/export/JSON").text().contains("Bob"));
    assert_eq!(boris.get("/services/shop/Customer/email/bob@x").status, 404);
    assert_eq!(boris.get("/services/shop/Customer/email/ann@x").status, 200);
    // A relation of two columns.
    let line = boris.get("/services/shop/Line/composite-id?no=2&part=y");
    assert_eq!((line.status, &line.json()["lineByOfNoAndOfPart"]), (200, &Json::Null), "{}", line.text());
    assert_eq!(
        boris.get("/services/shop/Line/composite-id?no=1&part=y").json()["lineByOfNoAndOfPart"]["text"],
        "whole"
    );
    assert_eq!(boris.get("/services/shop/Line/composite-id?no=2&part=x").status, 404);
}

#[test]
fn a_rule_looks_through_relations_of_several_columns() {
    let rules = vec![rule(
        &["Line"],
        &["read"],
        "lineByOfNoAndOfPart.text = 'whole' or not (lineByOfNoAndOfPart.text != 'secret')",
    )];
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    let page = server.token("boris.tran", "welcome").get("/services/shop/Line").json();
    let texts: Vec<(&Json, &Json)> =
        page["content"].as_array().unwrap().iter().map(|row| (&row["no"], &row["part"])).collect();
    assert_eq!(texts, [(&json!(1), &json!("y")), (&json!(2), &json!("y"))]);
}

#[test]
fn a_hidden_property_is_nowhere() {
    let policy = ServicePolicy {
        rules: vec![rule(&["*"], &["*"], "")],
        hidden: vec![keep_back(&["Customer.email", "Orders.price", "Customer.regionId"])],
        ..ServicePolicy::default()
    };
    let server = shop(policy);
    let boris = server.token("boris.tran", "welcome");
    let customer = boris.get("/services/shop/Customer/1").json();
    assert_eq!(customer, json!({ "id": 1, "name": "Ann" }), "with its foreign key, the relation goes");
    let order = boris.get("/services/shop/Orders/1").json();
    assert_eq!(order["customer"], customer);
    assert!(order.get("price").is_none());
    for q in ["price > 1", "customer.email = 'ann@x'", "customer.region.name = 'north'", "customer.regionId = 1"] {
        let answer = boris.get(&format!("/services/shop/Orders?q={}", encode(q)));
        assert_eq!(answer.status, 400, "{q}");
        assert!(answer.message().contains("is not valid"), "{q}: {}", answer.message());
    }
    for path in
        ["/services/shop/Orders?sort=price", "/services/shop/Customer/email/ann@x", "/services/shop/Region/1/customers"]
    {
        assert!([400, 404].contains(&boris.get(path).status), "{path}");
    }
    for (body, path) in [
        (json!({ "groupByFields": ["price"] }), "/services/shop/Orders/aggregations"),
        (json!({ "exportType": "CSV", "fields": [{ "field": "price" }] }), "/services/shop/Orders/export"),
        (json!([{ "attributeName": "price", "filterCondition": "NULL" }]), "/services/shop/Orders/search"),
    ] {
        assert_eq!(boris.post(path, &body).status, 400, "{path}");
    }
    let csv = boris.get("/services/shop/Orders/export/CSV").text();
    assert_eq!(csv.lines().next(), Some("Id,Note,Seen,CustomerId,Customer Id,Customer Name"), "{csv}");
    // What he does not know stays as it is, also when he sends the whole row, and even when he guesses its name.
    let changed = json!({ "id": 1, "note": "new", "customerId": 1, "price": 1000 });
    assert_eq!(boris.put("/services/shop/Orders/1", &changed).status, 200);
    assert_eq!(server.admin().get("/services/shop/Orders/1").json()["price"], 10.0);
    assert_eq!(boris.post("/services/shop/Orders", &changed).status, 200);
    assert_eq!(server.admin().get("/services/shop/Orders/6").json()["price"], 1.0, "the column's default");
    let described = boris.get("/services/shop/openapi.json").text() + &boris.get("/services/shop/catalog").text();
    for name in ["email", "price", "regionId", "\"region\""] {
        assert!(!described.contains(name), "{name}");
        assert!(server.admin().get("/services/shop/catalog").text().contains(name));
    }
}

#[test]
fn a_read_only_property_may_be_sent_back_but_not_changed() {
    let policy = ServicePolicy {
        rules: vec![rule(&["*"], &["*"], "")],
        read_only: vec![keep_back(&["Orders.price", "Orders.customerId"])],
        ..ServicePolicy::default()
    };
    let server = shop(policy);
    let (boris, admin) = (server.token("boris.tran", "welcome"), server.admin());
    let path = "/services/shop/Orders/1";
    let before = boris.get(path).json();
    assert_eq!(before["price"], 10.0);
    let mut sent = before.clone();
    sent["note"] = json!("new");
    assert_eq!(boris.put(path, &sent).json()["note"], "new", "a whole row as it was read");
    assert_eq!(boris.put(path, &json!({ "note": "newer" })).json()["price"], 10.0, "absent, it stays");
    for (body, name) in [
        (json!({ "price": 11 }), "price"),
        (json!({ "customerId": 2 }), "customerId"),
        (json!({ "customer": { "id": 2 } }), "customerId"),
        (json!({ "price": null }), "price"),
    ] {
        for answer in [boris.patch(path, &body), boris.put(path, &body), boris.post("/services/shop/Orders", &body)] {
            if answer.status == 200 {
                assert_eq!(body, json!({ "price": null }), "a null is none of a new row");
                continue;
            }
            let expected = (403, format!("Access Denied  {name} must not be changed"));
            let refused_by_column = body == json!({ "price": null }) && answer.status == 400;
            assert!(refused_by_column || (answer.status, answer.message()) == expected, "{body}: {}", answer.text());
        }
    }
    assert_eq!(admin.get(path).json()["price"], 10.0);
    assert_eq!(admin.patch(path, &json!({ "price": 11 })).status, 200);
    let properties = boris.get("/services/shop/catalog").json();
    let orders = properties["entities"].as_array().unwrap().iter().find(|entity| entity["name"] == "Orders").unwrap();
    let flags: Vec<(&str, bool)> = orders["properties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|property| (property["name"].as_str().unwrap(), property["readOnly"].as_bool().unwrap()))
        .collect();
    assert_eq!(flags, [("id", false), ("note", false), ("price", true), ("seen", false), ("customerId", true)]);
}

#[test]
fn a_row_cannot_be_made_to_refer_to_one_that_its_writer_does_not_see() {
    let rules =
        vec![rule(&["Orders", "Region"], &["*"], ""), rule(&["Customer"], &["read"], "region.owner = :userName")];
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome");
    let refer = |customer: i64| json!({ "note": "n", "customerId": customer });
    let hidden = boris.post("/services/shop/Orders", &refer(2));
    let absent = boris.post("/services/shop/Orders", &refer(99));
    assert_eq!((hidden.status, hidden.text()), (409, absent.text()), "hidden and absent look the same");
    assert_eq!(boris.post("/services/shop/Orders", &refer(1)).status, 200);
    assert_eq!(boris.patch("/services/shop/Orders/1", &json!({ "customer": { "id": 2 } })).status, 409);
    // What refers to one already may keep doing so.
    let order = boris.get("/services/shop/Orders/2").json();
    assert_eq!(boris.put("/services/shop/Orders/2", &order).status, 200);
    assert_eq!(boris.patch("/services/shop/Orders/2", &json!({ "customerId": null })).status, 200);
}

#[test]
fn a_rule_of_some_properties_does_not_mind_what_a_trigger_changes() {
    let mut rules = vec![rule(&["Orders"], &["read"], ""), rule(&["Orders"], &["update", "create"], "")];
    rules[1].properties = Some(words(&["note"]));
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome");
    let noted = boris.patch("/services/shop/Orders/1", &json!({ "note": "x" })).json();
    assert_eq!((&noted["note"], &noted["seen"]), (&json!("x"), &json!(1)));
    assert_eq!(boris.patch("/services/shop/Orders/1", &json!({ "note": "y", "seen": 7 })).status, 403);
    assert_eq!(boris.post("/services/shop/Orders", &json!({ "note": "y" })).status, 200);
    assert_eq!(boris.post("/services/shop/Orders", &json!({ "note": "y", "price": 3 })).status, 403);
    assert_eq!(boris.delete("/services/shop/Orders/1").status, 403);
}

#[test]
fn a_change_that_leads_out_of_sight_is_refused() {
    let rules = vec![rule(&["Customer"], &["read"], "name != 'Bob'"), rule(&["Customer"], &["create", "update"], "")];
    let server = shop(ServicePolicy { rules, ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome");
    assert_eq!(boris.patch("/services/shop/Customer/1", &json!({ "name": "Bob" })).status, 403);
    assert_eq!(boris.post("/services/shop/Customer", &json!({ "name": "Bob" })).status, 403);
    assert_eq!(boris.patch("/services/shop/Customer/2", &json!({ "name": "Rob" })).status, 404);
    assert_eq!(ids(&server.admin(), "/services/shop/Customer"), [1, 2, 3, 4]);
    assert_eq!(boris.post("/services/shop/Customer", &json!({ "name": "Eve" })).status, 200);
}

#[test]
fn a_service_without_rules_for_somebody_is_empty_to_him() {
    let server = shop(ServicePolicy::default());
    let boris = server.token("boris.tran", "welcome");
    assert_eq!(boris.get("/services/shop/Orders").status, 403);
    assert_eq!(boris.get("/services/shop/catalog").json()["entities"], json!([]));
    assert!(!boris.get("/services/servicedefs").text().contains("Orders"));
    let services = boris.get("/services").json();
    assert_eq!(services["services"][1], json!({ "name": "shop", "entities": 0, "queries": 0, "readOnly": false }));
}

#[test]
fn the_catalog_says_what_there_is_and_may_be_done() {
    let server = shop(ServicePolicy { rules: vec![rule(&["Orders"], &["read"], "")], ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome").get("/services/shop/catalog").json();
    assert_eq!(boris["entities"].as_array().unwrap().len(), 1);
    let orders = &boris["entities"][0];
    assert_eq!((&orders["verbs"], &orders["relations"]), (&json!(["read"]), &json!([])));
    let admin = server.admin().get("/services/shop/catalog").json();
    let orders = admin["entities"].as_array().unwrap().iter().find(|entity| entity["name"] == "Orders").unwrap();
    assert_eq!(orders["verbs"], json!(["read", "create", "update", "delete"]));
    assert_eq!(
        orders["relations"],
        json!([{ "name": "customer", "entity": "Customer", "from": ["customerId"], "to": ["id"] }])
    );
    let sample = server.admin().get("/services/hrdb/catalog").json();
    let query = sample["queries"].as_array().unwrap().iter().find(|query| query["name"] == "LeaveAction").unwrap();
    assert_eq!(
        query["parameters"],
        json!([{ "name": "status", "type": "text", "required": true }, { "name": "id", "type": "integer", "required": true }])
    );
    assert_eq!(server.nobody().get("/services/shop/catalog").status, 401);
    assert_eq!(server.admin().get("/services/nothing/catalog").status, 404);
}

#[test]
fn rules_follow_a_schema_that_changes() {
    let server =
        shop(ServicePolicy { rules: vec![rule(&["Orders"], &["read"], "note = 'a'")], ..ServicePolicy::default() });
    let boris = server.token("boris.tran", "welcome");
    assert_eq!(ids(&boris, "/services/shop/Orders"), [1]);
    let change = "DROP TRIGGER count_changes; ALTER TABLE orders RENAME COLUMN note TO remark";
    server.connect("shop").execute_batch(change).unwrap();
    // Then the rule can no longer be asked, and allows nothing.
    eventually(|| boris.get("/services/shop/Orders").status == 403, "the change of the schema is noticed");
    assert_eq!(ids(&server.admin(), "/services/shop/Orders"), [1, 2, 3, 4, 5]);
}
