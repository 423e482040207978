//! The table of endpoints: everything that can be asked for, and by whom.
//!
//! A handler cannot forget its guard, because it does not own it: `dispatch` reads the access off this table. To add an
//! endpoint, write its handler and add a row.

use actix_web::HttpResponse;
use futures_util::future::LocalBoxFuture;

use super::call::Call;
use super::error::Failure;
use super::{
    application, catalog, contents, description, entities, exports, health, lists, metrics, own_sessions, pages,
    password, queries, security, service_definitions, sign_in,
};
use crate::auth::Verb;
use crate::catalog::Entity;

/// A request method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // their names say it all
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of that name; HEAD is GET without a body.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];
        let name = if name == "HEAD" { "GET" } else { name };
        all.into_iter().find(|method| method.name() == name)
    }
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone.
    Public,
    /// Who is signed in.
    Authenticated,
    /// Who is signed in; a browser that is not is shown the way.
    Page,
    /// Whom the policy lets do this to the entity of the path.
    Entity(Verb),
    /// Whom the named query of the path lets call it.
    Query,
    /// Who has a role that may see the figures of the server.
    Watcher,
}

/// A handler: takes the call, whose caller has passed the guard.
pub type Handler = fn(Call) -> LocalBoxFuture<'static, Result<HttpResponse, Failure>>;

/// A row of the table.
pub struct Endpoint {
    /// Stable name, `verb_resource`.
    pub id: &'static str,
    /// Method.
    pub method: Method,
    /// Path below the context path; `{name}` is a parameter.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does.
    pub handler: Handler,
}

impl Endpoint {
    /// Whether a named query that is run by this method has it: its rows can be exported, its changes not.
    #[must_use]
    pub fn fits_query(&self, method: &str) -> bool {
        if self.path.ends_with("/export") { method == "GET" } else { self.method.name() == method }
    }

    /// Whether this entity has it: what cannot be written has no writing endpoints, and only bytes have contents.
    #[must_use]
    pub fn fits(&self, entity: &Entity) -> bool {
        let writes = matches!(self.access, Access::Entity(Verb::Create | Verb::Update | Verb::Delete));
        let of_bytes = self.id.ends_with("by_form") && writes || self.id.ends_with("content");
        (entity.writable || !writes) && (entity.holds_bytes() || !of_bytes)
    }

    /// Whether this entity has it where `{id}` is this. A unique key of several properties is a word there, as `filter` is,
    /// and rows are only read by it.
    #[must_use]
    pub fn fits_at(&self, entity: &Entity, id: &str) -> bool {
        let is_word = || entity.unique_key(id).is_some_and(|key| key.properties.len() > 1);
        self.fits(entity) && (self.method == Method::Get || !self.path.ends_with("/{entity}/{id}") || !is_word())
    }

    /// Whether its answers are data, which a caller may keep and ask about again.
    #[must_use]
    pub fn is_revalidated(&self) -> bool {
        self.method == Method::Get && matches!(self.access, Access::Entity(_) | Access::Query)
    }

    /// Its place in the table.
    #[must_use]
    pub fn place(&'static self) -> usize {
        let (first, this) = (ENDPOINTS.as_ptr().addr(), std::ptr::from_ref(self).addr());
        this.wrapping_sub(first) / size_of::<Self>()
    }

    /// Whether it is about the server itself, for those who watch it.
    #[must_use]
    pub fn is_for_watchers(&self) -> bool {
        self.path == "/metrics" || self.path.starts_with("/health/")
    }

    /// Whether a good answer is JSON; the others are pages, scripts and files, or nothing at all.
    #[must_use]
    pub fn sends_json(&self) -> bool {
        let others = ["/services/application/", "/services/files/", "/services/security/ssologin"];
        self.path.starts_with("/services/")
            && !others.iter().any(|path| self.path.starts_with(path))
            && !self.path.contains("/export/")
            && !self.path.contains("/content/")
    }
}

macro_rules! endpoints {
    ($( $id:literal $method:ident $path:literal $access:expr => $handler:path; )*) => {
        /// Every endpoint.
        pub static ENDPOINTS: &[Endpoint] = &[
            $( Endpoint {
                id: $id,
                method: Method::$method,
                path: $path,
                access: $access,
                handler: |call| Box::pin($handler(call)),
            }, )*
        ];
    };
}

endpoints! {
    "list_records"     Get    "/services/{service}/{entity}"                   Access::Entity(Verb::Read)   => lists::list;
    "create_record"    Post   "/services/{service}/{entity}"                   Access::Entity(Verb::Create) => entities::create;
    "filter_records"   Post   "/services/{service}/{entity}/filter"            Access::Entity(Verb::Read)   => lists::filter;
    "search_records"   Post   "/services/{service}/{entity}/search"            Access::Entity(Verb::Read)   => lists::search;
    "count_records"    Get    "/services/{service}/{entity}/count"             Access::Entity(Verb::Read)   => lists::count;
    "count_by_form"    Post   "/services/{service}/{entity}/count"             Access::Entity(Verb::Read)   => lists::count_by_form;
    "aggregate_records" Post  "/services/{service}/{entity}/aggregations"      Access::Entity(Verb::Read)   => lists::aggregate;
    "export_records"   Post   "/services/{service}/{entity}/export"            Access::Entity(Verb::Read)   => exports::prepare;
    "download_records" Get    "/services/{service}/{entity}/export/{type}"     Access::Entity(Verb::Read)   => exports::download;
    "get_composite"    Get    "/services/{service}/{entity}/composite-id"      Access::Entity(Verb::Read)   => entities::get_composite;
    "update_composite" Put    "/services/{service}/{entity}/composite-id"      Access::Entity(Verb::Update) => entities::update_composite;
    "patch_composite"  Patch  "/services/{service}/{entity}/composite-id"      Access::Entity(Verb::Update) => entities::patch_composite;
    "delete_composite" Delete "/services/{service}/{entity}/composite-id"      Access::Entity(Verb::Delete) => entities::delete_composite;
    "get_record"       Get    "/services/{service}/{entity}/{id}"              Access::Entity(Verb::Read)   => entities::get;
    "update_record"    Put    "/services/{service}/{entity}/{id}"              Access::Entity(Verb::Update) => entities::update;
    "patch_record"     Patch  "/services/{service}/{entity}/{id}"              Access::Entity(Verb::Update) => entities::patch;
    "delete_record"    Delete "/services/{service}/{entity}/{id}"              Access::Entity(Verb::Delete) => entities::delete;
    "update_by_form"   Post   "/services/{service}/{entity}/{id}"              Access::Entity(Verb::Update) => entities::update_by_form;
    "update_composite_by_form" Post "/services/{service}/{entity}/composite-id" Access::Entity(Verb::Update) => entities::update_composite_by_form;
    "get_content"      Get    "/services/{service}/{entity}/{id}/content/{property}" Access::Entity(Verb::Read) => contents::get;
    "get_composite_content" Get "/services/{service}/{entity}/composite-id/content/{property}" Access::Entity(Verb::Read) => contents::get_composite;
    "get_member"       Get    "/services/{service}/{entity}/{id}/{member}"     Access::Entity(Verb::Read)   => entities::member;

    "read_by_query"    Get    "/services/{service}/queryExecutor/queries/{name}" Access::Query => queries::run;
    "create_by_query"  Post   "/services/{service}/queryExecutor/queries/{name}" Access::Query => queries::run;
    "export_query"     Post   "/services/{service}/queryExecutor/queries/{name}/export" Access::Query => exports::prepare_query;
    "update_by_query"  Put    "/services/{service}/queryExecutor/queries/{name}" Access::Query => queries::run;
    "delete_by_query"  Delete "/services/{service}/queryExecutor/queries/{name}" Access::Query => queries::run;

    "mint_token"       Get    "/services/security/token"                       Access::Public => security::token;
    "revoke_token"     Delete "/services/security/token"                       Access::Authenticated => own_sessions::revoke_token;
    "revoke_tokens"    Delete "/services/security/tokens"                      Access::Authenticated => own_sessions::revoke_tokens;
    "list_sessions"    Get    "/services/security/sessions"                    Access::Authenticated => own_sessions::list;
    "end_session"      Delete "/services/security/sessions/{id}"               Access::Authenticated => own_sessions::end;
    "change_password"  Post   "/services/security/password"                    Access::Authenticated => password::change;
    "get_info"         Get    "/services/security/info"                        Access::Public => security::info;
    "get_enabled"      Get    "/services/security/enabled"                     Access::Public => security::enabled;
    "get_user"         Get    "/services/security/user"                        Access::Public => security::user;
    "get_authenticated" Get   "/services/security/user/authenticated"          Access::Public => security::authenticated;
    "get_username"     Get    "/services/security/user/username"               Access::Public => security::username;
    "get_userid"       Get    "/services/security/user/userid"                 Access::Public => security::userid;
    "get_roles"        Get    "/services/security/user/roles"                  Access::Public => security::roles;
    "get_login_time"   Get    "/services/security/user/login_time"             Access::Public => security::login_time;
    "list_demo_accounts" Get  "/services/security/demo-accounts"               Access::Public => security::demo_accounts;
    "get_ssologin"     Get    "/services/security/ssologin"                    Access::Public => security::sso_login;
    "get_exported_file" Get   "/services/files/exported/{file}"                Access::Authenticated => exports::fetch;
    "list_operations"  Get    "/services/servicedefs"                          Access::Public => service_definitions::list;
    "get_properties"   Get    "/services/application/wmProperties.js"          Access::Public => application::properties;

    "list_services"    Get    "/services"                                      Access::Authenticated => catalog::services;
    "describe_catalog" Get    "/services/{service}/catalog"                    Access::Authenticated => catalog::service;
    "describe_service" Get    "/services/{service}/openapi.json"               Access::Authenticated => description::service;
    "describe_server"  Get    "/openapi.json"                                  Access::Page     => description::server;

    "sign_in"          Post   "/j_spring_security_check"                       Access::Public => sign_in::check;
    "sign_out"         Post   "/j_spring_security_logout"                      Access::Public => sign_in::logout;
    "sign_out_by_link" Get    "/j_spring_security_logout"                      Access::Public => sign_in::logout;

    "check_live"       Get    "/health/live"                                   Access::Public => health::live;
    "check_ready"      Get    "/health/ready"                                  Access::Public => health::ready;
    "show_metrics"     Get    "/metrics"                                       Access::Watcher => metrics::show;

    "show_home"        Get    "/"                                              Access::Page   => pages::home;
    "show_index"       Get    "/index.html"                                    Access::Page   => pages::home;
    "show_api"         Get    "/api.html"                                      Access::Page   => pages::api;
    "get_asset"        Get    "/assets/{version}/{file}"                       Access::Public => pages::asset;
    "get_file"         Get    "/{file}"                                        Access::Public => pages::file;
}
