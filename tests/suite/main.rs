//! The behaviour of the whole server, asked over HTTP.

mod basic;
mod crowd;
mod csrf;
mod endpoints;
mod envelope;
mod limits;
mod navigation;
mod raw;
mod sessions;
mod sign_in;
mod sign_out;
mod static_files;
mod support;
mod tokens;
mod who_am_i;
