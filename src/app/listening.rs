//! From a listening socket to requests: TLS or none, deadlines of a connection, and how many of them there are.

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, Request, Response};
use actix_service::{
    IntoServiceFactory as _, Service as _, ServiceFactory, ServiceFactoryExt as _, apply_fn_factory, fn_service,
    map_config,
};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use futures_util::future::Either;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::drain::Drain;
use super::open_connections::OpenConnections;
use super::watched::{Patience, Watched};
use crate::config::Settings;
use crate::http::{self, Router, State, Turn, Worker};
use crate::store;

/// How long a client may take to encrypt a new connection, and to close one.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a client may take no part of an answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a worker that nobody asks anything stays at a state of a database, at least, and twice that at most.
const HOLD: Duration = Duration::from_millis(100);
/// Connections that may wait to be accepted; the system has a limit of its own (`net.core.somaxconn`).
const BACKLOG: i32 = 16_384;
/// Connections beyond the limit that are answered, if only with a refusal; still more wait to be accepted.
const SURPLUS: usize = 256;
/// Files that may be open besides connections: databases, exports, the log.
const OTHER_FILES: u64 = 512;

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
    /// Nothing is ever sent; it is closed when the last worker has ended.
    threads: mpsc::Sender<()>,
}

/// Takes an address, where clients may connect from now on.
///
/// # Errors
/// What the system reports.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    // The standard library has only 128 wait. Whoever does not find room tries again only a second later.
    rustix::net::listen(&listener, BACKLOG)?;
    Ok(listener)
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
) -> Result<Drain, String> {
    let failed = |error: std::io::Error| format!("cannot serve on {}: {error}", settings.listen);
    let address = listener.local_addr().map_err(failed)?;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let limit = seconds(settings.shutdown_timeout_seconds);
    let (keep_alive, head) = (seconds(settings.keep_alive_seconds), seconds(settings.head_timeout_seconds));
    let answers = settings.answer_cache_bytes / workers;
    let most = most_connections(settings.max_connections);
    let (sender, threads) = mpsc::channel(1);
    let serving = Serving { state, router, address, keep_alive, head, answers, threads: sender };
    let builder = Server::build()
        .disable_signals()
        .workers(workers)
        .max_concurrent_connections((most + SURPLUS).div_ceil(workers))
        // The limit is kept by the drain, and not in whole seconds as here.
        .shutdown_timeout(limit.as_secs() + 3_600);
    let stop = builder.graceful_shutdown_signal();
    let stopped = move || {
        let stop = stop.clone();
        async move { stop.notified().await }
    };
    let open = OpenConnections::new(most);
    let count = open.clone();
    let patience = Patience { request: keep_alive + head, answer: ANSWER };
    let builder = match tls {
        None => builder.listen("http", listener, move || {
            let count = count.clone();
            let watched = move |stream: TcpStream| {
                let counted = count.count_in();
                async move { Ok(watch(Watched::new(stream, patience, counted), |stream| stream)) }
            };
            fn_service(watched).and_then(requests(serving.clone(), stopped.clone()))
        }),
        Some(tls) => builder.listen("https", listener, move || {
            let mut acceptor = Acceptor::new(tls.clone());
            acceptor.set_handshake_timeout(HANDSHAKE);
            let accept = acceptor.map_err(TlsError::into_service_error);
            let count = count.clone();
            let watched = move |stream: TlsStream<TcpStream>| {
                let counted = count.count_in();
                async move { Ok(watch(Watched::new(stream, patience, counted), |stream| stream.get_ref().0)) }
            };
            accept
                .and_then(fn_service(watched))
                .and_then(requests(serving.clone(), stopped.clone()).map_err(TlsError::Service))
        }),
    };
    Ok(Drain { server: builder.map_err(failed)?.run(), open, limit, threads })
}

/// A connection on its way to its requests, and where it comes from.
fn watch<S>(watched: Watched<S>, socket: impl Fn(&S) -> &TcpStream) -> (Watched<S>, Option<SocketAddr>) {
    let tcp = socket(watched.stream());
    // An answer is written in one go; waiting for more to send would only delay it.
    let _ = tcp.set_nodelay(true);
    let peer = tcp.peer_addr().ok();
    (watched, peer)
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
    hold(Some(serving.threads.clone()));
    let Serving { state, router, answers, .. } = serving;
    let (readiness, stopped) = (Arc::clone(&state.readiness), stop());
    actix_web::rt::spawn(async move {
        stopped.await;
        readiness.stop();
    });
    let connections = state.connections.clone();
    let worker = web::Data::new(Worker::new(state, router, answers));
    let app = App::new().app_data(worker.clone()).default_service(web::to(http::answer));
    let app = app.into_factory().map(Response::from);
    let app = app.map_err(|error: actix_web::Error| Response::from(error.error_response()));
    let app = apply_fn_factory(app, move |request: Request, app| {
        match http::short_answer(request.head(), request.conn_data::<Turn>(), &worker) {
            Some(response) => Either::Left(ready(Ok(response.into()))),
            None => Either::Right(app.call(request)),
        }
    });
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

/// Has this worker keep its place in the databases between one request and the next, but not for long, and take the results of
/// its changes as they come.
pub fn hold(thread: Option<mpsc::Sender<()>>) {
    store::begin_holding();
    actix_web::rt::spawn(store::begin_receiving().deliver());
    actix_web::rt::spawn(async move {
        let _ending = thread.map(|thread| Ending { _thread: thread });
        loop {
            actix_web::rt::time::sleep(HOLD).await;
            store::let_go();
        }
    });
}

/// The end of a worker, which closes its databases before the thread is said to have ended.
struct Ending {
    _thread: mpsc::Sender<()>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        store::end_holding();
    }
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
