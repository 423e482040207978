//! Any JSON as the body of a search: it is refused, or SQLite carries it out.
#![no_main]

mod sample;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = serde_json::from_slice(bytes) {
        sample::search(&body);
    }
});
