//! Writing several files so that either all are replaced or none.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Files written beside their places, and moved there together.
pub(crate) struct Staged {
    folder: PathBuf,
    staging: tempfile::TempDir,
    written: Vec<String>,
    removed: Vec<String>,
}

impl Staged {
    /// Prepares to write into `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Staged> {
        fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        let staging = tempfile::Builder::new().prefix(".nginx-gen-").tempdir_in(folder);
        let staging = staging.with_context(|| format!("`{}` cannot be written to", folder.display()))?;
        Ok(Staged { folder: folder.to_owned(), staging, written: vec![], removed: vec![] })
    }

    /// Writes a file, not yet at its place.
    ///
    /// # Errors
    /// When writing fails; nothing is replaced then.
    pub(crate) fn write(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.staging.path().join(name);
        if name.contains('/')
            && let Some(parent) = path.parent()
        {
            fs::create_dir_all(parent).with_context(|| format!("`{}` cannot be made", parent.display()))?;
        }
        fs::write(&path, text)
            .with_context(|| format!("`{}` cannot be written", self.folder.join(name).display()))?;
        self.written.push(name.to_owned());
        Ok(())
    }

    /// Marks a file to be removed with the commit.
    pub(crate) fn remove(&mut self, name: &str) {
        self.removed.push(name.to_owned());
    }

    /// Moves every file to its place, and removes those marked.
    ///
    /// # Errors
    /// When a place cannot be replaced, such as a folder of that name.
    pub(crate) fn commit(self) -> anyhow::Result<()> {
        // A folder in a file's place is the one obstacle that can be known before anything is replaced.
        if let Some(name) = self.written.iter().find(|name| self.folder.join(name).is_dir()) {
            bail!("`{}` is a folder, not a file that could be replaced", self.folder.join(name).display());
        }
        for name in &self.written {
            let place = self.folder.join(name);
            if name.contains('/')
                && let Some(parent) = place.parent()
            {
                fs::create_dir_all(parent)
                    .with_context(|| format!("`{}` cannot be made", parent.display()))?;
            }
            fs::rename(self.staging.path().join(name), &place)
                .with_context(|| format!("`{}` cannot be replaced", place.display()))?;
        }
        for name in &self.removed {
            let place = self.folder.join(name);
            fs::remove_file(&place).with_context(|| format!("`{}` cannot be removed", place.display()))?;
        }
        Ok(())
    }
}
