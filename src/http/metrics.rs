//! `/metrics`: the figures of the server for Prometheus and its kin. Names and labels are ours, never what a caller sent.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;

use super::call::Call;
use super::counts::Route;
use super::error::Failure;
use super::exposition::{Kind, MEDIA_TYPE, Page};
use super::process::Process;
use super::state::State;
use crate::store::{self, Database};

/// Nanoseconds of a second.
const NANOSECONDS: f64 = 1e9;
/// What the first digit of a status stands for.
const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The figures, for who may see them.
pub async fn show(call: Call) -> Result<HttpResponse, Failure> {
    Ok(page(&call.state))
}

/// The answer of `/metrics`.
pub fn page(state: &State) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).body(text(state))
}

fn text(state: &State) -> String {
    let mut page = Page::default();
    requests(&mut page, state);
    callers(&mut page, state);
    databases(&mut page, state);
    resources(&mut page, state);
    backups(&mut page, state);
    process(&mut page, state);
    page.finish()
}

fn requests(page: &mut Page, state: &State) {
    page.figure(
        "hrdb_http_requests_total",
        Kind::Counter,
        "Answers by endpoint and class of status. The route is empty for what leads nowhere.",
    );
    for (Route { method, path, .. }, classes) in state.counts.requests() {
        for (class, count) in STATUS_CLASSES.iter().zip(classes).filter(|(_, count)| *count > 0) {
            page.line(&[("method", method), ("route", path), ("status", class)], count);
        }
    }
    page.figure("hrdb_http_responses_total", Kind::Counter, "Answers by status.");
    for (status, count) in state.counts.statuses() {
        page.line(&[("status", &status.to_string())], count);
    }
    page.figure(
        "hrdb_http_request_duration_seconds",
        Kind::Histogram,
        "From the head of a request to the head of its answer, by kind of work.",
    );
    for (work, totals) in state.counts.latencies() {
        page.histogram(&[("work", work)], &totals, NANOSECONDS);
    }
    let (kept, not_kept) = state.counts.kept_answers();
    page.figure(
        "hrdb_answer_cache_lookups_total",
        Kind::Counter,
        "Reading requests for JSON, by whether their answer had been kept.",
    );
    page.line(&[("result", "hit")], kept).line(&[("result", "miss")], not_kept);
}

fn callers(page: &mut Page, state: &State) {
    page.figure(
        "hrdb_sign_ins_total",
        Kind::Counter,
        "Attempts to sign in with a password, by form or Basic; Basic credentials that were verified lately are none.",
    );
    for (outcome, count) in state.accounts.sign_ins().outcomes() {
        page.line(&[("result", outcome)], count);
    }
    page.figure("hrdb_tokens", Kind::Gauge, "Access tokens in memory; dead ones count until they are swept.");
    page.line(&[], state.tokens.len() as u64);
    page.figure("hrdb_sessions", Kind::Gauge, "Browser sessions in memory; dead ones count until they are swept.");
    page.line(&[], state.sessions.len() as u64);
}

fn databases(page: &mut Page, state: &State) {
    type Figure = (&'static str, &'static str, fn(&Database) -> u64);
    let gauges: [Figure; 8] = [
        ("hrdb_database_up", "Whether the database answers.", |database| database.answers().is_ok().into()),
        ("hrdb_database_bytes", "Size of the database's file.", |database| database.sizes().0),
        ("hrdb_database_wal_bytes", "Size of its write-ahead log.", |database| database.sizes().1),
        ("hrdb_long_reads", "Long reads that are running.", |database| database.long_reads().now.into()),
        ("hrdb_long_reads_max", "Long reads that may run at a time.", |database| database.long_reads().most.into()),
        ("hrdb_export_reads", "Exports that are reading.", |database| database.exports().now.into()),
        ("hrdb_export_reads_max", "Exports that may read at a time.", |database| database.exports().most.into()),
        ("hrdb_page_cache_max_bytes", "Pages that each connection may keep in memory.", Database::page_cache_bytes),
    ];
    let all = || state.services.iter().map(|(name, service)| (name.as_str(), service.database.as_ref()));
    for (name, help, value) in gauges {
        page.figure(name, Kind::Gauge, help);
        for (service, database) in all() {
            page.line(&[("service", service)], value(database));
        }
    }
    let writers: Vec<_> = all()
        .filter_map(|(name, database)| Some(([("service", name)], database, database.writer_figures()?)))
        .collect();
    page.figure("hrdb_writer_up", Kind::Gauge, "Whether the thread runs that makes all changes.");
    for (labels, database, _) in &writers {
        page.line(labels, database.has_its_writer().into());
    }
    page.figure("hrdb_writer_queue_length", Kind::Gauge, "Changes that wait for the writer.");
    for (labels, _, figures) in &writers {
        page.line(labels, figures.waiting());
    }
    page.figure("hrdb_writer_failures_total", Kind::Counter, "Commits that failed, but for constraints.");
    for (labels, _, figures) in &writers {
        page.line(labels, figures.failures());
    }
    page.figure("hrdb_writer_batch_size", Kind::Histogram, "Changes that were committed together.");
    for (labels, _, figures) in &writers {
        page.histogram(labels, &figures.batches(), 1.0);
    }
    page.figure("hrdb_writer_commit_seconds", Kind::Histogram, "From a commit to the disk.");
    for (labels, _, figures) in &writers {
        page.histogram(labels, &figures.commits(), NANOSECONDS);
    }
}

fn resources(page: &mut Page, state: &State) {
    page.figure(
        "hrdb_connections",
        Kind::Gauge,
        "Connections of clients, but for those that are still being encrypted.",
    );
    page.line(&[], state.connections.get());
    page.figure("hrdb_exports", Kind::Gauge, "Exports that are being made or sent.");
    page.line(&[], state.exports.taken());
    page.figure("hrdb_exports_max", Kind::Gauge, "Exports that may be, at a time.").line(&[], state.exports.in_all());
    page.figure("hrdb_body_memory_bytes", Kind::Gauge, "Memory for bodies that are coming or being stored.");
    page.line(&[], state.body_memory.taken());
    page.figure("hrdb_body_memory_max_bytes", Kind::Gauge, "As much of it as there may be.");
    page.line(&[], state.body_memory.in_all());
    page.figure("hrdb_disk_free_bytes", Kind::Gauge, "Room on the disk of the database.");
    if let Some(room) = state.readiness.room() {
        page.line(&[], room);
    }
    page.figure("hrdb_ready", Kind::Gauge, "Whether the server can do its work, by check.");
    for (check, good) in state.readiness.checks() {
        page.line(&[("check", check)], good.into());
    }
}

/// A backup is not made before 1970.
fn backups(page: &mut Page, state: &State) {
    let figures = &state.backups;
    page.figure("hrdb_backups_total", Kind::Counter, "Scheduled backups.");
    page.line(&[("result", "good")], figures.successes()).line(&[("result", "failed")], figures.failures());
    page.figure(
        "hrdb_backup_last_success_timestamp_seconds",
        Kind::Gauge,
        "When the newest was made, in seconds since 1970; 0 is never.",
    );
    page.line(&[], figures.last_success().try_into().unwrap_or(0));
    page.figure("hrdb_backup_last_bytes", Kind::Gauge, "Size of the newest that this run has made.");
    page.line(&[], figures.last_bytes());
    page.figure("hrdb_backup_last_duration_seconds", Kind::Gauge, "How long it took.");
    page.fraction(&[], figures.last_duration().as_secs_f64());
}

fn process(page: &mut Page, state: &State) {
    page.figure("hrdb_build_info", Kind::Gauge, "What is running; always 1.");
    page.line(&[("version", env!("CARGO_PKG_VERSION")), ("sqlite", store::sqlite_version())], 1);
    let process = Process::now();
    let gauges = [
        ("process_resident_memory_bytes", "Memory in use.", process.resident_bytes),
        ("process_virtual_memory_bytes", "Addresses that are taken.", process.virtual_bytes),
        ("process_open_fds", "Open files and connections.", process.open_files),
        ("process_max_fds", "And how many there may be.", process.most_files),
        ("process_threads", "Threads.", process.threads),
        ("process_start_time_seconds", "When the server was started, in seconds since 1970.", Some(state.started)),
    ];
    for (name, help, value) in gauges {
        if let Some(value) = value {
            page.figure(name, Kind::Gauge, help).line(&[], value);
        }
    }
    if let Some(seconds) = process.cpu_seconds {
        page.figure("process_cpu_seconds_total", Kind::Counter, "Work of all threads.").fraction(&[], seconds);
    }
}
