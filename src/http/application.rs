//! `/services/application`: what a WaveMaker client loads before anything else.

use actix_web::HttpResponse;
use serde_json::json;

use super::call::Call;
use super::error::Failure;
use super::security::CSRF_HEADER;
use super::session_cookies::CSRF_COOKIE;

/// The application's properties, as a script.
pub async fn properties(_: Call) -> Result<HttpResponse, Failure> {
    let properties = json!({
        "securityEnabled": true,
        "homePage": "Main",
        "type": "APPLICATION",
        "name": "hrdb",
        "displayName": "hrdb",
        "version": env!("CARGO_PKG_VERSION"),
        "defaultLanguage": "en",
        "supportedLanguages": { "en": { "angular": "en", "fullCalendar": null, "moment": null } },
        "preferBrowserLang": true,
        "xsrf_header_name": CSRF_HEADER,
        "xsrf_cookie_name": CSRF_COOKIE,
    });
    Ok(HttpResponse::Ok()
        .content_type("application/javascript")
        .body(format!("const _WM_APP_PROPERTIES = {properties};\n")))
}
