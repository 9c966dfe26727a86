//! `nginx-gen snapshot`: accept the rendered files as the new snapshot.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::selection::Selection;
use super::{Outcome, Run};
use crate::diff::{self, Change, Files};
use crate::folder::Staged;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environment
    environment: String,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let selection = Selection::all_of(&args.environment);
    let files = selection.load(run).and_then(|selected| selected.files(&mut run.sources));
    let new: Files = match files {
        Ok(files) => files.into_iter().collect(),
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let folder = run.project.folder("snapshots").join(&args.environment);
    let old = accepted(&folder)?;
    let changes = diff::changes(&old, &new);
    let mut staged = Staged::new(&folder)?;
    for (name, change) in &changes {
        match change {
            Change::Added(text) | Change::Changed(_, text) => staged.write(&file_name(name), text)?,
            Change::Removed(_) => staged.remove(&file_name(name)),
        }
    }
    staged.commit()?;
    for (name, change) in &changes {
        let what = match change {
            Change::Added(_) => "added",
            Change::Changed(..) => "changed",
            Change::Removed(_) => "removed",
        };
        run.out.say(&format!("{what} {}", folder.join(file_name(name)).display()));
    }
    if changes.is_empty() {
        run.out.say(&format!("{}: the snapshot was up to date", args.environment));
    }
    Ok(Outcome::Clean)
}

/// The accepted files of a snapshot folder by the names they are rendered under; none when there is none.
pub(super) fn accepted(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    if !folder.exists() {
        return Ok(files);
    }
    let entries = fs::read_dir(folder).with_context(|| format!("`{}` cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".conf"));
        if let Some(name) = name {
            let text =
                fs::read_to_string(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
            files.insert(name.to_owned(), text);
        }
    }
    Ok(files)
}

fn file_name(name: &str) -> String {
    format!("{name}.conf")
}
