//! What single parts of a request cost: a filter from text to statement, a page of rows to JSON and to
//! gzip, a token looked up among many.

use std::hint::black_box;
use std::io::Write as _;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;
use hrdb::auth::{Clock, Limits, Principal, Standing, TokenLifetimes, TokenStore};
use hrdb::filter;
use hrdb::query;
use hrdb::records::{self, ListParams, RecordError};
use hrdb::store::{Database, Options};

/// Rows of the table that pages are read from.
const ROWS: u32 = 1_000;
/// Tokens among which one is looked up.
const TOKENS: usize = 100_000;

fn database(folder: &std::path::Path) -> Database {
    let path = folder.join("shop.db");
    let connection = rusqlite::Connection::open(&path).expect("a new file");
    connection
        .execute_batch(&format!(
            "CREATE TABLE clerk (id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT, born DATE);
             CREATE TABLE sale (id INTEGER PRIMARY KEY, note TEXT, amount DECIMAL(10,2), day DATE, clerk INTEGER REFERENCES clerk);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO clerk SELECT i, 'Name ' || i, 'Town \"' || (i % 10) || '\"', '1980-01-01' FROM n;
             INSERT INTO sale SELECT id, 'a note of some length, number ' || id, id / 7.0, '2024-02-29', id FROM clerk;"
        ))
        .expect("a script that is right");
    Database::open_existing(&path, "shop", Options::default(), 1).expect("a file that can be served")
}

fn filters(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let model = database(folder.path()).model();
    let sale = model.service.find("Sale").expect("the entity");
    let mut group = criterion.benchmark_group("filter");
    for (name, text) in [
        ("short", "id = 7"),
        (
            "usual",
            "amount >= 10.5 and (note like 'a note%' or clerk2.town in ('Town 1', 'Town 2')) and day is not null",
        ),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name}, parsed"), |bencher| bencher.iter(|| filter::parse(black_box(text))));
        let params = ListParams { q: Some(text), ..ListParams::default() };
        group.bench_function(format!("{name}, to a statement"), |bencher| {
            bencher.iter(|| {
                let select = records::plan_list(&model, sale, black_box(&params), 100).expect("a filter that is right");
                query::select(&model, model.shape(sale), &select)
            });
        });
    }
}

fn pages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(folder.path());
    let model = database.model();
    let sale = model.service.find("Sale").expect("the entity");
    let mut group = criterion.benchmark_group("page to JSON");
    for size in ["1", "20", "100"] {
        let params = ListParams { size: Some(size), ..ListParams::default() };
        let select = records::plan_list(&model, sale, &params, 100).expect("a page that is right");
        let read = || database.read::<_, RecordError>(|reader| records::list(reader, &model, sale, &select));
        group.throughput(Throughput::Bytes(read().expect("a page").len() as u64));
        group.bench_function(format!("{size} rows with a relation"), |bencher| bencher.iter(read));
    }
}

/// What it takes to compress pages of some lengths as they are compressed for who asks for it.
fn compression(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = database(folder.path());
    let model = database.model();
    let sale = model.service.find("Sale").expect("the entity");
    let params = ListParams { size: Some("1000"), ..ListParams::default() };
    let select = records::plan_list(&model, sale, &params, 1_000).expect("a page that is right");
    let page =
        database.read_long::<_, RecordError>(|reader| records::list(reader, &model, sale, &select)).expect("a page");
    let compress = |text: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("a Vec takes everything");
        encoder.finish().expect("a Vec takes everything")
    };
    let mut group = criterion.benchmark_group("gzip");
    for kib in [1, 4, 16, 64] {
        let text = &page[..kib * 1024];
        group.throughput(Throughput::Bytes(text.len() as u64));
        let shorter = compress(text).len();
        group.bench_function(format!("{kib} KiB to {shorter} bytes"), |bencher| {
            bencher.iter(|| compress(black_box(text)));
        });
    }
}

fn tokens(criterion: &mut Criterion) {
    let lifetimes = TokenLifetimes { one_seconds: 3_600, chain_seconds: 3_600 };
    let store = TokenStore::new(lifetimes, Limits::default(), Clock::system());
    let (source, key, name) = ("USER".to_owned(), "1".to_owned(), "admin".to_owned());
    let principal = Arc::new(Principal { source, key, name, roles: Vec::new(), standing: Standing::default() });
    let known: Vec<_> = (0..TOKENS).map(|_| store.issue(Arc::clone(&principal), None).token).collect();
    let mut next = (0..TOKENS).cycle().step_by(7_919);
    criterion.bench_function("token among 100,000", |bencher| {
        bencher.iter(|| {
            let token = &known[next.next().unwrap_or_default()];
            store.find(black_box(token.expose()))
        });
    });
}

criterion_group!(benches, filters, pages, compression, tokens);
criterion_main!(benches);
