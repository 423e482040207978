//! Builds the server from its settings, runs it, and takes it down in order.

mod queries;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};

use crate::auth::{Accounts, Clock, Hasher, Policy, SessionStore, Sweeper, TokenStore, hash_password};
use crate::config::{Builtin, Mount, Settings};
use crate::http::{self, ExportedFiles, Service, State};
use crate::store::{Database, MigrationContext, Options};

/// Name of the sample's service and of its file.
const SAMPLE: &str = "hrdb";
/// Workbooks made at a time; each keeps a core busy.
const WORKBOOKS: usize = 2;
/// Seconds that requests in flight have to finish when the server stops.
const DRAIN_SECONDS: u64 = 10;

/// A server that is listening but does not run yet.
pub struct Application {
    server: Server,
    address: SocketAddr,
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
        let sweeper = Sweeper::start(sweeps(&state)).map_err(|error| format!("cannot start the sweeper: {error}"))?;
        let shared = state.clone();
        let router = web::Data::new(http::Router::new()?);
        let server = HttpServer::new(move || {
            App::new().app_data(shared.clone()).app_data(router.clone()).default_service(web::to(http::answer))
        })
        .workers(workers)
        .tcp_nodelay(true)
        .shutdown_timeout(DRAIN_SECONDS)
        .listen(listener)
        .map_err(|error| format!("cannot serve on {address}: {error}"))?
        .run();
        Ok(Self { server, address, state, sweeper })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
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
    let accounts: Vec<(&str, &[String])> =
        described.accounts.iter().map(|source| (source.table.as_str(), source.roles.as_slice())).collect();
    let mut policy = Policy::default();
    let rules = |name: &str| settings.policy.get(name).or_else(|| described.policy.get(name));
    policy.add(SAMPLE, rules(SAMPLE).unwrap_or(&described.mounted), &database.model(), &accounts)?;
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    let max_page_size = settings.max_page_size;
    services.insert(SAMPLE.to_owned(), open_service(Arc::clone(&database), max_page_size));
    for (name, mount) in &settings.services {
        let max_page_size = mount.max_page_size.unwrap_or(max_page_size);
        let database = Arc::new(open_mount(name, mount, threads)?);
        policy.add(name, rules(name).unwrap_or(&described.mounted), &database.model(), &accounts)?;
        services.insert(name.clone(), open_service(database, max_page_size));
    }
    if let Some(name) = settings.policy.keys().find(|name| !services.contains_key(*name)) {
        return Err(format!("there is a policy for {name}, but no such service"));
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
        token_validity_seconds: settings.token_validity_seconds,
        session_timeout_seconds: settings.session_timeout_seconds,
        max_sessions_per_user: settings.max_sessions_per_user,
        body_limit_bytes: settings.body_limit_bytes,
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
