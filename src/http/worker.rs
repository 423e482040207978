//! What a thread that serves requests works with.

use std::sync::Arc;

use super::answers::Answers;
use super::counts::Counts;
use super::firewall::LastHost;
use super::router::Router;
use super::state::State;

/// One of those threads.
pub struct Worker {
    /// What all of them share.
    pub state: Arc<State>,
    /// The paths.
    pub router: Arc<Router>,
    /// Answers that this one keeps.
    pub answers: Answers,
    /// The host that this one was asked for last.
    pub host: LastHost,
    /// What this one has answered.
    pub counts: Arc<Counts>,
}

impl Worker {
    /// One that begins, called on its own thread. It keeps answers of so many bytes.
    #[must_use]
    pub fn new(state: Arc<State>, router: Arc<Router>, answers: usize) -> Self {
        let counts = state.counts.begin();
        Self { state, router, answers: Answers::new(answers), host: LastHost::default(), counts }
    }
}
