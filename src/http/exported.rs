//! Exported files until they are fetched: each belongs to the caller who asked for it, and to nobody for long.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::auth::{Clock, PlainSecret, Principal};

/// How long a file is kept.
const KEPT_MILLISECONDS: u64 = 30 * 60 * 1000;
/// Files kept at a time; the oldest goes.
const MOST_FILES: usize = 200;
/// Folder below the data folder. What is in it when the server starts is left over and removed.
const FOLDER: &str = "exported";

/// The files.
pub struct ExportedFiles {
    folder: PathBuf,
    /// Guards the list only; files are written and read without it.
    files: Mutex<HashMap<String, Arc<ExportedFile>>>,
    clock: Clock,
}

/// A file. It is removed when nobody holds it any more.
pub struct ExportedFile {
    /// Under which name it is sent.
    pub name: String,
    path: PathBuf,
    owner: Arc<Principal>,
    deadline: u64,
}

impl Drop for ExportedFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            log::warn!("an exported file cannot be removed: {error}");
        }
    }
}

impl ExportedFiles {
    /// Begins with an empty folder.
    ///
    /// # Errors
    /// A sentence when the folder cannot be made.
    pub fn new(data_folder: &Path, clock: Clock) -> Result<Self, String> {
        let folder = data_folder.join(FOLDER);
        let text = |error: std::io::Error| format!("cannot use the folder {}: {error}", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(text)?;
        }
        std::fs::create_dir_all(&folder).map_err(text)?;
        Ok(Self { folder, files: Mutex::new(HashMap::new()), clock })
    }

    /// Where large temporary files may go.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path for a new file, under an id that nobody can guess.
    #[must_use]
    pub fn place(&self) -> (String, PathBuf) {
        let id = PlainSecret::generate().expose().to_owned();
        let path = self.folder.join(&id);
        (id, path)
    }

    /// Keeps a file that has been written to its place.
    pub fn keep(&self, id: String, name: String, owner: Arc<Principal>) {
        let path = self.folder.join(&id);
        let deadline = self.clock.now() + KEPT_MILLISECONDS;
        let mut files = self.files.lock();
        files.insert(id, Arc::new(ExportedFile { name, path, owner, deadline }));
        if files.len() > MOST_FILES
            && let Some(oldest) = files.iter().min_by_key(|(_, file)| file.deadline).map(|(id, _)| id.clone())
        {
            files.remove(&oldest);
        }
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
