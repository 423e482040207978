//! Three databases that the server has not made, and what tests need to ask about any of them.
//!
//! The scripts stand in `tests/databases`: a shop in plain `snake_case`, a wholesaler in `PascalCase` with keys of text and
//! of several columns, and a collection of every awkward shape that a SQLite file may have.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hrdb::catalog::Service;
use hrdb::config::{Mount, Settings};
use hrdb::store::{Database, Options};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::Connection;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{Answer, Client, Server};

/// Names of the services, as the tests mount them.
pub const ALL: &[&str] = &["music", "trading", "odd"];

/// A server that serves other files besides the sample.
pub struct Mounted {
    // Dropped first: the server must be down before its files go.
    server: Server,
    /// Where the files are.
    pub files: TempDir,
}

impl Deref for Mounted {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Mounted {
    /// The file of a service.
    pub fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(format!("{name}.db"))
    }

    /// A connection to the file of a service, beside the server's own.
    pub fn connect(&self, name: &str) -> Connection {
        let connection = Connection::open(self.file(name)).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        connection
    }
}

/// Serves copies of these databases.
pub fn serve(names: &[&str]) -> Mounted {
    serve_with(names, |_| {})
}

/// Serves copies of these databases with some settings changed.
pub fn serve_with(names: &[&str], change: impl FnOnce(&mut Settings)) -> Mounted {
    let files = TempDir::new().unwrap();
    for name in names {
        copy(name, files.path());
    }
    let server = Server::start_with(|settings| {
        for name in names {
            let path = files.path().join(format!("{name}.db"));
            settings.services.insert((*name).to_owned(), Mount { path, ..Mount::default() });
        }
        change(settings);
    });
    Mounted { server, files }
}

/// Serves a database that a script makes, with some settings changed.
pub fn serve_script(name: &str, script: &str, change: impl FnOnce(&mut Settings)) -> Mounted {
    let files = TempDir::new().unwrap();
    let path = files.path().join(format!("{name}.db"));
    Connection::open(&path).unwrap().execute_batch(script).unwrap();
    let server = Server::start_with(|settings| {
        settings.services.insert(name.to_owned(), Mount { path, ..Mount::default() });
        change(settings);
    });
    Mounted { server, files }
}

/// Puts a copy of a database into a folder, as `NAME.db`.
pub fn copy(name: &str, folder: &Path) -> PathBuf {
    let to = folder.join(format!("{name}.db"));
    std::fs::copy(built().join(format!("{name}.db")), &to).unwrap();
    to
}

/// The folder in which each database has been built, once for all tests.
fn built() -> &'static Path {
    static BUILT: OnceLock<TempDir> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        for (name, script) in [
            ("music", include_str!("../databases/music_shop.sql")),
            ("trading", include_str!("../databases/trading.sql")),
            ("odd", include_str!("../databases/oddities.sql")),
        ] {
            let connection = Connection::open(folder.path().join(format!("{name}.db"))).unwrap();
            connection.execute_batch(script).unwrap();
        }
        folder
    });
    folder.path()
}

/// The catalog that the server makes of a file.
pub fn catalog(path: &Path) -> Service {
    let secret_columns = hrdb::config::Builtin::hrdb().unwrap().secret_columns;
    let options = Options { read_only: true, secret_columns, ..Options::default() };
    Database::open_existing(path, "any", options, 1).unwrap().model().service.as_ref().clone()
}

/// Any text as a part of a URL.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Asks a list below `/services` for the rows of a filter.
pub fn filtered(client: &Client, entity: &str, q: &str) -> Answer {
    client.get(&format!("/services/{entity}?size=100&q={}", encode(q)))
}

/// The rows of a page.
#[track_caller]
pub fn rows(answer: &Answer) -> Vec<Json> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["content"].as_array().unwrap().clone()
}

/// One property of each row of a page, as whole numbers.
#[track_caller]
pub fn column(answer: &Answer, property: &str) -> Vec<i64> {
    let number = |row: &Json| row[property].as_i64().unwrap_or_else(|| panic!("{property} of {row}"));
    rows(answer).iter().map(number).collect()
}

/// Every row of the sample, so that tests can show that nothing has changed.
pub fn whole_sample(client: &Client) -> Vec<String> {
    let entities = ["Department", "Employee", "User", "Vacation"];
    entities.map(|entity| client.get(&format!("/services/hrdb/{entity}?size=100")).text()).to_vec()
}
