//! Everything that knows actix-web: which URL is what, who may call it, and what goes over the wire.
//!
//! A request enters at [`answer`] and takes the steps that are listed there. The handlers stand in files by URL family
//! and are reached only through the [`endpoints`] table, after the guard.

mod accept;
pub mod addresses;
mod answers;
mod application;
pub mod audit;
mod background;
mod body;
mod call;
mod caller;
mod catalog;
mod changes;
mod conditional;
mod connection;
mod content;
mod contents;
mod cors;
mod description;
mod dispatch;
pub mod endpoints;
mod entities;
mod entity_names;
mod error;
mod exported;
mod exports;
mod files;
mod firewall;
mod forgery;
mod form;
mod headers;
mod json;
mod lists;
mod openapi;
mod origin;
mod own_sessions;
mod pages;
mod parameters;
mod password;
mod pressure;
mod queries;
mod quota;
mod refusals;
mod remember_me;
mod router;
mod security;
mod service_definitions;
mod session_cookies;
mod sign_in;
mod state;
mod statuses;
mod stream;
mod worker;
mod xss;

pub use answers::Answers;
pub use connection::Turn;
pub use dispatch::answer;
pub use exported::ExportedFiles;
pub use files::Files;
pub use openapi::{describe, is_described};
pub use quota::Quota;
pub use router::Router;
pub use state::{CorsRules, Service, State};
pub use worker::Worker;
