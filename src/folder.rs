//! Writing several files so that either all are there in the end or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Files that are being written to a folder. What is new is written at its place, and taken away again
/// unless the whole is [committed](Staged::commit); what replaces another file waits beside it until then.
pub(crate) struct Staged {
    folder: PathBuf,
    /// Where replacements wait; made for the first of them.
    waiting: Option<tempfile::TempDir>,
    created: Vec<PathBuf>,
    replaced: Vec<String>,
    removed: Vec<String>,
}

impl Staged {
    /// Prepares to write into `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Staged> {
        fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        let folder = folder.to_owned();
        Ok(Staged { folder, waiting: None, created: vec![], replaced: vec![], removed: vec![] })
    }

    /// Writes a file, or lets its replacement wait.
    ///
    /// # Errors
    /// When writing fails; nothing is replaced then.
    pub(crate) fn write(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let place = self.folder.join(name);
        let failed = || format!("`{}` cannot be written", place.display());
        make_parent(name, &place)?;
        match OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(mut file) => {
                self.created.push(place.clone());
                file.write_all(text.as_bytes()).with_context(failed)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.replace(name, &place, text),
            Err(error) => Err(error).with_context(failed),
        }
    }

    fn replace(&mut self, name: &str, place: &Path, text: &str) -> anyhow::Result<()> {
        if place.is_dir() {
            bail!("`{}` is a folder, not a file that could be replaced", place.display());
        }
        if fs::read(place).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => tempfile::Builder::new()
                .prefix(".nginx-gen-")
                .tempdir_in(&self.folder)
                .with_context(|| format!("`{}` cannot be written to", self.folder.display()))?,
        };
        let beside = waiting.path().join(name);
        self.waiting = Some(waiting);
        make_parent(name, &beside)?;
        fs::write(&beside, text).with_context(|| format!("`{}` cannot be written", place.display()))?;
        self.replaced.push(name.to_owned());
        Ok(())
    }

    /// Marks a file to be removed with the commit.
    pub(crate) fn remove(&mut self, name: &str) {
        self.removed.push(name.to_owned());
    }

    /// Puts every replacement at its place, and removes the files marked.
    ///
    /// # Errors
    /// When a file cannot be replaced.
    pub(crate) fn commit(mut self) -> anyhow::Result<()> {
        if let Some(waiting) = &self.waiting {
            for name in &self.replaced {
                let place = self.folder.join(name);
                fs::rename(waiting.path().join(name), &place)
                    .with_context(|| format!("`{}` cannot be replaced", place.display()))?;
            }
        }
        self.created.clear();
        for name in &self.removed {
            let place = self.folder.join(name);
            fs::remove_file(&place).with_context(|| format!("`{}` cannot be removed", place.display()))?;
        }
        Ok(())
    }
}

impl Drop for Staged {
    /// Takes away what was created for a whole that did not come to be.
    fn drop(&mut self) {
        for place in &self.created {
            // There is nobody to tell: what made the whole fail is being told already.
            let _ = fs::remove_file(place);
        }
    }
}

/// A name may hold a folder, such as `locations/http.conf.j2`.
fn make_parent(name: &str, place: &Path) -> anyhow::Result<()> {
    match place.parent().filter(|_| name.contains('/')) {
        Some(parent) => {
            fs::create_dir_all(parent).with_context(|| format!("`{}` cannot be made", parent.display()))
        }
        None => Ok(()),
    }
}
