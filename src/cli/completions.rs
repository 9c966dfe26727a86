//! `nginx-gen completions`: what a shell needs to complete commands and options.

use clap::CommandFactory;

use super::{Cli, Outcome, Run};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "nginx-gen", &mut script);
    run.out.results().write_all(&script)?;
    Ok(Outcome::Clean)
}
