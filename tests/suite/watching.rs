//! Health, the address that is for watching only, and `Server-Timing`.

use std::io::Write as _;
use std::net::TcpStream;

use hrdb::config::Mount;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::raw::exchange_at;
use crate::support::{Answer, Client, Credentials, Server, eventually};

/// What `/health/ready` names as bad; nothing when it is a 200.
#[track_caller]
fn bad(client: &Client) -> Vec<String> {
    let answer = client.get("/health/ready");
    if answer.status == 200 {
        let checks = json!({ "databases": true, "writers": true, "disk": true, "running": true });
        assert_eq!(answer.json(), json!({ "ready": true, "checks": checks }));
        return Vec::new();
    }
    assert_eq!((answer.status, answer.header("retry-after").is_some()), (503, true));
    let parameters = answer.error()["parameters"].clone();
    parameters[0].as_str().unwrap().split(", ").map(str::to_owned).collect()
}

#[test]
fn health_is_told_to_nobody_and_says_nothing_else() {
    let server = Server::start_with(|settings| {
        settings.metrics_listen = "127.0.0.1:0".parse().unwrap();
        settings.context_path = "/Demo".to_owned();
    });
    for client in [server.nobody(), server.watcher()] {
        let live = client.get("/health/live");
        assert_eq!((live.status, live.json()), (200, json!({ "live": true })));
        assert!(bad(&client).is_empty());
        for answer in [live, client.get("/health/ready"), client.get("/metrics")] {
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
            assert!(answer.header("x-wm-request-track-id").is_some() && answer.set_cookies().next().is_none());
        }
        let head = client.send("HEAD", "/health/live", &[], b"");
        assert_eq!((head.status, head.body.len()), (200, 0));
        let posted = client.send("POST", "/health/ready", &[], b"");
        assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
        posted.error();
        let named = client.send("GET", "/health/live", &[("X-WM-Request-Track-Id", "probe.7")], b"");
        assert_eq!(named.header("x-wm-request-track-id"), Some("probe.7"));
    }
    assert_eq!(server.nobody().get("/Demo/health/ready").status, 200);
}

#[test]
fn a_server_without_room_on_its_disk_is_not_ready_but_lives() {
    let server = Server::start_with(|settings| {
        settings.metrics_listen = "127.0.0.1:0".parse().unwrap();
        settings.min_disk_room_bytes = u64::MAX;
    });
    for client in [server.nobody(), server.watcher()] {
        assert_eq!(bad(&client), ["disk"]);
        assert_eq!(client.get("/health/live").status, 200);
    }
    let text = server.watcher().get("/metrics").text();
    assert!(
        text.contains("hrdb_ready{check=\"disk\"} 0\n") && text.contains("hrdb_ready{check=\"writers\"} 1\n"),
        "{text}"
    );
    assert!(!server.nobody().get("/health/ready").text().contains(server.folder.path().to_str().unwrap()));
}

#[test]
fn a_database_that_does_not_answer_is_told_a_second_later_and_so_is_its_recovery() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shop.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE SALE (ID INTEGER PRIMARY KEY)").unwrap();
    let good = std::fs::read(&path).unwrap();
    let mount = Mount { path: path.clone(), read_only: true, ..Mount::default() };
    let server = Server::start_with(|settings| {
        settings.services.insert("shop".to_owned(), mount);
    });
    let nobody = server.nobody();
    assert!(bad(&nobody).is_empty());
    std::fs::write(&path, vec![b'x'; good.len()]).unwrap();
    assert!(bad(&nobody).is_empty(), "within the second nobody looks again");
    server.pass_seconds(1);
    assert_eq!(bad(&nobody), ["databases"]);
    assert!(!nobody.get("/health/ready").text().contains("shop"), "strangers are not told which");
    std::fs::write(&path, good).unwrap();
    assert_eq!(bad(&nobody), ["databases"]);
    server.pass_seconds(1);
    assert!(bad(&nobody).is_empty());
}

#[test]
fn a_server_that_is_being_stopped_is_not_ready_for_as_long_as_it_finishes_what_it_has() {
    let server = Server::start_with(|settings| settings.metrics_listen = "127.0.0.1:0".parse().unwrap());
    let watcher = server.watcher();
    let token = server.mint("admin", "admin");
    assert!(bad(&watcher).is_empty());
    // A request in flight: its body is still to come.
    let mut connection = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /services/hrdb/Department HTTP/1.1\r\nHost: {}\r\nwm_auth_token: {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
        server.address
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut begun = [0; 12];
    std::io::Read::read_exact(&mut connection, &mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100", "it is being answered");
    let stopping = std::thread::spawn(move || drop(server.stop()));
    eventually(|| bad(&watcher) == ["running"], "it says that it is being stopped");
    assert_eq!(watcher.get("/health/live").status, 200);
    connection.write_all(b"{}").unwrap();
    stopping.join().unwrap();
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut connection, &mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
}

#[test]
fn where_the_server_is_watched_nothing_else_is_answered_and_only_by_its_own_name() {
    let server = Server::start_with(|settings| {
        settings.metrics_listen = "127.0.0.1:0".parse().unwrap();
        settings.allowed_hosts = "127.0.0.1,hr.example.com".parse().unwrap();
    });
    let token = server.mint("admin", "admin");
    let monitor = server.monitor.unwrap();
    for path in
        ["/", "/login.html", "/services/hrdb/User", "/services/security/token", "/metrics/", "/health", "//metrics"]
    {
        let answer = Client::new(monitor, Credentials::TokenHeader(token.clone())).get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        answer.error();
    }
    for (host, status) in [("127.0.0.1", 200), ("localhost:9", 200), ("hr.example.com", 400), ("evil.example", 400)] {
        let head = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(exchange_at(monitor, head.as_bytes()).status, status, "{host}");
    }
}

/// The stages of an answer, and milliseconds.
fn stages(answer: &Answer) -> Vec<(String, f64)> {
    let stage = |text: &str| {
        let (name, took) = text.split_once(";dur=").unwrap_or_else(|| panic!("{text}"));
        (name.trim().to_owned(), took.parse().unwrap())
    };
    answer.header("server-timing").map(|header| header.split(',').map(stage).collect()).unwrap_or_default()
}

#[test]
fn the_stages_of_an_answer_are_told_to_who_is_signed_in_when_a_setting_says_so() {
    let names = |answer: &Answer| stages(answer).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let path = "/services/hrdb/Employee/1";
    let silent = Server::start();
    assert!(names(&silent.admin().get(path)).is_empty(), "off by default");
    let server = Server::start_with(|settings| {
        settings.server_timing = true;
        settings.answer_cache_bytes = 0;
    });
    let admin = server.admin();
    let whole = ["caller", "rules", "database", "handler", "total"];
    let created = admin.post("/services/hrdb/Department", &json!({ "name": "Timed" }));
    let query = admin.get("/services/hrdb/queryExecutor/queries/totalBudget");
    for answer in [admin.get(path), created, query] {
        assert_eq!((answer.status, names(&answer)), (200, whole.map(str::to_owned).to_vec()), "{}", answer.text());
        let stages = stages(&answer);
        let parts: f64 = stages[..4].iter().map(|(_, took)| took).sum();
        assert!(stages[2].1 > 0.0 && parts <= stages[4].1 + 0.01, "{stages:?}");
    }
    assert_eq!(names(&admin.get("/services/hrdb/nothing")), ["caller", "total"], "no handler has run");
    for stranger in [server.nobody(), server.basic("admin", "wrong")] {
        for path in [path, "/services/security/user", "/health/live", "/login.html"] {
            assert!(names(&stranger.get(path)).is_empty(), "{path}");
        }
    }
}

#[test]
fn a_flood_of_probes_is_answered_and_counted() {
    let server = Server::start_with(|settings| settings.metrics_listen = "127.0.0.1:0".parse().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let nobody = server.nobody();
                for _ in 0..250 {
                    let answer: Json = nobody.get("/health/ready").json();
                    assert_eq!(answer["ready"], true);
                }
            });
        }
    });
    let text = server.watcher().get("/metrics").text();
    let line = "hrdb_http_requests_total{method=\"GET\",route=\"/health/ready\",status=\"2xx\"} 1000\n";
    assert!(text.contains(line), "{text}");
}
