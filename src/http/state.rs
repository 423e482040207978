//! What every request may need, built once by the app.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use tokio::sync::Semaphore;

use super::counts::AllCounts;
use super::exported::ExportedFiles;
use super::files::Files;
use super::quota::Quota;
use super::readiness::Readiness;
use crate::auth::{AccountGuard, Accounts, Hasher, Policy, Principal, RememberMe, SessionStore, TokenStore};
use crate::config::{Hosts, Networks, Origins, Roles, XssEncode};
use crate::figures::Gauge;
use crate::query::NamedQuery;
use crate::store::{BackupFigures, Database};

/// A database that is served.
pub struct Service {
    /// The database.
    pub database: Arc<Database>,
    /// Largest page of a list.
    pub max_page_size: u32,
    /// Its named queries.
    pub queries: BTreeMap<String, Arc<NamedQuery>>,
}

/// What pages of other origins may.
pub struct CorsRules {
    /// Which may call the server.
    pub origins: Origins,
    /// Whether they may send cookies.
    pub credentials: bool,
    /// How long a browser may remember it.
    pub max_age_seconds: u32,
}

/// Whom a description is for, and of what.
pub struct View<'a> {
    /// Sees what he may read, and the operations that he may use.
    pub principal: &'a Principal,
    /// Path below which he addressed the server.
    pub context: &'a str,
    /// One service, or the whole server.
    pub service: Option<&'a str>,
}

/// Makes the description of the server. Handlers reach it through the state, because it reads the table in which they stand.
pub type Describe = fn(&State, &View<'_>) -> Json;

/// The parts of a running server that handlers use.
pub struct State {
    /// Name of the sample's service; where two services would take the same name, it comes first.
    pub sample: String,
    /// What is served, by name.
    pub services: BTreeMap<String, Service>,
    /// Who can sign in.
    pub accounts: Arc<Accounts>,
    /// Hands out tokens and sessions, and ends them when their account changes.
    pub guard: Arc<AccountGuard>,
    /// Browsers that stay signed in.
    pub remember_me: Arc<RememberMe>,
    /// Hashes passwords.
    pub hasher: Arc<Hasher>,
    /// Access tokens.
    pub tokens: Arc<TokenStore>,
    /// Browser sessions.
    pub sessions: Arc<SessionStore>,
    /// Who may do what.
    pub policy: Policy,
    /// Path below which everything is served as well; empty, or `/` and a name.
    pub context_path: String,
    /// Whether connections are encrypted here, and not by a proxy or not at all.
    pub is_encrypted: bool,
    /// Whose word is taken on where a request comes from.
    pub trusted_proxies: Networks,
    /// Hosts under which it may be addressed.
    pub allowed_hosts: Hosts,
    /// What pages of other origins may.
    pub cors: CorsRules,
    /// How long a browser that came by https must not come by http; 0 says nothing about it.
    pub hsts_max_age_seconds: u32,
    /// Idle life of a session.
    pub session_timeout_seconds: u32,
    /// Sessions of one user at a time; 0 is no limit.
    pub max_sessions_per_user: u32,
    /// Characters that a new password of one's own must have.
    pub min_password_length: usize,
    /// Whether texts are encoded for HTML.
    pub xss_encode: XssEncode,
    /// Largest JSON or form body.
    pub body_limit_bytes: usize,
    /// How long a body may take to come, before every 8 KiB of it give it another second.
    pub body_timeout_seconds: u32,
    /// Largest file in a form.
    pub file_limit_bytes: usize,
    /// Memory, in bytes, for the bodies of requests that are larger than most.
    pub body_memory: Arc<Quota>,
    /// Exports that are being made or sent.
    pub exports: Arc<Quota>,
    /// Exported files that wait to be fetched.
    pub exported: Arc<ExportedFiles>,
    /// What became of the scheduled backups.
    pub backups: Arc<BackupFigures>,
    /// Connections of clients.
    pub connections: Gauge,
    /// What the workers have answered.
    pub counts: AllCounts,
    /// Whether it can do its work.
    pub readiness: Arc<Readiness>,
    /// Who may see the figures.
    pub metrics_roles: Roles,
    /// Whether who is signed in is told how long the stages of an answer took.
    pub server_timing: bool,
    /// When the server was started, in seconds since 1970.
    pub started: u64,
    /// Turns for making workbooks.
    pub workbooks: Arc<Semaphore>,
    /// The embedded front-end.
    pub files: Files,
    /// Describes what is served.
    pub describe: Describe,
}

impl State {
    /// The services, the sample first, the others by name.
    pub fn services_in_order(&self) -> impl Iterator<Item = (&String, &Service)> {
        let (sample, others): (Vec<_>, Vec<_>) = self.services.iter().partition(|(name, _)| **name == self.sample);
        sample.into_iter().chain(others)
    }
}
