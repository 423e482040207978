//! The behaviour of the whole server, asked over HTTP.

mod endpoints;
mod support;
