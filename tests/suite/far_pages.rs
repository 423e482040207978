//! Pages far from the start, and near the end, of lists in any order: every row once, in the order of the whole list.

use hrdb::config::{Rule, ServicePolicy};
use serde_json::Value as Json;

use crate::databases::{Mounted, encode, serve_script};
use crate::support::Client;

/// 2,345 items with ties and gaps in every column, and a table whose key only somebody says is one.
const STORE: &str = "
    CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
    INSERT INTO kind VALUES (1, 'box', 'Rome'), (2, 'bag', NULL), (3, 'jar', 'Oslo'), (4, NULL, 'Rome');
    CREATE TABLE item (id INTEGER PRIMARY KEY, label TEXT, weight REAL, rank INTEGER NOT NULL, kind_id INTEGER REFERENCES kind,
      whole_id INTEGER REFERENCES item);
    CREATE INDEX item_label ON item (label);
    CREATE INDEX item_rank ON item (rank);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2345)
    INSERT INTO item SELECT i * 3, CASE WHEN i % 7 > 0 THEN 'L' || (i * 31 % 13) END, nullif(i * 17 % 29, 0) / 4.0, i * 5 % 101,
      nullif(i % 5, 0), CASE WHEN i > 50 AND i % 3 > 0 THEN (i % 50 + 1) * 3 END FROM n;
    CREATE TABLE said (no INTEGER, text TEXT);
    INSERT INTO said SELECT id / 6, label FROM item;
";

fn store() -> Mounted {
    let rule = |role: &str, entity: &str, filter: Option<&str>| Rule {
        roles: vec![role.to_owned()],
        entities: vec![entity.to_owned()],
        verbs: vec!["*".to_owned()],
        filter: filter.map(str::to_owned),
        ..Rule::default()
    };
    let rules = vec![
        rule("adminrole", "*", None),
        rule("userrole", "Item", Some("rank > 3 and kind.town = 'Rome'")),
        rule("userrole", "Item", Some("rank = 2 or kind is null")),
        rule("userrole", "Item", Some("label is null")),
        rule("userrole", "Kind", Some("name = 'box'")),
    ];
    serve_script("store", STORE, |settings| {
        settings.policy.insert("store".to_owned(), ServicePolicy { rules, ..ServicePolicy::default() });
        let mount = settings.services.get_mut("store").unwrap();
        mount.keys.insert("said".to_owned(), vec!["no".to_owned()]);
    })
}

/// All pages together, and what comes after the last.
#[track_caller]
fn paged(client: &Client, path: &str, size: usize) -> Vec<Json> {
    let (mut all, mut page) = (Vec::new(), 1);
    loop {
        let answer = client.get(&format!("{path}&size={size}&page={page}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let mut answer = answer.json();
        let rows = answer["content"].as_array_mut().unwrap();
        all.append(rows);
        if answer["numberOfElements"] == 0 {
            assert_eq!(answer["totalElements"], all.len(), "{path}");
            return all;
        }
        page += 1;
    }
}

#[test]
fn all_pages_of_any_order_together_are_the_whole_list() {
    let server = store();
    let (admin, user) = (server.admin(), server.token("user", "user"));
    let orders = [
        "",
        "id desc",
        "label",
        "label desc",
        "weight",
        "weight desc",
        "rank",
        "rank desc",
        "kindId desc,label",
        "label,rank desc",
        "kind.name",
        "kind.name desc",
        "wholeId desc",
        "itemByWholeId.label desc,itemByWholeId.kindId",
    ];
    let filters =
        ["", "rank < 90", "label is not null and kind.town = 'Rome'", "itemByWholeId.rank > 20 or kind.name is null"];
    let (mut all, mut some) = (0, 0);
    for (caller, size, longest) in [(&admin, 100, &mut all), (&user, 87, &mut some)] {
        for (number, sort) in orders.iter().enumerate() {
            // Each order with no filter and with one of them.
            for q in [filters[0], filters[number % filters.len()]] {
                let query = format!("?sort={}&q={}", encode(sort), encode(q));
                let whole = caller.get(&format!("/services/store/Item/export/JSON{query}"));
                assert_eq!(whole.status, 200, "{query}: {}", whole.text());
                let whole = whole.json();
                let whole = whole.as_array().unwrap();
                let pages = paged(caller, &format!("/services/store/Item{query}"), size);
                assert_eq!(pages.len(), whole.len(), "{query}");
                for (at, (left, right)) in pages.iter().zip(whole).enumerate() {
                    assert_eq!(left, right, "{query}, {at}");
                }
                *longest = whole.len().max(*longest);
            }
        }
    }
    assert_eq!(all, 2345);
    assert!(some > 1100 && some < 2345, "rules leave some of the rows: {some}");
}

#[test]
fn a_key_that_names_several_rows_makes_no_row_come_twice() {
    let server = store();
    let rows = paged(&server.admin(), "/services/store/Said?sort=text", 100);
    assert_eq!(rows.len(), 2345);
}
