//! The address that is for watching only, where the settings name one.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};

use super::listening::hold;
use crate::config::{Hosts, Settings};
use crate::http::{self, Monitor, State};

/// How long a client may take for the head of a request, and stay without another.
const PATIENCE: Duration = Duration::from_secs(15);
/// Who watches has a connection or two.
const CONNECTIONS: usize = 64;

/// What serves there.
pub struct Monitoring {
    server: Server,
    address: SocketAddr,
}

impl Monitoring {
    /// Takes the address; `None` when there is none.
    ///
    /// # Errors
    /// A sentence when the system refuses.
    pub fn start(settings: &Settings, state: &Arc<State>) -> Result<Option<Self>, String> {
        let Some(wanted) = settings.metrics_listen.0 else { return Ok(None) };
        let failed = |error: std::io::Error| format!("cannot listen on {wanted} for metrics_listen: {error}");
        let listener = TcpListener::bind(wanted).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        // The names of `allowed_hosts` are those of the other address.
        let monitor = web::Data::new(Monitor { state: Arc::clone(state), hosts: Hosts::Any.at(wanted) });
        let server = HttpServer::new(move || {
            hold(None);
            App::new().app_data(monitor.clone()).default_service(web::to(http::watch))
        });
        let server = server
            .workers(1)
            .max_connections(CONNECTIONS)
            .client_request_timeout(PATIENCE)
            .keep_alive(PATIENCE)
            .shutdown_timeout(1)
            .disable_signals();
        Ok(Some(Self { server: server.listen(listener).map_err(failed)?.run(), address }))
    }

    /// Where that is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves in the background until the handle stops it.
    pub fn begin(self) -> ServerHandle {
        let handle = self.server.handle();
        actix_web::rt::spawn(async move {
            if let Err(error) = self.server.await {
                log::error!("the address for watching has failed: {error}");
            }
        });
        handle
    }
}
