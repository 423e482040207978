//! Any SQLite file is served like the sample: one flow for tables of every shape, and every question to every table.

use hrdb::catalog::{Entity, Kind, Property};
use serde_json::{Value as Json, json};

use crate::databases::{ALL, catalog, encode, rows, serve};
use crate::exports::csv;
use crate::support::{Answer, Client};
use crate::table_shapes::SHAPES;

fn literal(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("'{}'", text.replace('\'', "''")))
}

/// A value as a part of an address.
fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Where a row is, and a filter that finds it.
fn address(base: &str, key: &[&str], row: &Json) -> (String, String) {
    let text = |name: &str| shown(&row[name]);
    let filter: Vec<String> = key.iter().map(|name| format!("`{name}` = {}", literal(&row[*name]))).collect();
    let path = match key {
        [only] => format!("{base}/{}", encode(&text(only))),
        several => {
            let pairs: Vec<String> =
                several.iter().map(|name| format!("{}={}", encode(name), encode(&text(name)))).collect();
            format!("{base}/composite-id?{}", pairs.join("&"))
        }
    };
    (path, filter.join(" and "))
}

#[track_caller]
fn good(answer: &Answer, case: &str) -> Json {
    assert_eq!(answer.status, 200, "{case}: {}", answer.text());
    answer.json()
}

/// A member that is an object stands for a relation, whose own key counts.
#[track_caller]
fn holds(row: &Json, sent: &Json, case: &str) {
    for (name, value) in sent.as_object().unwrap() {
        match (value, &row[name]) {
            (Json::Object(wanted), Json::Object(found)) => {
                assert!(wanted.iter().all(|(key, value)| found.get(key) == Some(value)), "{case}: {name} of {row}");
            }
            (wanted, found) => assert_eq!(found, wanted, "{case}: {name}"),
        }
    }
}

#[test]
fn a_row_of_any_shape_can_be_made_found_changed_and_removed() {
    let server = serve(ALL);
    let admin = server.admin();
    for &(entity, key, new, whole, part) in SHAPES {
        let [new, whole, part] = [new, whole, part].map(|text| serde_json::from_str::<Json>(text).unwrap());
        let (service, name) = entity.split_once('/').unwrap();
        let base = format!("/services/{service}/{}", encode(name));
        let count = || good(&admin.get(&format!("{base}/count")), entity).as_u64().unwrap();
        let before = count();
        let row = good(&admin.post(&base, &new), entity);
        holds(&row, &new, entity);
        assert!(key.iter().all(|name| !row[*name].is_null()), "{entity}: a new row has its key: {row}");
        let (path, q) = address(&base, key, &row);
        assert_eq!(good(&admin.get(&path), entity), row, "{entity}");
        assert_eq!(count(), before + 1, "{entity}");
        let again = admin.post(&base, &row);
        assert!([200, 409].contains(&again.status), "{entity}: {}", again.text());
        if again.status == 200 {
            assert_eq!(admin.delete(&address(&base, key, &again.json()).0).text(), "true", "{entity}");
        }
        let listed = admin.get(&format!("{base}?q={}", encode(&q)));
        assert_eq!((rows(&listed), &listed.json()["totalElements"]), (vec![row.clone()], &json!(1)), "{entity}: {q}");
        let exported = admin.get(&format!("{base}/export/JSON?q={}", encode(&q)));
        assert_eq!(good(&exported, entity), json!([row]), "{entity}");
        let lines = csv(&admin.get(&format!("{base}/export/CSV?q={}", encode(&q))));
        assert_eq!(lines.len(), 2, "{entity}");
        let asked = json!({"filter": q, "aggregations": [{"field": key[0], "type": "COUNT", "alias": "n"}]});
        assert_eq!(rows(&admin.post(&format!("{base}/aggregations"), &asked)), [json!({"n": 1})], "{entity}");
        let changed = good(&admin.put(&path, &whole), entity);
        holds(&changed, &whole, entity);
        assert!(key.iter().all(|name| changed[*name] == row[*name]), "{entity}: a key stays: {changed}");
        assert_eq!(good(&admin.get(&path), entity), changed, "{entity}");
        let patched = good(&admin.patch(&path, &part), entity);
        holds(&patched, &part, entity);
        let touched = |name: &str| part.get(name).is_some() || patched[name].is_object() || changed[name].is_object();
        let computed = ["gross", "label", "half"];
        for (name, value) in changed.as_object().unwrap() {
            assert!(touched(name) || computed.contains(&name.as_str()) || patched[name] == *value, "{entity}: {name}");
        }
        assert_eq!(admin.delete(&path).text(), "true", "{entity}");
        assert_eq!(admin.get(&path).status, 404, "{entity}");
        for answer in [admin.delete(&path), admin.put(&path, &whole), admin.patch(&path, &part)] {
            assert_eq!(answer.status, 404, "{entity}: {}", answer.text());
            assert_eq!(answer.error()["messageKey"], "com.wavemaker.runtime.no.entity.exists.for.given.id");
        }
        assert_eq!(count(), before, "{entity}");
    }
}

/// Pages must give every row once, whatever the order.
#[track_caller]
fn pages_through(client: &Client, base: &str, entity: &Entity, total: u64) {
    let key: Vec<&str> = entity.key.iter().map(|&index| entity.properties[index].name.as_str()).collect();
    let size = 1 + (total / 4).min(99);
    let mut seen = Vec::new();
    for page in 1..=5 {
        let answer = client.get(&format!("{base}?page={page}&size={size}"));
        assert_eq!(answer.json()["totalElements"], total, "{base}");
        seen.extend(rows(&answer).iter().map(|row| key.iter().map(|name| row[*name].to_string()).collect::<Vec<_>>()));
    }
    let expected = total.min(5 * size);
    assert_eq!(seen.len() as u64, expected, "{base}");
    // Bytes are all written alike, and so are the absent keys of a table that allows them.
    let told_apart = !seen.iter().flatten().any(|value| value == "\"\"" || value == "null");
    if !key.is_empty() && told_apart {
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len() as u64, expected, "{base}");
    }
}

fn every_question(client: &Client, service: &str, entity: &Entity) {
    let base = format!("/services/{service}/{}", encode(&entity.name));
    let total = good(&client.get(&format!("{base}/count")), &base).as_u64().unwrap();
    let page = client.get(&format!("{base}?size=100"));
    let found = rows(&page);
    assert_eq!(found.len() as u64, total.min(100), "{base}");
    pages_through(client, &base, entity, total);
    let lines = csv(&client.get(&format!("{base}/export/CSV")));
    assert_eq!(lines.len() as u64, total + 1, "{base}");
    for kind in ["JSON", "EXCEL"] {
        assert_eq!(client.get(&format!("{base}/export/{kind}")).status, 200, "{base} as {kind}");
    }
    // The last row: an empty text, which no path can hold, comes first.
    if let Some(row) = found.last() {
        let key: Vec<&str> = entity.key.iter().map(|&index| entity.properties[index].name.as_str()).collect();
        if key.is_empty() {
            assert_eq!(client.get(&format!("{base}/1")).status, 404, "{base}");
            assert_eq!(client.get(&format!("{base}/composite-id?id=1")).status, 404, "{base}");
        } else {
            // In a query no key is taken for a part of the address, such as `search`.
            let pair = |name: &&str| format!("{}={}", encode(name), encode(&shown(&row[*name])));
            let pairs: Vec<String> = key.iter().map(pair).collect();
            let status = client.get(&format!("{base}/composite-id?{}", pairs.join("&"))).status;
            // Bytes stand in no path, a value without a type is read as text, and what is absent has no address.
            let is_odd =
                |property: &Property| matches!(property.kind, Kind::Blob | Kind::Any) || row[&property.name].is_null();
            let odd_key = entity.key.iter().any(|&index| is_odd(&entity.properties[index]));
            let expected: &[u16] = if odd_key { &[200, 400, 404] } else { &[200] };
            assert!(expected.contains(&status), "{base}: {status} for {row}");
        }
    }
    for property in entity.properties.iter().filter(|property| !property.is_secret()) {
        let name = &property.name;
        let case = format!("{base}, {name}");
        let absent = good(&client.get(&format!("{base}/count?q={}", encode(&format!("`{name}` is null")))), &case);
        let present = good(&client.get(&format!("{base}/count?q={}", encode(&format!("`{name}` is not null")))), &case);
        assert_eq!(absent.as_u64().unwrap() + present.as_u64().unwrap(), total, "{case}");
        let comparable = property.kind != Kind::Blob;
        let wanted = if comparable { 200 } else { 400 };
        for direction in ["asc", "desc"] {
            let sort = encode(&format!("{name} {direction}"));
            let answer = client.get(&format!("{base}?size=5&sort={sort}"));
            assert_eq!(answer.status, wanted, "{case} {direction}: {}", answer.text());
        }
        let body = json!({"groupByFields": [name], "aggregations": [{"field": name, "type": "COUNT", "alias": "_count_"},
            {"field": name, "type": "MIN", "alias": "_min_"}, {"field": name, "type": "MAX", "alias": "_max_"}]});
        let answer = client.post(&format!("{base}/aggregations?size=100"), &body);
        assert_eq!(answer.status, wanted, "{case}: {}", answer.text());
        if comparable && answer.json()["last"] == true {
            let counts: u64 = rows(&answer).iter().map(|row| row["_count_"].as_u64().unwrap()).sum();
            assert_eq!(counts, present.as_u64().unwrap(), "{case}");
        }
        let body = json!({"aggregations": [{"field": name, "type": "SUM", "alias": "_sum_"}, {"field": name, "type": "AVG", "alias": "_avg_"}]});
        let answer = client.post(&format!("{base}/aggregations"), &body);
        assert!([200, 400].contains(&answer.status), "{case}: {}", answer.text());
    }
    for relation in &entity.relations {
        let q = encode(&format!("`{}` is null", relation.name));
        good(&client.get(&format!("{base}/count?q={q}")), &relation.name);
    }
    for collection in &entity.collections {
        let [only] = entity.key.as_slice() else { continue };
        let Some(row) = found.last() else { continue };
        let path = format!("{}/{}", address(&base, &[&entity.properties[*only].name], row).0, encode(&collection.name));
        let answer = client.get(&path);
        // Bytes stand in no path.
        let keyed = entity.properties[*only].kind != Kind::Blob && !row[&entity.properties[*only].name].is_null();
        let expected: &[u16] = if keyed { &[200] } else { &[400, 404] };
        assert!(expected.contains(&answer.status), "{path}: {}", answer.text());
    }
}

#[test]
fn every_table_and_view_answers_every_question() {
    let server = serve(ALL);
    let admin = server.admin();
    let sample = server.folder.path().join("hrdb.db");
    for (service, path) in ALL.iter().map(|name| (*name, server.file(name))).chain([("hrdb", sample)]) {
        let catalog = catalog(&path);
        assert!(catalog.entities.len() >= 4, "{service}");
        for entity in &catalog.entities {
            every_question(&admin, service, entity);
        }
    }
}

#[test]
fn only_an_administrator_sees_another_file() {
    let server = serve(&["music"]);
    for (name, password) in [("user", "user"), ("erin.lund", "welcome"), ("boris.tran", "welcome")] {
        assert_eq!(server.token(name, password).get("/services/music/Track").status, 403, "{name}");
    }
    assert_eq!(server.nobody().get("/services/music/Track").status, 401);
    assert_eq!(server.token("admin2", "admin2").get("/services/music/Track").status, 200);
}
