//! The table of settings, and how their three sources are laid over each other.

use std::collections::BTreeMap;
use std::env::VarError;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde::Deserialize;

use super::{
    AccountSource, Command, Hosts, LogFormat, MetricsListen, Mount, Networks, Origins, PasswordCost, Roles, Secret,
    ServicePolicy, XssEncode,
};

/// Every setting once: name, type, default, variable and help. The macro makes of it the flags, the keys of `hrdb.toml`
/// and [`Settings`], so that none of the three can know a setting that the others do not.
macro_rules! settings {
    ($( $name:ident: $type:ty = $default:literal, $variable:literal, $help:literal; )*) => {
        #[derive(Debug, Parser, Default)]
        #[command(name = "hrdb", version, about = "Serves the hrdb sample database over REST.",
            after_help = "A setting is taken from its flag, else from its HRDB_* variable, else from hrdb.toml (the same names \
                          with _ for -), else from its default.\n\
                          HRDB_ADMIN_PASSWORD, a variable only, sets the password of `admin` when the database is first made.",
            disable_help_subcommand = true)]
        struct Flags {
            #[command(subcommand)]
            command: Option<Command>,
            #[arg(long, env = "HRDB_CONFIG", value_name = "FILE", hide_env = true,
                help = "Settings file [default: hrdb.toml, if there is one] [env: HRDB_CONFIG]")]
            config: Option<PathBuf>,
            #[arg(long = "service", env = "HRDB_SERVICE", value_name = "NAME=PATH", value_delimiter = ',', hide_env = true,
                help = "Serves another SQLite file as /services/NAME; may be repeated [env: HRDB_SERVICE, separated by commas]")]
            services: Vec<String>,
            $(
                #[arg(long, env = $variable, hide_env = true,
                    help = concat!($help, " [default: ", $default, "] [env: ", $variable, "]"))]
                $name: Option<$type>,
            )*
        }

        #[derive(Debug, Deserialize, Default)]
        #[serde(deny_unknown_fields)]
        struct File {
            $( $name: Option<$type>, )*
            #[serde(default)]
            services: BTreeMap<String, Mount>,
            #[serde(default)]
            policy: BTreeMap<String, ServicePolicy>,
            accounts: Option<Vec<AccountSource>>,
        }

        /// What the server runs with.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $( #[doc = $help] pub $name: $type, )*
            /// Other SQLite files, by the name of the service.
            pub services: BTreeMap<String, Mount>,
            /// Who may do what, by the name of the service; the built-in policy for one that is not here.
            pub policy: BTreeMap<String, ServicePolicy>,
            /// Where people sign in, in place of the sources that are built in.
            pub accounts: Option<Vec<AccountSource>>,
            /// Password that the first start gives to the account `admin`.
            pub admin_password: Option<Secret>,
        }

        const VARIABLES: &[&str] = &["HRDB_CONFIG", "HRDB_SERVICE", "HRDB_ADMIN_PASSWORD", $( $variable, )*];

        fn combine(flags: Flags, file: File, admin_password: Option<Secret>) -> Result<Settings, SettingsError> {
            Ok(Settings {
                $( $name: match flags.$name.or(file.$name) {
                    Some(value) => value,
                    None => $default.parse().map_err(|_| SettingsError::Invalid(
                        concat!("the default of ", stringify!($name), " does not parse").to_owned()))?,
                }, )*
                services: mounts(flags.services, file.services)?,
                policy: file.policy,
                accounts: file.accounts,
                admin_password,
            })
        }
    };
}

settings! {
    listen: SocketAddr = "127.0.0.1:8080", "HRDB_LISTEN", "Address and port to listen on; port 0 takes a free one and prints it";
    data_dir: String = "./data", "HRDB_DATA_DIR", "Folder of the database; made if missing";
    context_path: String = "", "HRDB_CONTEXT_PATH", "Path below which everything is served as well, such as /Demo";
    token_validity_seconds: u32 = "1800", "HRDB_TOKEN_VALIDITY_SECONDS", "Life of an access token, from its making on";
    session_timeout_seconds: u32 = "1800", "HRDB_SESSION_TIMEOUT_SECONDS", "A browser session ends after so long without a request";
    session_lifetime_seconds: u32 = "43200", "HRDB_SESSION_LIFETIME_SECONDS", "A browser session ends after so long, however much it is used";
    remember_me_seconds: u32 = "1296000", "HRDB_REMEMBER_ME_SECONDS", "A browser that asks for it stays signed in for so long; 0 is never";
    max_sessions_per_user: u32 = "100", "HRDB_MAX_SESSIONS_PER_USER", "Sessions of one user at a time, the one used least recently goes; 0 is no limit";
    max_sessions: u32 = "100000", "HRDB_MAX_SESSIONS", "Sessions of all users together; 0 is no limit";
    max_tokens_per_user: u32 = "10000", "HRDB_MAX_TOKENS_PER_USER", "Tokens of one user at a time, the oldest goes; 0 is no limit";
    max_tokens: u32 = "200000", "HRDB_MAX_TOKENS", "Tokens of all users together; 0 is no limit";
    min_password_length: u32 = "8", "HRDB_MIN_PASSWORD_LENGTH", "Fewest characters of a password that a user gives himself";
    argon2_memory_kib: u32 = "19456", "HRDB_ARGON2_MEMORY_KIB", "Memory of a password's hash";
    argon2_iterations: u32 = "2", "HRDB_ARGON2_ITERATIONS", "Passes over that memory";
    argon2_parallelism: u32 = "1", "HRDB_ARGON2_PARALLELISM", "Lanes of that memory";
    basic_cache_seconds: u32 = "60", "HRDB_BASIC_CACHE_SECONDS", "For so long verified Basic credentials cost no hash; 0 is never";
    sign_in_attempts: u32 = "5", "HRDB_SIGN_IN_ATTEMPTS", "Failed sign-ins after which the next must wait; 0 is no limit";
    workers: usize = "0", "HRDB_WORKERS", "Threads that serve requests; 0 is one per core";
    shutdown_timeout_seconds: u32 = "10", "HRDB_SHUTDOWN_TIMEOUT_SECONDS", "Time that requests in flight have to end when the server is told to";
    body_limit_bytes: usize = "16777216", "HRDB_BODY_LIMIT_BYTES", "Largest JSON or form body";
    body_timeout_seconds: u32 = "30", "HRDB_BODY_TIMEOUT_SECONDS", "Time for a body to come; every 8 KiB of it give a second more";
    head_timeout_seconds: u32 = "10", "HRDB_HEAD_TIMEOUT_SECONDS", "Time for the head of a request to come";
    keep_alive_seconds: u32 = "15", "HRDB_KEEP_ALIVE_SECONDS", "An idle connection is closed after so long";
    max_connections: usize = "16384", "HRDB_MAX_CONNECTIONS", "Connections at a time; more are refused";
    file_limit_bytes: usize = "300000000", "HRDB_FILE_LIMIT_BYTES", "Largest file in a form";
    body_memory_bytes: u64 = "536870912", "HRDB_BODY_MEMORY_BYTES", "Memory for all bodies and files that are coming or being stored; three quarters of it for one user";
    export_room_bytes: u64 = "2147483648", "HRDB_EXPORT_ROOM_BYTES", "Room on the disk for exported files; half of it for one user";
    read_timeout_seconds: u32 = "60", "HRDB_READ_TIMEOUT_SECONDS", "Time that a list or a query may take; exports have no such limit";
    answer_cache_bytes: usize = "8388608", "HRDB_ANSWER_CACHE_BYTES", "Memory for answers that are kept until something is changed; 0 keeps none";
    max_page_size: u32 = "100", "HRDB_MAX_PAGE_SIZE", "Largest page of a list";
    queries_dir: String = "", "HRDB_QUERIES_DIR", "Folder of named queries, SERVICE/NAME.sql; one of a bundled name replaces it; empty is none";
    backup_dir: String = "", "HRDB_BACKUP_DIR", "Folder of backups that the server makes by itself; made if missing; empty is none";
    backup_every_minutes: u32 = "1440", "HRDB_BACKUP_EVERY_MINUTES", "Time from one such backup to the next";
    backup_keep: u32 = "7", "HRDB_BACKUP_KEEP", "So many of them are kept of each database, the oldest go; 0 is all";
    trusted_proxies: Networks = "", "HRDB_TRUSTED_PROXIES", "Addresses or networks, separated by commas, whose X-Forwarded-* headers are believed; empty is none";
    allowed_hosts: Hosts = "", "HRDB_ALLOWED_HOSTS", "Hosts, separated by commas, under which the server may be addressed; empty is this machine's own names where it listens for nobody else, otherwise any";
    cors_allowed_origins: Origins = "", "HRDB_CORS_ALLOWED_ORIGINS", "Origins, separated by commas, whose pages may call the server, or * for all; empty is none";
    cors_allow_credentials: bool = "false", "HRDB_CORS_ALLOW_CREDENTIALS", "Whether these pages may send cookies";
    cors_max_age_seconds: u32 = "1600", "HRDB_CORS_MAX_AGE_SECONDS", "How long a browser may remember what such a page may do";
    hsts_max_age_seconds: u32 = "31536000", "HRDB_HSTS_MAX_AGE_SECONDS", "How long a browser that came by https must not come by http; 0 says nothing";
    xss_encode: XssEncode = "none", "HRDB_XSS_ENCODE", "Texts of JSON answers have HTML's characters encoded as entities: none, or output";
    tls_cert: String = "", "HRDB_TLS_CERT", "PEM file of the certificate and its chain; with it, the server speaks https";
    tls_key: String = "", "HRDB_TLS_KEY", "PEM file of the certificate's private key";
    metrics_listen: MetricsListen = "", "HRDB_METRICS_LISTEN", "Address and port where /metrics and /health are answered to everybody, and nothing else is; empty is nowhere";
    metrics_roles: Roles = "", "HRDB_METRICS_ROLES", "Roles, separated by commas, that may read /metrics where everything else is served; empty is nobody";
    min_disk_room_bytes: u64 = "67108864", "HRDB_MIN_DISK_ROOM_BYTES", "With less room on the disk of the database, the server says that it is not ready; 0 is never";
    server_timing: bool = "false", "HRDB_SERVER_TIMING", "Whether who is signed in is told how long the stages of an answer took";
    log: String = "info,actix_server=warn", "HRDB_LOG", "Log filter in env_logger's syntax, such as warn or hrdb=debug";
    log_format: LogFormat = "text", "HRDB_LOG_FORMAT", "How a line of the log is written: text, or json for one JSON object a line";
}

/// Names that the server itself uses below `/services`.
const TAKEN_NAMES: &[&str] = &["hrdb", "security", "application", "files", "servicedefs"];

/// A service of the file keeps its options when a flag gives it another path.
fn mounts(flags: Vec<String>, mut services: BTreeMap<String, Mount>) -> Result<BTreeMap<String, Mount>, SettingsError> {
    for flag in flags {
        let (name, path) = flag
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| SettingsError::Invalid(format!("service '{flag}' must look like NAME=PATH")))?;
        services.entry(name.to_owned()).or_default().path = path.into();
    }
    for (name, mount) in &services {
        let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !plain || TAKEN_NAMES.contains(&name.as_str()) {
            return Err(SettingsError::Invalid(format!("'{name}' cannot be the name of a service")));
        }
        if mount.path.as_os_str().is_empty() {
            return Err(SettingsError::Invalid(format!("the service {name} has no path")));
        }
        if mount.max_page_size == Some(0) {
            return Err(SettingsError::Invalid(format!("max_page_size of the service {name} must be at least 1")));
        }
    }
    Ok(services)
}

/// Why there are no settings.
#[derive(Debug)]
pub enum SettingsError {
    /// `--help` or `--version` was asked for; the text to print.
    Asked(String),
    /// One clear line about what is wrong.
    Invalid(String),
}

/// What a command line asks for.
#[derive(Debug)]
pub struct Invocation {
    /// What to do.
    pub command: Command,
    /// With which settings.
    pub settings: Settings,
}

/// Reads the settings of this process, and what it is to do.
///
/// # Errors
/// [`SettingsError`] with the text to print.
pub fn load<I, T>(arguments: I) -> Result<Invocation, SettingsError>
where
    I: IntoIterator<Item = T>,
    T: Into<std::ffi::OsString> + Clone,
{
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("HRDB_") && !VARIABLES.contains(&name.as_ref()) {
            return Err(SettingsError::Invalid(format!("unknown variable {name}; hrdb --help lists the settings")));
        }
    }
    let mut flags = Flags::try_parse_from(arguments).map_err(|error| first_line(&error))?;
    let command = flags.command.take().unwrap_or_default();
    let file = read_file(flags.config.as_deref())?;
    let admin_password = match std::env::var("HRDB_ADMIN_PASSWORD") {
        Ok(text) => Some(text).filter(|text| !text.is_empty()).map(Secret::new),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            return Err(SettingsError::Invalid("HRDB_ADMIN_PASSWORD is not UTF-8".to_owned()));
        }
    };
    Ok(Invocation { command, settings: check(combine(flags, file, admin_password)?)? })
}

fn first_line(error: &clap::Error) -> SettingsError {
    if !error.use_stderr() {
        return SettingsError::Asked(error.render().to_string());
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim);
    let mut line = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    if line.ends_with(':') {
        // What is missing stands in the lines that follow.
        lines.take_while(|more| !more.is_empty()).for_each(|more| line = format!("{line} {more}"));
    }
    SettingsError::Invalid(line)
}

fn read_file(given: Option<&Path>) -> Result<File, SettingsError> {
    let path = given.unwrap_or(Path::new("hrdb.toml"));
    if given.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingsError::Invalid(format!("cannot read {name}: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        SettingsError::Invalid(format!("{name}, line {line}: {}", error.message().replace('\n', " ")))
    })
}

/// What a type alone cannot check.
fn check(mut settings: Settings) -> Result<Settings, SettingsError> {
    let invalid = |text: String| Err(SettingsError::Invalid(text));
    let trimmed = settings.context_path.trim_end_matches('/').to_owned();
    if !trimmed.is_empty()
        && (!trimmed.starts_with('/')
            || trimmed.contains("//")
            || !trimmed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte)))
    {
        return invalid(format!("context_path '{}' must look like /Demo", settings.context_path));
    }
    settings.context_path = trimmed;
    for (name, value) in [
        ("token_validity_seconds", settings.token_validity_seconds),
        ("session_timeout_seconds", settings.session_timeout_seconds),
        ("session_lifetime_seconds", settings.session_lifetime_seconds),
        ("min_password_length", settings.min_password_length),
        ("max_page_size", settings.max_page_size),
        ("body_timeout_seconds", settings.body_timeout_seconds),
        ("head_timeout_seconds", settings.head_timeout_seconds),
        ("keep_alive_seconds", settings.keep_alive_seconds),
        ("read_timeout_seconds", settings.read_timeout_seconds),
        ("backup_every_minutes", settings.backup_every_minutes),
    ] {
        if value == 0 {
            return invalid(format!("{name} must be at least 1"));
        }
    }
    for (name, value, bounds) in [
        ("argon2_memory_kib", settings.argon2_memory_kib, PasswordCost::MEMORY_KIB),
        ("argon2_iterations", settings.argon2_iterations, PasswordCost::ITERATIONS),
        ("argon2_parallelism", settings.argon2_parallelism, PasswordCost::PARALLELISM),
        ("basic_cache_seconds", settings.basic_cache_seconds, 0..=3_600),
        ("sign_in_attempts", settings.sign_in_attempts, 0..=1_000),
        ("shutdown_timeout_seconds", settings.shutdown_timeout_seconds, 0..=3_600),
    ] {
        if !bounds.contains(&value) {
            return invalid(format!("{name} must be {} to {}", bounds.start(), bounds.end()));
        }
    }
    settings.password_cost().check().map_err(SettingsError::Invalid)?;
    if settings.accounts.as_ref().is_some_and(Vec::is_empty) {
        return invalid("accounts must name at least one source, or nobody could sign in".to_owned());
    }
    if let Err(error) = env_filter::Builder::new().try_parse(&settings.log) {
        return invalid(format!("log '{}': {error}", settings.log));
    }
    if settings.tls_cert.is_empty() != settings.tls_key.is_empty() {
        return invalid("tls_cert and tls_key go together".to_owned());
    }
    if settings.cors_allow_credentials && settings.cors_allowed_origins == Origins::Any {
        return invalid("cors_allow_credentials takes named origins in cors_allowed_origins, not *".to_owned());
    }
    if settings.body_limit_bytes < 1024 {
        return invalid("body_limit_bytes must be at least 1024".to_owned());
    }
    let largest = settings.body_limit_bytes.max(settings.file_limit_bytes) as u64;
    if settings.body_memory_per_user() < largest {
        return invalid("body_memory_bytes must be a third more than body_limit_bytes and file_limit_bytes".to_owned());
    }
    if settings.min_password_length > 128 {
        return invalid("min_password_length must be at most 128".to_owned());
    }
    if settings.max_connections == 0 {
        return invalid("max_connections must be at least 1".to_owned());
    }
    if settings.workers > 512 {
        return invalid("workers must be at most 512".to_owned());
    }
    if let Some(password) = &settings.admin_password
        && !(1..=128).contains(&password.expose().chars().count())
    {
        return invalid("HRDB_ADMIN_PASSWORD must have 1 to 128 characters".to_owned());
    }
    Ok(settings)
}

impl Settings {
    /// What a new hash of a password costs.
    #[must_use]
    pub fn password_cost(&self) -> PasswordCost {
        PasswordCost {
            memory_kib: self.argon2_memory_kib,
            iterations: self.argon2_iterations,
            parallelism: self.argon2_parallelism,
        }
    }

    /// How much of `body_memory_bytes` one user may have: something is always left to others.
    #[must_use]
    pub fn body_memory_per_user(&self) -> u64 {
        self.body_memory_bytes - self.body_memory_bytes / 4
    }

    /// The settings with nothing set, for tests and examples.
    ///
    /// # Panics
    /// Never: the defaults are constants that a test parses.
    #[must_use]
    pub fn defaults() -> Self {
        match combine(Flags::default(), File::default(), None) {
            Ok(settings) => settings,
            Err(error) => unreachable!("the defaults are constants: {error:?}"),
        }
    }
}
