//! `hrdb backup`, `restore` and `check`: the databases as files, from the command line.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::SAMPLE;
use crate::config::{BackupCommand, CheckCommand, RestoreCommand, Settings};
use crate::store::{self, Owner, Pace, Soundness, StoreError};

/// What `hrdb check` has to say.
#[derive(Debug)]
pub struct Checked {
    /// A line for each thing that was looked at.
    pub text: String,
    /// One sentence for the operator when something is wrong.
    pub verdict: Result<(), String>,
}

/// A moment as part of a file's name, which sorts by time.
pub fn stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Copies a database to a file; a server may be running meanwhile. Returns the text to print.
///
/// # Errors
/// One clear sentence for the operator.
pub fn back_up(settings: &Settings, command: &BackupCommand) -> Result<String, String> {
    let (source, _) = database(settings, command.service.as_deref())?;
    if !source.exists() {
        return Err(format!("there is no database {}", source.display()));
    }
    let file = &command.file;
    let mut served = settings.services.values().map(|mount| &mount.path);
    if store::same_file(file, &super::sample_path(settings)) || served.any(|path| store::same_file(file, path)) {
        return Err(format!("{} is a database that is served", file.display()));
    }
    let bytes = store::back_up(&source, file, command.force, Pace::Full, &Arc::default())
        .map_err(|error| format!("cannot back up {} to {}: {error}", source.display(), file.display()))?;
    Ok(format!("backed up {} to {}: {bytes} bytes\n", source.display(), file.display()))
}

/// Puts a backup in the place of a database that nobody has open. Returns the text to print.
///
/// # Errors
/// One clear sentence for the operator.
pub fn restore(settings: &Settings, command: &RestoreCommand) -> Result<String, String> {
    let (target, owner) = database(settings, command.service.as_deref())?;
    let (file, shown) = (&command.file, target.display());
    if !file.exists() {
        return Err(format!("there is no backup {}", file.display()));
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    }
    let suffix = format!(".before-{}", stamp(Timestamp::now()));
    let restored = store::restore(file, &target, owner, &suffix).map_err(|error| match error {
        StoreError::Busy => format!("cannot restore {shown}: somebody has it open; stop the server first"),
        other => format!("cannot restore {shown}: {other}"),
    })?;
    let mut text = format!("restored {shown} from {}\n", file.display());
    if let Some(kept) = restored.kept {
        let _ = writeln!(text, "the old one is {}", kept.display());
    }
    text += &remarks(&restored.soundness);
    for finding in restored.soundness.findings() {
        let _ = writeln!(text, "as it was in the backup: {finding}");
    }
    Ok(text)
}

/// Looks through a file, a database, or all that are served; a server may be running meanwhile.
///
/// # Errors
/// One clear sentence for the operator when something cannot be looked at.
pub fn check(settings: &Settings, command: &CheckCommand) -> Result<Checked, String> {
    let named = command.service.as_deref();
    let (mut text, mut count) = (String::new(), 0);
    let mut look = |path: &Path, owner, put_away: bool| -> Result<(), String> {
        if !path.exists() {
            return Err(format!("there is no database {}", path.display()));
        }
        let examine = if put_away { store::examine_copy } else { store::examine_database };
        let soundness = examine(path, owner).map_err(|error| format!("cannot check {}: {error}", path.display()))?;
        count += soundness.findings().count();
        text += &report(path, &soundness);
        Ok(())
    };
    if let Some(file) = &command.file {
        let owner = if named.is_none_or(|name| name == SAMPLE) { Owner::Hrdb } else { Owner::Anyone };
        look(file, owner, true)?;
    } else if named.is_some() {
        let (path, owner) = database(settings, named)?;
        look(&path, owner, false)?;
    } else {
        look(&super::sample_path(settings), Owner::Hrdb, false)?;
        for mount in settings.services.values() {
            look(&mount.path, Owner::Anyone, false)?;
        }
    }
    let verdict = match count {
        0 => Ok(()),
        1 => Err("1 finding".to_owned()),
        many => Err(format!("{many} findings")),
    };
    Ok(Checked { text, verdict })
}

/// The file of a service, and whose database it is.
fn database(settings: &Settings, service: Option<&str>) -> Result<(PathBuf, Owner), String> {
    match service {
        None | Some(SAMPLE) => Ok((super::sample_path(settings), Owner::Hrdb)),
        Some(name) => {
            let mount = settings.services.get(name).ok_or_else(|| format!("there is no service {name}"))?;
            Ok((mount.path.clone(), Owner::Anyone))
        }
    }
}

fn report(path: &Path, soundness: &Soundness) -> String {
    let mut text = format!("{}: {}\n", path.display(), if soundness.is_sound() { "sound" } else { "NOT SOUND" });
    let kinds = [
        ("integrity", &soundness.damages),
        ("foreign keys", &soundness.dangling),
        ("migrations", &soundness.migrations),
    ];
    for (kind, findings) in kinds {
        for finding in findings {
            // What a file says of itself must not steer the terminal.
            let finding: String = finding.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
            let _ = writeln!(text, "  {kind}: {finding}");
        }
    }
    text + &remarks(soundness)
}

/// What is no fault, but worth knowing.
fn remarks(soundness: &Soundness) -> String {
    match soundness.steps {
        Some((recorded, known)) if recorded < known && soundness.migrations.is_empty() => {
            format!("  its schema is of step {recorded}; the next start of the server brings it to step {known}\n")
        }
        _ => String::new(),
    }
}
