//! What has been asked and answered: each worker counts for itself, and a scrape adds it up.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::figures::{Counter, Histogram, TIMES, Totals};

/// Hundreds of a status.
const STATUS_CLASSES: usize = 5;
/// Statuses are below it.
const STATUSES: usize = 600;

/// What kind of work a route is: how long it takes is counted by these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Rows of entities are read.
    Read,
    /// They are changed.
    Write,
    /// Named queries.
    Query,
    /// Files are made and fetched.
    Export,
    /// Sign-in, tokens, sessions.
    Security,
    /// Pages, scripts and descriptions.
    Page,
    /// Health and figures.
    Watch,
    /// What leads nowhere.
    None,
}

impl Work {
    /// All of them, and what they are called.
    pub const ALL: [(Self, &str); 8] = [
        (Self::Read, "read"),
        (Self::Write, "write"),
        (Self::Query, "query"),
        (Self::Export, "export"),
        (Self::Security, "security"),
        (Self::Page, "page"),
        (Self::Watch, "watch"),
        (Self::None, "none"),
    ];
}

/// A row of the table of endpoints, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Its method.
    pub method: &'static str,
    /// Its path, with names for what differs.
    pub path: &'static str,
    /// What kind of work it is.
    pub work: Work,
}

/// The counts of one worker. Only its thread writes them.
pub struct Counts {
    /// By route, and then by the first digit of the status, 1 to 5.
    requests: Box<[[Counter; STATUS_CLASSES]]>,
    works: Box<[usize]>,
    statuses: Box<[Counter]>,
    latencies: [Histogram; Work::ALL.len()],
    kept: Counter,
    not_kept: Counter,
}

impl Counts {
    fn new(routes: &[Route]) -> Self {
        let place = |work: Work| Work::ALL.iter().position(|(other, _)| *other == work).unwrap_or_default();
        Self {
            requests: routes.iter().map(|_| Default::default()).collect(),
            works: routes.iter().map(|route| place(route.work)).collect(),
            statuses: (0..STATUSES).map(|_| Counter::default()).collect(),
            latencies: std::array::from_fn(|_| Histogram::new(TIMES)),
            kept: Counter::default(),
            not_kept: Counter::default(),
        }
    }

    /// Counts an answer. A route is named by its place in the table; what has none, leads nowhere.
    pub fn record(&self, route: Option<usize>, status: u16, took: Duration) {
        let place = route.unwrap_or(self.requests.len() - 1);
        let status = usize::from(status);
        if let (Some(classes), Some(work)) = (self.requests.get(place), self.works.get(place)) {
            classes[(status / 100).clamp(1, STATUS_CLASSES) - 1].add_alone(1);
            self.latencies[*work].record_alone(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        }
        if let Some(counter) = self.statuses.get(status) {
            counter.add_alone(1);
        }
    }

    /// Counts a look at the answers that are kept.
    pub fn looked_up(&self, found: bool) {
        if found { &self.kept } else { &self.not_kept }.add_alone(1);
    }
}

/// The counts of all workers.
pub struct AllCounts {
    routes: Vec<Route>,
    /// One for each worker that there has ever been: what an ended one has counted stays.
    workers: Mutex<Vec<Arc<Counts>>>,
}

impl AllCounts {
    /// Without workers.
    #[must_use]
    pub fn new(mut routes: Vec<Route>) -> Self {
        routes.push(Route { method: "", path: "", work: Work::None });
        Self { routes, workers: Mutex::default() }
    }

    /// The counts of a worker that begins, made on its own thread.
    #[must_use]
    pub fn begin(&self) -> Arc<Counts> {
        let counts = Arc::new(Counts::new(&self.routes));
        self.workers.lock().push(Arc::clone(&counts));
        counts
    }

    /// Each route, the last for what leads nowhere, and how many of its answers had a status of each hundred.
    #[must_use]
    pub fn requests(&self) -> Vec<(Route, [u64; STATUS_CLASSES])> {
        let workers = self.workers.lock();
        let sum = |route: usize, class: usize| workers.iter().map(|counts| counts.requests[route][class].get()).sum();
        let of = |(place, route): (usize, &Route)| (*route, std::array::from_fn(|class| sum(place, class)));
        self.routes.iter().enumerate().map(of).collect()
    }

    /// How many answers had each status; those that none had are left out.
    #[must_use]
    pub fn statuses(&self) -> Vec<(usize, u64)> {
        let workers = self.workers.lock();
        let sum = |status: usize| workers.iter().map(|counts| counts.statuses[status].get()).sum();
        (0..STATUSES).map(|status| (status, sum(status))).filter(|(_, count)| *count > 0).collect()
    }

    /// Nanoseconds that the answers of each kind of work took.
    #[must_use]
    pub fn latencies(&self) -> Vec<(&'static str, Totals)> {
        let workers = self.workers.lock();
        let of = |(place, (_, name)): (usize, &(Work, &'static str))| {
            let mut all = Totals::new(TIMES);
            workers.iter().for_each(|counts| all.add(&counts.latencies[place].totals()));
            (*name, all)
        };
        Work::ALL.iter().enumerate().map(of).collect()
    }

    /// How often an answer had been kept, and how often not.
    #[must_use]
    pub fn kept_answers(&self) -> (u64, u64) {
        let workers = self.workers.lock();
        let sum = |of: fn(&Counts) -> &Counter| workers.iter().map(|counts| of(counts).get()).sum();
        (sum(|counts| &counts.kept), sum(|counts| &counts.not_kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_workers_count_is_added_up_by_route_status_and_kind_of_work() {
        let route = Route { method: "GET", path: "/a/{b}", work: Work::Read };
        let all = AllCounts::new(vec![route]);
        let (one, two) = (all.begin(), all.begin());
        one.record(Some(0), 200, Duration::from_micros(60));
        two.record(Some(0), 204, Duration::from_micros(70));
        two.record(Some(0), 503, Duration::from_secs(90));
        two.record(None, 404, Duration::ZERO);
        two.record(Some(99), 999, Duration::ZERO);
        assert_eq!(all.requests()[0], (route, [0, 2, 0, 0, 1]));
        assert_eq!(all.requests()[1].1, [0, 0, 0, 1, 0]);
        assert_eq!(all.statuses(), [(200, 1), (204, 1), (404, 1), (503, 1)]);
        let latencies = all.latencies();
        assert_eq!((latencies[0].0, latencies[0].1.counts[1], *latencies[0].1.counts.last().unwrap()), ("read", 2, 1));
        one.looked_up(true);
        two.looked_up(true);
        two.looked_up(false);
        assert_eq!(all.kept_answers(), (2, 1));
    }
}
