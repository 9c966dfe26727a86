//! `nginx-gen man`: the manual, as pages for `man`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory;

use super::{Cli, Outcome, Run};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write a page for every subcommand too, into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    match &args.output {
        Some(folder) => {
            let unwritable = || format!("`{}` cannot be written to", folder.display());
            std::fs::create_dir_all(folder).with_context(unwritable)?;
            clap_mangen::generate_to(Cli::command(), folder).with_context(unwritable)?;
        }
        None => clap_mangen::Man::new(Cli::command()).render(run.out.results())?,
    }
    Ok(Outcome::Clean)
}
