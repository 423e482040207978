//! How a file is mounted: its settings, what is refused at the start, and what is noticed while the server runs.

use std::collections::BTreeMap;
use std::path::Path;

use hrdb::app::Application;
use hrdb::auth::Clock;
use hrdb::config::{Mount, Settings, SettingsError, load};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::databases::{copy, rows, serve, serve_with};
use crate::support::eventually;

#[test]
fn a_file_that_is_only_read_stays_as_it_is() {
    let server = serve_with(&["music"], |settings| settings.services.get_mut("music").unwrap().read_only = true);
    let admin = server.admin();
    let before = std::fs::read(server.file("music")).unwrap();
    for (method, path) in
        [("POST", ""), ("PUT", "/1"), ("PATCH", "/1"), ("DELETE", "/1"), ("DELETE", "/composite-id?genreId=1")]
    {
        let answer = admin.json(method, &format!("/services/music/Genre{path}"), &json!({"name": "new"}));
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
        answer.error();
    }
    assert_eq!(admin.get("/services/music/Genre/count").text(), "12");
    assert_eq!(admin.get("/services/music/Track/export/CSV").status, 200);
    assert_eq!(admin.get("/services/music/Genre/1").status, 200);
    let files: Vec<_> =
        std::fs::read_dir(server.files.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["music.db"], "no file beside it");
    let file = server.file("music");
    assert!(std::fs::read(&file).unwrap() == before, "the bytes are the same");
}

#[test]
fn a_view_with_a_key_has_addresses() {
    let keys = |keys: &[(&str, &[&str])]| {
        let key = |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect();
        keys.iter().map(|(table, columns)| ((*table).to_owned(), key(columns))).collect::<BTreeMap<_, _>>()
    };
    let server = serve_with(&["music", "odd"], |settings| {
        settings.services.get_mut("music").unwrap().keys = keys(&[("track_detail", &["track_id"])]);
        settings.services.get_mut("odd").unwrap().keys =
            keys(&[("no_key_child", &["a", "n"]), ("rowid_hidden", &["rowid"])]);
    });
    let admin = server.admin();
    let detail = admin.get("/services/music/TrackDetail/7");
    assert_eq!((detail.status, &detail.json()["trackId"]), (200, &json!(7)), "{}", detail.text());
    assert_eq!(admin.get("/services/music/TrackDetail/0").status, 404);
    assert_eq!(rows(&admin.get("/services/music/TrackDetail?size=2"))[1]["trackId"], 2);
    assert_eq!(admin.json("PUT", "/services/music/TrackDetail/7", &json!({})).status, 405);
    assert_eq!(admin.json("POST", "/services/music/TrackDetail", &json!({})).status, 405);
    assert_eq!(admin.get("/services/odd/NoKeyChild/composite-id?a=alpha&n=1").status, 200);
    assert_eq!(admin.get("/services/odd/RowidHidden/r1").json()["oid"], "o1");
}

#[test]
fn each_service_has_a_largest_page_of_its_own() {
    let server = serve_with(&["music", "trading"], |settings| {
        settings.max_page_size = 30;
        settings.services.get_mut("music").unwrap().max_page_size = Some(500);
    });
    let admin = server.admin();
    for (entity, size, expected) in [
        ("music/Track", "1000", 500),
        ("music/Track", "0", 500),
        ("music/Track", "", 20),
        ("trading/Orders", "1000", 30),
        ("trading/Orders", ":size", 30),
        ("hrdb/Employee", "1000", 30),
    ] {
        let page = admin.get(&format!("/services/{entity}?size={size}")).json();
        assert_eq!(page["size"], expected, "{entity} {size}");
    }
}

#[test]
fn a_schema_that_changes_is_noticed() {
    let server = serve(&["music"]);
    let admin = server.admin();
    let other = server.connect("music");
    let genre = || rows(&admin.get("/services/music/Genre?size=1"))[0].clone();
    assert!(genre().get("loudness").is_none());
    other.execute_batch("ALTER TABLE genre ADD COLUMN loudness REAL DEFAULT 0.5").unwrap();
    eventually(|| genre()["loudness"] == 0.5, "a column has come");
    let patched = admin.patch("/services/music/Genre/1", &json!({"loudness": 2.5}));
    assert_eq!((patched.status, &patched.json()["loudness"]), (200, &json!(2.5)));
    other
        .execute_batch("CREATE TABLE tour_date (id INTEGER PRIMARY KEY, genre_id INTEGER REFERENCES genre (genre_id))")
        .unwrap();
    eventually(|| admin.get("/services/music/TourDate").status == 200, "a table has come");
    let made = admin.post("/services/music/TourDate", &json!({"genreId": 1}));
    assert_eq!((made.status, &made.json()["genre"]["loudness"]), (200, &json!(2.5)), "{}", made.text());
    assert_eq!(rows(&admin.get("/services/music/Genre/1/tourDates")).len(), 1);
    other.execute_batch("DROP TABLE tour_date; ALTER TABLE genre RENAME COLUMN loudness TO volume").unwrap();
    eventually(|| admin.get("/services/music/TourDate").status == 404, "a table has gone");
    eventually(|| genre().get("volume").is_some(), "a column has another name");
    other.execute("UPDATE genre SET volume = 7.5 WHERE genre_id = 1", []).unwrap();
    assert_eq!(genre()["volume"], 7.5, "rows that others write are there at once");
    let defs = admin.get("/services/servicedefs").text();
    assert!(!defs.contains("TourDate"));
}

fn refused(mount: Mount) -> String {
    let folder = TempDir::new().unwrap();
    let mut settings = Settings::defaults();
    settings.listen = "127.0.0.1:0".parse().unwrap();
    folder.path().to_str().unwrap().clone_into(&mut settings.data_dir);
    settings.services.insert("other".to_owned(), mount);
    let (clock, _) = Clock::manual();
    Application::build(&settings, clock).err().unwrap_or_else(|| "it has started".to_owned())
}

#[test]
fn what_is_no_database_keeps_the_server_from_starting() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let music = copy("music", folder.path());
    let mut cut = std::fs::read(&music).unwrap();
    cut.truncate(5_000);
    for (path, case) in [
        (folder.path().join("missing.db"), "missing"),
        (folder.path().to_owned(), "a folder"),
        (file("text.db", &b"this is a text and no database at all ".repeat(100)), "text"),
        (file("noise.db", &[0xa5; 8192]), "noise"),
        (file("cut.db", &cut), "cut off"),
    ] {
        for read_only in [false, true] {
            let before = std::fs::read(&path).ok();
            let said = refused(Mount { path: path.clone(), read_only, ..Mount::default() });
            assert!(said.contains("service other") && !said.contains('\n'), "{case}: {said}");
            assert!(std::fs::read(&path).ok() == before, "{case}: the file is as it was");
        }
    }
    assert!(!folder.path().join("missing.db").exists());
    for keys in [("no_such_table", "id"), ("track_detail", "no_such_column")] {
        let keys = BTreeMap::from([(keys.0.to_owned(), vec![keys.1.to_owned()])]);
        let said = refused(Mount { path: music.clone(), keys, ..Mount::default() });
        assert!(said.contains("no_such"), "{said}");
    }
}

/// The services of a command line and a settings file.
fn services(arguments: &[&str], file: &str) -> Result<BTreeMap<String, Mount>, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hrdb.toml");
    std::fs::write(&path, file).unwrap();
    let all = ["hrdb", "--config", path.to_str().unwrap()].into_iter().chain(arguments.iter().copied());
    match load(all) {
        Ok(invocation) => Ok(invocation.settings.services),
        Err(SettingsError::Invalid(text) | SettingsError::Asked(text)) => Err(text),
    }
}

#[test]
fn flags_and_the_settings_file_say_which_files_are_served() {
    let file = "[services.shop]\npath = 'shop.db'\nread_only = true\nmax_page_size = 7\nsecret_columns = ['a.b']\n\
                keys = { v = ['x', 'y'] }\n[services.plain]\npath = 'plain.db'\n";
    let found = services(&["--service", "extra=e=f.db", "--service", "plain=other.db"], file).unwrap();
    let paths: Vec<_> = found.iter().map(|(name, mount)| (name.as_str(), mount.path.as_path())).collect();
    let path = Path::new;
    assert_eq!(paths, [("extra", path("e=f.db")), ("plain", path("other.db")), ("shop", path("shop.db"))]);
    let shop = &found["shop"];
    assert!(shop.read_only && shop.max_page_size == Some(7) && shop.secret_columns == ["a.b"]);
    assert_eq!(shop.keys["v"], ["x", "y"]);
    assert!(!found["plain"].read_only && found["plain"].max_page_size.is_none());
    // A flag gives another path and takes nothing else away.
    let moved = services(&["--service=shop=moved.db"], file).unwrap();
    assert!(moved["shop"].read_only && moved["shop"].path == path("moved.db"));
    assert_eq!(services(&["--service", "a=1.db,b=2.db"], "").unwrap().len(), 2);
}

#[test]
fn a_mount_that_cannot_be_meant_is_refused() {
    for (flag, file) in [
        ("shop", ""),
        ("shop=", ""),
        ("=x.db", ""),
        ("hrdb=x.db", ""),
        ("security=x.db", ""),
        ("files=x.db", ""),
        ("application=x.db", ""),
        ("servicedefs=x.db", ""),
        ("a/b=x.db", ""),
        ("1a=x.db", ""),
        ("ä=x.db", ""),
        ("a b=x.db", ""),
        ("a.b=x.db", ""),
        ("ok=x.db", "[services.other]\nread_only = true\n"),
        ("ok=x.db", "[services.ok]\nmax_page_size = 0\n"),
        ("ok=x.db", "[services.ok]\nmax_page_size = -1\n"),
        ("ok=x.db", "[services.ok]\nreadonly = true\n"),
        ("ok=x.db", "[services.ok]\nkeys = ['a']\n"),
        ("ok=x.db", "[services.hrdb]\npath = 'x.db'\n"),
        ("ok=x.db", "[services]\nok = 'x.db'\n"),
    ] {
        let said = services(&["--service", flag], file).map(|_| ()).unwrap_err();
        assert!(!said.is_empty() && !said.contains('\n'), "{flag} {file}: {said}");
    }
}

#[test]
fn columns_that_a_mount_calls_secret_are_never_shown() {
    let server = serve_with(&["music"], |settings| {
        settings.services.get_mut("music").unwrap().secret_columns = vec!["customer.phone".to_owned()];
    });
    let admin = server.admin();
    for path in ["Customer?size=100", "Invoice?size=100", "Customer/1", "Customer/export/CSV", "Customer/export/JSON"] {
        let text = admin.get(&format!("/services/music/{path}")).text();
        assert!(text.to_lowercase().contains("postalcode"), "{path}");
        assert!(!text.to_lowercase().contains("phone"), "{path}");
    }
    assert_eq!(admin.get("/services/music/Customer?q=phone%20is%20null").status, 400);
    assert_eq!(admin.get("/services/music/Customer?sort=phone").status, 400);
    let made = admin.patch("/services/music/Customer/1", &json!({"phone": "a secret"}));
    assert_eq!((made.status, made.json().get("phone")), (200, None::<&Json>));
    let connection: Connection = server.connect("music");
    let stored: String =
        connection.query_row("SELECT phone FROM customer WHERE customer_id = 1", [], |row| row.get(0)).unwrap();
    assert!(stored.starts_with("$argon2id$"), "{stored}");
}
