//! Replacing files on the disk: at no moment is one half written.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

use super::Change;

/// Writes every text beside its file, and only when all of them are there puts each in place of it.
pub(super) fn all(files: &BTreeMap<PathBuf, Change>) -> anyhow::Result<()> {
    let mut waiting = Vec::with_capacity(files.len());
    for (path, change) in files {
        let beside = beside(path, change).with_context(|| format!("`{}` cannot be written", change.name))?;
        waiting.push((path, change, beside));
    }
    for (path, change, beside) in waiting {
        beside.persist(path).with_context(|| format!("`{}` cannot be replaced", change.name))?;
    }
    Ok(())
}

/// The new text in a file beside the old one, with the rights and the owner of that. `path` leads through no link.
fn beside(path: &Path, change: &Change) -> anyhow::Result<NamedTempFile> {
    if fs::read(path)? != change.old.as_bytes() {
        bail!("it is not what was read: it has changed meanwhile, or is not UTF-8");
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".nginx-gen-").tempfile_in(folder)?;
    file.write_all(change.new.as_bytes())?;
    let (old, new) = (fs::metadata(path)?, file.as_file().metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        chown(file.path(), Some(old.uid()), Some(old.gid())).context("its owner cannot be kept")?;
    }
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}
