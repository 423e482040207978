//! Queries that take longer than a thread that serves requests may spend on one: they are answered all the same, and
//! leave nothing behind on their connection.

use serde_json::json;
use tempfile::TempDir;

use crate::databases::serve;
use crate::support::Server;

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

#[test]
fn a_query_that_would_never_end_ends_and_its_connection_goes_on() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("hrdb")).unwrap();
    let numbers = "WITH RECURSIVE N(I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N WHERE :last IS NULL OR I < :last)";
    let query = format!("-- query: single\n-- param: last integer optional\n{numbers} SELECT count(*) AS FOUND FROM N");
    std::fs::write(folder.path().join("hrdb/numbers.sql"), query).unwrap();
    let server = Server::start_with(|settings| {
        folder.path().to_str().unwrap().clone_into(&mut settings.queries_dir);
        settings.read_timeout_seconds = 1;
    });
    let admin = server.admin();
    // More often than there are connections for long reads.
    for number in 0..5 {
        let answer = admin.get("/services/hrdb/queryExecutor/queries/numbers");
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{number}: {}", answer.text());
        answer.error();
        let answer = admin.get("/services/hrdb/queryExecutor/queries/numbers?last=100000");
        assert_eq!((answer.status, answer.json().to_string().contains("100000")), (200, true), "{}", answer.text());
    }
}
