//! What a thread that serves requests works with.

use std::sync::Arc;

use super::answers::Answers;
use super::counts::Counts;
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
    /// What this one has answered.
    pub counts: Arc<Counts>,
}
