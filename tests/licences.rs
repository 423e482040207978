//! What the server is built of may be passed on: every crate has a licence that asks for no more than to be named.

use serde_json::Value as Json;

/// Each is permissive. A crate may offer more than one; one of them must be here.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression can be met: `OR` offers, `AND` demands, parentheses group.
fn is_accepted(expression: &str) -> bool {
    let expression = expression.trim();
    if let Some((left, right)) = split(expression, &[" OR ", "/"]) {
        return is_accepted(left) || is_accepted(right);
    }
    if let Some((left, right)) = split(expression, &[" AND "]) {
        return is_accepted(left) && is_accepted(right);
    }
    match expression.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        Some(inside) => is_accepted(inside),
        None => ACCEPTED.contains(&expression),
    }
}

/// Splits at the first of the words that stands outside parentheses.
fn split<'a>(expression: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut depth = 0_usize;
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                if let Some(word) = words.iter().find(|word| expression[at..].starts_with(**word)) {
                    return Some((&expression[..at], &expression[at + word.len()..]));
                }
            }
            _ => {}
        }
    }
    None
}

#[test]
fn every_crate_has_a_permissive_licence() {
    // Only what is built here has been fetched.
    let version = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", platform])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "the packages are found");
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_accepted(licence), "{} {} is under {licence}", package["name"], package["version"]);
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND Unicode-3.0", true),
        ("(GPL-3.0 OR LGPL-2.1) AND MIT", false),
        ("none", false),
    ] {
        assert_eq!(is_accepted(expression), expected, "{expression}");
    }
}
