//! Whoever comes with a token gets an answer that is kept in a shorter way: it says the same as the long one.

use serde_json::json;

use crate::support::{Answer, Client, Server};

const PATH: &str = "/services/hrdb/Department/1";

/// Headers of an answer that do not differ from one to the next.
fn lasting(answer: &Answer) -> Vec<(String, String)> {
    let differs = ["date", "x-wm-request-track-id"];
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !differs.contains(&name.to_ascii_lowercase().as_str()));
    for (name, _) in &mut headers {
        name.make_ascii_lowercase();
    }
    headers.sort();
    headers
}

/// Until each worker has kept what it answers.
fn keep(client: &Client, path: &str) {
    for _ in 0..12 {
        assert_eq!(client.get(path).status, 200);
    }
}

#[test]
fn it_says_what_the_long_way_says() {
    let server = Server::start();
    let (short, long) = (server.token("admin", "admin"), server.basic("admin", "admin"));
    for path in [PATH, "/services/hrdb/User?size=3", "/services/hrdb/Vacation/count"] {
        keep(&short, path);
        let tag = long.get(path).header("etag").unwrap().to_owned();
        let given: [&[(&str, &str)]; 9] = [
            &[],
            &[("If-None-Match", &tag)],
            &[("If-None-Match", "\"another\"")],
            &[("Accept", "text/plain")],
            &[("Accept", "application/json, text/plain, */*")],
            &[("Origin", "https://elsewhere.example")],
            &[("Host", "elsewhere.example")],
            &[("Host", "no host")],
            &[("X-WM-Request-Track-Id", "mine")],
        ];
        for headers in given {
            for method in ["GET", "HEAD", "OPTIONS"] {
                let [mine, theirs] = [&short, &long].map(|client| client.send(method, path, headers, b""));
                assert_eq!(
                    (mine.status, lasting(&mine), mine.text()),
                    (theirs.status, lasting(&theirs), theirs.text()),
                    "{method} {path} {headers:?}"
                );
            }
        }
        let answer = short.send("GET", path, &[("X-WM-Request-Track-Id", "mine")], b"");
        assert_eq!(answer.header("x-wm-request-track-id"), Some("app.mine"));
    }
}

#[test]
fn a_token_that_has_ended_opens_it_no_longer() {
    let server = Server::start();
    let token = server.mint("admin", "admin");
    let client = server.nobody();
    let ask = || client.send("GET", PATH, &[("wm_auth_token", &token)], b"").status;
    assert!((0..12).all(|_| ask() == 200));
    for wrong in ["0".repeat(32), String::new(), "nonsense".to_owned()] {
        assert_eq!(client.send("GET", PATH, &[("wm_auth_token", &wrong)], b"").status, 401, "{wrong}");
    }
    server.pass_seconds(1_799);
    assert_eq!(ask(), 200);
    server.pass_seconds(1);
    assert_eq!(ask(), 401);
}

#[test]
fn it_is_for_those_who_may_read_the_row() {
    let server = Server::start();
    let (admin, other) = (server.token("admin", "admin"), server.token("erin.lund", "welcome"));
    let path = "/services/hrdb/Vacation";
    keep(&admin, path);
    keep(&other, path);
    let all = admin.get(path).json()["totalElements"].as_u64().unwrap();
    let own = other.get(path).json()["totalElements"].as_u64().unwrap();
    assert!(own < all, "{own} of {all}");
}

#[test]
fn what_is_answered_so_is_counted_and_timed_like_the_rest() {
    let server = Server::start_with(|settings| settings.metrics_listen = "127.0.0.1:0".parse().unwrap());
    let admin = server.token("admin", "admin");
    for _ in 0..20 {
        assert_eq!(admin.get(PATH).status, 200);
    }
    let text = server.watcher().get("/metrics").text();
    let route = "route=\"/services/{service}/{entity}/{id}\",status=\"2xx\"} 20";
    assert!(text.contains(route), "{text}");
    let timed = Server::start_with(|settings| settings.server_timing = true);
    let admin = timed.token("admin", "admin");
    keep(&admin, PATH);
    assert!(admin.get(PATH).header("server-timing").is_some());
    assert_eq!(admin.patch(PATH, &json!({ "location": "Oslo" })).status, 200);
    assert!(admin.get(PATH).text().contains("Oslo"));
}
