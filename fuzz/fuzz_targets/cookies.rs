//! Any Cookie header: no session is guessed, and nothing breaks over it.
#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if !server::is_header(bytes) {
        return;
    }
    let head = b"GET /services/hrdb/Department/count HTTP/1.1\r\nHost: localhost\r\nCookie: ";
    let (status, body) = server::ask(&[head, bytes, b"\r\n\r\n"].concat());
    assert_eq!(status, 401, "{}", String::from_utf8_lossy(&body));
});
