//! Builds the server from its settings, runs it, and takes it down in order.

mod listening;
mod queries;
mod tls;
mod watched;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web;

use self::tls::Certificate;
use crate::auth::{Accounts, Clock, Hasher, Policy, SessionStore, Sweeper, TokenStore, hash_password};
use crate::config::{Builtin, Mount, Settings};
use crate::http::{self, CorsRules, ExportedFiles, Service, State};
use crate::store::{Database, MigrationContext, Options};

/// Name of the sample's service and of its file.
const SAMPLE: &str = "hrdb";
/// Workbooks made at a time; each keeps a core busy.
const WORKBOOKS: usize = 2;

/// A server that is listening but does not run yet.
pub struct Application {
    server: Server,
    address: SocketAddr,
    is_encrypted: bool,
    state: web::Data<State>,
    sweeper: Sweeper,
}

impl Application {
    /// Opens the databases, starts the threads and binds the address.
    ///
    /// # Errors
    /// One clear sentence for the operator.
    pub fn build(settings: &Settings, clock: Clock) -> Result<Self, String> {
        let listener = TcpListener::bind(settings.listen)
            .map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
        let address =
            listener.local_addr().map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
        let workers = match settings.workers {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            given => given,
        };
        let state = web::Data::new(state(settings, clock, workers)?);
        if state.accounts.demo_password_in_use().map_err(|error| error.to_string())? {
            log::warn!(
                "accounts still have the sample's passwords, which everybody knows; change them before others can reach this server"
            );
        }
        let certificate = Certificate::of(settings)?;
        let is_encrypted = certificate.is_some();
        let mut sweeps = sweeps(&state);
        if let Some(certificate) = certificate.clone() {
            sweeps.push(Box::new(move || certificate.renew()));
        }
        let sweeper = Sweeper::start(sweeps).map_err(|error| format!("cannot start the sweeper: {error}"))?;
        let tls = certificate.map(|certificate| certificate.server_config()).transpose()?;
        let router = web::Data::new(http::Router::new()?);
        let server = listening::serve(listener, settings, workers, tls, state.clone(), router)?;
        Ok(Self { server, address, is_encrypted, state, sweeper })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http`, or `https` when it encrypts connections itself.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_encrypted { "https" } else { "http" }
    }

    /// Stops the server from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or the handle stops it, then takes everything down: requests in flight are finished, queued
    /// changes are committed, threads are joined.
    ///
    /// # Errors
    /// What the server reports.
    pub async fn run(self) -> std::io::Result<()> {
        let result = self.server.await;
        self.sweeper.stop();
        self.state.hasher.stop();
        self.state.exported.close();
        for service in self.state.services.values() {
            service.database.close();
        }
        result
    }
}

fn sweeps(state: &State) -> Vec<Box<dyn Fn() + Send>> {
    let (tokens, sessions, exported) =
        (Arc::clone(&state.tokens), Arc::clone(&state.sessions), Arc::clone(&state.exported));
    vec![
        Box::new(move || {
            tokens.sweep();
        }),
        Box::new(move || {
            sessions.sweep();
        }),
        Box::new(move || exported.sweep()),
    ]
}

fn state(settings: &Settings, clock: Clock, workers: usize) -> Result<State, String> {
    let described = Builtin::hrdb()?;
    let threads = u32::try_from(workers).unwrap_or(u32::MAX);
    let database = Arc::new(open_sample(settings, &described, threads)?);
    let model = database.model();
    let mut policy = Policy::default();
    policy.add(SAMPLE, described.rules.clone(), |entity| model.service.find(entity).is_some())?;
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    let max_page_size = settings.max_page_size;
    services.insert(SAMPLE.to_owned(), open_service(Arc::clone(&database), max_page_size));
    for (name, mount) in &settings.services {
        let max_page_size = mount.max_page_size.unwrap_or(max_page_size);
        services.insert(name.clone(), open_service(Arc::new(open_mount(name, mount, threads)?), max_page_size));
        policy.add(name, vec![described.mounted.clone()], |_| true)?;
    }
    queries::load(settings, &described, &mut services)?;
    let hasher = Arc::new(Hasher::start()?);
    let exported = ExportedFiles::new(std::path::Path::new(&settings.data_dir), clock.clone())?;
    Ok(State {
        accounts: Accounts::new(Arc::clone(&database), &described.accounts, Arc::clone(&hasher))?,
        sample: SAMPLE.to_owned(),
        services,
        hasher,
        tokens: Arc::new(TokenStore::new(settings.token_validity_seconds, clock.clone())),
        sessions: Arc::new(SessionStore::new(settings.session_timeout_seconds, settings.max_sessions_per_user, clock)),
        policy,
        context_path: settings.context_path.clone(),
        xss_encode: settings.xss_encode,
        is_encrypted: !settings.tls_cert.is_empty(),
        trusted_proxies: settings.trusted_proxies.clone(),
        allowed_hosts: settings.allowed_hosts.clone(),
        cors: CorsRules {
            origins: settings.cors_allowed_origins.clone(),
            credentials: settings.cors_allow_credentials,
            max_age_seconds: settings.cors_max_age_seconds,
        },
        hsts_max_age_seconds: settings.hsts_max_age_seconds,
        token_validity_seconds: settings.token_validity_seconds,
        session_timeout_seconds: settings.session_timeout_seconds,
        max_sessions_per_user: settings.max_sessions_per_user,
        body_limit_bytes: settings.body_limit_bytes,
        body_timeout_seconds: settings.body_timeout_seconds,
        file_limit_bytes: settings.file_limit_bytes,
        exported: Arc::new(exported),
        workbooks: Arc::new(tokio::sync::Semaphore::new(WORKBOOKS)),
        files: http::Files::default(),
        describe: http::describe,
    })
}

fn open_service(database: Arc<Database>, max_page_size: u32) -> Service {
    Service { database, max_page_size, queries: BTreeMap::new() }
}

fn open_mount(name: &str, mount: &Mount, threads: u32) -> Result<Database, String> {
    let options =
        Options { read_only: mount.read_only, secret_columns: mount.secret_columns.clone(), keys: mount.keys.clone() };
    Database::open_existing(&mount.path, name, options, threads)
        .map_err(|error| format!("cannot open {} as service {name}: {error}", mount.path.display()))
}

fn open_sample(settings: &Settings, described: &Builtin, threads: u32) -> Result<Database, String> {
    let folder = std::path::Path::new(&settings.data_dir);
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    let path = folder.join(format!("{SAMPLE}.db"));
    let admin_password = settings.admin_password.clone();
    let context = MigrationContext {
        hash_password: Box::new(hash_password),
        setting: Box::new(move |name| match name {
            "admin_password" => admin_password.as_ref().map(|secret| secret.expose().to_owned()),
            _ => None,
        }),
    };
    let options = Options { secret_columns: described.secret_columns.clone(), ..Options::default() };
    Database::open_sample(&path, SAMPLE, options, threads, &Arc::new(context))
        .map_err(|error| format!("cannot open {}: {error}", path.display()))
}
