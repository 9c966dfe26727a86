//! `nginx-gen test`: the rendered files on a real nginx, every route held to its type.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::asked::Asked;
use super::proving::{Proving, progress};
use super::selection::{Selection, parsed};
use super::{Outcome, Run};
use crate::checks::{self, Deployment};
use crate::compile::Parsed;
use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::outcome::Progress;
use crate::report::outcomes::{Fact, Proof};
use crate::sandbox::{self, Isolation, Judgement, Program, Sandbox, Seconds, Setup};
use crate::standin::{Journal, Listener, StandIns};
use crate::text::Sources;

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
    asked: Asked,

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
        Isolate::Auto => sandbox::Wanted::Auto,
        Isolate::Namespaces => sandbox::Wanted::Namespaces,
        Isolate::Rewrite => sandbox::Wanted::Rewrite,
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
    if let Err(fault) = args.asked.known(&selected.environment, args.selection.site.as_deref()) {
        return Ok(run.failed(&[fault]));
    }
    let files = match parsed(&selected.environment, &selected.profile, &mut run.sources) {
        Ok(files) => files,
        Err(faults) => return Ok(run.failed(&faults)),
    };
    let program = Program::find(args.nginx.as_deref())?;
    let facts = facts(&program, &isolation, &selected.environment);
    let keep = [std::env::current_dir().context("the current folder cannot be read")?];
    let mut sandbox = Sandbox::new(Setup {
        files: &files,
        sources: &run.sources,
        program,
        isolation,
        connections: args.connections.into(),
        certificates: certificates(&selected.environment),
        keep: &keep,
    })?;
    let judgement = sandbox.judge()?;
    if !judgement.whole.accepted {
        return Ok(refused(run, &judgement, &files, &selected.environment));
    }
    let warnings = told(run, &judgement, &files, &selected.environment);
    run.out.report(&warnings, &run.sources);
    let back_ends = sandbox.back_ends()?;
    sandbox.start()?;
    let meanwhile = progress(run);
    let under = Under { environment: &selected.environment, files: &files, sources: &run.sources };
    let outcomes = check(args, under, &sandbox, back_ends, meanwhile.as_ref())?;
    drop(meanwhile);
    let proof = Proof {
        command: "test",
        environment: selected.environment.name.clone(),
        facts,
        changes: sandbox.changes(),
        outcomes,
        took: started.elapsed(),
    };
    args.proving.print(run, &proof)
}

/// The names of each certificate, by its path: those of the sites that are declared to show it.
fn certificates(environment: &Environment) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for site in &environment.sites {
        let Some(files) = site.certificate_files() else { continue };
        let own = site.server_names.iter().map(|name| name.as_str().to_ascii_lowercase());
        names.entry(files.certificate).or_default().extend(own);
    }
    names
}

/// What is under test.
#[derive(Clone, Copy)]
struct Under<'u> {
    environment: &'u Environment,
    files: &'u [Parsed],
    sources: &'u Sources,
}

/// Makes the checks, with stand-ins where the back ends are.
fn check(
    args: &Args,
    under: Under<'_>,
    sandbox: &Sandbox,
    back_ends: Vec<Listener>,
    meanwhile: &dyn Progress,
) -> anyhow::Result<Vec<crate::outcome::Outcome>> {
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    let journal = Journal::new();
    let seconds = Seconds::of(sandbox);
    let resolve = |name: &str, port: u16| sandbox.find(name, port);
    let resolve_v6 = |_: &str, port: u16| sandbox.find_v6(port);
    let found = |path: &str| sandbox.found(path);
    let deployment = Deployment {
        purpose: "test",
        resolve: &resolve,
        resolve_v6: &resolve_v6,
        trust: sandbox.trust()?,
        headers: vec![],
        journal: Some(&journal),
        variants: Some(&seconds),
        found: Some(&found),
        access_log: Some(sandbox.main().access_log()),
        error_log: Some(sandbox.main().error_log()),
        connections: sandbox.connections(),
        patience: args.asked.patience(),
        is_one_port: false,
        is_insecure: false,
        min_days: 0,
    };
    let Under { environment, files, sources } = under;
    let context = checks::Context { environment, files, sources, deployment };
    let wanted = args.asked.wanted(args.selection.site.as_deref(), AT_ONCE);
    let outcomes = runtime.block_on(async {
        let _stand_ins = StandIns::serve(back_ends, &journal).context("no stand-in can be started")?;
        anyhow::Ok(checks::run(&context, &wanted, meanwhile).await)
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(outcomes)
}

/// How many checks are made at once: they wait more than they work, and a busy machine delays what is timed.
const AT_ONCE: usize = 12;

/// Under which circumstances the checks are made.
fn facts(program: &Program, isolation: &Isolation, environment: &Environment) -> Vec<Fact> {
    let mut nginx = format!("{} at {}", program.version, program.path.display());
    let meant = environment.nginx.as_ref().map(|settings| settings.version.value);
    if let Some(meant) = meant.filter(|meant| !program.version.is_of(*meant)) {
        let _ = write!(nginx, "; the files are for {meant}");
    }
    let apart = match isolation {
        Isolation::Namespaces => "namespaces: the files run byte for byte as they are rendered".to_owned(),
        Isolation::Rewrite(why) => format!("ports, back ends and paths are exchanged: {why}"),
    };
    vec![Fact { name: "nginx", text: nginx }, Fact { name: "isolation", text: apart }]
}

/// Prints what nginx refuses, file by file.
fn refused(run: &mut Run, judgement: &Judgement, files: &[Parsed], environment: &Environment) -> Outcome {
    let faults = told(run, judgement, files, environment);
    run.out.report(&faults, &run.sources);
    let named: Vec<_> = judgement.faulty.iter().map(|faulty| format!("`{}`", faulty.file)).collect();
    let without = match (named.is_empty(), &judgement.together) {
        (true, _) => "no single file is at fault, but all of them together".to_owned(),
        (false, None) => format!("it accepts the rest without {}", named.join(" and ")),
        (false, Some(_)) => format!("without {} there is still something wrong", named.join(" and ")),
    };
    run.out.say(&format!("nginx refuses the files, so no route was checked; {without}"));
    Outcome::Findings
}

/// What nginx says, each at its line of nginx and of YAML.
fn told(run: &Run, judgement: &Judgement, files: &[Parsed], environment: &Environment) -> Vec<Diagnostic> {
    let faulty = judgement.faulty.iter().map(|faulty| (&faulty.message, Some(faulty.file.as_str())));
    let together = judgement.together.iter().map(|message| (message, None));
    let warnings = judgement.whole.messages.iter().filter(|message| !message.is_fatal());
    faulty
        .chain(together)
        .chain(warnings.map(|message| (message, None)))
        .map(|(message, culprit)| {
            let name = message.place.as_ref().map(|(file, _)| file.as_str()).or(culprit);
            let file = files.iter().find(|file| Some(file.name.as_str()) == name);
            let mut told = message.told(file.map(|file| file.file), &run.sources);
            if let Some(file) = file {
                file.name_yaml(&mut told, environment, &run.sources);
            }
            told
        })
        .collect()
}
