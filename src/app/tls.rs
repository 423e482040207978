//! TLS of the server's own: a certificate from two PEM files, which may be renewed while the server runs.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::Settings;

/// The certificate that is shown to clients, and where it comes from.
#[derive(Debug)]
pub struct Certificate {
    chain_file: PathBuf,
    key_file: PathBuf,
    provider: Arc<CryptoProvider>,
    /// What handshakes from now on use.
    current: RwLock<Arc<CertifiedKey>>,
    /// Digest of the files as they were when they were last looked at, whether they were good or not.
    seen: Mutex<u64>,
}

impl Certificate {
    /// Reads the files of the settings; `None` when they name none.
    ///
    /// # Errors
    /// A sentence that names the file at fault.
    pub fn of(settings: &Settings) -> Result<Option<Arc<Self>>, String> {
        if settings.tls_cert.is_empty() {
            return Ok(None);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let (chain_file, key_file) = (PathBuf::from(&settings.tls_cert), PathBuf::from(&settings.tls_key));
        let files = Files::read(&chain_file, &key_file)?;
        let current = files.certified(&chain_file, &key_file, &provider)?;
        let (current, seen) = (RwLock::new(Arc::new(current)), Mutex::new(files.digest()));
        Ok(Some(Arc::new(Self { chain_file, key_file, provider, current, seen })))
    }

    /// Takes up files that have changed. Those that cannot be used are told once, and the certificate stays.
    pub fn renew(&self) {
        let mut seen = self.seen.lock();
        let files = match Files::read(&self.chain_file, &self.key_file) {
            Ok(files) => files,
            Err(text) => {
                // Until the files can be read again.
                if std::mem::replace(&mut *seen, 0) != 0 {
                    log::error!("{text}; the certificate in use stays");
                }
                return;
            }
        };
        let digest = files.digest();
        if std::mem::replace(&mut *seen, digest) == digest {
            return;
        }
        match files.certified(&self.chain_file, &self.key_file, &self.provider) {
            Ok(renewed) => {
                *self.current.write() = Arc::new(renewed);
                log::info!("the certificate of {} is in use now", self.chain_file.display());
            }
            Err(text) => log::error!("{text}; the certificate in use stays"),
        }
    }

    /// How connections are encrypted: TLS 1.2 or 1.3.
    ///
    /// # Errors
    /// When the library cannot do that.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, String> {
        let config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("cannot set up TLS: {error}"))?;
        Ok(config.with_no_client_auth().with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read()))
    }
}

/// The content of both files.
struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| format!("cannot read the TLS file {}: {error}", path.display()))
        };
        Ok(Self { certificate: read(certificate)?, key: read(key)? })
    }

    /// Tells contents apart; never 0.
    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.certificate.hash(&mut hasher);
        self.key.hash(&mut hasher);
        hasher.finish().max(1)
    }

    /// The chain and its key, which must belong together.
    fn certified(&self, certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let (certificate, key) = (certificate.display(), key.display());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{certificate} is no PEM file: {error}"))?;
        if chain.is_empty() {
            return Err(format!("{certificate} holds no certificate in PEM"));
        }
        // The library's error could repeat a part of the file.
        let secret =
            PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| format!("{key} holds no private key in PEM"))?;
        CertifiedKey::from_der(chain, secret, provider)
            .map_err(|error| format!("the certificate {certificate} and the key {key} cannot be used: {error}"))
    }
}
