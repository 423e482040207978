//! Any text as a filter: it is refused, or it reads back from its own print and SQLite carries it out.
#![no_main]

mod sample;

use hrdb::filter;
use hrdb::records::ListParams;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(Some(tree)) = filter::parse(text) {
        let printed = tree.to_string();
        let again = filter::parse(&printed).expect("a printed filter parses").expect("it is not blank");
        assert_eq!(again.to_string(), printed);
    }
    sample::list(&ListParams { q: Some(text), ..ListParams::default() });
});
