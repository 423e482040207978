//! Any Authorization header, half of them as Basic credentials: only name and password that are right let in.
#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let is_encoded = first % 2 == 0;
    let header = if is_encoded { format!("Basic {}", server::base64(rest)).into_bytes() } else { rest.to_vec() };
    if !server::is_header(&header) {
        return;
    }
    let head = b"GET /services/hrdb/Department/count HTTP/1.1\r\nHost: localhost\r\nAuthorization: ";
    let (status, body) = server::ask(&[head, &header[..], b"\r\n\r\n"].concat());
    assert!([200, 401].contains(&status), "{status}: {}", String::from_utf8_lossy(&body));
    if is_encoded {
        // The last colon-free part is the name; a NUL or another case is another name.
        let known = [&b"admin:admin"[..], b"user:user"].contains(&rest);
        assert_eq!(status == 200, known, "{:?}", String::from_utf8_lossy(rest));
    }
});
