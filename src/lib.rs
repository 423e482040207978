//! hrdb: a sample REST application server, WaveMaker's hrdb back-end over SQLite.
//!
//! `ARCHITECTURE.md` is the map. A module uses only those above it here.

pub mod figures;

pub mod config;

pub mod catalog;

pub mod filter;

pub mod query;

pub mod store;

pub mod records;

pub mod export;

pub mod auth;

pub mod http;

pub mod app;

pub mod logging;
