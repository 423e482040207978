//! Who is shown the way to the sign-in page, and what a context path changes.

use crate::sign_in::cookies;
use crate::support::{Answer, Server};

const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.nobody().send("GET", path, headers, b"")
}

#[track_caller]
fn assert_told(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.header("location")), (401, None), "{case}: {}", answer.text());
    assert_eq!(answer.header("x-wm-login-errormessage"), Some("Session Not Found"), "{case}");
    assert_eq!(answer.header("www-authenticate"), None, "{case}: a browser would ask for a password by itself");
    let error = answer.error();
    assert_eq!(error["messageKey"], "com.wavemaker.unAuthorized", "{case}");
    assert_eq!(error["message"], "unAuthorized", "{case}");
    assert_eq!(error["parameters"][0], "Full authentication is required to access this resource", "{case}");
}

/// How a request may look, and whether a browser that goes to a page sends it so.
const LOOKS: [(&[(&str, &str)], bool); 15] = [
    (&[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Accept", PAGE)], true),
    (&[("Sec-Fetch-Mode", "navigate")], true),
    (&[("Sec-Fetch-Mode", "navigate"), ("Accept", "application/json")], true),
    (&[("Accept", PAGE)], true),
    (&[("Accept", "text/html")], true),
    (&[("Accept", PAGE), ("X-Requested-With", "com.android.browser")], true),
    (&[("Accept", "*/*")], false),
    (&[("Accept", "application/json, text/plain, */*"), ("X-Requested-With", "XMLHttpRequest")], false),
    (&[("Accept", PAGE), ("X-Requested-With", "XMLHttpRequest")], false),
    (&[("Sec-Fetch-Mode", "navigate"), ("Accept", PAGE), ("X-Requested-With", "XMLHttpRequest")], false),
    (&[("Sec-Fetch-Mode", "cors"), ("Accept", PAGE)], false),
    (&[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"), ("Accept", PAGE)], false),
    (&[("Sec-Fetch-Dest", "document"), ("Accept", PAGE)], false),
    (&[("Sec-Fetch-Site", "same-origin"), ("Accept", PAGE)], false),
    (&[("Sec-Fetch-User", "?1"), ("Accept", PAGE)], false),
];

#[test]
fn a_browser_that_goes_to_a_protected_page_is_sent_to_sign_in() {
    let server = Server::start();
    for (headers, goes_to_a_page) in LOOKS {
        for path in ["/", "/index.html", "/?page=Main"] {
            let (answer, case) = (get(&server, path, headers), format!("{path} {headers:?}"));
            if goes_to_a_page {
                assert_eq!((answer.status, answer.header("location")), (302, Some("/login.html")), "{case}");
                assert_eq!(answer.header("x-wm-login-errormessage"), None, "{case}");
                assert_eq!(answer.set_cookies().count(), 0, "{case}");
            } else {
                assert_told(&answer, &case);
            }
        }
    }
}

#[test]
fn nothing_below_services_is_ever_redirected() {
    let server = Server::start();
    for (headers, _) in LOOKS {
        for path in [
            "/services/hrdb/Employee",
            "/services/hrdb/Employee/1",
            "/services/hrdb/Employee/",
            "/services/hrdb/Nothing",
            "/services/nothing/at/all/of/this",
            "/services/hrdb",
        ] {
            assert_told(&get(&server, path, headers), &format!("{path} {headers:?}"));
        }
        for path in ["/services", "/services/", "/services/security/token"] {
            let answer = get(&server, path, headers);
            assert!([401, 404, 406].contains(&answer.status), "{path} {headers:?}: {}", answer.status);
            assert_eq!(answer.header("location"), None, "{path} {headers:?}");
        }
    }
}

#[test]
fn public_pages_are_for_everybody_and_the_others_for_who_is_signed_in() {
    let server = Server::start();
    let browser = [("Sec-Fetch-Mode", "navigate"), ("Accept", PAGE)];
    for path in ["/login.html", "/login.js", "/app.css", "/favicon.svg", "/services/application/wmProperties.js"] {
        assert_eq!(get(&server, path, &browser).status, 200, "{path}");
    }
    for client in [server.browser("boris.tran", "welcome"), server.admin(), server.basic("user", "user")] {
        for path in ["/", "/index.html"] {
            let answer = client.send("GET", path, &browser, b"");
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some("text/html;charset=utf-8"), "{path}");
        }
    }
    let wrong = server.basic("user", "wrong").send("GET", "/", &browser, b"");
    assert_eq!((wrong.status, wrong.header("location")), (302, Some("/login.html")));
}

#[test]
fn a_page_that_must_not_be_seen_is_not_kept_by_a_cache() {
    let server = Server::start();
    let answer = get(&server, "/", &[("Accept", PAGE)]);
    // A redirect that a cache kept would send people to sign in who have signed in.
    assert!(answer.header("etag").is_none());
    assert_ne!(answer.status, 301);
    for path in ["/", "/index.html"] {
        let home = server.browser("admin", "admin").get(path);
        assert_eq!(home.header("cache-control"), Some("no-store"), "Back after a sign-out must not bring {path} back");
    }
}

#[test]
fn everything_is_served_below_the_context_path_as_well() {
    let server = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    let browser = [("Sec-Fetch-Mode", "navigate"), ("Accept", PAGE)];
    for (path, location) in [
        ("/", "/login.html"),
        ("/index.html", "/login.html"),
        // Without its slash, the links of a page would lead beside the context.
        ("/Demo", "/Demo/"),
        ("/Demo/", "/Demo/login.html"),
        ("/Demo/index.html", "/Demo/login.html"),
    ] {
        let answer = get(&server, path, &browser);
        assert_eq!((answer.status, answer.header("location")), (302, Some(location)), "{path}");
    }
    for context in ["", "/Demo"] {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        for (page, fragment) in [("", ""), ("&redirectPage=Main", "#Main")] {
            let headers = [form[0], browser[0]];
            let fields = format!("j_username=admin&j_password=admin{page}");
            let path = format!("{context}/j_spring_security_check");
            let answer = server.nobody().send("POST", &path, &headers, fields.as_bytes());
            let location = format!("{context}/{fragment}");
            assert_eq!((answer.status, answer.header("location")), (302, Some(location.as_str())), "{path}");
            let cookies = cookies(&answer);
            assert_eq!(cookies.len(), 2, "{path}");
            for (name, _, attributes) in cookies {
                assert!(attributes.contains(&format!("Path={context}/")), "{path}: {name} has {attributes:?}");
            }
            let cookie = format!("SESSION={}", answer.cookie("SESSION").unwrap());
            for path in ["/services/hrdb/Department/1", "/services/security/token", "/login.html", "/"] {
                let answer = get(&server, &format!("{context}{path}"), &[("Cookie", &cookie)]);
                assert_eq!(answer.status, 200, "{context}{path}: {}", answer.text());
            }
        }
        assert_told(&get(&server, &format!("{context}/services/hrdb/Department"), &browser), context);
        assert_eq!(server.admin().get(&format!("{context}/services/hrdb/Nothing")).status, 404);
    }
    for path in ["/Demolition", "/demo/login.html", "/Demo/Demo/login.html"] {
        assert_eq!(get(&server, path, &[]).status, 404, "{path}");
    }
}
