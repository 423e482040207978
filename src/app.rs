//! Builds the server from its settings, runs it, and takes it down in order.

mod backups;
mod drain;
mod exposure;
mod generate;
mod keeping;
mod listening;
mod monitoring;
mod open_connections;
mod probe;
mod queries;
mod rules;
mod signals;
mod terminal;
mod tls;
mod users;
mod watched;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;

use self::backups::Backups;
use self::drain::Drain;
use self::monitoring::Monitoring;
use self::tls::Certificate;
use crate::auth::{
    AccountGuard, Accounts, Clock, Hasher, Lifetimes, Limits, Policy, RememberMe, SessionStore, Sweeper,
    TokenLifetimes, TokenStore, epoch_milliseconds, hash_in_turn,
};
use crate::config::{Builtin, Mount, Settings};
use crate::figures::Gauge;
use crate::http::{self, AllCounts, CorsRules, ExportedFiles, Quota, Readiness, Service, State};
use crate::store::{BackupFigures, Database, MigrationContext, Options};

use rules::policy_of;

pub use generate::generate;
pub use keeping::{Checked, back_up, check, restore};
pub use probe::ask as ask_health;
pub use rules::show as show_policy;
pub use signals::Signals;
pub use users::manage;

/// Name of the sample's service and of its file.
const SAMPLE: &str = "hrdb";
/// Workbooks made at a time; each keeps a core busy.
const WORKBOOKS: usize = 2;
/// Exports made or sent at a time, and how many of them for one account.
const EXPORTS: (u64, u64) = (16, 4);

/// A server that is listening but does not run yet.
pub struct Application {
    drain: Drain,
    address: SocketAddr,
    is_encrypted: bool,
    state: Arc<State>,
    sweeper: Sweeper,
    backups: Option<Backups>,
    monitoring: Option<Monitoring>,
}

impl Application {
    /// Opens the databases, starts the threads and binds the address.
    ///
    /// # Errors
    /// One clear sentence for the operator.
    pub fn build(settings: &Settings, clock: Clock) -> Result<Self, String> {
        let listener = listening::bind(settings.listen)
            .map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
        let address =
            listener.local_addr().map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
        let workers = match settings.workers {
            0 => std::thread::available_parallelism().map_or(2, usize::from).min(512),
            given => given,
        };
        let state = Arc::new(state(settings, clock, workers)?);
        if state.accounts.has_demo_accounts() {
            log::warn!(
                "accounts still have the sample's passwords, which everybody knows; change them before others can reach this server"
            );
        }
        let certificate = Certificate::of(settings)?;
        let is_encrypted = certificate.is_some();
        exposure::warn(settings, &sample_path(settings));
        let mut sweeps = sweeps(&state);
        if let Some(certificate) = certificate.clone() {
            sweeps.push(Box::new(move || certificate.renew()));
        }
        let sweeper = Sweeper::start(sweeps).map_err(|error| format!("cannot start the sweeper: {error}"))?;
        let tls = certificate.map(|certificate| certificate.server_config()).transpose()?;
        let router = Arc::new(http::Router::new()?);
        let drain = listening::serve(listener, settings, workers, tls, Arc::clone(&state), router)?;
        let monitoring = Monitoring::start(settings, &state)?;
        let backups = Backups::start(settings, Arc::clone(&state.backups))?;
        Ok(Self { drain, address, is_encrypted, state, sweeper, backups, monitoring })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it can be watched and nothing else; `None` when that is nowhere.
    #[must_use]
    pub fn monitor_address(&self) -> Option<SocketAddr> {
        self.monitoring.as_ref().map(Monitoring::address)
    }

    /// `http`, or `https` when it encrypts connections itself.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_encrypted { "https" } else { "http" }
    }

    /// Stops the server from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.drain.server.handle()
    }

    /// Serves until something asks for the end, by its name, or the handle stops it. Then everything is taken down: requests
    /// in flight are finished, queued changes are committed, threads are joined.
    ///
    /// # Errors
    /// What the server reports.
    pub async fn run(self, stop: impl Future<Output = &'static str>) -> std::io::Result<()> {
        let monitor = self.monitoring.map(Monitoring::begin);
        let databases = || self.state.services.values().map(|service| &service.database);
        let result = self.drain.serve(stop, || databases().for_each(|database| database.end_long_reads())).await;
        if let Some(monitor) = monitor {
            // A collector that keeps its connection keeps nobody waiting.
            monitor.stop(false).await;
        }
        self.sweeper.stop();
        if let Some(backups) = self.backups {
            backups.stop();
        }
        self.state.hasher.stop();
        self.state.exported.close();
        for service in self.state.services.values() {
            service.database.close();
        }
        result
    }
}

fn sweeps(state: &State) -> Vec<Box<dyn Fn() + Send>> {
    let accounts = Arc::clone(&state.accounts);
    let (tokens, sessions, exported) =
        (Arc::clone(&state.tokens), Arc::clone(&state.sessions), Arc::clone(&state.exported));
    let (remember_me, arbiter) = (Arc::clone(&state.remember_me), actix_web::rt::System::current().arbiter().clone());
    vec![
        Box::new(move || {
            tokens.sweep();
        }),
        Box::new(move || {
            sessions.sweep();
        }),
        Box::new(move || exported.sweep()),
        Box::new(move || accounts.sweep()),
        Box::new(move || {
            let remember_me = Arc::clone(&remember_me);
            // What is removed goes through the writer, whose answer somebody must wait for.
            arbiter.spawn(async move {
                if let Err(error) = remember_me.sweep().await {
                    log::warn!("remembered sign-ins cannot be swept: {error}");
                }
            });
        }),
    ]
}

fn state(settings: &Settings, clock: Clock, workers: usize) -> Result<State, String> {
    let described = described(settings)?;
    check_watchers(settings, &described)?;
    // One more is that of those who watch.
    let threads = u32::try_from(workers).unwrap_or(u32::MAX).saturating_add(1);
    let database = Arc::new(open_sample(settings, &described, threads)?);
    let accounts: Vec<(&str, &[String])> =
        described.accounts.iter().map(|source| (source.table.as_str(), source.roles.as_slice())).collect();
    let mut policy = Policy::default();
    policy.add(SAMPLE, &policy_of(settings, &described, SAMPLE), &database.model(), &accounts)?;
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    let max_page_size = settings.max_page_size;
    services.insert(SAMPLE.to_owned(), open_service(Arc::clone(&database), max_page_size));
    for (name, mount) in &settings.services {
        let max_page_size = mount.max_page_size.unwrap_or(max_page_size);
        let database = Arc::new(open_mount(settings, name, mount, threads)?);
        policy.add(name, &policy_of(settings, &described, name), &database.model(), &accounts)?;
        services.insert(name.clone(), open_service(database, max_page_size));
    }
    if let Some(name) = settings.policy.keys().find(|name| !services.contains_key(*name)) {
        return Err(format!("there is a policy for {name}, but no such service"));
    }
    queries::load(settings, &described, &mut services)?;
    let hasher = Arc::new(Hasher::start(settings.password_cost())?);
    let exported =
        ExportedFiles::new(std::path::Path::new(&settings.data_dir), settings.export_room_bytes, clock.clone())?;
    let accounts =
        Accounts::new(Arc::clone(&database), &described.accounts, Arc::clone(&hasher), settings, clock.clone())?;
    let accounts = Arc::new(accounts);
    let limits = |per_account: u32, in_all: u32| Limits { per_account: per_account as usize, in_all: in_all as usize };
    let lifetimes = TokenLifetimes {
        one_seconds: settings.token_validity_seconds,
        chain_seconds: settings.session_lifetime_seconds,
    };
    let tokens = TokenStore::new(lifetimes, limits(settings.max_tokens_per_user, settings.max_tokens), clock.clone());
    let lifetimes =
        Lifetimes { idle_seconds: settings.session_timeout_seconds, whole_seconds: settings.session_lifetime_seconds };
    let sessions =
        SessionStore::new(lifetimes, limits(settings.max_sessions_per_user, settings.max_sessions), clock.clone());
    let (tokens, sessions) = (Arc::new(tokens), Arc::new(sessions));
    let remembered = settings.remember_me_seconds;
    let watched = services.iter().map(|(name, service)| (name.clone(), Arc::clone(&service.database))).collect();
    let readiness =
        Readiness::new(watched, settings.data_dir.clone().into(), settings.min_disk_room_bytes, clock.clone());
    Ok(State {
        guard: AccountGuard::new(&database, &accounts, &tokens, &sessions, http::audit::account_changed),
        remember_me: Arc::new(RememberMe::new(Arc::clone(&database), Arc::clone(&accounts), remembered, clock)),
        accounts,
        sample: SAMPLE.to_owned(),
        services,
        hasher,
        tokens,
        sessions,
        policy,
        context_path: settings.context_path.clone(),
        xss_encode: settings.xss_encode,
        is_encrypted: !settings.tls_cert.is_empty(),
        trusted_proxies: settings.trusted_proxies.clone(),
        allowed_hosts: settings.allowed_hosts.at(settings.listen),
        cors: CorsRules {
            origins: settings.cors_allowed_origins.clone(),
            credentials: settings.cors_allow_credentials,
            max_age_seconds: settings.cors_max_age_seconds,
        },
        hsts_max_age_seconds: settings.hsts_max_age_seconds,
        session_timeout_seconds: settings.session_timeout_seconds,
        max_sessions_per_user: settings.max_sessions_per_user,
        min_password_length: settings.min_password_length as usize,
        body_limit_bytes: settings.body_limit_bytes,
        body_timeout_seconds: settings.body_timeout_seconds,
        file_limit_bytes: settings.file_limit_bytes,
        body_memory: Quota::new(settings.body_memory_bytes, settings.body_memory_per_user()),
        exports: Quota::new(EXPORTS.0, EXPORTS.1),
        exported: Arc::new(exported),
        backups: Arc::new(BackupFigures::default()),
        connections: Gauge::default(),
        counts: AllCounts::new(http::routes()),
        readiness: Arc::new(readiness),
        metrics_roles: settings.metrics_roles.clone(),
        server_timing: settings.server_timing,
        started: epoch_milliseconds() / 1000,
        workbooks: Arc::new(tokio::sync::Semaphore::new(WORKBOOKS)),
        files: http::Files::default(),
        describe: http::describe,
    })
}

/// What is built in, with the parts that the operator has put in their place.
fn described(settings: &Settings) -> Result<Builtin, String> {
    let mut described = Builtin::hrdb()?;
    if let Some(accounts) = &settings.accounts {
        described.accounts.clone_from(accounts);
    }
    Ok(described)
}

/// A role that is misspelt would leave who collects the figures without them, and nobody would know why.
fn check_watchers(settings: &Settings, described: &Builtin) -> Result<(), String> {
    let known = |role: &&str| described.accounts.iter().any(|source| source.roles.iter().any(|other| other == role));
    match settings.metrics_roles.names().find(|role| !known(role)) {
        Some(role) => Err(format!("metrics_roles names {role}, which no account has")),
        None => Ok(()),
    }
}

fn sample_path(settings: &Settings) -> std::path::PathBuf {
    std::path::Path::new(&settings.data_dir).join(format!("{SAMPLE}.db"))
}

fn open_service(database: Arc<Database>, max_page_size: u32) -> Service {
    Service { database, max_page_size, queries: BTreeMap::new() }
}

fn longest_read(settings: &Settings) -> Duration {
    Duration::from_secs(settings.read_timeout_seconds.into())
}

fn open_mount(settings: &Settings, name: &str, mount: &Mount, threads: u32) -> Result<Database, String> {
    let options = Options {
        read_only: mount.read_only,
        secret_columns: mount.secret_columns.clone(),
        keys: mount.keys.clone(),
        longest_read: Some(longest_read(settings)),
    };
    Database::open_existing(&mount.path, name, options, threads)
        .map_err(|error| format!("cannot open {} as service {name}: {error}", mount.path.display()))
}

fn open_sample(settings: &Settings, described: &Builtin, threads: u32) -> Result<Database, String> {
    let folder = std::path::Path::new(&settings.data_dir);
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    let path = sample_path(settings);
    let (admin_password, cost) = (settings.admin_password.clone(), settings.password_cost());
    let context = MigrationContext {
        hash_password: Box::new(hash_in_turn(cost)),
        setting: Box::new(move |name| match name {
            "admin_password" => admin_password.as_ref().map(|secret| secret.expose().to_owned()),
            _ => None,
        }),
    };
    // A hash is a secret, whatever table it stands in.
    let hashes = described.accounts.iter().map(|source| format!("{}.{}", source.table, source.password));
    let secret_columns = described.secret_columns.iter().cloned().chain(hashes).collect();
    let options = Options { secret_columns, longest_read: Some(longest_read(settings)), ..Options::default() };
    Database::open_sample(&path, SAMPLE, options, threads, &Arc::new(context))
        .map_err(|error| format!("cannot open {}: {error}", path.display()))
}
