//! The production server on a free port with a folder of its own, and callers of every kind.

mod client;
mod leaks;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hrdb::app::Application;
use hrdb::auth::Clock;
use hrdb::config::Settings;
use tempfile::TempDir;

pub use client::{Answer, Client, Credentials, is_slowed_down};

/// A running server. Dropping it stops it and waits until it is down.
pub struct Server {
    pub address: SocketAddr,
    /// Where it is watched, if the settings say so.
    pub monitor: Option<SocketAddr>,
    pub folder: TempDir,
    /// Moves the server's clock, in milliseconds.
    time: Arc<AtomicU64>,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// With the default settings.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// With some settings changed.
    pub fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::copy(seeded(), folder.path().join("hrdb.db")).unwrap();
        Self::start_in(folder, change)
    }

    /// In an empty folder, so that the database is made.
    pub fn first_start(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(TempDir::new().unwrap(), change)
    }

    /// In a folder that may hold a database already.
    pub fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        leaks::watch();
        let mut settings = Settings::defaults();
        settings.listen = "127.0.0.1:0".parse().unwrap();
        folder.path().to_str().unwrap().clone_into(&mut settings.data_dir);
        settings.workers = 2;
        if is_slowed_down() {
            (settings.argon2_memory_kib, settings.argon2_iterations) = (8, 1);
        }
        change(&mut settings);
        let (clock, time) = Clock::manual();
        let (sender, receiver) = channel();
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async {
                let application = Application::build(&settings, clock).unwrap();
                sender.send((application.address(), application.monitor_address(), application.handle())).unwrap();
                application.run(std::future::pending()).await.unwrap();
            });
        });
        let (address, monitor, handle) = receiver.recv().expect("the server starts");
        Self { address, monitor, folder, time, handle, thread: Some(thread) }
    }

    /// Lets time pass for tokens and sessions.
    pub fn pass_seconds(&self, seconds: u64) {
        self.time.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Stops the server in order and gives its folder back.
    pub fn stop(mut self) -> TempDir {
        self.shut_down();
        std::mem::replace(&mut self.folder, TempDir::new().unwrap())
    }

    /// A caller without credentials.
    pub fn nobody(&self) -> Client {
        Client::new(self.address, Credentials::Nobody)
    }

    /// Who watches the server where nothing else is answered.
    pub fn watcher(&self) -> Client {
        Client::new(self.monitor.expect("metrics_listen is set"), Credentials::Nobody)
    }

    /// A caller with Basic credentials.
    pub fn basic(&self, name: &str, password: &str) -> Client {
        Client::new(self.address, Credentials::Basic(name.to_owned(), password.to_owned()))
    }

    /// A caller with a token in the header.
    pub fn token(&self, name: &str, password: &str) -> Client {
        Client::new(self.address, Credentials::TokenHeader(self.mint(name, password)))
    }

    /// A caller with a token in the query.
    pub fn query_token(&self, name: &str, password: &str) -> Client {
        Client::new(self.address, Credentials::TokenQuery(self.mint(name, password)))
    }

    /// A browser that has signed in and sends the CSRF header.
    pub fn browser(&self, name: &str, password: &str) -> Client {
        let (session, csrf) = self.sign_in(name, password);
        Client::new(self.address, Credentials::Session { session, csrf: Some(csrf) })
    }

    /// A browser that has signed in, used by a page that does not know the CSRF token.
    pub fn forged(&self, name: &str, password: &str) -> Client {
        let (session, _) = self.sign_in(name, password);
        Client::new(self.address, Credentials::Session { session, csrf: None })
    }

    /// The administrator, by token.
    pub fn admin(&self) -> Client {
        self.token("admin", "admin")
    }

    pub fn mint(&self, name: &str, password: &str) -> String {
        let answer = self.basic(name, password).get("/services/security/token");
        assert_eq!(answer.status, 200, "{name} can have a token");
        answer.json()["wm_auth_token"].as_str().unwrap().to_owned()
    }

    /// Signs in as a browser's script does; returns session id and CSRF token.
    pub fn sign_in(&self, name: &str, password: &str) -> (String, String) {
        leaks::used_password(password);
        let form = format!("j_username={name}&j_password={password}&j_rememberme=false");
        let answer = self.nobody().form("/j_spring_security_check", &form);
        assert_eq!(answer.status, 200, "{name} can sign in: {}", answer.text());
        (answer.cookie("SESSION").unwrap(), answer.cookie("wm_xsrf_token").unwrap())
    }

    fn shut_down(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let stopping = self.handle.stop(true);
        actix_rt::System::new().block_on(stopping);
        let ended = thread.join();
        assert!(std::thread::panicking() || ended.is_ok(), "the server thread ends without a panic");
        if !std::thread::panicking() {
            leaks::check_log();
        }
    }
}

/// Asks until the answer is as it should be.
#[track_caller]
pub fn eventually(ask: impl Fn() -> bool, case: &str) {
    let started = Instant::now();
    while !ask() {
        assert!(started.elapsed() < Duration::from_secs(20), "{case}");
        std::thread::yield_now();
    }
}

/// A database as a first start leaves it, made once: hashing its passwords takes a while.
fn seeded() -> PathBuf {
    static SEEDED: OnceLock<TempDir> = OnceLock::new();
    let folder = SEEDED.get_or_init(|| Server::start_in(TempDir::new().unwrap(), |_| {}).stop());
    folder.path().join("hrdb.db")
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
}
