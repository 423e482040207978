//! The front-end's files: types, tags, and nothing that is not one of them.

use std::collections::HashMap;
use std::io::Read as _;

use crate::support::{Answer, Server};

const FILES: [(&str, &str); 5] = [
    ("/login.html", "text/html;charset=utf-8"),
    ("/app.css", "text/css;charset=utf-8"),
    ("/main.js", "text/javascript;charset=utf-8"),
    ("/login.js", "text/javascript;charset=utf-8"),
    ("/favicon.svg", "image/svg+xml"),
];

fn tagged(server: &Server, path: &str, tags: &str) -> Answer {
    server.nobody().send("GET", path, &[("If-None-Match", tags)], b"")
}

#[test]
fn every_file_has_its_type_and_its_tag_and_is_asked_for_again() {
    let server = Server::start();
    let mut tags: HashMap<String, Vec<u8>> = HashMap::new();
    for (path, content_type) in FILES {
        let answer = server.nobody().get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{path}");
        assert!(!answer.body.is_empty(), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        let tag = answer.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        let content = tags.entry(tag).or_insert_with(|| answer.body.clone());
        assert_eq!(*content, answer.body, "{path} shares its tag with another content");
    }
}

#[test]
fn a_file_that_the_client_has_is_not_sent_again() {
    let server = Server::start();
    let index = server.browser("admin", "admin");
    for path in FILES.map(|(path, _)| path).into_iter().chain(["/index.html", "/"]) {
        let full = index.get(path);
        let tag = full.header("etag").unwrap().to_owned();
        let same = index.send("GET", path, &[("If-None-Match", &tag)], b"");
        assert_eq!((same.status, same.body.len()), (304, 0), "{path}");
        assert_eq!(same.header("etag"), Some(tag.as_str()), "{path}");
        assert_eq!(same.header("cache-control"), full.header("cache-control"), "{path}");
        let other = index.send("GET", path, &[("If-None-Match", "\"other\"")], b"");
        assert_eq!((other.status, &other.body), (200, &full.body), "{path}");
    }
}

#[test]
fn tags_are_compared_as_http_says() {
    let server = Server::start();
    let tag = server.nobody().get("/app.css").header("etag").unwrap().to_owned();
    // RFC 9110, 13.1.2: a list, a star, and weak comparison, for a proxy that compresses makes a tag weak.
    for (tags, status) in [
        (format!("\"other\", {tag}"), 304),
        (format!("{tag},\"other\""), 304),
        (format!("W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\", W/\"another\"".to_owned(), 200),
        (tag.trim_matches('"').to_owned(), 200),
        (String::new(), 200),
    ] {
        assert_eq!(tagged(&server, "/app.css", &tags).status, status, "{tags}");
    }
}

#[test]
fn a_file_goes_compressed_to_who_can_read_it() {
    let server = Server::start();
    let get = |encodings: &str, tag: &str| {
        server.nobody().send("GET", "/app.css", &[("Accept-Encoding", encodings), ("If-None-Match", tag)], b"")
    };
    let plain = server.nobody().get("/app.css");
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("Accept-Encoding")));
    for encodings in ["gzip", "br, GZIP;q=0.5", "deflate, gzip; q=1", "gzip, *;q=0"] {
        let small = get(encodings, "\"other\"");
        assert_eq!((small.status, small.header("content-encoding")), (200, Some("gzip")), "{encodings}");
        assert_eq!(small.header("content-type"), plain.header("content-type"), "{encodings}");
        assert_eq!(small.header("vary"), Some("Accept-Encoding"), "{encodings}");
        assert!(small.body.len() < plain.body.len() / 2, "{encodings}: {}", small.body.len());
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(&small.body[..]).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain.body, "{encodings}");
        // Other bytes, another tag: each is known again as itself only.
        let tag = small.header("etag").unwrap();
        assert_ne!(Some(tag), plain.header("etag"), "{encodings}");
        assert_eq!(get(encodings, tag).status, 304, "{encodings}");
        assert_eq!(get("identity", tag).status, 200, "{encodings}");
    }
    for encodings in ["", "identity", "br", "gzip;q=0", "gzip;q=0.0", "gzip;q=none", "xgzip"] {
        let full = get(encodings, "\"other\"");
        assert_eq!((full.header("content-encoding"), &full.body), (None, &plain.body), "{encodings}");
    }
}

#[test]
fn a_tag_opens_no_page_that_is_closed() {
    let server = Server::start();
    let tag = server.admin().get("/index.html").header("etag").unwrap().to_owned();
    assert_eq!(tagged(&server, "/index.html", &tag).status, 401);
    assert_eq!(tagged(&server, "/", &tag).status, 401);
}

#[test]
fn what_is_no_file_is_not_found_however_it_is_written() {
    let server = Server::start();
    for path in [
        "/nothing.html",
        "/LOGIN.HTML",
        "/login.html.bak",
        "/.git",
        "/Cargo.toml",
        "/hrdb.db",
        "/..%2fCargo.toml",
        "/%2e%2e%2fCargo.toml",
        "/..%5cCargo.toml",
        "/static/login.html",
        "/login.html%00",
        "/%ff",
        "//login.html",
    ] {
        for client in [server.nobody(), server.admin()] {
            let answer = client.get(path);
            assert!([400, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
            answer.error();
            assert_eq!(answer.header("etag"), None, "{path}");
        }
    }
    let answer = server.nobody().get("/nothing.html");
    assert_eq!((answer.status, answer.message().as_str()), (404, "Requested resource /nothing.html not found"));
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = server.admin().send(method, "/login.html", &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
}

#[test]
fn pages_name_their_parts_by_addresses_that_can_be_kept_for_ever() {
    let server = Server::start();
    let admin = server.browser("admin", "admin");
    let mut seen = 0;
    for page in ["/", "/login.html", "/api.html"] {
        let text = admin.get(page).text();
        let parts = text.split('"').filter(|part| matches!(part.rsplit_once('.'), Some((_, "js" | "css" | "svg"))));
        for part in parts {
            assert!(part.starts_with("assets/"), "{page} names {part}");
            let answer = server.nobody().get(&format!("/{part}"));
            assert_eq!(
                (answer.status, answer.header("cache-control")),
                (200, Some("public, max-age=31536000, immutable"))
            );
            let name = part.rsplit('/').next().unwrap();
            assert_eq!(answer.body, server.nobody().get(&format!("/{name}")).body, "{part}");
            // A page of before is not left without its parts, but they are asked for again.
            let older = server.nobody().get(&format!("/assets/older/{name}"));
            assert_eq!((older.status, older.header("cache-control")), (200, Some("no-cache")), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 20);
    assert_eq!(server.nobody().get("/assets/older/nothing.js").status, 404);
}
