//! The order of the house: which room may use which, which crate is fenced where, and how long a file may get.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms from the bottom up, and the rooms that each may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("figures", &[]),
    ("config", &[]),
    ("catalog", &[]),
    ("filter", &[]),
    ("query", &["catalog", "filter"]),
    ("store", &["figures", "catalog", "query"]),
    ("records", &["catalog", "query", "store"]),
    ("export", &["catalog"]),
    ("auth", &["figures", "config", "catalog", "filter", "query", "store"]),
    ("http", &["figures", "config", "catalog", "filter", "query", "store", "records", "export", "auth"]),
    ("app", &["figures", "config", "catalog", "query", "store", "records", "auth", "http"]),
    ("logging", &["config"]),
    ("main", &["config", "app", "auth", "logging"]),
];

/// Crates that only some rooms may name.
const FENCES: &[(&str, &[&str])] = &[
    ("clap", &["config"]),
    ("toml", &["config"]),
    ("std::env", &["config", "main"]),
    ("rusqlite", &["store"]),
    ("r2d2", &["store"]),
    ("r2d2_sqlite", &["store"]),
    ("argon2", &["auth"]),
    ("blake2", &["auth"]),
    ("rand", &["auth"]),
    ("subtle", &["auth"]),
    ("sha2", &["auth", "http"]),
    ("env_logger", &["logging"]),
    ("csv", &["export"]),
    ("rust_xlsxwriter", &["export"]),
    ("matchit", &["http"]),
    ("flate2", &["http"]),
    ("actix_web", &["http", "app"]),
    ("actix_http", &["app"]),
    ("actix_service", &["app"]),
    ("actix_tls", &["app"]),
    ("rustls", &["app"]),
];

const LONGEST_FILE: usize = 400;
const DRAWERS: &[&str] = &["utils", "util", "helpers", "common", "types", "misc"];

struct Source {
    path: PathBuf,
    room: String,
    /// Module path below the room: `records/error` is `error`.
    file: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&base).unwrap().with_extension("");
                let mut parts = inside.iter().map(|part| part.to_str().unwrap().to_owned());
                let room = parts.next().unwrap();
                let file = parts.collect::<Vec<_>>().join("/");
                found.push(Source { text: std::fs::read_to_string(&path).unwrap(), path, room, file });
            }
        }
    }
    assert!(found.len() > 20, "the sources are found");
    found
}

/// The code of a file: comments say what they like, and tests may use what they need.
fn code(text: &str) -> String {
    let without_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    without_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether `name` stands in `code` as the beginning of a path.
fn names(code: &str, name: &str) -> bool {
    let begins = |at: usize| !code[..at].ends_with(|letter: char| letter.is_alphanumeric() || "_:".contains(letter));
    code.match_indices(&format!("{name}::")).any(|(at, _)| begins(at))
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    for source in sources() {
        if source.room == "lib" {
            continue;
        }
        let (_, allowed) = ROOMS
            .iter()
            .find(|(room, _)| *room == source.room)
            .unwrap_or_else(|| panic!("{} is in no room of the table", source.path.display()));
        let code = code(&source.text);
        for (room, _) in ROOMS {
            let used = names(&code, &format!("crate::{room}")) || names(&code, &format!("hrdb::{room}"));
            let allowed = *room == source.room || allowed.contains(room);
            assert!(!used || allowed, "{} must not use {room}", source.path.display());
        }
    }
}

#[test]
fn a_fenced_crate_is_named_only_behind_its_fence() {
    for source in sources() {
        let code = code(&source.text);
        for (name, rooms) in FENCES {
            let inside = rooms.contains(&source.room.as_str());
            assert!(inside || !names(&code, name), "{} must not use {name}", source.path.display());
        }
    }
}

#[test]
fn only_the_map_of_failures_knows_statuses() {
    for source in sources() {
        let knows = code(&source.text).contains("StatusCode");
        let map = source.room == "http" && source.file == "error";
        assert!(map || !knows, "{} must not name StatusCode", source.path.display());
    }
}

/// Whether code says `super::file::…` or takes `file` out of a list, `use super::{file, …}`.
fn uses_sibling(code: &str, file: &str) -> bool {
    let lists = code.split("use super::{").skip(1).filter_map(|rest| rest.split("};").next());
    let mut listed = lists.flat_map(|list| list.split([',', '{', '\n'])).map(|item| item.trim().split("::").next());
    names(code, &format!("super::{file}")) || listed.any(|item| item == Some(file))
}

#[test]
fn no_two_files_of_a_room_use_each_other() {
    let mut uses: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let sources = sources();
    for source in &sources {
        let code = code(&source.text);
        let siblings = sources.iter().filter(|other| other.room == source.room && other.file != source.file);
        let reached = siblings.filter(|other| other.file != "mod" && uses_sibling(&code, &other.file));
        uses.insert((source.room.clone(), source.file.clone()), reached.map(|other| other.file.clone()).collect());
    }
    for (room, file) in uses.keys() {
        let mut reached: Vec<&String> = Vec::new();
        let mut waiting: Vec<&String> = uses[&(room.clone(), file.clone())].iter().collect();
        while let Some(next) = waiting.pop() {
            assert!(next != file, "{room}/{file} uses itself in a circle");
            if !reached.contains(&next) {
                reached.push(next);
                waiting.extend(&uses[&(room.clone(), next.clone())]);
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files: Vec<PathBuf> = sources().into_iter().map(|source| source.path).collect();
    for folder in [tests.clone(), tests.join("suite"), tests.join("suite/support")] {
        files.extend(
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()),
        );
    }
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with //!", path.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(!DRAWERS.contains(&stem), "{} is a drawer for odds and ends", path.display());
        let marker = ["TO", "DO"].concat();
        assert!(!text.contains(&marker), "{} has a {marker}", path.display());
    }
}

#[test]
fn no_entity_of_the_sample_is_named_in_the_code() {
    for source in sources() {
        let code = code(&source.text);
        for name in ["Department", "Employee", "Vacation", "DEPARTMENT", "EMPLOYEE", "VACATION", "\"User\"", "\"USER\""]
        {
            assert!(!code.contains(name), "{} names {name}", source.path.display());
        }
    }
}

/// Where a file that a document names may stand.
fn find(name: &str) -> Option<PathBuf> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR"));
    [base.join(name), base.join("tests").join(name), base.join("src").join(name)].into_iter().find(|path| path.exists())
}

#[test]
fn every_file_and_test_that_the_security_checklist_names_is_there() {
    let checklist = std::fs::read_to_string(find("docs/security.md").unwrap()).unwrap();
    let (mut file, mut tests) = (PathBuf::new(), 0);
    for name in checklist.split('`').skip(1).step_by(2) {
        let ends = [".rs", ".md", ".html", ".toml", ".lock", "/"].iter().any(|end| name.ends_with(end));
        let (path, test) = match name.split_once("::") {
            Some((path, test)) if path == "…" || path.contains('/') => (path, Some(test)),
            None if ends && !name.starts_with('/') && !name.contains('…') => (name, None),
            // A test of the file that was named last.
            None if name.matches('_').count() > 2 && !name.contains(' ') => ("…", Some(name)),
            _ => continue,
        };
        if path != "…" {
            file = find(path).unwrap_or_else(|| panic!("docs/security.md names {path}, which is not there"));
        }
        if let Some(test) = test {
            let code = std::fs::read_to_string(&file).unwrap();
            let there = code.contains(&format!("fn {test}("));
            assert!(there, "docs/security.md names {test}, which is not in {}", file.display());
            tests += 1;
        }
    }
    assert!(tests > 80, "the tests are found: {tests}");
}

#[test]
fn the_security_checklist_counts_its_own_lines() {
    let text = std::fs::read_to_string(find("docs/security.md").unwrap()).unwrap();
    let mut counted: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let (mut chapter, mut all) = ("", [0; 3]);
    for line in text.lines() {
        chapter = line.strip_prefix("## ").unwrap_or(chapter);
        let state =
            line.split(" | ").nth(3).and_then(|state| ["met", "n/a", "open"].iter().position(|one| *one == state));
        if let Some(state) = state.filter(|_| chapter.starts_with('V')) {
            counted.entry(chapter).or_default()[state] += 1;
            all[state] += 1;
        }
    }
    counted.insert("**all**", all);
    assert!(counted.len() > 10, "the chapters are found");
    for (chapter, [met, none, open]) in counted {
        let row = format!("| {chapter} | {met} | {none} | {open} |");
        assert!(text.contains(&row), "docs/security.md lacks {row}");
    }
    let words = format!("these are {}.", all.iter().sum::<usize>());
    assert!(text.contains(&words), "docs/security.md does not say that {words}");
}

#[test]
fn the_page_of_settings_names_every_setting() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("docs/settings.md")).unwrap();
    let settings = std::fs::read_to_string(folder.join("src/config/settings.rs")).unwrap();
    let variables: Vec<&str> = settings
        .split('"')
        .filter(|text| text.len() > 5 && text.starts_with("HRDB_") && !text.contains([' ', '=']))
        .collect();
    assert!(variables.len() > 10, "the settings are found");
    for variable in variables {
        let flag = format!("--{}", variable.trim_start_matches("HRDB_").to_lowercase().replace('_', "-"));
        assert!(page.contains(&format!("`{variable}`")), "docs/settings.md does not name {variable}");
        assert!(
            variable == "HRDB_ADMIN_PASSWORD" || page.contains(&format!("`{flag}`")),
            "docs/settings.md has no {flag}"
        );
    }
}
