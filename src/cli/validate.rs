//! `nginx-gen validate`: load, render, parse and lint environments.

use super::{FormatName, Outcome, Run};
use crate::compile;
use crate::diagnostic::Diagnostic;
use crate::environment::{self, Environment};
use crate::report::{self, Format};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environments; all of them when none is named
    environments: Vec<String>,

    /// How findings are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    format: FormatName,
}

/// What was found in one environment: faults keep it from being rendered, findings do not.
#[derive(Default)]
struct Found {
    faults: Vec<Diagnostic>,
    findings: Vec<Diagnostic>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let names = match args.environments.as_slice() {
        [] => match run.project.environments() {
            Ok(names) if !names.is_empty() => names,
            Ok(_) => return Ok(run.failed(&[no_environments(run, "it holds none")])),
            Err(error) => return Ok(run.failed(&[no_environments(run, &error.to_string())])),
        },
        named => named.to_vec(),
    };
    let mut all = Found::default();
    for name in &names {
        let found = one(run, name);
        all.faults.extend(found.faults);
        all.findings.extend(found.findings);
    }
    // Environments share fragments: a fault in one is reported once.
    dedup(&mut all.faults);
    dedup(&mut all.findings);
    let outcome = match (all.faults.is_empty(), all.findings.is_empty()) {
        (false, _) => Outcome::Failed,
        (true, false) => Outcome::Findings,
        (true, true) => Outcome::Clean,
    };
    all.faults.append(&mut all.findings);
    print(run, args.format.into(), &all.faults, &names)?;
    Ok(outcome)
}

fn print(run: &mut Run, format: Format, diagnostics: &[Diagnostic], names: &[String]) -> anyhow::Result<()> {
    let styled = run.out.styled();
    report::write(run.out.results(), format, diagnostics, &run.sources, styled)?;
    if format == Format::Human {
        let names = names.join(", ");
        let summary = report::summary(diagnostics).unwrap_or_else(|| "no findings".to_owned());
        run.out.flush()?;
        run.out.say(&format!("{names}: {summary}"));
    }
    Ok(())
}

fn one(run: &mut Run, name: &str) -> Found {
    let environment = match environment::load(&run.project, name, &mut run.sources) {
        Ok(environment) => environment,
        Err(faults) => return Found { faults, findings: vec![] },
    };
    let mut found = Found::default();
    if let Err(faults) = rendered(run, &environment, &mut found) {
        found.faults.extend(faults);
    }
    found
}

fn rendered(run: &mut Run, environment: &Environment, found: &mut Found) -> Result<(), Vec<Diagnostic>> {
    let profile = run.profile(None, environment)?;
    let take = |sources: &mut crate::text::Sources, file: compile::Compiled| {
        if !(file.faults.is_empty() && file.findings.is_empty()) {
            found.faults.extend(file.faults);
            found.findings.extend(file.findings);
            sources.put_back(file.sources);
        }
        Ok::<(), std::convert::Infallible>(())
    };
    compile::each_file(environment, &profile, true, &|_| true, &mut run.sources, take).map(|_| ())
}

fn dedup(diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = std::collections::HashSet::new();
    diagnostics.retain(|diagnostic| seen.insert(format!("{diagnostic:?}")));
}

fn no_environments(run: &Run, why: &str) -> Diagnostic {
    let folder = run.project.folder("environments");
    Diagnostic::error("unknown-environment", format!("no environments in `{}`: {why}", folder.display()))
        .help("start nginx-gen in the folder that holds `environments/`, or name that folder with `-C`")
}
