//! A caller: sends requests with his credentials and takes the answers apart.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::leaks;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use ureq::Agent;
use ureq::http::Request;

/// Whether the tests run under a tool that makes everything slow: servers hash cheaply then, and clients are patient.
pub fn is_slowed_down() -> bool {
    static SLOW: LazyLock<bool> = LazyLock::new(|| std::env::var_os("HRDB_TEST_SLOW").is_some());
    *SLOW
}

/// For so long a patient client asks again.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a caller says who he is.
#[derive(Clone)]
pub enum Credentials {
    Nobody,
    Basic(String, String),
    TokenHeader(String),
    TokenQuery(String),
    Session { session: String, csrf: Option<String> },
}

#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    credentials: Credentials,
    agent: Agent,
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr, credentials: Credentials) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .build();
        Self { address, credentials, agent: agent.into() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Json) -> Answer {
        self.json("POST", path, body)
    }

    pub fn put(&self, path: &str, body: &Json) -> Answer {
        self.json("PUT", path, body)
    }

    pub fn patch(&self, path: &str, body: &Json) -> Answer {
        self.json("PATCH", path, body)
    }

    pub fn json(&self, method: &str, path: &str, body: &Json) -> Answer {
        self.send(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    pub fn form(&self, path: &str, body: &str) -> Answer {
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Requested-With", "XMLHttpRequest")];
        self.send("POST", path, &headers, body.as_bytes())
    }

    /// Any request, with the caller's credentials added to it.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut answer = self.send_once(method, path, headers, body);
        // A server that a tool slows down tenfold sends people away who have done nothing wrong.
        let began = Instant::now();
        while answer.status == 503 && is_slowed_down() && began.elapsed() < PATIENCE {
            std::thread::yield_now();
            answer = self.send_once(method, path, headers, body);
        }
        answer
    }

    fn send_once(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        leaks::used(&self.credentials);
        let mut url = format!("http://{}{path}", self.address);
        if let Credentials::TokenQuery(token) = &self.credentials {
            url.push(if path.contains('?') { '&' } else { '?' });
            url.push_str("wm_auth_token=");
            url.push_str(token);
        }
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match &self.credentials {
            Credentials::Nobody | Credentials::TokenQuery(_) => {}
            Credentials::Basic(name, password) => {
                let encoded = STANDARD.encode(format!("{name}:{password}"));
                request = request.header("Authorization", format!("Basic {encoded}"));
            }
            Credentials::TokenHeader(token) => request = request.header("wm_auth_token", token),
            Credentials::Session { session, csrf } => {
                request = request.header("Cookie", format!("SESSION={session}"));
                if let Some(csrf) = csrf {
                    request = request.header("X-WM-XSRF-TOKEN", csrf);
                }
            }
        }
        let sent = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        let mut answer = sent.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let headers = answer.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        let answer = Answer { status: answer.status().as_u16(), headers, body };
        leaks::check(&format!("{method} {path}"), &answer);
        answer
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.set_cookies()
            .find_map(|cookie| Some(cookie.strip_prefix(name)?.strip_prefix('=')?.split(';').next()?.to_owned()))
    }

    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(key, _)| key == "set-cookie").map(|(_, value)| value.as_str())
    }

    /// The one entry of the error envelope, whose shape is checked on the way.
    #[track_caller]
    pub fn error(&self) -> Json {
        let json = self.json();
        let keys =
            |json: &Json| json.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        assert_eq!(self.header("content-type"), Some("application/json"), "{}", self.text());
        assert_eq!(keys(&json), ["errors"], "{json}");
        assert_eq!(keys(&json["errors"]), ["error"], "{json}");
        let entries = json["errors"]["error"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{json}");
        assert_eq!(keys(&entries[0]), ["id", "messageKey", "message", "parameters"], "{json}");
        assert!(entries[0]["id"].is_null() && entries[0]["parameters"].is_array(), "{json}");
        entries[0].clone()
    }

    /// The filled message of the error envelope.
    #[track_caller]
    pub fn message(&self) -> String {
        self.error()["message"].as_str().unwrap_or_default().to_owned()
    }
}
