//! Where included files come from: the disk, or files held in memory (rendered ones, a dump).

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::glob;
use crate::text::MAX_FILE;

/// A place files are read from.
pub trait Files: Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than [`MAX_FILE`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The files that an absolute pattern matches, in the order nginx reads them.
    fn glob(&self, pattern: &str) -> Vec<PathBuf>;

    /// Whether there is such a file.
    fn has(&self, path: &Path) -> bool;

    /// Whether these are a machine's own, so that what is missing here is missing there.
    fn are_of_a_machine(&self) -> bool {
        false
    }
}

/// The files of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        let size = file.metadata()?.len();
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(MAX_FILE).min(MAX_FILE) + 1);
        // Devices tell no size and may never end.
        let read = file.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes)?;
        if read > MAX_FILE {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 GiB"));
        }
        Ok(bytes)
    }

    fn glob(&self, pattern: &str) -> Vec<PathBuf> {
        glob::on_disk(pattern)
    }

    fn has(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn are_of_a_machine(&self) -> bool {
        true
    }
}

/// Files held in memory, by their path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, String>,
}

impl Memory {
    /// Puts a file in; the last one of a path stays.
    pub fn insert(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn glob(&self, pattern: &str) -> Vec<PathBuf> {
        let matches = |path: &&PathBuf| path.to_str().is_some_and(|path| glob::matches(pattern, path));
        self.files.keys().filter(matches).cloned().collect()
    }

    fn has(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
}
