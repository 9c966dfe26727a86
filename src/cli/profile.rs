//! `nginx-gen profile`: the templates of a profile, listed or written out for editing.

use std::path::PathBuf;

use anyhow::bail;

use super::{Outcome, Run};
use crate::diagnostic::Diagnostic;
use crate::folder::Staged;
use crate::render::profile::Profile;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile: `guide`, `recommended`, or a folder of your own under `templates/`
    name: String,

    /// Write the templates into this folder, such as `templates/mine`; files that are there are kept
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Only this template; repeat for several
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<String>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let profile = match Profile::named(&run.project, &args.name) {
        Ok(profile) => profile,
        Err(fault) => return Ok(run.failed(&[fault])),
    };
    let mut files = profile.files()?;
    if let Some(unknown) = args.files.iter().find(|file| !files.contains(file)) {
        let fault = Diagnostic::error(
            "unknown-template",
            format!("profile `{}` has no template `{unknown}`", args.name),
        );
        return Ok(run.failed(&[fault.help(format!("`nginx-gen profile {}` lists them", args.name))]));
    }
    files.retain(|file| args.files.is_empty() || args.files.contains(file));
    let Some(folder) = &args.output else {
        for file in files {
            let shown = profile.template(&file)?.map(|template| template.shown).unwrap_or_default();
            writeln!(run.out.results(), "{file}\t{shown}")?;
        }
        return Ok(Outcome::Clean);
    };
    if let Some(there) = files.iter().find(|file| folder.join(file).exists()) {
        bail!(
            "`{}` is there already, and may hold your changes: delete it first, or choose another folder",
            folder.join(there).display()
        );
    }
    let mut staged = Staged::new(folder)?;
    for file in &files {
        if let Some(template) = profile.template(file)? {
            staged.write(file, &template.text)?;
        }
    }
    staged.commit()?;
    run.out.say(&format!("{} templates written to `{}`", files.len(), folder.display()));
    Ok(Outcome::Clean)
}
