//! `nginx-gen test`: the rendered files on a real nginx, every route held to its type.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;

use super::proving::Proving;
use super::selection::{Selected, Selection};
use super::{Outcome, Run};
use crate::compile::{self, Compiled};
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Tree;
use crate::report::outcomes::{Fact, Proof};
use crate::sandbox::{self, Isolation, Judgement, Program, Sandbox, Setup, Wanted};
use crate::text::{FileId, Sources};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,

    /// The nginx to run; the one on PATH when it is left out
    #[arg(long, value_name = "PROGRAM")]
    nginx: Option<PathBuf>,

    /// How the run is kept apart from the machine
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    isolation: Isolate,

    /// How many streams and sockets are held open at once
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=4096))]
    connections: u16,

    #[command(flatten)]
    proving: Proving,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Isolate {
    /// Namespaces of Linux where the machine allows them, else rewriting
    Auto,
    /// Namespaces: the files run byte for byte as they are rendered
    Namespaces,
    /// Ports, back ends and paths are exchanged, all else is as rendered
    Rewrite,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let wanted = match args.isolation {
        Isolate::Auto => Wanted::Auto,
        Isolate::Namespaces => Wanted::Namespaces,
        Isolate::Rewrite => Wanted::Rewrite,
    };
    match sandbox::enter(wanted)? {
        Ok(code) => Ok(Outcome::Elsewhere(code)),
        Err(isolation) => apart(run, args, isolation),
    }
}

/// The run itself, inside namespaces or not.
fn apart(run: &mut Run, args: &Args, isolation: Isolation) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let selected = match args.selection.load(run) {
        Ok(selected) => selected,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let files = match parsed(&selected, &mut run.sources) {
        Ok(files) => files,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let program = Program::find(args.nginx.as_deref())?;
    let facts = facts(&program, &isolation);
    let keep = [std::env::current_dir().context("the current folder cannot be read")?];
    let mut sandbox = Sandbox::new(Setup {
        files: &files,
        sources: &run.sources,
        program,
        isolation,
        connections: args.connections.into(),
        keep: &keep,
    })?;
    let judgement = sandbox.judge()?;
    if !judgement.whole.accepted {
        return Ok(refused(run, &judgement, &files));
    }
    let warnings: Vec<Diagnostic> = told(&judgement, &files, run);
    run.out.report(&warnings, &run.sources);
    let back_ends = sandbox.back_ends()?;
    sandbox.start()?;
    let proof = Proof {
        command: "test",
        environment: selected.environment.name.clone(),
        facts,
        changes: sandbox.changes(),
        outcomes: vec![],
        took: started.elapsed(),
    };
    drop(back_ends);
    args.proving.print(run, &proof)
}

/// A rendered file: its name, its text's place in the table, its directives.
type File = (String, FileId, Tree);

/// All files of the environment, whichever site is wanted: alone it may lack what they share.
fn parsed(selected: &Selected, sources: &mut Sources) -> Result<Vec<File>, Vec<Diagnostic>> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    let take = |sources: &mut Sources, file: Compiled| {
        faults.extend(file.faults);
        sources.put_back(file.sources);
        files.push((file.name, file.file, file.tree));
        Ok::<(), std::convert::Infallible>(())
    };
    compile::each_file(&selected.environment, &selected.profile, Some(&[]), &|_| true, sources, take)?
        .unwrap_or_else(|never| match never {});
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// Under which circumstances the checks are made.
fn facts(program: &Program, isolation: &Isolation) -> Vec<Fact> {
    let nginx = format!("{} at {}", program.version, program.path.display());
    let apart = match isolation {
        Isolation::Namespaces => "namespaces: the files run byte for byte as they are rendered".to_owned(),
        Isolation::Rewrite(why) => format!("ports, back ends and paths are exchanged: {why}"),
    };
    vec![Fact { name: "nginx", text: nginx }, Fact { name: "isolation", text: apart }]
}

/// Prints what nginx refuses, file by file.
fn refused(run: &mut Run, judgement: &Judgement, files: &[File]) -> Outcome {
    let faults = told(judgement, files, run);
    run.out.report(&faults, &run.sources);
    let named: Vec<_> = judgement.faulty.iter().map(|(file, _)| format!("`{file}`")).collect();
    let without = match (named.is_empty(), &judgement.together) {
        (true, _) => "no single file is at fault, but all of them together".to_owned(),
        (false, None) => format!("it accepts the rest without {}", named.join(" and ")),
        (false, Some(_)) => format!("without {} there is still something wrong", named.join(" and ")),
    };
    run.out.say(&format!("nginx refuses the files, so no route was checked; {without}"));
    Outcome::Findings
}

/// What nginx says, each at its line.
fn told(judgement: &Judgement, files: &[File], run: &Run) -> Vec<Diagnostic> {
    let ids: Vec<_> = files.iter().map(|(name, file, _)| (name.clone(), *file)).collect();
    let fatal = judgement.faulty.iter().map(|(_, message)| message).chain(&judgement.together);
    let warnings = judgement.whole.messages.iter().filter(|message| !message.is_fatal());
    let told: Vec<_> = fatal.chain(warnings).map(|message| message.told(&ids, &run.sources)).collect();
    told
}
