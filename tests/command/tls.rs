//! TLS of the server's own: what it speaks, what it refuses to start with, and certificates that change while it runs.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use tempfile::TempDir;

use crate::process::{Running, errors, hrdb, refused};

/// Longer than the server needs to notice new files.
const PATIENCE: Duration = Duration::from_secs(60);

/// Writes a new certificate and its key into the folder; a client that trusts the answer trusts nobody else.
fn make(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn start(folder: TempDir) -> Running {
    Running::start(folder, |command| {
        command.args(["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    })
}

fn address(server: &Running) -> String {
    server.url.strip_prefix("https://").unwrap_or_else(|| panic!("{}", server.url)).trim_end_matches('/').to_owned()
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

/// A connection to a server with this certificate, or why there is none.
fn connect(
    server: &Running,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<Connection> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_protocol_versions(versions);
    let config = config.unwrap().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(address(server))?;
    while client.is_handshaking() {
        client.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(client, stream))
}

fn ask(connection: &mut Connection, head: &str, body: &str) -> String {
    let length = body.len();
    let request = format!("{head} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nX-Requested-With: XMLHttpRequest\r\n";
    connection.write_all(format!("{request}{form}\r\n{body}").as_bytes()).unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        let read = connection.read(&mut buffer).unwrap();
        assert!(read > 0, "the answer is whole: {text}");
        received.extend_from_slice(&buffer[..read]);
    }
}

/// Asks until the answer is yes.
fn wait_until(case: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "{case}");
        std::thread::yield_now();
    }
}

#[test]
fn over_tls_everything_is_the_same_and_cookies_never_travel_without_it() {
    let folder = TempDir::new().unwrap();
    let trusted = make(folder.path());
    let server = start(folder);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut connection = connect(&server, &trusted, &[version]).unwrap();
        let info = ask(&mut connection, "GET /services/security/info", "");
        assert!(info.starts_with("HTTP/1.1 200 OK\r\n") && info.contains(r#""securityEnabled":true"#), "{info}");
        assert!(info.contains("strict-transport-security: max-age=31536000\r\n"), "{info}");
        let signed_in = ask(&mut connection, "POST /j_spring_security_check", "j_username=admin&j_password=admin");
        let cookies: Vec<_> = signed_in.lines().filter(|line| line.starts_with("set-cookie: ")).collect();
        assert_eq!(cookies.len(), 2, "{signed_in}");
        assert!(cookies.iter().all(|cookie| cookie.contains("; Secure")), "{signed_in}");
    }
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.der().clone();
    assert!(connect(&server, &stranger, rustls::ALL_VERSIONS).is_err(), "the client of this test does check");
    assert!(server.stop("-TERM").0.success(), "it ends in order as well");
}

#[test]
fn who_speaks_no_tls_gets_no_answer() {
    let folder = TempDir::new().unwrap();
    let trusted = make(folder.path());
    let server = start(folder);
    // Clear text, and the greeting of a client that knows no more than TLS 1.1.
    let old = b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x02".iter().copied().chain([7; 32]);
    let old: Vec<u8> = old.chain(*b"\x00\x00\x04\x00\x2f\x00\x35\x01\x00").collect();
    for bytes in [&b"GET /services/security/info HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], &old, b"\0\0\0\0\0\0\0\0"] {
        let mut stream = TcpStream::connect(address(&server)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
        // At most an alert of TLS, which begins with 0x15.
        assert!(received.is_empty() || received[0] == 0x15, "{:?}", String::from_utf8_lossy(&received));
    }
    assert!(connect(&server, &trusted, rustls::ALL_VERSIONS).is_ok());
}

#[test]
fn a_renewed_certificate_is_taken_up_and_a_bad_one_is_not() {
    let folder = TempDir::new().unwrap();
    let first = make(folder.path());
    let server = start(folder);
    let folder = server.folder.path();
    let mut early = connect(&server, &first, rustls::ALL_VERSIONS).unwrap();
    assert!(ask(&mut early, "GET /login.html", "").starts_with("HTTP/1.1 200"));
    let second = make(folder);
    wait_until("the new certificate is used", || connect(&server, &second, rustls::ALL_VERSIONS).is_ok());
    assert!(connect(&server, &first, rustls::ALL_VERSIONS).is_err(), "and the old one no longer");
    for (case, file, text) in [
        ("rubbish", "cert.pem", "no certificate at all"),
        ("half a file", "cert.pem", "-----BEGIN CERTIFICATE-----\nMIIB"),
        ("another key", "key.pem", &rcgen::KeyPair::generate().unwrap().serialize_pem()),
    ] {
        let whole = std::fs::read_to_string(folder.join(file)).unwrap();
        let told = errors(folder).matches("the certificate in use stays").count();
        std::fs::write(folder.join(file), text).unwrap();
        wait_until(case, || errors(folder).matches("the certificate in use stays").count() > told);
        assert!(connect(&server, &second, rustls::ALL_VERSIONS).is_ok(), "{case}");
        std::fs::write(folder.join(file), whole).unwrap();
    }
    std::fs::remove_file(folder.join("key.pem")).unwrap();
    wait_until("no file", || errors(folder).contains("cannot read the TLS file key.pem"));
    assert!(connect(&server, &second, rustls::ALL_VERSIONS).is_ok());
    let third = make(folder);
    wait_until("what is good again is used", || connect(&server, &third, rustls::ALL_VERSIONS).is_ok());
    let log = errors(folder);
    assert!(!log.contains("PRIVATE KEY") && !log.contains("MIIB"), "{log}");
    drop(early);
    assert!(server.stop("-TERM").0.success());
}

#[test]
fn files_that_are_no_certificate_and_key_are_one_line_and_exit_code_1() {
    let folder = TempDir::new().unwrap();
    make(folder.path());
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    std::fs::write(folder.path().join("other.pem"), &other).unwrap();
    std::fs::write(folder.path().join("empty.pem"), "").unwrap();
    for (certificate, key, named) in [
        ("missing.pem", "key.pem", "missing.pem"),
        ("cert.pem", "missing.pem", "missing.pem"),
        ("empty.pem", "key.pem", "empty.pem holds no certificate"),
        ("key.pem", "key.pem", "key.pem holds no certificate"),
        ("cert.pem", "cert.pem", "cert.pem holds no private key"),
        ("cert.pem", "other.pem", "cannot be used"),
    ] {
        let mut command = hrdb(folder.path());
        command.args(["--tls-cert", certificate, "--tls-key", key, "--log", "error"]);
        let (code, line) = refused(command, folder.path());
        assert_eq!(code, 1, "{certificate} {key}: {line}");
        assert!(line.contains(named), "{certificate} {key}: {line}");
        assert!(!line.contains(other.lines().nth(1).unwrap()), "{line}");
    }
}
