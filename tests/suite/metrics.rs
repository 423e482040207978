//! `/metrics`: who may read it, that what it says can be read, and that it counts what was done.

use std::collections::BTreeMap;
use std::net::TcpStream;

use serde_json::json;

use crate::raw::exchange;
use crate::support::{Client, Credentials, Server, eventually};

/// A server that is watched at an address of its own: what is asked there is not counted.
fn watched() -> Server {
    Server::start_with(|settings| settings.metrics_listen = "127.0.0.1:0".parse().unwrap())
}

/// The values of a page by line, each line read as the format defines it.
fn read(text: &str) -> BTreeMap<String, f64> {
    let (mut values, mut kinds, mut helped) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut current = "";
    assert!(text.ends_with('\n'), "the last line ends as well");
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(!words.is_empty() && !helped.contains(&name), "{line}");
            helped.push(name);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kinds.insert(name, kind).is_none() && helped.last() == Some(&name), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            current = name;
        } else {
            let (key, value) = line.rsplit_once(' ').unwrap();
            let name = key.split('{').next().unwrap();
            let ending = name.strip_prefix(current).unwrap_or_else(|| panic!("{line} is not of {current}"));
            let endings: &[&str] = if kinds[current] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(endings.contains(&ending), "{line}");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
                "{line}"
            );
            labels(&key[name.len()..]);
            assert!(values.insert(key.to_owned(), value.parse().unwrap()).is_none(), "{line} is there twice");
        }
    }
    for name in kinds.into_iter().filter(|(_, kind)| *kind == "histogram").map(|(name, _)| name) {
        check_histogram(name, text, &values);
    }
    values
}

/// Reads `{name="text",…}` or nothing.
fn labels(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = match text.strip_prefix('{') {
        Some(inside) => inside.strip_suffix('}').unwrap_or_else(|| panic!("{text}")),
        None => return found,
    };
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("{text}"));
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{text}");
        let (mut value, mut letters) = (String::new(), after.char_indices());
        let end = loop {
            match letters.next().unwrap_or_else(|| panic!("{text} does not end")) {
                (place, '"') => break place,
                (_, '\\') => match letters.next().unwrap().1 {
                    'n' => value.push('\n'),
                    letter @ ('"' | '\\') => value.push(letter),
                    other => panic!("{text}: \\{other}"),
                },
                (_, letter) => value.push(letter),
            }
        };
        found.push((name.to_owned(), value));
        rest = &after[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    found
}

/// Buckets only grow, up to the one of all, which is the count.
fn check_histogram(name: &str, text: &str, values: &BTreeMap<String, f64>) {
    let (mut last, mut bound) = (0.0, f64::NEG_INFINITY);
    let mut complete = 0;
    for line in text.lines().filter(|line| line.starts_with(&format!("{name}_bucket{{"))) {
        let (key, value) = line.rsplit_once(' ').unwrap();
        let mut all = labels(&key[key.find('{').unwrap()..]);
        let (le, limit) = all.pop().unwrap();
        assert_eq!(le, "le", "{line}");
        let (limit, value): (f64, f64) = (limit.replace("+Inf", "inf").parse().unwrap(), value.parse().unwrap());
        assert!(value >= last && limit > bound, "{line}");
        (last, bound) = (value, limit);
        if limit.is_infinite() {
            let others = all.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect::<Vec<_>>().join(",");
            assert_eq!(values.get(&format!("{name}_count{{{others}}}")), Some(&value), "{line}");
            assert!(values.contains_key(&format!("{name}_sum{{{others}}}")), "{line}");
            (last, bound) = (0.0, f64::NEG_INFINITY);
            complete += 1;
        }
    }
    assert!(complete > 0 && last == 0.0, "{name} has whole histograms");
}

/// The figures as they are now.
fn figures(watcher: &Client) -> BTreeMap<String, f64> {
    let answer = watcher.get("/metrics");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    read(&answer.text())
}

/// What has become more or less, and by how much.
fn moved(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let by = |(key, value): (&String, &f64)| (key.clone(), value - before.get(key).copied().unwrap_or(0.0));
    after.iter().map(by).filter(|(_, by)| *by != 0.0).collect()
}

fn request(method: &str, route: &str, status: &str) -> String {
    format!("hrdb_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}")
}

#[test]
fn every_figure_is_there_from_the_start_and_every_line_can_be_read() {
    let server = watched();
    let figures = figures(&server.watcher());
    for key in [
        "hrdb_answer_cache_lookups_total{result=\"hit\"}",
        "hrdb_sign_ins_total{result=\"throttled\"}",
        "hrdb_tokens",
        "hrdb_sessions",
        "hrdb_writer_queue_length{service=\"hrdb\"}",
        "hrdb_writer_failures_total{service=\"hrdb\"}",
        "hrdb_long_reads{service=\"hrdb\"}",
        "hrdb_export_reads{service=\"hrdb\"}",
        "hrdb_exports",
        "hrdb_body_memory_bytes",
        "hrdb_backups_total{result=\"good\"}",
        "hrdb_backups_total{result=\"failed\"}",
        "hrdb_backup_last_success_timestamp_seconds",
        "hrdb_backup_last_bytes",
        "hrdb_backup_last_duration_seconds",
    ] {
        assert_eq!(figures.get(key), Some(&0.0), "{key}: {figures:#?}");
    }
    for key in ["hrdb_database_up{service=\"hrdb\"}", "hrdb_writer_up{service=\"hrdb\"}", "hrdb_ready{check=\"disk\"}"]
    {
        assert_eq!(figures.get(key), Some(&1.0), "{key}");
    }
    for (key, least, most) in [
        ("process_resident_memory_bytes", 1e6, 1e10),
        ("process_start_time_seconds", 1.7e9, 1e10),
        ("process_open_fds", 5.0, 1e6),
        ("process_cpu_seconds_total", 0.0, 1e6),
        ("hrdb_disk_free_bytes", 1.0, 1e18),
        ("hrdb_database_bytes{service=\"hrdb\"}", 4096.0, 1e8),
        ("hrdb_long_reads_max{service=\"hrdb\"}", 1.0, 100.0),
        ("hrdb_page_cache_max_bytes{service=\"hrdb\"}", 1e5, 1e9),
    ] {
        let value = figures.get(key).unwrap_or_else(|| panic!("{key} is not there"));
        assert!((least..most).contains(value), "{key} {value}");
    }
    let build = figures.keys().find(|key| key.starts_with("hrdb_build_info")).unwrap();
    assert!(build.contains(&format!("version=\"{}\"", env!("CARGO_PKG_VERSION"))), "{build}");
}

#[test]
fn counters_move_by_what_was_done_and_by_nothing_else() {
    let server = watched();
    let (watcher, admin, nobody) = (server.watcher(), server.admin(), server.nobody());
    let before = figures(&watcher);
    for _ in 0..3 {
        assert_eq!(admin.get("/services/hrdb/Department/1").status, 200);
    }
    assert_eq!(admin.get("/services/hrdb/Department/999").status, 404);
    assert_eq!(nobody.get("/services/hrdb/Department/1").status, 401);
    for name in ["One", "Two"] {
        assert_eq!(admin.post("/services/hrdb/Department", &json!({ "name": name })).status, 200);
    }
    assert_eq!(nobody.get("/nowhere/at/all").status, 404);
    assert_eq!(exchange(&server, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").status, 400);
    let by = moved(&before, &figures(&watcher));
    let row = "/services/{service}/{entity}/{id}";
    let expected = [
        (request("GET", row, "2xx"), 3.0),
        (request("GET", row, "4xx"), 2.0),
        (request("POST", "/services/{service}/{entity}", "2xx"), 2.0),
        (request("", "", "4xx"), 2.0),
        ("hrdb_http_responses_total{status=\"200\"}".to_owned(), 5.0),
        ("hrdb_http_responses_total{status=\"400\"}".to_owned(), 1.0),
        ("hrdb_http_responses_total{status=\"401\"}".to_owned(), 1.0),
        ("hrdb_http_responses_total{status=\"404\"}".to_owned(), 2.0),
        ("hrdb_http_request_duration_seconds_count{work=\"read\"}".to_owned(), 5.0),
        ("hrdb_http_request_duration_seconds_count{work=\"write\"}".to_owned(), 2.0),
        ("hrdb_http_request_duration_seconds_count{work=\"none\"}".to_owned(), 2.0),
        ("hrdb_writer_batch_size_sum{service=\"hrdb\"}".to_owned(), 2.0),
        ("hrdb_writer_commit_seconds_count{service=\"hrdb\"}".to_owned(), 2.0),
    ];
    for (key, value) in &expected {
        assert_eq!(by.get(key), Some(value), "{key}: {by:#?}");
    }
    let counts = |key: &&String| key.starts_with("hrdb_http_requests_total") || key.starts_with("hrdb_http_responses");
    let unexpected = by.keys().filter(counts).find(|key| expected.iter().all(|(other, _)| other != *key));
    assert_eq!(unexpected, None, "{by:#?}");
    let looked_up = |result| by.get(&format!("hrdb_answer_cache_lookups_total{{result=\"{result}\"}}")).unwrap_or(&0.0);
    // Nobody has no answers kept, and the first that a worker is asked twice for it keeps.
    assert!((looked_up("hit") + looked_up("miss") - 4.0).abs() < 0.1, "{by:#?}");
}

#[test]
fn a_kept_answer_is_counted_as_its_endpoint_and_as_a_hit() {
    let server = watched();
    let (watcher, admin) = (server.watcher(), server.admin());
    let before = figures(&watcher);
    for _ in 0..30 {
        assert_eq!(admin.get("/services/hrdb/Department/2").status, 200);
    }
    let by = moved(&before, &figures(&watcher));
    assert_eq!(by.get(&request("GET", "/services/{service}/{entity}/{id}", "2xx")), Some(&30.0), "{by:#?}");
    let (hits, misses) =
        (by["hrdb_answer_cache_lookups_total{result=\"hit\"}"], by["hrdb_answer_cache_lookups_total{result=\"miss\"}"]);
    assert_eq!(Some(hits + misses), Some(30.0));
    assert!(hits >= 26.0, "each of two workers reads twice at most: {by:#?}");
}

#[test]
fn sign_ins_tokens_and_sessions_are_counted() {
    let server = Server::start_with(|settings| {
        settings.metrics_listen = "127.0.0.1:0".parse().unwrap();
        settings.sign_in_attempts = 3;
    });
    let watcher = server.watcher();
    let outcomes = |figures: &BTreeMap<String, f64>| {
        ["good", "bad", "throttled", "failed"]
            .map(|result| figures[&format!("hrdb_sign_ins_total{{result=\"{result}\"}}")])
    };
    server.sign_in("admin", "admin");
    let token = server.mint("user", "user");
    let seen = figures(&watcher);
    assert_eq!((outcomes(&seen), seen["hrdb_tokens"], seen["hrdb_sessions"]), ([2.0, 0.0, 0.0, 0.0], 1.0, 1.0));
    // What was verified lately is not verified again.
    assert_eq!(server.basic("user", "user").get("/services/security/user").status, 200);
    for _ in 0..5 {
        server.basic("erin.lund", "wrong").get("/services/security/user");
    }
    let by_token = Client::new(server.address, Credentials::TokenHeader(token));
    assert_eq!(by_token.delete("/services/security/token").status, 200);
    let seen = figures(&watcher);
    assert_eq!((outcomes(&seen), seen["hrdb_tokens"], seen["hrdb_sessions"]), ([2.0, 3.0, 2.0, 0.0], 0.0, 1.0));
}

#[test]
fn connections_are_counted_for_as_long_as_they_are_open() {
    let server = watched();
    let watcher = server.watcher();
    let open = |count: f64| figures(&watcher).get("hrdb_connections") == Some(&count);
    let connections: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    eventually(|| open(3.0), "three are open");
    drop(connections);
    eventually(|| open(0.0), "none is");
}

#[test]
fn no_label_holds_what_a_caller_typed_and_no_caller_makes_lines() {
    let server = watched();
    let (watcher, admin) = (server.watcher(), server.admin());
    let marked = |round: usize| {
        let mark = format!("mark{round}");
        admin.get(&format!("/services/hrdb/{mark}"));
        admin.get(&format!("/services/hrdb/Department/{mark}"));
        admin.get(&format!("/services/{mark}/Department?{mark}={mark}"));
        admin.get(&format!("/{mark}"));
        admin.get(&format!("/assets/{mark}/{mark}"));
        admin.send(&format!("MARK{round}"), "/services/hrdb/Department", &[("X-Mark", &mark)], b"");
        server.basic(&mark, &mark).get("/services/security/token");
        admin.post("/services/hrdb/Department", &json!({ "name": mark }));
    };
    marked(0);
    let before = figures(&watcher);
    (1..20).for_each(marked);
    let after = watcher.get("/metrics").text();
    assert!(!after.to_lowercase().contains("mark"), "{after}");
    let keys = |figures: &BTreeMap<String, f64>| figures.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&before), keys(&read(&after)));
}

#[test]
fn nobody_reads_figures_unless_a_setting_names_his_role_or_an_address() {
    let closed = Server::start();
    for (client, status) in [(closed.nobody(), 401), (closed.admin(), 403), (closed.basic("user", "user"), 403)] {
        let answer = client.get("/metrics");
        assert_eq!(answer.status, status, "{}", answer.text());
        answer.error();
    }
    assert!(closed.monitor.is_none());
    let open = Server::start_with(|settings| settings.metrics_roles = "userrole".parse().unwrap());
    for (client, status) in [(open.nobody(), 401), (open.admin(), 403), (open.token("erin.lund", "welcome"), 403)] {
        assert_eq!(client.get("/metrics").status, status);
    }
    let seen = figures(&open.basic("user", "user"));
    assert_eq!(seen.get(&request("GET", "/metrics", "4xx")), Some(&3.0));
    assert!(!open.admin().get("/openapi.json").text().contains("/metrics"), "what he may not read is not described");
}
