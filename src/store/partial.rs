//! A file that is written under a temporary name and gets its own when it is whole and on the disk.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::StoreError;

/// What the temporary name ends in.
pub const ENDING: &str = ".partial";

/// A file that is being written. Dropping it before it is finished removes it.
pub struct Partial {
    /// Locked for as long as it is open, so that nobody else writes to the same name.
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Partial {
    /// Begins the file that will be called `target`, empty and readable by its owner only. What a process that was killed has
    /// left of it is taken over.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be made, or somebody else is writing it.
    pub fn create(target: &Path) -> Result<Self, StoreError> {
        let mut name: OsString =
            target.file_name().ok_or_else(|| unavailable(target, "it is no file name"))?.to_owned();
        name.push(ENDING);
        let path = target.with_file_name(name);
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| unavailable(&path, error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(unavailable(target, "it is being written at the moment")),
            Err(error) => return Err(unavailable(&path, error)),
        }
        // Between the opening and the lock, another may have finished: then this is a whole file with a name of its own.
        if !is_same(&file, &path).unwrap_or(false) {
            return Err(unavailable(target, "it is being written at the moment"));
        }
        file.set_len(0).map_err(|error| unavailable(&path, error))?;
        Ok(Self { file, path, target: target.to_owned() })
    }

    /// Where it stands meanwhile.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file to somebody, as far as this process may.
    pub fn give_to(&self, owner: &std::fs::Metadata) {
        if let Err(error) = std::os::unix::fs::fchown(&self.file, Some(owner.uid()), Some(owner.gid())) {
            log::debug!("{} stays this user's: {error}", self.path.display());
        }
    }

    /// Gives the file its name, once it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is a file of that name, which `overwrite` permits, or the system refuses.
    pub fn finish(self, overwrite: bool) -> Result<(), StoreError> {
        let failed = |error: io::Error| unavailable(&self.target, error);
        self.file.sync_all().map_err(failed)?;
        if overwrite {
            std::fs::rename(&self.path, &self.target).map_err(failed)?;
        } else {
            match std::fs::hard_link(&self.path, &self.target) {
                Ok(()) => std::fs::remove_file(&self.path).map_err(failed)?,
                // Some file systems have no links; then a moment is left in which another could take the name.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !exists(&self.target) => {
                    std::fs::rename(&self.path, &self.target).map_err(failed)?;
                }
                Err(_) => return Err(unavailable(&self.target, "it is there already")),
            }
        }
        sync_folder(&self.target)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `finish`, the name is nobody's, or somebody else's.
        if is_same(&self.file, &self.path).unwrap_or(false) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether there is anything of this name, be it a link to nowhere.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Has the names of a file's folder written to the disk.
///
/// # Errors
/// [`StoreError::Unavailable`] when the system refuses.
pub fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unavailable(folder, error))
}

/// Whether a path leads to an open file.
fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    let (open, named) = (file.metadata()?, path.symlink_metadata()?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

fn unavailable(path: &Path, cause: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("cannot write {}: {cause}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn said(result: Result<impl Sized, StoreError>) -> String {
        result.err().expect("it is refused").to_string()
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole_and_nobody_else_writes_it_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        let mut partial = Partial::create(&target).unwrap();
        partial.file.write_all(b"new").unwrap();
        assert!(!exists(&target) && exists(partial.path()));
        assert!(said(Partial::create(&target)).ends_with("it is being written at the moment"));
        partial.finish(false).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "the temporary name is gone");
    }

    #[test]
    fn what_is_not_finished_is_gone_and_what_was_there_is_untouched_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        std::fs::write(&target, "old").unwrap();
        drop(Partial::create(&target).unwrap());
        let refused = said(Partial::create(&target).unwrap().finish(false));
        assert!(refused.ends_with("it is there already"), "{refused}");
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing is left of either");
        // What a process that was killed has left is taken over, and none of it stays.
        std::fs::write(folder.path().join("copy.db.partial"), "left over, and longer").unwrap();
        let mut partial = Partial::create(&target).unwrap();
        partial.file.write_all(b"new").unwrap();
        partial.finish(true).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn where_nothing_can_be_written_the_path_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(said(Partial::create(Path::new("/"))).contains("it is no file name"));
        let nowhere = folder.path().join("no folder/copy.db");
        assert!(said(Partial::create(&nowhere)).contains("no folder/copy.db.partial"));
        assert!(said(sync_folder(&nowhere)).contains("no folder"));
        assert!(sync_folder(Path::new("Cargo.toml")).is_ok(), "a bare name stands in this folder");
    }
}
