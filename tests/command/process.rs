//! Runs the command: until it has said where it listens, or until it has refused to.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tempfile::TempDir;
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

/// The command in a folder, without anything of our own environment, on a free port.
pub fn hrdb(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hrdb"));
    command.current_dir(folder).env_clear().env("HRDB_LISTEN", "127.0.0.1:0").stdin(Stdio::null());
    // Where a program that counts what it reaches puts the figures; otherwise they would lie in the folder.
    command.envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
    command
}

/// A server that has said where it listens.
pub struct Running {
    child: Child,
    pub url: String,
    pub folder: TempDir,
}

/// Standard error goes to a file, which cannot fill up as a pipe does.
pub fn spawn(mut command: Command, folder: &Path) -> Child {
    let errors = std::fs::File::create(folder.join("errors.txt")).unwrap();
    command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap()
}

pub fn errors(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("errors.txt")).unwrap()
}

impl Running {
    #[track_caller]
    pub fn start(folder: TempDir, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = hrdb(folder.path());
        change(&mut command);
        Self::run(command, folder)
    }

    /// By a command that comes to be the server.
    #[track_caller]
    pub fn run(command: Command, folder: TempDir) -> Self {
        let mut child = spawn(command, folder.path());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("hrdb is listening: ");
        let url = url.unwrap_or_else(|| panic!("{line:?}; {}", errors(folder.path()))).to_owned();
        Self { child, url, folder }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn get(&self, path: &str, authorization: &str) -> (u16, Json) {
        self.send("GET", path, &[("Authorization", authorization)], "")
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Json) {
        let mut answer = self.answer(method, path, headers, body);
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Json::Null))
    }

    pub fn answer(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Body> {
        let agent =
            Agent::new_with_config(Agent::config_builder().http_status_as_error(false).max_redirects(0).build());
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        agent.run(request.body(body.as_bytes()).unwrap()).unwrap()
    }

    pub fn token(&self, name: &str, password: &str) -> String {
        let (status, body) = self.get("services/security/token", &basic(name, password));
        assert_eq!(status, 200, "{body}");
        body["wm_auth_token"].as_str().unwrap().to_owned()
    }

    pub fn stop(self, signal: &str) -> (ExitStatus, TempDir) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.end()
    }

    /// Waits for an end that is on its way.
    pub fn end(mut self) -> (ExitStatus, TempDir) {
        let status = self.child.wait().unwrap();
        (status, std::mem::replace(&mut self.folder, TempDir::new().unwrap()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// Runs a command that must not come to serving; returns its exit code and the one line that it says.
#[track_caller]
pub fn refused(command: Command, folder: &Path) -> (i32, String) {
    let case = format!("{command:?}");
    let mut child = spawn(command, folder);
    let mut line = String::new();
    let _ = BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line);
    if !line.is_empty() {
        let _ = child.kill();
        let _ = child.wait();
        panic!("{case} starts and says {line:?}");
    }
    let status = child.wait().unwrap();
    let said = errors(folder);
    assert!(said.starts_with("hrdb: ") && said.ends_with('\n') && said.lines().count() == 1, "{case} says {said:?}");
    (status.code().unwrap(), said)
}

pub fn files(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
