//! Exported files until they are fetched: each belongs to the caller who asked for it, and to nobody for long.
//!
//! An account has room for some files and some bytes; who makes more loses his own oldest ones, never somebody else's.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::quota::{Quota, Share};
use crate::auth::{Clock, PlainSecret, Principal};

/// How long a file is kept.
const KEPT_MILLISECONDS: u64 = 30 * 60 * 1000;
/// Files of one account kept at a time; the oldest goes.
const MOST_FILES: usize = 20;
/// Folder below the data folder. What is in it when the server starts is left over and removed.
const FOLDER: &str = "exported";

/// The files.
pub struct ExportedFiles {
    folder: PathBuf,
    /// Guards the list only; files are written and read without it.
    files: Mutex<HashMap<String, Arc<ExportedFile>>>,
    /// Files that have been kept since the start.
    made: AtomicU64,
    /// Bytes of all files, those included that are being written or, though removed, still sent.
    room: Arc<Quota>,
    clock: Clock,
}

/// A file. It is removed when nobody holds it any more.
pub struct ExportedFile {
    /// Under which name it is sent.
    pub name: String,
    path: PathBuf,
    owner: Arc<Principal>,
    deadline: u64,
    /// Position among all files ever made: deadlines of files made at once are the same.
    number: u64,
    _room: Share,
}

/// A file that is being written. It is removed unless it is kept.
pub struct NewFile {
    files: Arc<ExportedFiles>,
    id: String,
    owner: Arc<Principal>,
    file: File,
    /// `None` when it is kept.
    room: Option<Share>,
}

impl Drop for ExportedFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            log::warn!("an exported file cannot be removed: {error}");
        }
    }
}

impl ExportedFiles {
    /// Begins with an empty folder, which may grow to so many bytes; half of them are one account's at most.
    ///
    /// # Errors
    /// A sentence when the folder cannot be made.
    pub fn new(data_folder: &Path, most_bytes: u64, clock: Clock) -> Result<Self, String> {
        let folder = data_folder.join(FOLDER);
        let text = |error: std::io::Error| format!("cannot use the folder {}: {error}", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(text)?;
        }
        std::fs::create_dir_all(&folder).map_err(text)?;
        let room = Quota::new(most_bytes, most_bytes.div_ceil(2));
        Ok(Self { folder, files: Mutex::new(HashMap::new()), made: AtomicU64::new(0), room, clock })
    }

    /// Where large temporary files may go.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new file, under an id that nobody can guess.
    ///
    /// # Errors
    /// What the system reports.
    pub fn begin(self: &Arc<Self>, owner: &Arc<Principal>) -> io::Result<NewFile> {
        let id = PlainSecret::generate().expose().to_owned();
        let file = File::create_new(self.folder.join(&id))?;
        let room = Some(self.room.share(owner));
        Ok(NewFile { files: Arc::clone(self), id, owner: Arc::clone(owner), file, room })
    }

    /// Removes the oldest file of an account; false when it has none.
    fn remove_oldest(&self, owner: &Principal) -> bool {
        let mut files = self.files.lock();
        let own = files.iter().filter(|(_, file)| file.owner.is(owner));
        let oldest = own.min_by_key(|(_, file)| file.number).map(|(id, _)| id.clone());
        oldest.is_some_and(|id| files.remove(&id).is_some())
    }

    /// The file of an id, for its owner.
    #[must_use]
    pub fn find(&self, id: &str, caller: &Principal) -> Option<Arc<ExportedFile>> {
        let file = self.files.lock().get(id).cloned()?;
        (file.owner.is(caller) && self.clock.now() < file.deadline).then_some(file)
    }

    /// Removes all files, and the folder.
    pub fn close(&self) {
        self.files.lock().clear();
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            log::warn!("the folder {} cannot be removed: {error}", self.folder.display());
        }
    }

    /// Removes files that have had their time.
    pub fn sweep(&self) {
        let now = self.clock.now();
        self.files.lock().retain(|_, file| now < file.deadline);
    }
}

impl ExportedFile {
    /// Opens it.
    ///
    /// # Errors
    /// What the system reports.
    pub fn open(&self) -> std::io::Result<File> {
        File::open(&self.path)
    }
}

impl NewFile {
    /// Keeps it for its owner; returns its id.
    #[must_use]
    pub fn keep(mut self, name: String) -> String {
        let (id, all) = (self.id.clone(), &self.files);
        let Some(room) = self.room.take() else { return id };
        let file = ExportedFile {
            name,
            path: all.folder.join(&id),
            owner: Arc::clone(&self.owner),
            deadline: all.clock.now() + KEPT_MILLISECONDS,
            number: all.made.fetch_add(1, Ordering::Relaxed),
            _room: room,
        };
        let mut files = all.files.lock();
        files.insert(id.clone(), Arc::new(file));
        let own = files.values().filter(|file| file.owner.is(&self.owner)).count();
        drop(files);
        if own > MOST_FILES {
            all.remove_oldest(&self.owner);
        }
        id
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(room) = &mut self.room else { return Err(io::ErrorKind::NotConnected.into()) };
        while room.grow(bytes.len() as u64).is_err() {
            if !self.files.remove_oldest(&self.owner) {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.room.is_some()
            && let Err(error) = std::fs::remove_file(self.files.folder.join(&self.id))
        {
            log::warn!("an exported file cannot be removed: {error}");
        }
    }
}
