//! `hrdb policy`.

use std::process::Output;

use tempfile::TempDir;

use crate::process::{hrdb, refused};

fn policy(folder: &TempDir) -> String {
    let Output { status, stdout, .. } = hrdb(folder.path()).arg("policy").output().unwrap();
    assert!(status.success());
    String::from_utf8(stdout).unwrap()
}

#[test]
fn what_is_printed_is_a_settings_file_that_says_the_same() {
    let folder = TempDir::new().unwrap();
    let built_in = policy(&folder);
    assert!(
        built_in.contains("[[policy.hrdb.rules]]") && built_in.contains("where = \"empId = :userId\""),
        "{built_in}"
    );
    assert!(!folder.path().join("data").exists(), "nothing is made");
    std::fs::write(folder.path().join("hrdb.toml"), &built_in).unwrap();
    assert_eq!(policy(&folder), built_in);
    let own = "[services.music]\npath = 'music.db'\n[[policy.music.rules]]\nroles = ['user']\nentities = ['*']\nverbs = ['read']\n";
    std::fs::write(folder.path().join("hrdb.toml"), own).unwrap();
    let both = policy(&folder);
    let music = both.split_once("[[policy.music.rules]]").unwrap().1;
    assert!(music.contains("roles = [\"user\"]") && both.contains("[[policy.hrdb.rules]]"), "{both}");
}

#[test]
fn a_policy_that_cannot_be_stops_the_server_with_one_line() {
    for (text, expected) in [
        (
            "[[policy.hrdb.rules]]\nroles = ['user']\nentities = ['Vacations']\nverbs = ['read']\n",
            "there is no entity 'Vacations'",
        ),
        ("[policy.music]\n", "there is a policy for music, but no such service"),
        ("[[policy.hrdb.rules]]\nrole = ['user']\n", "unknown field `role`"),
    ] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("hrdb.toml"), text).unwrap();
        let mut command = hrdb(folder.path());
        command.env("HRDB_LOG", "error");
        let (code, line) = refused(command, folder.path());
        assert!([1, 2].contains(&code) && line.contains(expected), "{code} {line}");
    }
}
