//! Bytes of a row: written as files of a form, read at an address of their own, kept apart from everything else.

use serde_json::json;

use crate::databases::{Mounted, serve, serve_with};
use crate::support::{Answer, Client};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture \x00\xff";
const ALBUM: &str = "/services/music/Album";

/// Sends parts as `name`, file name if it is a file, and content.
fn send(client: &Client, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    client.send("POST", path, &[("Content-Type", "multipart/form-data; boundary=edge")], &body)
}

fn cover(client: &Client, id: &serde_json::Value, query: &str) -> Answer {
    client.get(&format!("{ALBUM}/{id}/content/cover{query}"))
}

fn created(server: &Mounted, client: &Client) -> serde_json::Value {
    let row = json!({"artistId": 1, "title": "Pictures"}).to_string();
    let answer = send(client, ALBUM, &[("wm_data_json", None, row.as_bytes()), ("cover", Some("c.png"), PNG)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let stored: Vec<u8> = server
        .connect("music")
        .query_row("SELECT cover FROM album WHERE title = 'Pictures'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(stored, PNG);
    answer.json()
}

#[test]
fn a_file_of_a_form_is_read_back_as_it_was_sent() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let album = created(&server, &admin);
    assert_eq!((&album["title"], &album["cover"]), (&json!("Pictures"), &json!("")), "bytes are empty in JSON");
    let shown = cover(&admin, &album["albumId"], "");
    assert_eq!((shown.status, shown.body.as_slice()), (200, PNG));
    assert_eq!(shown.header("content-type"), Some("image/png"));
    assert_eq!(shown.header("content-disposition"), Some("inline;filename=\"cover.png\""));
    let saved = cover(&admin, &album["albumId"], "?download=true&filename=my%20%22cover%22.png");
    assert_eq!(saved.header("content-disposition"), Some("attachment;filename=\"my _cover_.png\""));
}

#[test]
fn a_form_without_a_file_leaves_the_bytes_alone_and_json_does_too() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let id = created(&server, &admin)["albumId"].clone();
    let row = json!({"artistId": 2, "title": "Renamed"}).to_string();
    let form = send(
        &admin,
        &format!("{ALBUM}/{id}"),
        &[("wm_data_json", Some("blob"), row.as_bytes()), ("cover", Some(""), b""), ("nothing", Some("x"), b"ignored")],
    );
    assert_eq!((form.status, &form.json()["title"]), (200, &json!("Renamed")), "{}", form.text());
    assert_eq!(cover(&admin, &id, "").body, PNG);
    let put = admin.put(&format!("{ALBUM}/{id}"), &json!({"artistId": 1, "title": "Again", "cover": "text"}));
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(cover(&admin, &id, "").body, PNG);
    let other = send(
        &admin,
        &format!("{ALBUM}/{id}"),
        &[("wm_data_json", None, row.as_bytes()), ("cover", Some("c"), b"<!doctype html>")],
    );
    assert_eq!(other.status, 200);
    assert_eq!(cover(&admin, &id, "?filename=x.html").header("content-type"), Some("application/octet-stream"));
}

#[test]
fn what_has_no_bytes_is_not_found_and_a_broken_form_changes_nothing() {
    let server = serve_with(&["music"], |settings| settings.file_limit_bytes = 64);
    let admin = server.admin();
    let id = created(&server, &admin)["albumId"].clone();
    let without = admin.post(ALBUM, &json!({"artistId": 1, "title": "Bare"})).json()["albumId"].clone();
    for path in [
        format!("{ALBUM}/{without}/content/cover"),
        format!("{ALBUM}/{id}/content/title"),
        format!("{ALBUM}/{id}/content/nothing"),
        format!("{ALBUM}/99999999/content/cover"),
    ] {
        let answer = admin.get(&path);
        assert_eq!(answer.status, 404, "{path}");
        answer.error();
    }
    let row = b"{\"artistId\": 1, \"title\": \"Never\"}";
    let large = [0_u8; 65];
    for (status, parts) in [
        (400, vec![("cover", Some("c.png"), PNG)]),
        (400, vec![("wm_data_json", None, &b"{broken"[..])]),
        (400, vec![("wm_data_json", None, &b"[]"[..])]),
        (413, vec![("wm_data_json", None, &row[..]), ("cover", Some("c.png"), &large[..])]),
    ] {
        let answer = send(&admin, ALBUM, &parts);
        assert_eq!(answer.status, status, "{}", answer.text());
        answer.error();
    }
    let broken = [("Content-Type", "multipart/form-data; boundary=edge")];
    assert_eq!(admin.send("POST", ALBUM, &broken, b"--edge\r\nno end of it").status, 400);
    assert_eq!(admin.send("POST", ALBUM, &[("Content-Type", "multipart/form-data")], b"x").status, 400);
    assert_eq!(admin.get(&format!("{ALBUM}/count?q=title%20%3D%20'Never'")).text(), "0");
}

#[test]
fn bytes_are_for_those_who_may_read_the_row() {
    let server = serve(&["music"]);
    let id = created(&server, &server.admin())["albumId"].clone();
    assert_eq!(cover(&server.nobody(), &id, "").status, 401);
    assert_eq!(cover(&server.token("user", "user"), &id, "").status, 403);
}
