//! From a listening socket to requests: TLS or none, deadlines of a connection, and how many of them there are.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};

use super::watched::{Patience, Watched};
use crate::config::Settings;
use crate::http::{self, Answers, Router, State, Worker};
use crate::store;

/// Seconds that requests in flight have to finish when the server stops.
const DRAIN_SECONDS: u64 = 10;
/// How long a client may take to encrypt a new connection, and to close one.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a client may take no part of an answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a worker that nobody asks anything stays at a state of a database, at least, and twice that at most.
const HOLD: Duration = Duration::from_millis(100);
/// Files that may be open besides connections: databases, exports, the log.
const OTHER_FILES: u64 = 256;

/// What a worker needs to serve connections.
#[derive(Clone)]
struct Serving {
    state: Arc<State>,
    router: Arc<Router>,
    address: SocketAddr,
    keep_alive: Duration,
    head: Duration,
    /// Bytes of answers that the worker may keep.
    answers: usize,
}

/// Serves the connections of a listener, with TLS when it is set up.
///
/// # Errors
/// A sentence when the system refuses.
pub fn serve(
    listener: TcpListener,
    settings: &Settings,
    workers: usize,
    tls: Option<ServerConfig>,
    state: Arc<State>,
    router: Arc<Router>,
) -> Result<Server, String> {
    let failed = |error: std::io::Error| format!("cannot serve on {}: {error}", settings.listen);
    let address = listener.local_addr().map_err(failed)?;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let (keep_alive, head) = (seconds(settings.keep_alive_seconds), seconds(settings.head_timeout_seconds));
    let answers = settings.answer_cache_bytes / workers;
    let serving = Serving { state, router, address, keep_alive, head, answers };
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(most_connections(settings.max_connections).div_ceil(workers))
        .shutdown_timeout(DRAIN_SECONDS);
    let stop = builder.graceful_shutdown_signal();
    let stopped = move || {
        let stop = stop.clone();
        async move { stop.notified().await }
    };
    let patience = Patience { request: keep_alive + head, answer: ANSWER };
    let builder = match tls {
        None => builder.listen("http", listener, move || {
            let accept =
                fn_service(move |stream: TcpStream| async move { Ok(watch(stream, patience, |stream| stream)) });
            accept.and_then(requests(serving.clone(), stopped.clone()))
        }),
        Some(tls) => builder.listen("https", listener, move || {
            let mut acceptor = Acceptor::new(tls.clone());
            acceptor.set_handshake_timeout(HANDSHAKE);
            let accept = acceptor.map_err(TlsError::into_service_error);
            let watched = move |stream: TlsStream<TcpStream>| async move {
                Ok(watch(stream, patience, |stream| stream.get_ref().0))
            };
            accept
                .and_then(fn_service(watched))
                .and_then(requests(serving.clone(), stopped.clone()).map_err(TlsError::Service))
        }),
    };
    Ok(builder.map_err(failed)?.run())
}

/// A connection on its way to its requests, and where it comes from.
fn watch<S>(stream: S, patience: Patience, socket: impl Fn(&S) -> &TcpStream) -> (Watched<S>, Option<SocketAddr>) {
    let tcp = socket(&stream);
    // An answer is written in one go; waiting for more to send would only delay it.
    let _ = tcp.set_nodelay(true);
    let peer = tcp.peer_addr().ok();
    (Watched::new(stream, patience), peer)
}

/// What answers the requests of a connection.
fn requests<S, F>(
    serving: Serving,
    stop: impl Fn() -> F + 'static,
) -> impl ServiceFactory<
    (Watched<S>, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = actix_http::error::DispatchError,
    InitError = (),
>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    F: Future<Output = ()> + 'static,
{
    // This runs once on the thread of each worker.
    hold();
    let Serving { state, router, .. } = serving;
    let (readiness, stopped) = (Arc::clone(&state.readiness), stop());
    actix_web::rt::spawn(async move {
        stopped.await;
        readiness.stop();
    });
    let (counts, connections) = (state.counts.begin(), state.connections.clone());
    let worker = Worker { state, router, answers: Answers::new(serving.answers), counts };
    let app = App::new().app_data(web::Data::new(worker)).default_service(web::to(http::answer));
    let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
    HttpService::build()
        .keep_alive(serving.keep_alive)
        .client_request_timeout(serving.head)
        .client_disconnect_timeout(HANDSHAKE)
        .local_addr(serving.address)
        .graceful_shutdown_signal(stop)
        .on_connect_ext(move |connection: &Watched<S>, data| {
            data.insert(connection.turn().clone());
            data.insert(connections.enter());
        })
        .h1(map_config(app, |()| AppConfig::default()))
}

/// Has this worker keep its place in the databases between one request and the next, but not for long.
pub fn hold() {
    store::begin_holding();
    actix_web::rt::spawn(async {
        loop {
            actix_web::rt::time::sleep(HOLD).await;
            store::let_go();
        }
    });
}

/// So many connections that the system gives a file for each; it is asked for as many as it may give.
fn most_connections(wished: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = (wished as u64).saturating_add(OTHER_FILES);
    if limit.current.is_some_and(|current| current < wanted) {
        let raised = Rlimit { current: Some(limit.maximum.map_or(wanted, |most| most.min(wanted))), ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    let given = limit.current.map_or(u64::MAX, |current| current.saturating_sub(OTHER_FILES)).max(OTHER_FILES);
    match usize::try_from(given) {
        Ok(given) if given < wished => {
            log::warn!("only {given} connections at a time: the system allows no more open files");
            given
        }
        _ => wished,
    }
}
