//! Where a request says it comes from: believed from a trusted proxy, and from nobody else.

use serde_json::json;

use crate::support::{Answer, Server};

fn behind(proxies: &str) -> Server {
    Server::start_with(|settings| settings.trusted_proxies = proxies.parse().unwrap())
}

fn sign_in(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let form = [&[("Content-Type", "application/x-www-form-urlencoded")], headers].concat();
    let answer = server.nobody().send("POST", "/j_spring_security_check", &form, b"j_username=admin&j_password=admin");
    assert_eq!(answer.status, 200, "{headers:?}");
    answer
}

/// Whether the cookies are for encrypted connections only.
fn is_secure(answer: &Answer) -> bool {
    let secure = |cookie: &str| cookie.contains("; Secure");
    assert!(answer.set_cookies().count() == 2 && answer.set_cookies().all(secure) == answer.set_cookies().any(secure));
    answer.set_cookies().any(secure)
}

/// The address that the server gives to a file that it has made.
fn export_address(server: &Server, headers: &[(&str, &str)]) -> String {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    let body = json!({"exportType": "CSV"}).to_string();
    let answer = server.admin().send("POST", "/services/hrdb/Department/export", &headers, body.as_bytes());
    assert_eq!(answer.status, 200, "{headers:?}: {}", answer.text());
    let address = answer.json()["result"].as_str().unwrap().to_owned();
    address.split_once("/services/files/exported/").unwrap().0.to_owned()
}

const OVER_TLS: (&str, &str) = ("X-Forwarded-Proto", "https");
const AS_EXAMPLE: (&str, &str) = ("X-Forwarded-Host", "hr.example.com:8443");

#[test]
fn forwarding_headers_are_ignored_from_anybody() {
    for server in [Server::start(), behind("10.0.0.0/8,::1")] {
        let here = format!("http://{}", server.address);
        assert!(!is_secure(&sign_in(&server, &[OVER_TLS])));
        for headers in [
            &[OVER_TLS, AS_EXAMPLE][..],
            &[("Forwarded", "for=1.2.3.4;proto=https;host=evil.example")],
            &[("X-Forwarded-For", "127.0.0.1"), OVER_TLS],
        ] {
            assert_eq!(export_address(&server, headers), here, "{headers:?}");
        }
    }
}

#[test]
fn a_trusted_proxy_says_how_the_client_came() {
    let server = behind("127.0.0.0/8");
    let here = server.address.to_string();
    for (headers, expected) in [
        (&[][..], format!("http://{here}")),
        (&[OVER_TLS], format!("https://{here}")),
        (&[OVER_TLS, AS_EXAMPLE], "https://hr.example.com:8443".to_owned()),
        (&[("X-Forwarded-Proto", "HTTPS")], format!("https://{here}")),
        // What the proxy next to us has added stands last.
        (&[("X-Forwarded-Proto", "https, http")], format!("http://{here}")),
        (&[("X-Forwarded-Host", "evil.example, hr.example.com")], "http://hr.example.com".to_owned()),
        (&[("X-Forwarded-Proto", "")], format!("http://{here}")),
        // A proxy that writes the other headers passes this one on as it came.
        (&[("Forwarded", "proto=https;host=evil.example")], format!("http://{here}")),
    ] {
        assert_eq!(export_address(&server, headers), expected, "{headers:?}");
    }
    assert!(is_secure(&sign_in(&server, &[OVER_TLS])));
    assert!(!is_secure(&sign_in(&server, &[])));
}

#[test]
fn without_names_in_the_settings_a_trusted_proxy_answers_for_the_host_that_it_forwards() {
    let status = |server: &Server, headers: &[(&str, &str)]| {
        server.nobody().send("GET", "/services/security/info", headers, b"").status
    };
    let rebound = ("Host", "evil.example");
    for (proxies, forwarded) in [("127.0.0.0/8", 200), ("10.0.0.0/8", 400), ("", 400)] {
        let server = behind(proxies);
        assert_eq!(status(&server, &[rebound]), 400, "{proxies}: nobody has forwarded it");
        assert_eq!(status(&server, &[rebound, AS_EXAMPLE]), forwarded, "{proxies}");
        assert_eq!(status(&server, &[AS_EXAMPLE]), 200, "{proxies}");
    }
    let named = Server::start_with(|settings| {
        settings.trusted_proxies = "127.0.0.0/8".parse().unwrap();
        settings.allowed_hosts = "hr.example.com:1".parse().unwrap();
    });
    assert_eq!(status(&named, &[AS_EXAMPLE]), 400, "the settings' word counts more than a proxy's");
}
