//! Asks a running server whether it is alive, for whoever starts it anew if it is not: an image without a shell has no
//! other client.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Uri;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use crate::config::{Hosts, Settings};

/// What is asked where an address names no path.
const PATH: &str = "/health/live";
/// Time for the whole exchange; who takes longer to say that he is alive is not.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a server says that is well.
const WELL: u16 = 200;
/// A line such as `HTTP/1.1 200 OK` is not longer.
const LONGEST_STATUS_LINE: u64 = 256;

/// Asks the server at `url`, or the one that runs with these settings on this machine: a 200 shows that it is alive, and
/// that it is one of these servers. Returns a line that says so.
///
/// Over TLS, the server must show the certificate of the settings' `tls_cert`; who signed it, for which names and until
/// when is of no concern here.
///
/// # Errors
/// A sentence that says why the server is not known to be alive.
pub fn ask(settings: &Settings, url: Option<&str>) -> Result<String, String> {
    let target = match url {
        Some(url) => Target::parse(url)?,
        None => Target::of(settings)?,
    };
    let failed = |error: std::io::Error| format!("{target} does not answer: {error}");
    let deadline = Instant::now() + PATIENCE;
    let stream = target.connect(deadline).map_err(failed)?;
    let stream = Timed { stream, deadline };
    let status = if target.is_encrypted {
        let client = encrypted(settings, target.address.ip())?;
        target.status(StreamOwned::new(client, stream))
    } else {
        target.status(stream)
    };
    match status.map_err(failed)? {
        WELL => Ok(format!("{target} answers {WELL}\n")),
        status => Err(format!("{target} answers {status}")),
    }
}

/// Where a server is asked, and what.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    is_encrypted: bool,
    address: SocketAddr,
    /// The `Host` of the request.
    host: String,
    path: String,
}

impl std::fmt::Display for Target {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        write!(formatter, "{scheme}://{}{}", self.address, self.path)
    }
}

impl Target {
    /// The server of these settings, as it is reached from its own machine.
    fn of(settings: &Settings) -> Result<Self, String> {
        let mut address = settings.listen;
        if address.port() == 0 {
            return Err("a server on port 0 takes any: give its address, such as http://127.0.0.1:8080".to_owned());
        }
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        let host = match &settings.allowed_hosts {
            Hosts::These(names) if !names.is_empty() => names[0].clone(),
            _ => address.to_string(),
        };
        Ok(Self { is_encrypted: !settings.tls_cert.is_empty(), address, host, path: PATH.to_owned() })
    }

    fn parse(url: &str) -> Result<Self, String> {
        let wrong = || format!("'{url}' is no address such as http://127.0.0.1:8080");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let is_encrypted = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        let port = authority.port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
        let found = (name, port).to_socket_addrs().map_err(|error| format!("there is no {name}: {error}"))?.next();
        let path = uri.path_and_query().map(ToString::to_string).filter(|path| path != "/");
        Ok(Self {
            is_encrypted,
            address: found.ok_or_else(|| format!("there is no {name}"))?,
            host: authority.to_string(),
            path: path.unwrap_or_else(|| PATH.to_owned()),
        })
    }

    fn connect(&self, deadline: Instant) -> std::io::Result<TcpStream> {
        TcpStream::connect_timeout(&self.address, left(deadline)?)
    }

    /// The status of the answer.
    fn status(&self, mut stream: impl Read + Write) -> std::io::Result<u16> {
        let Self { host, path, .. } = self;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: hrdb\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        stream.flush()?;
        let mut line = Vec::new();
        BufReader::new(stream.take(LONGEST_STATUS_LINE)).read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line);
        let rest = text.strip_suffix('\n').and_then(|whole| whole.strip_prefix("HTTP/1."));
        let status = rest.and_then(|rest| rest.split(' ').nth(1)?.trim_end().parse().ok());
        status.ok_or_else(|| std::io::Error::other("what comes is no answer over HTTP"))
    }
}

/// How long there still is; never zero, which would mean for ever.
fn left(deadline: Instant) -> std::io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(std::io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// A connection that has to come to its end in time, however little comes at once.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        in_time(self.stream.read(buffer))
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        in_time(self.stream.write(buffer))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

/// A socket that is out of time says that it would block.
fn in_time(result: std::io::Result<usize>) -> std::io::Result<usize> {
    result.map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => std::io::ErrorKind::TimedOut.into(),
        _ => error,
    })
}

/// A client of the server with the certificate of the settings.
fn encrypted(settings: &Settings, ip: IpAddr) -> Result<ClientConnection, String> {
    if settings.tls_cert.is_empty() {
        return Err("over https the server's certificate must be known: give tls_cert".to_owned());
    }
    let failed = |error: rustls::Error| format!("cannot set up TLS: {error}");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let known = Known { certificate: certificate(Path::new(&settings.tls_cert))?, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(failed)?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(known)).with_no_client_auth();
    ClientConnection::new(Arc::new(config), ServerName::IpAddress(ip.into())).map_err(failed)
}

/// The first certificate of a PEM file, which is the server's.
fn certificate(file: &Path) -> Result<CertificateDer<'static>, String> {
    let text = std::fs::read(file).map_err(|error| format!("cannot read the TLS file {}: {error}", file.display()))?;
    CertificateDer::from_pem_slice(&text).map_err(|error| format!("{} is no PEM file: {error}", file.display()))
}

/// Takes one certificate and no other.
#[derive(Debug)]
struct Known {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *shown == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("the server shows another certificate than that of tls_cert".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, shown, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, shown, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
