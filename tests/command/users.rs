//! `hrdb user`: accounts from the command line, with and without a server that is running.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;
use tempfile::TempDir;

use crate::process::{Running, basic, hrdb};

/// Runs the command in a folder with a text on its standard input.
fn user(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = hrdb(folder);
    command.args(["--log", "error", "user"]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that fails before it reads has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn done(folder: &Path, arguments: &[&str], input: &str) -> String {
    let output = user(folder, arguments, input);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line that a command which is refused says, and its exit code.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], input: &str) -> (i32, String) {
    let output = user(folder, arguments, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty(), "{arguments:?}: {said}");
    assert!(said.starts_with("hrdb: ") && said.lines().count() == 1, "{arguments:?}: {said:?}");
    (output.status.code().unwrap(), said)
}

/// A folder in which a server has been.
fn folder() -> TempDir {
    Running::start(TempDir::new().unwrap(), |_| {}).stop("-TERM").1
}

#[test]
fn accounts_are_added_changed_and_listed_while_the_server_runs() {
    let server = Running::start(TempDir::new().unwrap(), |_| {});
    let folder = server.folder.path().to_owned();
    let roles = |name: &str, password: &str| server.get("services/security/user/roles", &basic(name, password)).1;
    assert_eq!(done(&folder, &["add", "eve", "--role", "userrole"], "first one\n"), "added USER/7 eve (userrole)\n");
    assert_eq!(roles("eve", "first one"), json!(["userrole"]));
    let said = done(&folder, &["passwd", "eve"], "second: ü \r\nignored\n");
    assert_eq!(said, "changed the password of USER/7 eve (userrole)\n");
    assert_eq!(roles("eve", "first one"), json!([]), "what was remembered of it as well");
    assert_eq!(roles("eve", "second: ü "), json!(["userrole"]));
    assert_eq!(done(&folder, &["role", "eve", "adminrole"], ""), "changed the role of USER/7 eve (adminrole)\n");
    assert_eq!(roles("eve", "second: ü "), json!(["adminrole"]));
    let said = done(&folder, &["add", "--source", "EMPLOYEE", "eve", "--role", "user"], "third");
    assert_eq!(said, "added EMPLOYEE/11 eve (user)\n");
    assert_eq!(roles("eve", "third"), json!(["user"]));
    assert_eq!(done(&folder, &["passwd", "boris.tran", "--source", "EMPLOYEE"], "fourth\n").lines().count(), 1);
    assert_eq!(roles("boris.tran", "fourth"), json!(["user"]));
}

#[test]
fn the_list_tells_who_has_a_password_that_everybody_knows() {
    let folder = folder();
    done(folder.path(), &["passwd", "user"], "own\n");
    let database = rusqlite::Connection::open(folder.path().join("data/hrdb.db")).unwrap();
    database.execute("UPDATE \"USER\" SET PASSWORD = NULL, ROLE = NULL WHERE USER_ID = 3", []).unwrap();
    database.execute("UPDATE \"USER\" SET PASSWORD = 'plain' WHERE USER_ID = 4", []).unwrap();
    database.execute("UPDATE \"USER\" SET USERNAME = char(27) || '[2J' WHERE USER_ID = 5", []).unwrap();
    drop(database);
    let rows = |arguments: &[&str]| -> Vec<Vec<String>> {
        let list = done(folder.path(), arguments, "");
        list.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
    };
    let users = rows(&["list", "--source", "USER"]);
    let expected = [
        ["SOURCE", "KEY", "NAME", "ROLE", "PASSWORD"],
        ["USER", "1", "admin", "adminrole", "demo"],
        ["USER", "2", "user", "userrole", "set"],
        ["USER", "3", "admin2", "-", "none"],
        ["USER", "4", "user2", "userrole", "unusable"],
        ["USER", "5", "\u{fffd}[2J", "anonymous", "demo"],
    ];
    assert_eq!(users, expected);
    let all = rows(&["list"]);
    assert_eq!(all[..6], users);
    assert_eq!(all[6], ["EMPLOYEE", "1", "erin.lund", "admin", "demo"]);
    assert_eq!(all.len(), 16);
}

#[test]
fn what_cannot_be_done_is_one_line_and_exit_code_1_and_changes_nothing() {
    let folder = folder();
    let before = done(folder.path(), &["list"], "");
    let long = "x".repeat(129);
    let cases: &[(&[&str], &str, &str)] = &[
        (&["add", "eve", "--role", "nobody"], "x\n", "adminrole, userrole"),
        (&["add", "eve", "--role", "user"], "x\n", "adminrole, userrole"),
        (&["add", "admin", "--role", "userrole"], "x\n", "USER/1"),
        (&["add", " eve", "--role", "userrole"], "x\n", "white space"),
        (&["add", "", "--role", "userrole"], "x\n", "user name"),
        (&["add", "a name longer than the column", "--role", "userrole"], "x\n", "USER.USERNAME"),
        (&["add", "eve", "--role", "userrole", "--source", "NONE"], "x\n", "USER, EMPLOYEE"),
        (&["add", "eve", "--role", "userrole"], "", "standard input"),
        (&["add", "eve", "--role", "userrole"], "\n", "1 to 128"),
        (&["add", "eve", "--role", "userrole"], &long, "1 to 128"),
        (&["passwd", "nobody"], "x\n", "no account nobody"),
        (&["passwd", "erin.lund"], "x\n", "--source EMPLOYEE"),
        (&["passwd", "admin"], "\n", "1 to 128"),
        (&["role", "nobody", "userrole"], "", "no account nobody"),
        (&["role", "admin", "user"], "", "adminrole, userrole"),
        (&["list", "--source", "user"], "", "USER, EMPLOYEE"),
    ];
    for (arguments, input, named) in cases {
        let (code, line) = refused(folder.path(), arguments, input);
        assert_eq!(code, 1, "{arguments:?}: {line}");
        assert!(line.contains(named), "{arguments:?}: {line}");
        assert!(!line.contains(&long), "{arguments:?}: a password is not repeated: {line}");
    }
    assert_eq!(done(folder.path(), &["list"], ""), before);
}

#[test]
fn a_command_line_that_is_none_is_exit_code_2() {
    let folder = TempDir::new().unwrap();
    for (arguments, named) in [
        (&[][..], "subcommand"),
        (&["remove", "eve"], "remove"),
        (&["add"], "NAME"),
        (&["add", "eve"], "--role"),
        (&["add", "eve", "--role"], "--role"),
        (&["add", "eve", "--role", "userrole", "--password", "x"], "--password"),
        (&["add", "eve", "word", "--role", "userrole"], "word"),
        (&["role", "eve"], "ROLE"),
        (&["list", "eve"], "eve"),
    ] {
        let (code, line) = refused(folder.path(), arguments, "");
        assert_eq!(code, 2, "{arguments:?}: {line}");
        assert!(line.contains(named), "{arguments:?}: {line}");
    }
}

#[test]
fn accounts_are_not_looked_for_where_there_is_no_database() {
    let folder = TempDir::new().unwrap();
    let (code, line) = refused(folder.path(), &["list"], "");
    assert_eq!(code, 1);
    assert!(line.contains("hrdb.db"), "{line}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "none is made");
}

#[test]
fn sources_of_the_settings_file_are_the_ones_that_are_managed() {
    let folder = folder();
    let text = "[[accounts]]\ntable = 'EMPLOYEE'\nid = 'EMP_ID'\nusername = 'USERNAME'\npassword = 'PASSWORD'\n\
                role = 'ROLE'\nroles = ['user']\nactive = 'empId > 0'\n";
    std::fs::write(folder.path().join("hrdb.toml"), text).unwrap();
    assert!(done(folder.path(), &["passwd", "erin.lund"], "x\n").contains("EMPLOYEE/1"));
    for (right, wrong, named) in
        [("'empId > 0'", "'empId >'", "active"), ("active", "colour", "colour"), ("EMP_ID", "NO_ID", "NO_ID")]
    {
        std::fs::write(folder.path().join("hrdb.toml"), text.replace(right, wrong)).unwrap();
        let (_, said) = refused(folder.path(), &["list"], "");
        assert!(said.contains(named), "{wrong}: {said}");
    }
}

/// Types at a terminal, each line when its prompt has come; returns whether it went well, what was said, and what the
/// terminal showed.
fn typed(folder: &Path, arguments: &[&str], lines: &[(&str, &str)]) -> (bool, String, String) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let inside = rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let mut command: Command = hrdb(folder);
    command.args(["--log", "error", "user"]).args(arguments).stdin(Stdio::from(inside)).stdout(Stdio::null());
    command.stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The command holds the terminal open on our side too; without it, reading what was shown would come to an end.
    drop(command);
    let mut terminal = File::from(terminal);
    let (mut said, mut letter) = (String::new(), [0]);
    let mut errors = child.stderr.take().unwrap();
    for (prompt, line) in lines {
        while !said.ends_with(prompt) {
            assert_eq!(errors.read(&mut letter).unwrap(), 1, "{said} ends before {prompt}");
            said.push(char::from(letter[0]));
        }
        terminal.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    errors.read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    let mut shown = Vec::new();
    // Linux ends with an error when nobody is left inside.
    let _ = terminal.read_to_end(&mut shown);
    (status.success(), said, String::from_utf8_lossy(&shown).into_owned())
}

#[test]
fn a_password_is_typed_twice_and_never_shown() {
    let folder = folder();
    let prompts = ["New password of admin: ", "Once more: "];
    let lines = |first, second| [(prompts[0], first), (prompts[1], second)];
    let (fine, said, shown) = typed(folder.path(), &["passwd", "admin"], &lines("typed-77", "typed-78"));
    assert!(!fine && said.contains("not the same"), "{said}");
    assert!(!shown.contains("typed"), "{shown:?}");
    assert!(done(folder.path(), &["list"], "").contains("adminrole  demo"), "nothing is changed");
    let (fine, said, shown) = typed(folder.path(), &["passwd", "admin"], &lines("typed-77", "typed-77"));
    assert!(fine, "{said}");
    assert!(!shown.contains("typed") && !said.contains("typed"), "{shown:?} {said:?}");
    let server = Running::start(folder, |_| {});
    server.token("admin", "typed-77");
}
