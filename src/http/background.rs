//! Work that takes long must not keep from the processor those who serve requests.

use std::cell::Cell;

thread_local! {
    static LOWERED: Cell<bool> = const { Cell::new(false) };
}

/// Gives the calling thread the lowest priority, for good: only for threads that nothing but long work is done on. On a processor that
/// is not busy it makes no difference.
pub fn lower_priority() {
    if LOWERED.replace(true) {
        return;
    }
    // Linux gives each thread a priority of its own. Where that fails, long work costs the others more.
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        log::debug!("cannot lower the priority of a thread for long work: {error}");
    }
}
