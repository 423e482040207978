//! Writing to files that the server has not made: their constraints, triggers, defaults and cascades have the last word,
//! and the caller is told what they said.

use serde_json::{Value as Json, json};

use crate::databases::{Mounted, rows, serve};
use crate::support::{Answer, Client};

const INTEGRITY: &str = "com.wavemaker.runtime.data$DataIntegrityViolation";

fn send(client: &Client, method: &str, path: &str, body: &Json) -> Answer {
    client.json(method, &format!("/services/{path}"), body)
}

#[track_caller]
fn count(client: &Client, entity: &str) -> u64 {
    client.get(&format!("/services/{entity}/count")).json().as_u64().unwrap()
}

#[test]
fn a_computed_column_is_computed_whatever_is_sent() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    let lies = json!({"id": 77, "net": 10, "rate": 0.5, "gross": 99, "label": "mine", "half": 4});
    let made = send(&admin, "POST", "odd/Generated", &lies).json();
    assert_eq!(made, json!({"id": 4, "net": 10, "rate": 0.5, "gross": 15.0, "label": "no 4", "half": 5}));
    let put = send(&admin, "PUT", "odd/Generated/1", &lies).json();
    assert_eq!(put, json!({"id": 1, "net": 10, "rate": 0.5, "gross": 15.0, "label": "no 1", "half": 5}));
    let patched = send(&admin, "PATCH", "odd/Generated/1", &json!({"gross": 1, "label": "x"})).json();
    assert_eq!(patched, put);
}

#[test]
fn what_a_trigger_says_reaches_the_caller() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    for (method, path, body, said) in [
        ("POST", "odd/Guarded", json!({"qty": -1}), "quantity must not be negative"),
        ("PUT", "odd/Guarded/2", json!({"qty": 3}), "row can't be changed: \"locked\" or negative"),
        ("PATCH", "odd/Guarded/1", json!({"qty": -3}), "row can't be changed: \"locked\" or negative"),
        ("DELETE", "odd/Guarded/2", json!({}), "row is locked"),
    ] {
        let answer = send(&admin, method, path, &body);
        assert_eq!(answer.status, 400, "{method} {path}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error["messageKey"], INTEGRITY, "{method} {path}");
        assert_eq!(error["parameters"], json!([said]), "{method} {path}");
        assert_eq!(error["message"], format!("Data Integrity Violation: {said}"), "{method} {path}");
    }
    assert_eq!(count(&admin, "odd/Guarded"), 4);
    // The answer shows the row as the triggers have left it.
    let clamped = send(&admin, "POST", "odd/Guarded", &json!({"qty": 5000})).json();
    assert_eq!(clamped, json!({"id": 5, "qty": 1000, "locked": false}));
    assert_eq!(count(&admin, "odd/GuardedLog"), 5);
}

#[test]
fn a_check_is_named_when_it_does_not_hold() {
    let server = serve(&["trading", "odd"]);
    let admin = server.admin();
    for (path, body, status, named) in [
        ("trading/Orders", json!({"billtoaddressid": 1, "status": "lost"}), 400, "ck_order_status"),
        ("trading/Orders", json!({"billtoaddressid": 1, "requiredby": "1999-01-01"}), 400, "ck order required"),
        ("trading/Orders", json!({"billtoaddressid": 1, "currency": "EURO"}), 400, "currency"),
        ("trading/Orders", json!({"status": "new"}), 400, "billtoaddressid"),
        ("trading/Stockmoves", json!({"productsku": "0006", "quantity": 0}), 400, "ck_move_not_zero"),
        ("trading/Stockmoves", json!({"productsku": "none", "quantity": 1}), 409, "productsku"),
        ("trading/Customers", json!({"customercode": "ANVIL", "companyname": "x"}), 409, "customercode"),
        ("trading/Customers", json!({"companyname": "x"}), 400, "customercode"),
        ("trading/Products", json!({"sku": "0006", "productname": "x"}), 409, "sku"),
        ("trading/Agentterritories", json!({"agentid": 1, "territorycode": "00017"}), 409, "agentid"),
        ("trading/OrderDetails", json!({"orderid": 1, "productid": 1}), 409, "orderid"),
        ("odd/IndexZoo", json!({"serial": "s1"}), 409, "serial"),
        ("odd/IndexZoo", json!({"code": "c", "active": true}), 409, "code"),
        ("odd/StrictTypes", json!({"i": 1}), 400, "t "),
        ("odd/TwoParents", json!({"x": 2}), 409, "x"),
        ("odd/UniqueChild", json!({"r1": "k", "r2": 99}), 409, "r1"),
        ("odd/PairKeyChild", json!({"pa": 99, "pb": "x"}), 409, "p"),
    ] {
        let before = count(&admin, path);
        let answer = send(&admin, "POST", path, &body);
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error["messageKey"], INTEGRITY, "{path} {body}");
        assert!(answer.message().contains(named), "{path} {body}: {}", answer.message());
        assert_eq!(count(&admin, path), before, "{path} {body}");
    }
    // NULL in one of two columns names nobody, so it is fine.
    assert_eq!(send(&admin, "POST", "odd/UniqueChild", &json!({"r1": "nobody"})).status, 200);
}

#[test]
fn deleting_cascades_as_the_schema_says_and_a_restriction_is_a_conflict() {
    let server = serve(&["odd", "trading"]);
    let admin = server.admin();
    let delete = |path: &str| admin.delete(&format!("/services/{path}"));
    assert_eq!(delete("odd/CascadeParent/2").text(), "true");
    assert_eq!(count(&admin, "odd/CascadeChild"), 2);
    assert_eq!(count(&admin, "odd/CascadeGrandchild"), 1);
    let actions = rows(&admin.get("/services/odd/OtherActions?sort=id"));
    assert_eq!((&actions[1]["nulled"], &actions[1]["defaulted"]), (&json!(null), &json!(1)));
    for path in ["odd/CascadeParent/3", "odd/ChainE/1", "trading/Products/6", "trading/Customers/ANVIL"] {
        let answer = delete(path);
        assert_eq!(answer.status, 409, "{path}: {}", answer.text());
        assert_eq!(answer.error()["messageKey"], INTEGRITY, "{path}");
        assert_eq!(admin.get(&format!("/services/{path}")).status, 200, "{path}");
    }
    assert_eq!(delete("trading/Orders/10003").text(), "true");
    assert_eq!(admin.get("/services/trading/OrderDetails/count?q=orderid=10003").text(), "0");
}

#[test]
fn defaults_of_the_schema_apply_to_what_is_not_sent() {
    let server = serve(&["trading", "odd"]);
    let admin = server.admin();
    let order = send(&admin, "POST", "trading/Orders", &json!({"billtoaddressid": 1})).json();
    for (name, expected) in [
        ("freight", json!(0)),
        ("status", json!("new")),
        ("currency", json!("EUR")),
        ("reference", json!("REF-WHOLE-42")),
    ] {
        assert_eq!(order[name], expected, "{name}");
    }
    assert!(order["orderedat"].as_i64().unwrap() > 1_700_000_000_000, "{order}");
    let path = format!("trading/Orders/{}", order["orderid"]);
    let whole = json!({"billtoaddressid": 2, "status": "sent", "currency": "USD", "reference": "x", "freight": 5});
    assert_eq!(send(&admin, "PUT", &path, &whole).json()["reference"], "x");
    let again = send(&admin, "PUT", &path, &json!({"billtoaddressid": 2, "customercode": null})).json();
    assert_eq!(
        (&again["status"], &again["reference"], &again["freight"]),
        (&json!("new"), &json!("REF-WHOLE-42"), &json!(0))
    );
    let made = send(&admin, "POST", "odd/EmptyTable", &json!({})).json();
    assert_eq!((&made["id"], &made["v"]), (&json!(1), &json!("it's \"empty\"")));
    assert_eq!(made["r"].as_str().map(str::len), Some(8));
    // AUTOINCREMENT gives no number out twice.
    assert_eq!(send(&admin, "POST", "odd/AutoincHigh", &json!({"id": 2})).json()["id"], 5_000_000_001_i64);
}

#[test]
fn an_answer_shows_the_row_that_was_made_and_no_other() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    // SQLite allows several rows whose key is NULL; these were there before.
    for (entity, key) in [("NullableKey", "k"), ("IntNotAlias", "id"), ("NullablePair", "k1")] {
        let before = count(&admin, &format!("odd/{entity}"));
        let answer = send(&admin, "POST", &format!("odd/{entity}"), &json!({"v": "made now"}));
        if answer.status == 200 {
            assert_eq!((&answer.json()["v"], &answer.json()[key]), (&json!("made now"), &json!(null)), "{entity}");
            assert_eq!(count(&admin, &format!("odd/{entity}")), before + 1, "{entity}");
        } else {
            assert_eq!(answer.status, 400, "{entity}: {}", answer.text());
            assert_eq!(count(&admin, &format!("odd/{entity}")), before, "{entity}");
        }
    }
}

/// `INTEGER PRIMARY KEY DESC` is no row id, whatever its type says: nobody but the caller can give it.
#[test]
fn a_key_that_the_database_does_not_make_is_taken_from_the_caller() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    let made = send(&admin, "POST", "odd/IntDesc", &json!({"id": 9, "v": "nine"}));
    assert_eq!((made.status, made.json()), (200, json!({"id": 9, "v": "nine"})));
}

#[test]
fn a_broken_schema_breaks_no_answer() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    for (method, path, body) in [
        // Its foreign key names a table that is not there.
        ("POST", "odd/OrphanChild", json!({"note": "x"})),
        ("POST", "odd/OrphanChild", json!({"ghostId": 1})),
        ("PUT", "odd/OrphanChild/1", json!({"ghostId": 1})),
        ("PATCH", "odd/OrphanChild/1", json!({"note": "y"})),
        ("DELETE", "odd/OrphanChild/1", json!({})),
        ("PUT", "odd/BadUtf8/2", json!({"t": "good now"})),
        ("PUT", "odd/WrongTypes/2", json!({"n": 1})),
        ("PATCH", "odd/WrongTypes/4", json!({"t": "x"})),
        ("POST", "odd/NotesFts", json!({"title": "x"})),
        ("POST", "odd/BoxesRtree", json!({"id": 9})),
        ("POST", "odd/UntypedKey", json!({"k": {"a": 1}})),
        ("POST", "odd/AnyKey", json!({"k": [1]})),
        ("POST", "odd/BlobKey", json!({"k": "00", "note": "x"})),
        ("DELETE", "odd/BlobKey/00", json!({})),
    ] {
        let answer = send(&admin, method, path, &body);
        assert!(answer.status < 500, "{method} {path} {body}: {} {}", answer.status, answer.text());
        if answer.status >= 400 {
            answer.error();
        }
    }
}

#[test]
fn values_of_a_wrong_type_are_shown_as_what_they_are() {
    let server = serve(&["odd"]);
    let admin = server.admin();
    let stored = rows(&admin.get("/services/odd/WrongTypes"));
    assert_eq!(stored[1]["n"], "not a number");
    assert_eq!(stored[1]["flag"], "maybe");
    assert_eq!(stored[2]["n"], 1.5);
    assert_eq!(stored[2]["flag"], 2);
    assert_eq!(stored[4].as_object().unwrap().values().filter(|value| value.is_null()).count(), 7);
    let numbers = rows(&admin.get("/services/odd/Numbers"));
    assert_eq!((&numbers[1]["i"], &numbers[2]["i"]), (&json!(i64::MAX), &json!(i64::MIN)));
    assert_eq!((&numbers[3]["r"], &numbers[4]["r"]), (&Json::Null, &Json::Null));
    assert!(admin.get("/services/odd/Numbers").text().contains("9007199254740993"));
    let broken = rows(&admin.get("/services/odd/BadUtf8"));
    assert_eq!((&broken[0]["t"], &broken[1]["t"]), (&json!("good"), &json!("\u{fffd}(")));
    for entity in ["OddDates", "TypeZoo", "Untyped", "AnyKey", "JsonDocs", "BlobZoo", "StrictTypes"] {
        assert!(!rows(&admin.get(&format!("/services/odd/{entity}"))).is_empty(), "{entity}");
    }
}

/// A constraint that is checked at the commit fails there; other callers' changes may be in the same one.
#[test]
fn a_change_that_fails_at_the_commit_takes_no_other_with_it() {
    let server: Mounted = serve(&["odd"]);
    let admin = server.admin();
    for (method, path, body) in [
        ("POST", "odd/DeferredChild", json!({"parentId": 999})),
        ("PUT", "odd/DeferredChild/1", json!({"parentId": 999})),
        ("DELETE", "odd/DeferredParent/10", json!({})),
    ] {
        let answer = send(&admin, method, path, &body);
        assert_eq!((answer.status, answer.error()["messageKey"].as_str()), (409, Some(INTEGRITY)), "{method} {path}");
    }
    let before = count(&admin, "odd/EmptyTable");
    let good: usize = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|number| {
                let admin = admin.clone();
                scope.spawn(move || {
                    let (path, body) = if number % 2 == 0 {
                        ("odd/EmptyTable", json!({"v": "fine"}))
                    } else {
                        ("odd/DeferredChild", json!({"parentId": 999}))
                    };
                    (0..40).filter(|_| send(&admin, "POST", path, &body).status == 200).count()
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).sum()
    });
    assert_eq!(good, 160, "each good change succeeds, each bad one fails");
    assert_eq!(count(&admin, "odd/EmptyTable"), before + 160);
    assert_eq!(count(&admin, "odd/DeferredChild"), 2);
}
