//! `nginx-gen validate`: load, render, parse and lint environments.

use super::findings::Reporting;
use super::{Outcome, Run};
use crate::compile;
use crate::diagnostic::Diagnostic;
use crate::environment::{self, Environment};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environments; all of them when none is named
    environments: Vec<String>,

    #[command(flatten)]
    reporting: Reporting,
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
    let outcome = match all.faults.is_empty() {
        false => Outcome::Failed,
        true => args.reporting.outcome(&all.findings),
    };
    all.faults.append(&mut all.findings);
    args.reporting.print(run, &all.faults, &names.join(", "))?;
    Ok(outcome)
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
