//! Access tokens: who gets one, where it is sent, what it outweighs and when it dies.

use std::collections::HashSet;

use hrdb::http::endpoints::ENDPOINTS;
use serde_json::json;

use crate::basic::header as basic;
use crate::support::{Answer, Client, Credentials, Server};

pub const MINT: &str = "/services/security/token";
const WHO: &str = "/services/security/user/username";

/// What nobody is told when he asks for a token.
pub const NOBODY: &str = concat!(
    r#"{"errors":{"error":[{"id":null,"messageKey":"$UnexpectedError","message":null,"#,
    r#""parameters":["Require authentication to generate access token"]}]}}"#
);
/// What everybody is told who sends a token that is none.
const INVALID: &str = concat!(
    r#"{"errors":{"error":[{"id":null,"messageKey":null,"#,
    r#""message":"Invalid Token,Failed to authenticate with the given token","parameters":[]}]}}"#
);
const UNKNOWN: &str = "0123456789abcdef0123456789abcdef";

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.nobody().send("GET", path, headers, b"")
}

/// Every byte in the notation of URLs.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| format!("{escaped}%{byte:02X}"))
}

pub fn with_token(server: &Server, token: &str) -> Client {
    Client::new(server.address, Credentials::TokenHeader(token.to_owned()))
}

pub fn is_alive(server: &Server, token: &str) -> bool {
    let answer = with_token(server, token).get(WHO);
    assert!(answer.status == 200 || answer.text() == INVALID, "{}", answer.text());
    answer.status == 200
}

/// The token of a mint's answer, whose form is checked on the way.
#[track_caller]
pub fn minted(answer: &Answer, seconds: u32) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let token = answer.json()["wm_auth_token"].as_str().unwrap_or_default().to_owned();
    let body = format!(r#"{{"wm_auth_token":"{token}","WM_AUTH_TOKEN":"{token}","expires_in":{seconds}}}"#);
    assert_eq!(answer.text(), body);
    assert!(token.len() == 32 && token.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{token}");
    token
}

#[track_caller]
pub fn assert_invalid(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (401, INVALID), "{case}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
    // A client that read "Session Not Found" here would wait for a sign-in that helps nothing.
    for name in ["x-wm-login-errormessage", "www-authenticate", "set-cookie", "location", "etag"] {
        assert_eq!(answer.header(name), None, "{case}: {name}");
    }
}

#[test]
fn whoever_has_proved_who_he_is_gets_a_token_of_his_own() {
    let server = Server::start();
    for (name, password) in [("admin", "admin"), ("user", "user"), ("erin.lund", "welcome"), ("boris.tran", "welcome")]
    {
        let callers = [
            ("Basic", server.basic(name, password)),
            ("a token in the header", server.token(name, password)),
            ("a token in the query", server.query_token(name, password)),
            ("a session", server.browser(name, password)),
            ("a session without its CSRF token", server.forged(name, password)),
        ];
        for (kind, client) in callers {
            let answer = client.get(MINT);
            let token = minted(&answer, 1800);
            assert_eq!(answer.set_cookies().count(), 0, "{kind}");
            assert_eq!(with_token(&server, &token).get(WHO).json(), json!({ "result": name }), "{kind}");
        }
    }
}

#[test]
fn nobody_gets_no_token_and_never_learns_why() {
    let server = Server::start();
    let cases = [
        ("no credentials", vec![]),
        ("an unknown cookie", vec![("Cookie", format!("SESSION={UNKNOWN}"))]),
        ("a wrong password", vec![("Authorization", basic("admin:wrong"))]),
        ("an empty password", vec![("Authorization", basic("admin:"))]),
        ("an unknown user", vec![("Authorization", basic("nobody:admin"))]),
        ("an empty user", vec![("Authorization", basic(":admin"))]),
        ("another case of the name", vec![("Authorization", basic("Admin:admin"))]),
        ("another case of the password", vec![("Authorization", basic("admin:Admin"))]),
        ("white space around the name", vec![("Authorization", basic(" admin :admin"))]),
        ("a role that cannot sign in", vec![("Authorization", basic("anon:anon"))]),
        ("no colon", vec![("Authorization", basic("admin"))]),
        ("no UTF-8", vec![("Authorization", "Basic YWRtaW46//8=".to_owned())]),
        ("no base64", vec![("Authorization", "Basic !!!".to_owned())]),
        ("the bare word", vec![("Authorization", "Basic".to_owned())]),
        ("plain text", vec![("Authorization", "Basic admin:admin".to_owned())]),
        ("an empty header", vec![("Authorization", String::new())]),
        ("a word that only begins so", vec![("Authorization", basic("admin:admin").replace("Basic", "Basics"))]),
        ("another scheme", vec![("Authorization", basic("admin:admin").replace("Basic", "Bearer"))]),
        ("a blank token", vec![("wm_auth_token", "  ".to_owned())]),
    ];
    for (case, headers) in cases {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = get(&server, MINT, &headers);
        assert_eq!((answer.status, answer.text().as_str()), (401, NOBODY), "{case}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
        for name in ["x-wm-login-errormessage", "www-authenticate", "set-cookie"] {
            assert_eq!(answer.header(name), None, "{case}: {name}");
        }
    }
}

#[test]
fn a_token_is_read_from_header_and_query_and_the_query_counts() {
    let server = Server::start();
    let (admin, user) = (server.mint("admin", "admin"), server.mint("user", "user"));
    let with_both = [
        (format!("wm_auth_token={user}"), admin.as_str(), Some("user")),
        (format!("WM_AUTH_TOKEN={user}"), &admin, Some("user")),
        (format!("wm_auth_token={user}&WM_AUTH_TOKEN={admin}"), "", Some("user")),
        (format!("WM_AUTH_TOKEN={admin}&wm_auth_token={user}"), "", Some("user")),
        (format!("wm_auth_token={user}&wm_auth_token={admin}"), "", Some("user")),
        (format!("wm_auth_token=+%20&WM_AUTH_TOKEN={user}"), &admin, Some("user")),
        (format!("x=1&wm%5Fauth_token={}", percent(&user)), &admin, Some("user")),
        ("wm_auth_token=".to_owned(), &admin, Some("admin")),
        ("wm_auth_token".to_owned(), &admin, Some("admin")),
        ("wm_auth_token=%20%09".to_owned(), &admin, Some("admin")),
        ("WM_AUTH_TOKEN=+".to_owned(), &admin, Some("admin")),
        (format!("wm_auth_token={UNKNOWN}"), &admin, None),
        (format!("WM_AUTH_TOKEN={UNKNOWN}"), &admin, None),
        (format!("wm_auth_token={}", admin.to_uppercase()), "", None),
        // The name of a parameter is written in one of two ways, and in no other.
        (format!("Wm_Auth_Token={user}"), &admin, Some("admin")),
    ];
    for (query, header, expected) in with_both {
        let headers: &[_] = if header.is_empty() { &[] } else { &[("wm_auth_token", header)] };
        let answer = get(&server, &format!("{WHO}?{query}"), headers);
        match expected {
            Some(name) => assert_eq!(answer.json(), json!({ "result": name }), "{query} and {header}"),
            None => assert_invalid(&answer, &query),
        }
    }
    for name in ["wm_auth_token", "WM_AUTH_TOKEN", "Wm_Auth_Token"] {
        assert_eq!(get(&server, WHO, &[(name, &user)]).json(), json!({ "result": "user" }), "{name}");
    }
}

#[test]
fn a_form_is_no_place_for_a_token() {
    let server = Server::start();
    let token = server.mint("admin", "admin");
    for path in ["/services/hrdb/User", "/j_spring_security_check"] {
        let answer = server.nobody().form(path, &format!("wm_auth_token={token}&WM_AUTH_TOKEN={token}"));
        assert_eq!(answer.status, 401, "{path}");
    }
}

#[test]
fn an_invalid_token_is_refused_at_every_url() {
    let server = Server::start();
    let session = format!("SESSION={}", server.sign_in("admin", "admin").0);
    let right = basic("admin:admin");
    let table = ENDPOINTS.iter().map(|endpoint| (endpoint.method.name(), endpoint.path.replace(['{', '}'], "")));
    let others = [
        ("GET", "/login.html"),
        ("GET", "/app.css"),
        ("HEAD", "/favicon.svg"),
        ("GET", "/nothing/at/all"),
        ("GET", "/services"),
        ("GET", "/services/hrdb/User"),
        ("DELETE", "/services/security/info"),
        ("OPTIONS", "/services/security/info"),
    ];
    for (method, path) in table.chain(others.map(|(method, path)| (method, path.to_owned()))) {
        for (query, header) in [("", UNKNOWN), (UNKNOWN, ""), ("a", ""), ("", "Bearer x")] {
            let path = if query.is_empty() { path.clone() } else { format!("{path}?wm_auth_token={query}") };
            let mut headers = vec![("Cookie", session.as_str()), ("Authorization", &right), ("Accept", "text/html")];
            if !header.is_empty() {
                headers.push(("WM_AUTH_TOKEN", header));
            }
            let answer = server.nobody().send(method, &path, &headers, b"");
            let case = format!("{method} {path} with {header}");
            if method == "HEAD" {
                assert_eq!((answer.status, answer.body.len()), (401, 0), "{case}");
            } else {
                assert_invalid(&answer, &case);
            }
        }
    }
    let form = "j_username=admin&j_password=admin";
    let content = ("Content-Type", "application/x-www-form-urlencoded");
    let answer = server.nobody().send(
        "POST",
        "/j_spring_security_check",
        &[content, ("wm_auth_token", UNKNOWN)],
        form.as_bytes(),
    );
    assert_invalid(&answer, "a sign-in with the right password");
}

#[test]
fn an_invalid_token_is_refused_below_a_context_path_and_at_it() {
    let server = Server::start_with(|settings| settings.context_path = "/Demo".to_owned());
    for path in ["/Demo/services/hrdb/User", "/Demo/login.html", "/Demo/nothing", "/Demo/", "/Demo"] {
        assert_invalid(&get(&server, path, &[("wm_auth_token", UNKNOWN)]), path);
    }
}

#[test]
fn a_token_outweighs_a_cookie_and_is_stateless() {
    let server = Server::start();
    let (session, _) = server.sign_in("user", "user");
    let (cookie, token) = (format!("SESSION={session}"), server.mint("admin", "admin"));
    let headers = [("Cookie", cookie.as_str()), ("wm_auth_token", &token), ("Content-Type", "application/json")];
    let send = |method: &str, path: &str, body: &str| {
        let answer = server.nobody().send(method, path, &headers, body.as_bytes());
        assert_eq!(answer.set_cookies().count(), 0, "{method} {path}");
        answer
    };
    assert_eq!(send("GET", WHO, "").json(), json!({ "result": "admin" }));
    // The session's user may not, and the request shows no CSRF token.
    assert_eq!(send("PATCH", "/services/hrdb/Department/1", r#"{"location":"Oslo"}"#).status, 200);
    assert_eq!(send("POST", "/j_spring_security_logout", "").status, 302);
    let by_cookie = get(&server, WHO, &[("Cookie", &cookie)]);
    assert_eq!(by_cookie.json(), json!({ "result": "user" }), "the session outlives what came with a token");
}

#[test]
fn a_token_outweighs_basic_credentials_right_or_wrong() {
    let server = Server::start();
    let token = server.mint("user", "user");
    for given in ["admin:admin", "admin:wrong", "user:wrong"] {
        let answer = get(&server, WHO, &[("Authorization", &basic(given)), ("wm_auth_token", &token)]);
        assert_eq!(answer.json(), json!({ "result": "user" }), "{given}");
    }
}

#[test]
fn a_token_lives_for_its_time_however_much_it_is_used() {
    let server = Server::start();
    let first = server.mint("admin", "admin");
    server.pass_seconds(1000);
    let second = server.mint("admin", "admin");
    server.pass_seconds(799);
    assert!(is_alive(&server, &first) && is_alive(&server, &second), "after 1799 and 799 seconds");
    let renewed = minted(&with_token(&server, &first).get(MINT), 1800);
    server.pass_seconds(1);
    assert!(!is_alive(&server, &first), "after 1800 seconds, one of them since its last use");
    assert_invalid(&get(&server, &format!("/login.html?wm_auth_token={first}"), &[]), "the dead token");
    assert!(is_alive(&server, &second));
    server.pass_seconds(1000);
    assert!(!is_alive(&server, &second));
    assert!(is_alive(&server, &renewed), "a token that another one made has the full time");
    server.pass_seconds(798);
    assert!(is_alive(&server, &renewed));
    server.pass_seconds(1);
    assert!(!is_alive(&server, &renewed));
}

#[test]
fn the_setting_is_the_life_of_a_token_in_seconds() {
    let server = Server::start_with(|settings| settings.token_validity_seconds = 7);
    let token = minted(&server.basic("admin", "admin").get(MINT), 7);
    server.pass_seconds(6);
    assert!(is_alive(&server, &token));
    server.pass_seconds(1);
    assert!(!is_alive(&server, &token));
}

#[test]
fn one_user_has_as_many_tokens_as_he_asks_for() {
    let server = Server::start_with(|settings| settings.max_sessions_per_user = 1);
    let client = server.token("admin", "admin");
    let tokens: HashSet<String> = (0..50).map(|_| minted(&client.get(MINT), 1800)).collect();
    assert_eq!(tokens.len(), 50);
    assert!(tokens.iter().all(|token| is_alive(&server, token)));
}

#[test]
fn signing_out_takes_no_token_back() {
    let server = Server::start();
    let browser = server.browser("admin", "admin");
    let token = minted(&browser.get(MINT), 1800);
    assert_eq!(browser.form("/j_spring_security_logout", "").status, 200);
    assert_eq!(browser.get(MINT).text(), NOBODY);
    assert!(is_alive(&server, &token));
    assert_eq!(with_token(&server, &token).form("/j_spring_security_logout", "").status, 200);
    assert!(is_alive(&server, &token), "not even his own");
}

#[test]
fn a_restart_forgets_tokens_and_sessions() {
    let server = Server::start();
    let token = server.mint("admin", "admin");
    let (session, _) = server.sign_in("admin", "admin");
    let server = Server::start_in(server.stop(), |_| {});
    assert!(!is_alive(&server, &token));
    assert_eq!(get(&server, WHO, &[("Cookie", &format!("SESSION={session}"))]).json(), json!({ "result": null }));
}

#[test]
fn beyond_the_setting_the_oldest_token_of_the_same_user_goes() {
    let server = Server::start_with(|settings| settings.max_tokens_per_user = 3);
    let other = server.mint("user", "user");
    let tokens: Vec<String> = (0..5).map(|_| server.mint("admin", "admin")).collect();
    let alive: Vec<bool> = tokens.iter().map(|token| is_alive(&server, token)).collect();
    assert_eq!(alive, [false, false, true, true, true]);
    assert!(is_alive(&server, &other));
}

#[test]
fn beyond_the_setting_the_oldest_token_of_all_goes() {
    let server = Server::start_with(|settings| settings.max_tokens = 2);
    let mut tokens = Vec::new();
    for (name, password) in [("admin", "admin"), ("user", "user"), ("boris.tran", "welcome")] {
        tokens.push(server.mint(name, password));
        server.pass_seconds(1);
    }
    let alive: Vec<bool> = tokens.iter().map(|token| is_alive(&server, token)).collect();
    assert_eq!(alive, [false, true, true]);
}

#[test]
fn a_token_revokes_itself_wherever_it_is_sent_and_no_other() {
    let server = Server::start();
    for in_query in [false, true] {
        let (own, other) = (server.mint("user", "user"), server.mint("user", "user"));
        let client = if in_query {
            Client::new(server.address, Credentials::TokenQuery(own.clone()))
        } else {
            with_token(&server, &own)
        };
        let answer = client.delete(MINT);
        assert_eq!((answer.status, answer.json()), (200, json!({"result": true})));
        assert!(!is_alive(&server, &own) && is_alive(&server, &other));
        assert_invalid(&client.delete(MINT), "once more");
    }
}

#[test]
fn who_does_not_come_by_token_is_told_so() {
    let server = Server::start();
    let token = server.mint("user", "user");
    for client in [server.basic("user", "user"), server.browser("user", "user")] {
        let answer = client.delete(MINT);
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (400, "Invalid Input: the request does not come with a token")
        );
    }
    assert_eq!(server.forged("user", "user").delete(MINT).status, 403);
    assert_eq!(server.nobody().delete(MINT).status, 401);
    assert!(is_alive(&server, &token));
}

#[test]
fn all_tokens_of_the_caller_are_revoked_at_once_and_nobody_elses() {
    let server = Server::start();
    for way in ["token", "Basic", "session"] {
        let mine: Vec<String> = (0..3).map(|_| server.mint("admin", "admin")).collect();
        // The employee has the same key as the administrator, and is somebody else.
        let others = [server.mint("user", "user"), server.mint("erin.lund", "welcome")];
        let browser = server.browser("admin", "admin");
        let client = match way {
            "token" => with_token(&server, &mine[0]),
            "Basic" => server.basic("admin", "admin"),
            _ => browser.clone(),
        };
        assert_eq!(server.forged("admin", "admin").delete("/services/security/tokens").status, 403, "{way}");
        assert_eq!(client.delete("/services/security/tokens").json(), json!({"result": true}), "{way}");
        assert!(mine.iter().all(|token| !is_alive(&server, token)), "{way}");
        assert!(others.iter().all(|token| is_alive(&server, token)), "{way}");
        assert_eq!(browser.get(WHO).json(), json!({"result": "admin"}), "{way}: a session is no token");
    }
}
