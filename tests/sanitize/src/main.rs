//! A data race, made on purpose: whoever looks for races has to find this one before it is believed about others.
//! With the argument `locked`, the same under a lock, which nobody may complain about.

use std::cell::UnsafeCell;
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;

struct Shared(UnsafeCell<u64>);

// SAFETY: there is none; that is the point.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared(UnsafeCell::new(0));
static LOCK: Mutex<()> = Mutex::new(());

fn add(is_locked: bool) {
    for _ in 0..100 {
        let _guard = is_locked.then(|| LOCK.lock().expect("nobody panics"));
        // SAFETY: none without the lock.
        unsafe { *SHARED.0.get() += 1 };
    }
}

fn main() {
    let is_locked = std::env::args().any(|argument| argument == "locked");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| add(is_locked));
        }
    });
    // What the standard library does to wait is seen through as well.
    let (sender, receiver) = mpsc::channel();
    let (ready, woken) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            sender.send(vec![1]).expect("somebody listens");
            *ready.lock().expect("nobody panics") = true;
            woken.notify_all();
        });
        let mut seen = ready.lock().expect("nobody panics");
        while !*seen {
            seen = woken.wait(seen).expect("nobody panics");
        }
    });
    assert_eq!(receiver.recv().expect("it was sent"), [1]);
}
