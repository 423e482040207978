//! What exports may take: turns, room on the disk, and time of whoever only wants a list.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use hrdb::config::Mount;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Client, Server};

const EXPORT: &str = "/services/hrdb/Employee/export";
/// Keeps a test from asking for ever.
const TRIES: usize = 10_000;

fn ordered(server: &Server, client: &Client) -> String {
    let answer = client.post(EXPORT, &json!({"exportType": "CSV"}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let base = format!("http://{}", server.address);
    answer.json()["result"].as_str().unwrap().strip_prefix(&base).unwrap().to_owned()
}

fn files(server: &Server) -> usize {
    std::fs::read_dir(server.folder.path().join("exported")).unwrap().count()
}

#[test]
fn an_account_keeps_twenty_files_and_pushes_out_only_its_own() {
    let server = Server::start();
    let (admin, user) = (server.admin(), server.token("user", "user"));
    let others = ordered(&server, &user);
    let made: Vec<String> = (0..25).map(|_| ordered(&server, &admin)).collect();
    for (number, path) in made.iter().enumerate() {
        assert_eq!(admin.get(path).status, if number < 5 { 404 } else { 200 }, "file {number}");
    }
    assert_eq!(user.get(&others).status, 200);
    assert_eq!(files(&server), 21, "what is pushed out is gone from the disk");
}

#[test]
fn files_have_so_much_room_and_one_account_half_of_it() {
    let size = {
        let server = Server::start();
        let admin = server.admin();
        admin.get(&ordered(&server, &admin)).body.len() as u64
    };
    // Room for two and a half files of one account.
    let server = Server::start_with(|settings| settings.export_room_bytes = size * 5);
    let (admin, user) = (server.admin(), server.token("user", "user"));
    let others = ordered(&server, &user);
    let made: Vec<String> = (0..4).map(|_| ordered(&server, &admin)).collect();
    let left: Vec<u16> = made.iter().map(|path| admin.get(path).status).collect();
    assert_eq!(left, [404, 404, 200, 200]);
    assert_eq!(user.get(&others).status, 200);
    let server = Server::start_with(|settings| settings.export_room_bytes = size);
    let refused = server.admin().post(EXPORT, &json!({"exportType": "CSV"}));
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")), "{}", refused.text());
    refused.error();
    assert_eq!(files(&server), 0, "half a file is not kept");
    assert_eq!(
        server.admin().get("/services/hrdb/Employee/export/CSV").body.len() as u64,
        size,
        "a download needs no room"
    );
}

/// A table of so many megabytes that no connection swallows it whole, and that is slow to sort.
fn large(folder: &Path) -> Mount {
    let path = folder.join("large.db");
    let script = "CREATE TABLE NOTE (ID INTEGER PRIMARY KEY, BODY TEXT);
        WITH RECURSIVE N(I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N WHERE I < 20000)
        INSERT INTO NOTE SELECT I, ((I * 7919) % 20000) || hex(zeroblob(1000)) FROM N;";
    Connection::open(&path).unwrap().execute_batch(script).unwrap();
    Mount { path, ..Mount::default() }
}

/// A download of which only the head is taken.
fn untaken(server: &Server) -> TcpStream {
    let token = server.mint("admin", "admin");
    let mut stream = TcpStream::connect(server.address).unwrap();
    // Else the system takes the whole file for us.
    rustix::net::sockopt::set_socket_recv_buffer_size(&stream, 64 * 1024).unwrap();
    let request = "GET /services/large/Note/export/CSV HTTP/1.1\r\nHost: localhost\r\nwm_auth_token: ";
    stream.write_all(format!("{request}{token}\r\n\r\n").as_bytes()).unwrap();
    let mut head = [0; 13];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 ");
    stream
}

#[test]
fn files_that_nobody_takes_keep_no_list_waiting_and_no_other_user() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_with(|settings| {
        settings.services.insert("large".to_owned(), large(folder.path()));
    });
    let admin = server.admin();
    let untaken: Vec<TcpStream> = (0..4).map(|_| untaken(&server)).collect();
    for path in
        ["/services/large/Note/export/CSV", "/services/large/Note/export/JSON", "/services/hrdb/User/export/CSV"]
    {
        let refused = admin.get(path);
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")), "a fifth one: {path}");
    }
    let sorted = admin.get("/services/large/Note?sort=body&size=1");
    assert_eq!((sorted.status, &sorted.json()["totalElements"]), (200, &json!(20_000)), "{}", sorted.text());
    let other = server.token("admin2", "admin2").get("/services/large/Note/export/CSV?page=1&size=100");
    assert_eq!(other.status, 200, "{}", other.text());
    assert_eq!(other.text().lines().count(), 101);
    drop(untaken);
    let again = (0..TRIES).any(|_| admin.get("/services/hrdb/User/export/CSV").status == 200);
    assert!(again, "who goes away gives his turns back");
}
