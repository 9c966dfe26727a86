//! `nginx-gen validate`: load, render, parse and lint environments.

use std::collections::HashSet;

use super::findings::Reporting;
use super::rules::Chosen;
use super::{Outcome, Run};
use crate::compile::{self, Permits};
use crate::diagnostic::{Diagnostic, Label};
use crate::environment::Environment;
use crate::lint::Rule;
use crate::text::{Sources, Span};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The environments; all of them when none is named
    environments: Vec<String>,

    #[command(flatten)]
    chosen: Chosen,

    #[command(flatten)]
    reporting: Reporting,
}

/// What was found: faults keep an environment from being rendered, all else is a finding.
struct Found {
    rules: Vec<&'static Rule>,
    faults: Vec<Diagnostic>,
    /// What nginx would refuse in a rendered file, of which the rules then say nothing.
    refused: Vec<Diagnostic>,
    findings: Vec<Diagnostic>,
    permits: Permits,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let rules = match args.chosen.rules() {
        Ok(rules) => rules,
        Err(unknown) => return Ok(run.failed(&unknown)),
    };
    let names = match args.environments.as_slice() {
        [] => match run.project.environments() {
            Ok(names) if !names.is_empty() => names,
            Ok(_) => return Ok(run.failed(&[no_environments(run, "it holds none")])),
            Err(error) => return Ok(run.failed(&[no_environments(run, &error.to_string())])),
        },
        named => named.to_vec(),
    };
    let mut all =
        Found { rules, faults: vec![], refused: vec![], findings: vec![], permits: Permits::default() };
    for name in &names {
        if let Err(faults) = one(run, name, &mut all) {
            all.faults.extend(faults);
        }
    }
    if all.faults.is_empty() && all.refused.is_empty() {
        let is_judged = |place| is_judged(run, args, &names, place);
        all.findings.extend(all.permits.unused(&all.rules, &run.sources, is_judged));
    }
    // Environments share fragments: a fault in one is reported once.
    dedup(&mut all.faults, &run.sources);
    all.refused.append(&mut all.findings);
    let mut findings = all.refused;
    dedup(&mut findings, &run.sources);
    let outcome = match all.faults.is_empty() {
        false => Outcome::Failed,
        true => args.reporting.outcome(&findings),
    };
    all.faults.append(&mut findings);
    args.reporting.print(run, &all.faults, &names.join(", "))?;
    Ok(outcome)
}

/// Whether all that counts for a place of the YAML was judged: what an environment's own file says counts for
/// it alone, what a fragment says may count for any.
fn is_judged(run: &Run, args: &Args, names: &[String], place: Span) -> bool {
    let file = std::path::Path::new(run.sources.file(place.file).name());
    let folder = run.project.folder("environments");
    args.environments.is_empty() || names.iter().any(|name| file == folder.join(format!("{name}.yaml")))
}

fn one(run: &mut Run, name: &str, found: &mut Found) -> Result<(), Vec<Diagnostic>> {
    let environment = compile::read(&run.project, name, &mut run.sources)?;
    rendered(run, &environment, found)?;
    found.permits.declare(&environment);
    Ok(())
}

fn rendered(run: &mut Run, environment: &Environment, found: &mut Found) -> Result<(), Vec<Diagnostic>> {
    let profile = run.profile(None, environment)?;
    let Found { rules, refused, findings, permits, .. } = found;
    let take = |sources: &mut Sources, file: compile::Compiled| {
        permits.used(&file.permitted, sources);
        if !(file.faults.is_empty() && file.findings.is_empty()) {
            refused.extend(file.faults);
            findings.extend(file.findings);
            sources.put_back(file.sources);
        }
        Ok::<(), std::convert::Infallible>(())
    };
    let everything = |_: &str| true;
    let taken = compile::each_file(environment, &profile, Some(rules), &everything, &mut run.sources, take)?;
    let whole = taken.unwrap_or_else(|never| match never {});
    permits.used(&whole.permitted, &run.sources);
    findings.extend(whole.findings);
    Ok(())
}

/// Leaves out what was told already. A fragment is read once for each environment that extends it, so files are
/// the same by their names.
fn dedup(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    let mut seen = HashSet::new();
    diagnostics.retain(|diagnostic| {
        let place = |label: &Label| (sources.file(label.span.file).name().to_owned(), label.span.range());
        let places: Vec<_> = diagnostic.labels.iter().map(place).collect();
        seen.insert((diagnostic.code, diagnostic.message.clone(), places))
    });
}

fn no_environments(run: &Run, why: &str) -> Diagnostic {
    let folder = run.project.folder("environments");
    Diagnostic::error("unknown-environment", format!("no environments in `{}`: {why}", folder.display()))
        .help(
            "start nginx-gen in the folder that holds `environments/`, or name that folder with `-C`; \
               `nginx-gen init` makes a first one",
        )
}
