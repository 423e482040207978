//! Queries that take longer than a thread that serves requests may spend on one: they are answered all the same, and
//! leave nothing behind on their connection.

use serde_json::json;

use crate::databases::serve;

#[test]
fn a_long_query_may_be_asked_as_often_as_one_likes() {
    let server = serve(&["trading"]);
    let admin = server.admin();
    let ask = || admin.get("/services/trading/Shipments?size=1&sort=shipperid");
    let first = ask();
    assert_eq!(first.status, 200, "{}", first.text());
    // The counters of SQLite's step budget run on from one query to the next.
    for number in 0..1_000 {
        let answer = ask();
        assert_eq!((answer.status, answer.text()), (200, first.text()), "time {number}");
    }
    // No connection is left in an old state of the database.
    let made = admin.post("/services/trading/Shippers", &json!({"companyname": "new"}));
    assert_eq!(made.status, 200, "{}", made.text());
    for _ in 0..20 {
        assert_eq!(admin.get("/services/trading/Shippers/count").text(), "5");
    }
}
