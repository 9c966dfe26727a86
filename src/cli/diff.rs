//! `nginx-gen diff`: the rendered files against the snapshot, or against files that are in use.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::selection::{Selected, Selection};
use super::{Outcome, Run, render};
use crate::diff::{self, Change, Files};
use crate::render::is_generated_for;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,

    /// Compare with this folder, such as `/etc/nginx/sites-available`, or with this file
    #[arg(long, value_name = "PATH")]
    against: Option<PathBuf>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let rendered = args.selection.load(run).and_then(|selected| {
        let files = selected.files(&mut run.sources)?;
        Ok((selected, files))
    });
    let (selected, rendered) = match rendered {
        Ok(rendered) => rendered,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let snapshot = run.project.folder("snapshots").join(&args.selection.environment);
    let everything = || rendered.iter().cloned().collect::<Files>();
    let (place, old, new) = match &args.against {
        Some(path) if path.is_dir() => (path, in_use(path, &everything(), &selected)?, everything()),
        Some(path) => {
            let (name, new) = as_one_file(path, &rendered);
            let text = read(path)?;
            (path, Files::from([(name.clone(), text)]), Files::from([(name, new)]))
        }
        None => {
            let mut old = super::snapshot::accepted(&snapshot)?;
            if selected.is_partial() {
                old.retain(|name, _| rendered.iter().any(|(rendered, _)| rendered == name));
            }
            (&snapshot, old, everything())
        }
    };
    let changes = diff::changes(&old, &new);
    let styled = run.out.styled();
    for (name, change) in &changes {
        let old_name = old_name(place, name, args.against.is_none());
        let new_name = format!("rendered {}/{name}", args.selection.environment);
        diff::write(run.out.results(), *change, &old_name, &new_name, styled)?;
    }
    run.out.flush()?;
    tell(run, &changes, args, place);
    Ok(if changes.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// Says in a line what became of how many files, and what to do about it.
fn tell(run: &mut Run, changes: &[(&str, Change<'_>)], args: &Args, place: &Path) {
    let environment = &args.selection.environment;
    let place = place.display();
    if changes.is_empty() {
        return run.out.say(&format!("{environment}: no difference to `{place}`"));
    }
    let count = |wanted: fn(&Change<'_>) -> bool| changes.iter().filter(|(_, change)| wanted(change)).count();
    let parts = [
        (count(|change| matches!(change, Change::Changed(..))), "changed"),
        (count(|change| matches!(change, Change::Added(_))), "added"),
        (count(|change| matches!(change, Change::Removed(_))), "removed"),
    ];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    run.out.say(&format!("{environment}: differs from `{place}`: {}", parts.join(", ")));
    if args.against.is_none() && args.selection.profile.is_none() {
        run.out.say(&format!("help: if the change is meant, accept it: `nginx-gen snapshot {environment}`"));
    }
}

fn old_name(place: &Path, name: &str, snapshot: bool) -> String {
    if place.is_file() {
        return place.display().to_string();
    }
    let plain = place.join(name);
    if snapshot || !plain.is_file() {
        format!("{}.conf", plain.display())
    } else {
        plain.display().to_string()
    }
}

/// The files of a folder that is in use, with or without `.conf`: those that are rendered, and those that
/// nginx-gen once wrote there for this environment. Other people's files do not count.
fn in_use(folder: &Path, rendered: &Files, selected: &Selected) -> anyhow::Result<Files> {
    let mut files = Files::new();
    let entries = fs::read_dir(folder).with_context(|| format!("`{}` cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()).filter(|_| path.is_file())
        else {
            continue;
        };
        let name = match file_name.strip_suffix(".conf") {
            Some(stem) if !rendered.contains_key(file_name) => stem,
            _ => file_name,
        };
        let ours = rendered.contains_key(name);
        if !ours && selected.is_partial() {
            continue;
        }
        let text = fs::read_to_string(&path);
        if ours {
            let text = text.with_context(|| format!("`{}` cannot be read", path.display()))?;
            files.insert(name.to_owned(), text);
        } else if let Some(text) = text.ok().filter(|text| is_generated_for(&selected.environment, text)) {
            files.insert(name.to_owned(), text);
        }
    }
    Ok(files)
}

/// What one file should hold: the site it is named for, else everything, as `render` prints it.
fn as_one_file(path: &Path, rendered: &[(String, String)]) -> (String, String) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let site = [name.as_str(), name.strip_suffix(".conf").unwrap_or(&name)];
    if let Some(file) = rendered.iter().find(|(file, _)| site.contains(&file.as_str())) {
        return file.clone();
    }
    let texts: Vec<_> = rendered.iter().map(|(_, text)| text.as_str()).collect();
    (name, texts.join(render::SEPARATOR))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))
}
