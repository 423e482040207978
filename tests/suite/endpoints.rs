//! Every row of the endpoints table, called by every kind of caller.

use hrdb::auth::Verb;
use hrdb::http::endpoints::{Access, ENDPOINTS, Endpoint};
use serde_json::json;

use crate::support::{Client, Server};

/// What a caller is, and what that must lead to.
struct Kind {
    name: &'static str,
    client: Client,
    /// `None` for nobody.
    role: Option<&'static str>,
    /// Comes with a cookie but without the CSRF token.
    forged: bool,
}

/// A request that the row must understand: its path below the server, and its body.
pub struct Example {
    pub path: &'static str,
    pub body: Option<serde_json::Value>,
    /// Answer to a caller who may.
    good: u16,
    /// The entity that its policy is asked about, or the query that says itself who may call it.
    entity: &'static str,
}

/// One request for each row. A row that has none fails the test.
pub fn example(endpoint: &Endpoint) -> Example {
    let example = |path, body, good, entity| Example { path, body, good, entity };
    let json = Some;
    match endpoint.id {
        "list_records" => example("/services/hrdb/User", None, 200, "User"),
        "create_record" => example(
            "/services/hrdb/Vacation",
            json(json!({"empId": "{employee}", "status": "Pending"})),
            200,
            "Vacation",
        ),
        "count_records" => example("/services/hrdb/Department/count", None, 200, "Department"),
        "filter_records" => example("/services/hrdb/Employee/filter", None, 200, "Employee"),
        "search_records" => example("/services/hrdb/Employee/search", json(json!([])), 200, "Employee"),
        "count_by_form" => example("/services/hrdb/Employee/count", None, 200, "Employee"),
        "aggregate_records" => {
            example("/services/hrdb/Employee/aggregations", json(json!({"groupByFields": ["state"]})), 200, "Employee")
        }
        "get_composite" => example("/services/hrdb/Employee/composite-id?empId=1", None, 200, "Employee"),
        "update_composite" => {
            let body = json!({"empId": "{employee}", "status": "Pending"});
            example("/services/hrdb/Vacation/composite-id?id={vacation}", json(body), 200, "Vacation")
        }
        "patch_composite" => {
            example("/services/hrdb/Vacation/composite-id?id={vacation}", json(json!({})), 200, "Vacation")
        }
        "delete_composite" => example("/services/hrdb/Vacation/composite-id?id=999", None, 404, "Vacation"),
        "get_record" => example("/services/hrdb/User/1", None, 200, "User"),
        "update_record" => example("/services/hrdb/User/5", json(json!({"username": "anon"})), 200, "User"),
        "patch_record" => {
            example("/services/hrdb/Department/1", json(json!({"location": "Boston"})), 200, "Department")
        }
        "delete_record" => example("/services/hrdb/Vacation/999", None, 404, "Vacation"),
        // The sample has no bytes, and that is found out behind the guard.
        "update_by_form" => example("/services/hrdb/Vacation/1", None, 405, "Vacation"),
        "update_composite_by_form" => example("/services/hrdb/Vacation/composite-id?id=1", None, 405, "Vacation"),
        "get_content" => example("/services/hrdb/Employee/1/content/picurl", None, 404, "Employee"),
        "get_composite_content" => {
            example("/services/hrdb/Employee/composite-id/content/picurl?empId=1", None, 404, "Employee")
        }
        "get_member" => example("/services/hrdb/Department/1/employees", None, 200, "Department"),
        "export_records" => {
            example("/services/hrdb/Employee/export", json(json!({"exportType": "CSV"})), 200, "Employee")
        }
        "download_records" => example("/services/hrdb/Employee/export/CSV", None, 200, "Employee"),
        "get_exported_file" => example("/services/files/exported/0123456789abcdef0123456789abcdef", None, 404, ""),
        "read_by_query" => example("/services/hrdb/queryExecutor/queries/totalBudget", None, 200, "totalBudget"),
        // The bundled queries add and remove nothing: who may call one learns that it has another method.
        "create_by_query" => example("/services/hrdb/queryExecutor/queries/LeaveAction", None, 405, "LeaveAction"),
        "delete_by_query" => example("/services/hrdb/queryExecutor/queries/totalBudget", None, 405, "totalBudget"),
        "update_by_query" => example(
            "/services/hrdb/queryExecutor/queries/LeaveAction",
            json(json!({"status": "Pending", "id": 999})),
            200,
            "LeaveAction",
        ),
        "export_query" => example(
            "/services/hrdb/queryExecutor/queries/totalBudget/export",
            json(json!({"exportType": "CSV"})),
            200,
            "totalBudget",
        ),
        "mint_token" | "revoke_token" => example("/services/security/token", None, 200, ""),
        "revoke_tokens" => example("/services/security/tokens", None, 200, ""),
        "list_sessions" => example("/services/security/sessions", None, 200, ""),
        "end_session" => example("/services/security/sessions/0123456789abcdef0123456789abcdef", None, 404, ""),
        "change_password" => example(
            "/services/security/password",
            json(json!({"currentPassword": "wrong", "newPassword": "long enough"})),
            400,
            "",
        ),
        "get_info" => example("/services/security/info", None, 200, ""),
        "get_enabled" => example("/services/security/enabled", None, 200, ""),
        "get_user" => example("/services/security/user", None, 200, ""),
        "get_authenticated" => example("/services/security/user/authenticated", None, 200, ""),
        "get_username" => example("/services/security/user/username", None, 200, ""),
        "get_userid" => example("/services/security/user/userid", None, 200, ""),
        "get_roles" => example("/services/security/user/roles", None, 200, ""),
        "get_login_time" => example("/services/security/user/login_time", None, 200, ""),
        "list_demo_accounts" => example("/services/security/demo-accounts", None, 200, ""),
        "get_ssologin" => example("/services/security/ssologin", None, 200, ""),
        "list_operations" => example("/services/servicedefs", None, 200, ""),
        "get_properties" => example("/services/application/wmProperties.js", None, 200, ""),
        "list_services" => example("/services", None, 200, ""),
        "describe_catalog" => example("/services/hrdb/catalog", None, 200, ""),
        "describe_service" => example("/services/hrdb/openapi.json", None, 200, ""),
        "describe_server" => example("/openapi.json", None, 200, ""),
        // Without its form, a sign-in fails; that it is reached at all is what this test is about.
        "sign_in" => example("/j_spring_security_check", None, 401, ""),
        "sign_out" | "sign_out_by_link" => example("/j_spring_security_logout", None, 302, ""),
        "check_live" => example("/health/live", None, 200, ""),
        "check_ready" => example("/health/ready", None, 200, ""),
        "show_metrics" => example("/metrics", None, 200, ""),
        "show_home" => example("/", None, 200, ""),
        "show_index" => example("/index.html", None, 200, ""),
        "show_api" => example("/api.html", None, 200, ""),
        "get_asset" => example("/assets/any/app.css", None, 200, ""),
        "get_file" => example("/login.html", None, 200, ""),
        unknown => panic!("the endpoint {unknown} has no example here"),
    }
}

/// The rights of the sample, written down a second time, by hand.
fn may(role: &str, entity: &str, verb: Verb) -> bool {
    matches!(
        (role, entity, verb),
        ("adminrole", _, _)
            | ("userrole" | "admin" | "user", "Department" | "Employee" | "Vacation", Verb::Read)
            | ("admin" | "user", "Vacation", Verb::Create | Verb::Update | Verb::Delete)
    )
}

/// The same for queries.
fn may_call(role: &str, query: &str) -> bool {
    matches!(
        (role, query),
        ("adminrole", _) | ("userrole" | "user" | "admin", "totalBudget") | ("admin", "LeaveAction")
    )
}

/// The example as a caller would send it: about a vacation that is his own and pending. Which rows he may touch besides is
/// for `row_rules`.
fn his(text: &str, role: Option<&str>) -> String {
    let (vacation, employee) = if role == Some("user") { ("3", "2") } else { ("1", "1") };
    text.replace("{vacation}", vacation).replace("\"{employee}\"", employee)
}

fn kinds(server: &Server) -> Vec<Kind> {
    let kind = |name, client, role, forged| Kind { name, client, role, forged };
    let mut kinds = vec![
        kind("nobody", server.nobody(), None, false),
        kind("wrong password", server.basic("admin", "x"), None, false),
    ];
    for (name, password, role) in [
        ("admin", "admin", "adminrole"),
        ("user", "user", "userrole"),
        ("erin.lund", "welcome", "admin"),
        ("boris.tran", "welcome", "user"),
    ] {
        kinds.push(kind("basic", server.basic(name, password), Some(role), false));
        kinds.push(kind("token in the header", server.token(name, password), Some(role), false));
        kinds.push(kind("token in the query", server.query_token(name, password), Some(role), false));
        kinds.push(kind("cookie with CSRF header", server.browser(name, password), Some(role), false));
        kinds.push(kind("cookie without CSRF header", server.forged(name, password), Some(role), true));
    }
    kinds
}

fn expected(endpoint: &Endpoint, example: &Example, kind: &Kind) -> u16 {
    let writes = endpoint.method.name() != "GET";
    if kind.forged && writes {
        return 403;
    }
    match (endpoint.access, kind.role) {
        (Access::Public, Some(_)) if endpoint.id == "sign_in" && !kind.name.starts_with("cookie") => 400,
        (Access::Public, None) if endpoint.id == "mint_token" => 401,
        // Each account comes with Basic credentials first, and so revokes the tokens that it comes with next.
        (_, Some(_)) if endpoint.id == "revoke_tokens" && kind.name.starts_with("token") => 401,
        (_, Some(_)) if endpoint.id == "revoke_token" && !kind.name.starts_with("token") => 400,
        (Access::Page | Access::Authenticated | Access::Entity(_) | Access::Query | Access::Watcher, None) => 401,
        (Access::Public, _) | (Access::Page | Access::Authenticated, Some(_)) | (Access::Watcher, Some("userrole")) => {
            example.good
        }
        (Access::Entity(verb), Some(role)) if may(role, example.entity, verb) => example.good,
        (Access::Query, Some(role)) if may_call(role, example.entity) => example.good,
        (Access::Entity(_) | Access::Query | Access::Watcher, Some(_)) => 403,
    }
}

#[test]
fn every_endpoint_answers_every_kind_of_caller_as_its_row_says() {
    let server = Server::start_with(|settings| {
        settings.sign_in_attempts = 0;
        settings.metrics_roles = "userrole".parse().unwrap();
    });
    // Signing in or out ends a session, and revoking tokens ends those, so these rows come last.
    let ends = |endpoint: &&Endpoint| endpoint.id.starts_with("sign_") || endpoint.id.starts_with("revoke_");
    let (signing, others): (Vec<_>, Vec<_>) = ENDPOINTS.iter().partition(ends);
    let mut callers = kinds(&server);
    for endpoint in others.into_iter().chain(signing) {
        let example = example(endpoint);
        if ends(&endpoint) {
            callers = kinds(&server);
        }
        for kind in &callers {
            let method = endpoint.method.name();
            let answer = match &example.body {
                Some(body) => {
                    let body = serde_json::from_str(&his(&body.to_string(), kind.role)).unwrap();
                    kind.client.json(method, &his(example.path, kind.role), &body)
                }
                None => kind.client.send(method, example.path, &[], b""),
            };
            let case = format!("{} ({method} {}) as {} {:?}", endpoint.id, example.path, kind.name, kind.role);
            assert_eq!(answer.status, expected(endpoint, &example, kind), "{case}: {}", answer.text());
            if answer.status >= 400 {
                answer.error();
            }
            let cookieless = !kind.name.starts_with("cookie") && !endpoint.id.starts_with("sign_out");
            assert!(!cookieless || answer.set_cookies().next().is_none(), "{case} sets a cookie");
        }
    }
}

#[test]
fn every_path_refuses_the_methods_that_it_has_not() {
    let server = Server::start();
    let admin = server.admin();
    for endpoint in ENDPOINTS {
        let example = example(endpoint);
        // The sample has no bytes, so it has no forms with files either.
        let same_path = ENDPOINTS.iter().filter(|other| other.path == endpoint.path);
        let known: Vec<&str> = same_path
            .filter(|other| !other.id.ends_with("_composite_by_form") && other.id != "update_by_form")
            .map(|other| other.method.name())
            .collect();
        // A query has the one method that its statement makes.
        let known = match (endpoint.access, example.path.rsplit('/').next()) {
            (Access::Query, Some("LeaveAction")) => vec!["PUT"],
            (Access::Query, Some("export")) => vec!["POST"],
            (Access::Query, _) => vec!["GET"],
            _ => known,
        };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if known.contains(&method) {
                continue;
            }
            let answer = admin.send(method, &his(example.path, None), &[], b"");
            if endpoint.id.ends_with("content") {
                assert_eq!(answer.status, 404, "the sample has no bytes");
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {}: {}", example.path, answer.text());
            let allow = answer.header("allow").unwrap();
            assert!(known.iter().all(|known| allow.contains(known)), "{method} {}: {allow}", example.path);
            assert_eq!(answer.error()["parameters"][0], format!("Request method '{method}' is not supported"));
        }
    }
}
