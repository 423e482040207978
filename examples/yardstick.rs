//! What `make speed` measures hrdb against: actix-web alone, on one thread, with an answer of 300 bytes. `yardstick DATABASE`
//! prints its address and serves until it is killed.
//!
//! `POST /rows` adds a department to that database, which is one of the sample's, and answers when it is on the disk: what a
//! durable create costs with nothing around it, neither a caller nor a body that is looked at.

use std::error::Error;
use std::io::Write as _;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

/// As long as a row of the sample.
const ANSWER: &str = concat!(
    r#"{"a":"0123456789012345678901234567890123456789","b":"0123456789012345678901234567890123456789","#,
    r#""c":"0123456789012345678901234567890123456789","d":"0123456789012345678901234567890123456789","#,
    r#""e":"0123456789012345678901234567890123456789","f":"0123456789012345678901234567890123456789","#,
    r#""g":"01234567890123"}"#
);
const INSERT: &str =
    "INSERT INTO DEPARTMENT (NAME, BUDGET, Q1, Q2, Q3, Q4, LOCATION, TENANT_ID) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// Where the key of a new row is sent.
type Waiting = oneshot::Sender<i64>;

async fn answer() -> HttpResponse {
    json(ANSWER)
}

async fn echo(body: web::Bytes) -> HttpResponse {
    json(body)
}

async fn create(_body: web::Bytes, rows: Data<SyncSender<Waiting>>) -> HttpResponse {
    let (sender, key) = oneshot::channel();
    if rows.try_send(sender).is_err() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    match key.await {
        Ok(key) => json(format!("{{\"deptId\":{key},\"name\":\"Dept\",\"budget\":1,\"location\":\"Boston\"}}")),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn json(body: impl Into<web::Bytes>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(body.into())
}

/// Commits together what has queued up, as hrdb does.
fn write(connection: &Connection, rows: &Receiver<Waiting>) -> rusqlite::Result<()> {
    let (mut begin, mut insert, mut commit) =
        (connection.prepare("BEGIN IMMEDIATE")?, connection.prepare(INSERT)?, connection.prepare("COMMIT")?);
    while let Ok(first) = rows.recv() {
        let mut waiting = vec![first];
        loop {
            std::thread::yield_now();
            let before = waiting.len();
            waiting.extend(rows.try_iter());
            if waiting.len() == before {
                break;
            }
        }
        begin.execute([])?;
        let mut made = Vec::with_capacity(waiting.len());
        for sender in waiting {
            insert.execute(params!["Dept", 1, 1, 2, 3, 4, "Boston", 1])?;
            made.push((sender, connection.last_insert_rowid()));
        }
        commit.execute([])?;
        for (sender, key) in made {
            let _ = sender.send(key);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("yardstick DATABASE")?;
    let connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000")?;
    let (sender, rows) = sync_channel::<Waiting>(4_096);
    std::thread::spawn(move || write(&connection, &rows).expect("nobody else writes"));
    actix_rt::System::new().block_on(async move {
        let app = move || {
            App::new()
                .app_data(Data::new(sender.clone()))
                .route("/", web::get().to(answer))
                .route("/", web::post().to(echo))
                .route("/rows", web::post().to(create))
        };
        let server = HttpServer::new(app).workers(1).tcp_nodelay(true).bind(("127.0.0.1", 0))?;
        let mut out = std::io::stdout().lock();
        for address in server.addrs() {
            writeln!(out, "http://{address}")?;
        }
        out.flush()?;
        drop(out);
        server.run().await?;
        Ok(())
    })
}
