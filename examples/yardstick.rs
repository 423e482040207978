//! What `make speed` measures hrdb against: actix-web alone, on one thread, with an answer of 300 bytes. It prints its
//! address and serves until it is killed.

use std::io::Write as _;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{App, HttpResponse, HttpServer, web};

/// As long as a row of the sample.
const ANSWER: &str = concat!(
    r#"{"a":"0123456789012345678901234567890123456789","b":"0123456789012345678901234567890123456789","#,
    r#""c":"0123456789012345678901234567890123456789","d":"0123456789012345678901234567890123456789","#,
    r#""e":"0123456789012345678901234567890123456789","f":"0123456789012345678901234567890123456789","#,
    r#""g":"01234567890123"}"#
);

async fn answer() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(ANSWER)
}

async fn echo(body: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(body)
}

fn main() -> std::io::Result<()> {
    actix_rt::System::new().block_on(async {
        let app = || App::new().route("/", web::get().to(answer)).route("/", web::post().to(echo));
        let server = HttpServer::new(app).workers(1).tcp_nodelay(true).bind(("127.0.0.1", 0))?;
        let mut out = std::io::stdout().lock();
        for address in server.addrs() {
            writeln!(out, "http://{address}")?;
        }
        out.flush()?;
        drop(out);
        server.run().await
    })
}
