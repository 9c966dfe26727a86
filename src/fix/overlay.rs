//! Files of the disk, some of them with a text that is not written yet.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::nginx::source::Files;

/// Files with other texts laid over some of them.
pub(super) struct Overlay<'f> {
    below: &'f dyn Files,
    texts: HashMap<PathBuf, String>,
}

impl<'f> Overlay<'f> {
    pub(super) fn over(below: &'f dyn Files) -> Overlay<'f> {
        Overlay { below, texts: HashMap::new() }
    }

    /// Lays a text over the file of an [`identity`].
    pub(super) fn put(&mut self, path: PathBuf, text: String) {
        self.texts.insert(path, text);
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.texts.is_empty() {
            return self.below.read(path);
        }
        match self.texts.get(&identity(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.below.read(path),
        }
    }

    fn glob(&self, pattern: &str) -> Vec<PathBuf> {
        self.below.glob(pattern)
    }

    fn has(&self, path: &Path) -> bool {
        self.below.has(path)
    }

    fn are_of_a_machine(&self) -> bool {
        self.below.are_of_a_machine()
    }
}

/// The path by which a file is known however it was reached: sites-enabled holds links.
pub(super) fn identity(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
