//! The command line: one file a subcommand.
//!
//! To add a subcommand: a file with its clap `Args` and a `run`, a variant of `Command`, a match arm.

#[cfg(feature = "network")]
mod asked;
mod completions;
mod diff;
mod explain;
mod findings;
mod fix;
mod init;
mod lint;
mod man;
mod once;
mod output;
#[cfg(feature = "network")]
mod probe;
mod profile;
#[cfg(feature = "network")]
mod proving;
mod render;
mod route;
mod rules;
mod selection;
mod snapshot;
#[cfg(feature = "network")]
mod test;
mod urls;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::{Colour, Output};
use crate::diagnostic::Diagnostic;
use crate::environment::{At, Environment, Project};
use crate::render::profile::Profile;
use crate::report;
use crate::text::Sources;

/// Declare services and environments in YAML, render nginx sites from them, and hold every real-time route
/// to what its type promises.
#[derive(Debug, Parser)]
#[command(name = "nginx-gen", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    /// The folder that holds `environments/`, `templates/` and `snapshots/`
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    directory: PathBuf,

    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    color: Colour,

    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 findings or differences, 2 could not run.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the nginx files of an environment, or write them to a folder
    Render(render::Args),
    /// Load, render, parse and check environments
    Validate(validate::Args),
    /// Check hand-written nginx files, or what `nginx -T` printed, by the same rules
    Lint(lint::Args),
    /// Compare the rendered files with the accepted snapshot, or with a folder such as sites-available
    Diff(diff::Args),
    /// Accept the rendered files of an environment as its new snapshot
    Snapshot(snapshot::Args),
    /// List every endpoint as a client would type it
    Urls(urls::Args),
    /// Tell which server and location serve a URL, why, and with which settings
    Route(route::Args),
    /// Run the rendered files on a real nginx, and hold every route to its type
    #[cfg(feature = "network")]
    Test(test::Args),
    /// Hold every route of the live deployment to its type, as far as a stranger can
    #[cfg(feature = "network")]
    Probe(probe::Args),
    /// List the templates of a profile, or write them out for editing
    Profile(profile::Args),
    /// Say what a rule finds, why it matters and what to write instead; or list the rules
    Explain(explain::Args),
    /// Write environments to start from
    Init(init::Args),
    /// Print what a shell needs to complete commands and options
    Completions(completions::Args),
    /// Print the manual page, or write one for every command
    Man(man::Args),
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Nothing to report.
    Clean,
    /// Findings or differences.
    Findings,
    /// The user's input could not be used; the faults are printed.
    Failed,
    /// As the same command did elsewhere, with this code.
    #[cfg(feature = "network")]
    Elsewhere(u8),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Failed => 2,
            #[cfg(feature = "network")]
            Outcome::Elsewhere(code) => code,
        })
    }
}

/// What every subcommand works with.
struct Run {
    project: Project,
    sources: Sources,
    out: Output,
}

/// Parses the arguments, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut run =
        Run { project: Project::new(cli.directory), sources: Sources::new(), out: Output::new(cli.color) };
    let ended = match cli.command {
        Command::Render(args) => render::run(&mut run, &args),
        Command::Validate(args) => validate::run(&mut run, &args),
        Command::Lint(args) => lint::run(&mut run, &args),
        Command::Diff(args) => diff::run(&mut run, &args),
        Command::Snapshot(args) => snapshot::run(&mut run, &args),
        Command::Urls(args) => urls::run(&mut run, &args),
        Command::Route(args) => route::run(&mut run, &args),
        #[cfg(feature = "network")]
        Command::Test(args) => test::run(&mut run, &args),
        #[cfg(feature = "network")]
        Command::Probe(args) => probe::run(&mut run, &args),
        Command::Profile(args) => profile::run(&mut run, &args),
        Command::Explain(args) => explain::run(&mut run, &args),
        Command::Init(args) => init::run(&mut run, &args),
        Command::Completions(args) => completions::run(&mut run, &args),
        Command::Man(args) => man::run(&mut run, &args),
    };
    let ended = ended.and_then(|outcome| run.out.flush().map(|()| outcome).map_err(anyhow::Error::from));
    match ended {
        Ok(outcome) => outcome.into(),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            run.out.say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Help and version are results; a wrong argument is an error. A reader that went away is neither.
fn usage(error: &clap::Error) -> ExitCode {
    match error.print() {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        _ if error.use_stderr() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

impl Run {
    /// Prints faults of the user's input to standard error, for people.
    fn failed(&mut self, faults: &[Diagnostic]) -> Outcome {
        self.out.report(faults, &self.sources);
        if let Some(summary) = report::summary(faults) {
            self.out.say(&format!("{summary}: nothing was done"));
        }
        Outcome::Failed
    }

    /// The profile named on the command line, else the environment's.
    fn profile(&self, wanted: Option<&str>, environment: &Environment) -> Result<Profile, Vec<Diagnostic>> {
        let declared: Option<&At<String>> = environment.nginx.as_ref().map(|settings| &settings.profile);
        let profile = match (wanted, declared) {
            (Some(name), _) => Profile::named(&self.project, name),
            (None, Some(name)) => Profile::open(&self.project, name),
            (None, None) => Profile::named(&self.project, crate::render::profile::BASE),
        };
        profile.map_err(|fault| vec![fault])
    }
}
