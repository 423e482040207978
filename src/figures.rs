//! Counters and histograms: written where something happens, read by whoever watches the server.
//!
//! What happens with every request is counted by the thread that serves it, in counters of its own: a load and a store, no
//! lock, no memory that another thread writes to. Who reads adds them up, and may read some a moment before the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bounds for how long something takes, in nanoseconds.
pub const TIMES: &[u64] = &[
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    10_000_000_000,
    60_000_000_000,
];

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it, from any thread.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Adds to it from the one thread that ever does.
    pub fn add_alone(&self, more: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }

    /// What it has come to.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of something there are at a time, on whatever threads.
#[derive(Debug, Default, Clone)]
pub struct Gauge(Arc<AtomicU64>);

/// One of them, for as long as this is not dropped.
#[derive(Debug)]
pub struct Present(Gauge);

impl Gauge {
    /// One more.
    #[must_use]
    pub fn enter(&self) -> Present {
        self.0.fetch_add(1, Ordering::Relaxed);
        Present(self.clone())
    }

    /// How many there are.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many values of one thread were how large.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what is above all of them. A value is counted in one only.
    counts: Box<[Counter]>,
    sum: Counter,
}

impl Histogram {
    /// An empty one. The bounds ascend; a value that equals one counts below it.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: (0..=bounds.len()).map(|_| Counter::default()).collect(), sum: Counter::default() }
    }

    /// Counts a value, on the one thread that ever does.
    pub fn record_alone(&self, value: u64) {
        let place = self.bounds.iter().position(|bound| value <= *bound).unwrap_or(self.bounds.len());
        self.counts[place].add_alone(1);
        self.sum.add_alone(value);
    }

    /// What it has come to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let counts = self.counts.iter().map(Counter::get).collect();
        Totals { bounds: self.bounds, counts, sum: self.sum.get() }
    }
}

/// What histograms of the same bounds have come to together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Upper bounds.
    pub bounds: &'static [u64],
    /// How many values lay up to each bound and above the one before it, and how many above all.
    pub counts: Vec<u64>,
    /// All values together.
    pub sum: u64,
}

impl Totals {
    /// Nothing yet.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0 }
    }

    /// Adds those of another histogram of the same bounds.
    pub fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.sum += other.sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_at_the_first_bound_that_it_does_not_exceed() {
        let histogram = Histogram::new(&[10, 20]);
        for value in [0, 10, 11, 20, 21, 1000] {
            histogram.record_alone(value);
        }
        assert_eq!(histogram.totals(), Totals { bounds: &[10, 20], counts: vec![2, 2, 2], sum: 1062 });
        let mut both = Totals::new(&[10, 20]);
        both.add(&histogram.totals());
        both.add(&histogram.totals());
        assert_eq!((both.counts, both.sum), (vec![4, 4, 4], 2124));
    }

    #[test]
    fn a_gauge_knows_who_is_still_there() {
        let gauge = Gauge::default();
        let (one, two) = (gauge.enter(), gauge.enter());
        drop(one);
        assert_eq!(gauge.get(), 1);
        drop(two);
        assert_eq!(gauge.get(), 0);
    }

    #[test]
    fn counters_grow_from_one_thread_and_from_many() {
        let counter = Counter::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| counter.add(1)));
            }
        });
        counter.add_alone(2);
        assert_eq!(counter.get(), 4002);
    }
}
