//! `nginx-gen render`: the nginx files of an environment.

use std::path::PathBuf;

use super::selection::Selection;
use super::{Outcome, Run};
use crate::compile::Compiled;
use crate::folder::Staged;

/// Between two files on standard output.
pub(super) const SEPARATOR: &str = "\n";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,

    /// Write a file per site, named by its server name, instead of printing
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let selected = match args.selection.load(run) {
        Ok(selected) => selected,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let mut staged = args.output.as_deref().map(Staged::new).transpose()?;
    let mut separator = "";
    let out = &mut run.out;
    let take = |file: &Compiled| -> anyhow::Result<()> {
        match &mut staged {
            Some(staged) => staged.write(&file.name, file.text())?,
            None => write!(out.results(), "{separator}{}", file.text())?,
        }
        separator = SEPARATOR;
        Ok(())
    };
    match selected.each_file(&mut run.sources, take) {
        Ok(taken) => taken?,
        Err(faults) => return Ok(run.failed(&faults)),
    }
    if let Some(staged) = staged {
        staged.commit()?;
    }
    Ok(Outcome::Clean)
}
