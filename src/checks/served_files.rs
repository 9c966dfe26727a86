//! The files of a static location: where nginx is to find them, and what a check puts there.
//!
//! They lie in folders of the run (see [`crate::sandbox`]), are never changed once they are there, and go with the run:
//! sites that serve the same folder do not disturb each other.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Case, Miss, Order, Seen};
use crate::environment::{Folder, StaticFiles};
use crate::standin::{Work, filler};

/// No more of a file is compared.
pub(super) const COMPARED: usize = 64 * 1024;

/// How long a file is, behind its first line.
const LENGTH: u32 = 48 * 1024;

/// The files of a static location.
pub(super) struct ServedFiles<'c> {
    case: &'c Case<'c>,
    /// As they are declared.
    pub(super) declared: &'c StaticFiles,
}

impl<'c> ServedFiles<'c> {
    /// Those of the case's location, which is static.
    pub(super) fn of(case: &'c Case<'c>) -> Option<ServedFiles<'c>> {
        Some(ServedFiles { case, declared: case.location().files.as_ref()? })
    }

    /// A path below the location's that nobody else asks for.
    pub(super) fn fresh_path(&self) -> String {
        let base = self.case.location().path.trim_end_matches('/');
        format!("{base}/nginx-gen-{}", Order::new(Work::Echo).nonce)
    }

    /// The declared folder.
    pub(super) fn folder(&self) -> &'c str {
        match &self.declared.folder {
            Folder::Root(folder) | Folder::Alias(folder) => folder,
        }
    }

    /// Where a path that the location takes is looked for.
    fn file_of(&self, path: &str) -> String {
        match &self.declared.folder {
            Folder::Root(folder) => format!("{}{path}", folder.trim_end_matches('/')),
            Folder::Alias(folder) => {
                let rest = path.strip_prefix(self.case.location().path.as_str()).unwrap_or_default();
                format!("{folder}{rest}")
            }
        }
    }

    /// Puts a file where a path is looked for, unless one is there; its content.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put(&self, path: &str) -> Seen<Vec<u8>> {
        self.put_at(&self.file_of(path))
    }

    /// The same for a file by the path that the rendered text would name it by.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put_at(&self, file: &str) -> Seen<Vec<u8>> {
        let place = self.found(file)?;
        // As long as pages are, so that it shows when they come slowly.
        let text = format!("nginx-gen put this at {file}\n") + &filler(LENGTH);
        let mut content = written(&place, &text)
            .and_then(|()| fs::read(&place))
            .map_err(|error| Miss::Unknown(format!("`{file}` cannot be written: {error}")))?;
        content.truncate(COMPARED);
        Ok(content)
    }

    /// Where a file is found that the rendered text would name.
    ///
    /// # Errors
    /// Where nobody knows.
    pub(super) fn found(&self, file: &str) -> Seen<PathBuf> {
        let found = self.case.found(Path::new(file));
        found.ok_or_else(|| {
            Miss::unknown("it takes files in the folders of the server: `nginx-gen test` has them")
        })
    }
}

/// Makes a file that is never seen half written; one that is there stays.
fn written(place: &Path, text: &str) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    let mut file = builder.permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    match file.persist_noclobber(place) {
        Ok(_) => Ok(()),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(failed) => Err(failed.error),
    }
}
