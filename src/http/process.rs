//! What the system says of this process.

use std::str::FromStr;

use rustix::process::{Resource, getrlimit};

/// What is used, as far as the system says it: Linux says all of it.
#[derive(Debug, Default)]
pub struct Process {
    /// Bytes of memory that are in use.
    pub resident_bytes: Option<u64>,
    /// Bytes of addresses that are taken.
    pub virtual_bytes: Option<u64>,
    /// Files and connections that are open.
    pub open_files: Option<u64>,
    /// And how many may be.
    pub most_files: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Seconds of work, of all threads together.
    pub cpu_seconds: Option<f64>,
}

impl Process {
    /// As it is now.
    #[must_use]
    pub fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = |name| field::<u64>(&status, name).map(|number| number * 1024);
        // The folder that is being read is one of them.
        let open = std::fs::read_dir("/proc/self/fd").ok().map(|files| (files.count() as u64).saturating_sub(1));
        Self {
            resident_bytes: kilobytes("VmRSS:"),
            virtual_bytes: kilobytes("VmSize:"),
            open_files: open,
            most_files: getrlimit(Resource::Nofile).current,
            threads: field(&status, "Threads:"),
            cpu_seconds: cpu_seconds(),
        }
    }
}

/// The first number behind a name.
fn field<T: FromStr>(text: &str, name: &str) -> Option<T> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    let ticks = f64::from(next()?) + f64::from(next()?);
    u32::try_from(rustix::param::clock_ticks_per_second()).ok().map(|per_second| ticks / f64::from(per_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_all_of_it() {
        let seen = Process::now();
        assert!(seen.resident_bytes.unwrap() > 1_000_000 && seen.virtual_bytes >= seen.resident_bytes, "{seen:?}");
        assert!(seen.open_files.unwrap() >= 3 && seen.threads.unwrap() >= 1, "{seen:?}");
        assert!(seen.cpu_seconds.unwrap() >= 0.0, "{seen:?}");
        assert_eq!(field::<u64>("A: 1\nVmRSS:\t  12 kB\n", "VmRSS:"), Some(12));
        assert_eq!(field::<u64>("VmRSS: x", "VmRSS:"), None);
    }
}
