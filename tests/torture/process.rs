//! The command under torture, and HTTP as plain as it gets: it must be known when a request has left and nothing has come back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

/// How long anything may take before it counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The command in a folder, without anything of our own environment.
pub fn hrdb(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hrdb"));
    command.current_dir(folder).env_clear().args(["--log", "warn"]).stdin(Stdio::null());
    command
}

/// A server that is about to listen, or does.
pub struct Server {
    pub child: Child,
    output: BufReader<ChildStdout>,
    pub port: u16,
}

impl Server {
    /// Spawns it; it may not be listening yet.
    pub fn spawn(folder: &Path) -> Self {
        let errors = std::fs::OpenOptions::new().append(true).create(true).open(folder.join("errors.txt")).unwrap();
        let mut command = hrdb(folder);
        command.args(["--listen", "127.0.0.1:0", "--queries-dir", "queries"]);
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output, port: 0 }
    }

    /// Spawns it and waits until it listens.
    #[track_caller]
    pub fn start(folder: &Path) -> Self {
        let mut server = Self::spawn(folder);
        let mut line = String::new();
        server.output.read_line(&mut line).unwrap();
        let port = line.trim_end().trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
        let errors = || std::fs::read_to_string(folder.join("errors.txt")).unwrap();
        server.port = port.unwrap_or_else(|| panic!("it does not start: {line:?}; {}", errors()));
        server
    }

    pub fn kill(&mut self) {
        // One that has ended by itself cannot be killed any more.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Asks it to end in order.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub fn token(&self) -> String {
        let basic = format!("Authorization: Basic {}", STANDARD.encode("admin:admin"));
        let mut connection = Connection::open(self.port, &basic).unwrap();
        let (status, body) = connection.ask("GET", "/services/security/token", "", || {}).unwrap();
        assert_eq!(status, 200, "{body}");
        body["wm_auth_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A connection to a server, used for one request after the other.
pub struct Connection {
    stream: BufReader<TcpStream>,
    port: u16,
    header: String,
}

impl Connection {
    /// With a header line that says who asks.
    pub fn open(port: u16, header: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), port, header: header.to_owned() })
    }

    /// Sends a request, calls `sent`, and waits for the answer.
    pub fn ask(&mut self, method: &str, path: &str, body: &str, sent: impl FnOnce()) -> std::io::Result<(u16, Json)> {
        let (port, header, length) = (self.port, &self.header, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        sent();
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (mut status, mut length, mut line) = (None, 0, String::new());
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(cut());
            }
            let text = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = text.strip_prefix("http/1.1 ") {
                status = rest.split(' ').next().and_then(|status| status.parse().ok());
            } else if let Some(rest) = text.strip_prefix("content-length: ") {
                length = rest.parse().map_err(|_| cut())?;
            } else if text.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status.ok_or_else(cut)?, serde_json::from_slice(&body).unwrap_or(Json::Null)))
    }
}

/// Waits for something; false when it does not come in time.
pub fn wait_for(mut there: impl FnMut() -> bool, time: Duration) -> bool {
    let begun = Instant::now();
    while !there() {
        if begun.elapsed() > time {
            return false;
        }
        std::thread::yield_now();
    }
    true
}
