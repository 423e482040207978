//! Any body as a form with parts: a row and its bytes, or a refusal. The first byte says whether its boundary is put in front.
#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let body = match first % 3 {
        0 => rest.to_vec(),
        1 => [&b"--x\r\nContent-Disposition: form-data; name=\"wm_data_json\"\r\n\r\n"[..], rest, b"\r\n--x--\r\n"].concat(),
        _ => [&b"--x\r\nContent-Disposition: form-data; "[..], rest, b"\r\n--x--\r\n"].concat(),
    };
    let head = format!(
        "POST /services/pictures/Picture/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
        server::base64(b"admin:admin"),
        body.len()
    );
    let (status, answer) = server::ask(&[head.as_bytes(), &body[..]].concat());
    assert!([200, 400, 404, 409, 413].contains(&status), "{status}: {}", String::from_utf8_lossy(&answer));
});
