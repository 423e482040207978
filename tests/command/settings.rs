//! Settings: help, what is refused, which source wins.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use tempfile::TempDir;

use crate::process::{Running, basic, files, hrdb, refused};

/// Every setting: flag, a value that cannot be, and the same for the settings file. The folder takes any text.
const SETTINGS: &[(&str, &[&str], &[&str])] = &[
    ("listen", &["nowhere", "127.0.0.1", "127.0.0.1:65536", "8080"], &["8080", "\"nowhere\"", "true"]),
    ("data-dir", &[], &["5", "[]"]),
    ("context-path", &["Demo", "/De mo", "/a//b", "/ü"], &["\"Demo\"", "7", "true"]),
    ("token-validity-seconds", &["0", "-1", "1.5", "x", "4294967296"], &["0", "-1", "\"x\"", "1.5"]),
    ("session-timeout-seconds", &["0", "-1", "30m"], &["0", "-1", "\"30m\""]),
    ("session-lifetime-seconds", &["0", "-1", "12h"], &["0", "-1", "\"12h\""]),
    ("remember-me-seconds", &["-1", "15d"], &["-1", "\"15d\""]),
    ("max-sessions-per-user", &["-1", "x"], &["-1", "\"x\""]),
    ("max-sessions", &["-1", "x"], &["-1", "\"x\""]),
    ("max-tokens-per-user", &["-1", "x"], &["-1", "\"x\""]),
    ("max-tokens", &["-1", "x"], &["-1", "\"x\""]),
    ("min-password-length", &["0", "129", "-1", "x"], &["0", "129", "\"x\""]),
    ("argon2-memory-kib", &["7167", "19455", "262145", "-1", "19M"], &["0", "\"x\"", "12288", "262145"]),
    ("argon2-iterations", &["0", "1", "33", "x"], &["0", "1", "33"]),
    ("argon2-parallelism", &["0", "17", "x"], &["0", "17"]),
    ("basic-cache-seconds", &["-1", "3601", "1m"], &["-1", "3601"]),
    ("sign-in-attempts", &["-1", "1001", "x"], &["-1", "1001"]),
    ("workers", &["-1", "x", "513"], &["-1", "\"x\"", "513"]),
    ("shutdown-timeout-seconds", &["-1", "10s", "3601"], &["-1", "\"10s\"", "3601"]),
    ("body-limit-bytes", &["0", "1023", "-1", "16M"], &["1023", "\"16M\""]),
    ("body-timeout-seconds", &["0", "-1", "1m"], &["0", "\"1m\""]),
    ("head-timeout-seconds", &["0", "-1", "1m"], &["0", "\"1m\""]),
    ("keep-alive-seconds", &["0", "-1", "1m"], &["0", "\"1m\""]),
    ("max-connections", &["0", "-1", "x"], &["0", "\"x\""]),
    ("file-limit-bytes", &["-1", "300M"], &["-1", "\"300M\""]),
    ("body-memory-bytes", &["-1", "512M", "300000000"], &["-1", "\"512M\"", "300000000"]),
    ("export-room-bytes", &["-1", "2G"], &["-1", "\"2G\""]),
    ("read-timeout-seconds", &["0", "-1", "1m"], &["0", "\"1m\""]),
    ("answer-cache-bytes", &["-1", "8M"], &["-1", "\"8M\""]),
    ("max-page-size", &["0", "-1", "x", "4294967296"], &["0", "\"x\""]),
    ("queries-dir", &[], &["5"]),
    ("backup-dir", &[], &["5"]),
    ("backup-every-minutes", &["0", "-1", "1h"], &["0", "\"1h\""]),
    ("backup-keep", &["-1", "x"], &["-1", "\"x\""]),
    ("trusted-proxies", &["proxy", "10.0.0.0/33", "1.2.3.4,"], &["5", "\"proxy\"", "[]"]),
    ("allowed-hosts", &["a b", "http://a", "a:x", ","], &["5", "\"a/b\""]),
    ("cors-allowed-origins", &["a.example", "https://a/b", "*,https://a"], &["true", "\"a.example\""]),
    ("cors-allow-credentials", &["maybe", "1"], &["1", "\"yes\""]),
    ("cors-max-age-seconds", &["-1", "x"], &["-1", "\"x\""]),
    ("hsts-max-age-seconds", &["-1", "1y"], &["-1", "\"1y\""]),
    ("xss-encode", &["input", "Output", ""], &["true", "\"both\""]),
    ("tls-cert", &["alone.pem"], &["5", "\"alone.pem\""]),
    ("tls-key", &["alone.pem"], &["5", "\"alone.pem\""]),
    ("metrics-listen", &["9090", "127.0.0.1", "nowhere:1"], &["9090", "\"nowhere\""]),
    ("metrics-roles", &["a,,b", ","], &["5", "\"a,\"", "[]"]),
    ("min-disk-room-bytes", &["-1", "64M"], &["-1", "\"64M\""]),
    ("server-timing", &["maybe", "1"], &["1", "\"yes\""]),
    ("log", &[], &["5"]),
    ("log-format", &["yaml", "JSON", ""], &["5", "\"yaml\""]),
];

fn variable(flag: &str) -> String {
    format!("HRDB_{}", flag.replace('-', "_").to_uppercase())
}

#[test]
fn help_and_version_are_printed_and_are_no_error() {
    let folder = TempDir::new().unwrap();
    let said = |flag: &str| {
        let output = hrdb(folder.path()).arg(flag).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{flag}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(said("--version"), format!("hrdb {}\n", env!("CARGO_PKG_VERSION")));
    // However the text is wrapped.
    let help = said("--help").split_whitespace().collect::<Vec<_>>().join(" ");
    for (flag, ..) in SETTINGS {
        assert!(help.contains(&format!("--{flag} <")), "--{flag} is missing: {help}");
        assert!(help.contains(&format!("[env: {}]", variable(flag))), "{flag} has no variable: {help}");
    }
    assert!(help.contains("--service <NAME=PATH>") && help.contains("[env: HRDB_SERVICE"), "{help}");
    assert!(help.contains("--config <FILE>") && help.contains("[env: HRDB_CONFIG]"), "{help}");
    assert!(help.contains("HRDB_ADMIN_PASSWORD"), "{help}");
    assert!(said("-h").contains("--listen"));
    assert_eq!(files(folder.path()), [""; 0], "asking makes no database");
}

#[test]
fn the_table_of_this_test_has_every_setting() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("hrdb.toml"), "nothing_of_ours = 1\n").unwrap();
    let (code, line) = refused(hrdb(folder.path()), folder.path());
    assert_eq!(code, 2);
    // The parser lists what it knows; services, accounts and policies are tables of their own there.
    let known: Vec<String> = line.split('`').skip(3).step_by(2).map(|name| name.replace('_', "-")).collect();
    let here = SETTINGS.iter().map(|(flag, ..)| (*flag).to_owned());
    assert_eq!(known, here.chain(["services", "policy", "accounts"].map(str::to_owned)).collect::<Vec<_>>(), "{line}");
}

#[test]
fn a_value_that_cannot_be_is_one_line_and_exit_code_2() {
    for (flag, bad, bad_in_file) in SETTINGS {
        for value in *bad {
            let folder = TempDir::new().unwrap();
            let mut command = hrdb(folder.path());
            command.arg(format!("--{flag}={value}"));
            let (code, line) = refused(command, folder.path());
            assert_eq!(code, 2, "--{flag}={value}");
            assert!(line.contains(flag) || line.contains(&flag.replace('-', "_")), "--{flag}={value}: {line}");
            let mut command = hrdb(folder.path());
            command.env(variable(flag), value);
            let (code, line) = refused(command, folder.path());
            assert_eq!(code, 2, "{flag} as variable: {value}");
            assert!(line.contains(flag) || line.contains(&flag.replace('-', "_")), "{flag} as variable: {line}");
            assert_eq!(files(folder.path()), ["errors.txt"], "nothing is made");
        }
        for value in *bad_in_file {
            let folder = TempDir::new().unwrap();
            let key = flag.replace('-', "_");
            std::fs::write(folder.path().join("hrdb.toml"), format!("# a comment\n{key} = {value}\n")).unwrap();
            let mut command = hrdb(folder.path());
            command.env_remove("HRDB_LISTEN");
            let (code, line) = refused(command, folder.path());
            assert_eq!(code, 2, "{key} = {value}");
            assert!(line.contains("hrdb.toml, line 2") || line.contains(&key), "{key} = {value}: {line}");
        }
    }
}

#[test]
fn what_is_unknown_is_one_line_and_exit_code_2() {
    let os = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let plain = |text: &str| OsString::from(text);
    let long = "x".repeat(129);
    for (arguments, variables, named) in [
        (vec!["--nope"], vec![], "--nope"),
        (vec!["--nope=1"], vec![], "--nope"),
        (vec!["--lisen", "127.0.0.1:0"], vec![], "--lisen"),
        (vec!["serve"], vec![], "serve"),
        (vec!["--listen"], vec![], "--listen"),
        (vec!["--workers", "1", "--workers", "2"], vec![], "--workers"),
        (vec!["--config", "missing.toml"], vec![], "missing.toml"),
        (vec!["--admin-password", "x"], vec![], "--admin-password"),
        (vec!["--service", "nameless.db"], vec![], "nameless.db"),
        (vec!["--service", "empty="], vec![], "empty"),
        (vec!["--service", "=x.db"], vec![], "service"),
        (vec!["--service", "two words=x.db"], vec![], "two words"),
        (vec!["--service", "hrdb=x.db"], vec![], "hrdb"),
        (vec!["--service", "security=x.db"], vec![], "security"),
        (vec![], vec![("HRDB_SERVICE", plain("good=x.db,bad"))], "bad"),
        (vec![], vec![("HRDB_NOPE", plain("1"))], "HRDB_NOPE"),
        (vec![], vec![("HRDB_LISTEN_ADDRESS", plain(""))], "HRDB_LISTEN_ADDRESS"),
        (vec![], vec![("HRDB_", plain("1"))], "HRDB_"),
        (vec![], vec![("HRDB_CONFIG", plain("missing.toml"))], "missing.toml"),
        (vec![], vec![("HRDB_ADMIN_PASSWORD", plain(&long))], "HRDB_ADMIN_PASSWORD"),
        (vec![], vec![("HRDB_DATA_DIR", os(b"da\xffta"))], "UTF-8"),
    ] {
        let folder = TempDir::new().unwrap();
        let mut command = hrdb(folder.path());
        command.args(&arguments).envs(variables.iter().map(|(name, value)| (*name, value.as_os_str())));
        let (code, line) = refused(command, folder.path());
        assert_eq!(code, 2, "{arguments:?} {variables:?}: {line}");
        assert!(line.contains(named), "{arguments:?} {variables:?}: {line}");
        assert!(!line.contains(&long) && !line.contains("cret"), "a password is not repeated: {line}");
    }
    for text in [
        "nope = 1",
        "listen-address = 1",
        "[server]\nlisten = 1",
        "listen",
        "= 1",
        "a = \"\u{1}",
        "admin_password = \"x\"",
    ] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("mine.toml"), text).unwrap();
        let mut command = hrdb(folder.path());
        command.args(["--config", "mine.toml"]);
        let (code, line) = refused(command, folder.path());
        assert_eq!(code, 2, "{text:?}: {line}");
        assert!(line.contains("mine.toml, line"), "{text:?}: {line}");
    }
}

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    for (flag, variable, file, path, seconds) in [
        (true, true, true, "/Flag/", 11),
        (false, true, true, "/Variable/", 22),
        (false, false, true, "/File/", 33),
        (false, false, false, "/", 1800),
        (true, false, true, "/Flag/", 11),
        (true, true, false, "/Flag/", 11),
    ] {
        let folder = TempDir::new().unwrap();
        if file {
            let text = "context_path = \"/File\"\ntoken_validity_seconds = 33\n";
            std::fs::write(folder.path().join("hrdb.toml"), text).unwrap();
        }
        let server = Running::start(folder, |command| {
            if variable {
                command.env("HRDB_CONTEXT_PATH", "/Variable").env("HRDB_TOKEN_VALIDITY_SECONDS", "22");
            }
            if flag {
                command.args(["--context-path", "/Flag/", "--token-validity-seconds=11"]);
            }
        });
        let case = format!("flag {flag}, variable {variable}, file {file}");
        assert!(
            server.url.ends_with(path) && server.url.matches('/').count() == 2 + path.matches('/').count(),
            "{case}: {}",
            server.url
        );
        let (_, token) = server.get("services/security/token", &basic("admin", "admin"));
        assert_eq!(token["expires_in"], seconds, "{case}");
        assert!(server.folder.path().join("data/hrdb.db").exists(), "{case}: the default folder");
    }
}

#[test]
fn a_log_filter_that_is_none_is_one_line_and_exit_code_2() {
    for value in ["hrdb=loud", "a=b=c"] {
        let folder = TempDir::new().unwrap();
        let mut command = hrdb(folder.path());
        command.arg(format!("--log={value}"));
        let (code, line) = refused(command, folder.path());
        assert_eq!(code, 2, "{value}");
        assert!(line.contains("log") && line.contains(value), "{value}: {line}");
    }
}

#[test]
fn a_password_setting_that_is_no_text_is_not_taken_for_none() {
    // Otherwise the account would silently get the one that everybody knows.
    let folder = TempDir::new().unwrap();
    let mut command = hrdb(folder.path());
    command.env("HRDB_ADMIN_PASSWORD", OsString::from_vec(b"se\xffcret".to_vec()));
    let (code, line) = refused(command, folder.path());
    assert_eq!(code, 2, "{line}");
    assert!(line.contains("HRDB_ADMIN_PASSWORD") && !line.contains("cret"), "{line}");
}
