//! What an operator is told at the start about how far others can reach: over the network, and on the same machine.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::config::{Hosts, Settings};

/// Any user may read a file, or pass through a folder.
const OTHERS_READ: u32 = 0o004;
const OTHERS_PASS: u32 = 0o001;

/// Logs a line for each door that stands open by these settings. `database` is the file that holds the accounts.
pub fn warn(settings: &Settings, database: &Path) {
    let is_remote = !settings.listen.ip().is_loopback();
    if is_remote && settings.tls_cert.is_empty() && settings.trusted_proxies.is_empty() {
        log::warn!(
            "passwords and tokens come in clear text to {}: set tls_cert and tls_key, or trusted_proxies and a proxy with TLS",
            settings.listen
        );
    }
    if settings.allowed_hosts.at(settings.listen) == Hosts::Any {
        log::info!("requests for any host are answered: allowed_hosts names none");
    }
    if others_read(database) {
        log::warn!("other users of this machine can read {}, with all that it holds: chmod 600", database.display());
    }
}

/// Whether any user of the machine can read a file: its own mode says so, and every folder on the way lets him through.
fn others_read(file: &Path) -> bool {
    let allows =
        |path: &Path, bit: u32| std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bit != 0);
    let Ok(file) = file.canonicalize() else { return false };
    allows(&file, OTHERS_READ) && file.ancestors().skip(1).all(|folder| allows(folder, OTHERS_PASS))
}
