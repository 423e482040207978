//! Any text as an order: it is refused, or SQLite carries it out.
#![no_main]

mod sample;

use hrdb::records::ListParams;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    sample::list(&ListParams { sort: vec![text], ..ListParams::default() });
});
