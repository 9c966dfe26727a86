//! `nginx-gen explain`: what a rule finds, why, and what to write instead.

use super::{Outcome, Run};
use crate::diagnostic::Diagnostic;
use crate::lint;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule; all of them, a line each, when none is named
    rule: Option<String>,
}

pub(super) fn run(run: &mut Run, args: &Args) -> anyhow::Result<Outcome> {
    let Some(name) = &args.rule else {
        write!(run.out.results(), "{}", lint::list())?;
        return Ok(Outcome::Clean);
    };
    match lint::find(name) {
        Some(rule) => write!(run.out.results(), "{}", rule.page())?,
        None => return Ok(run.failed(&[unknown(name)])),
    }
    Ok(Outcome::Clean)
}

/// That there is no such rule, and which was probably meant.
pub(super) fn unknown(name: &str) -> Diagnostic {
    let fault = Diagnostic::error("unknown-rule", format!("there is no rule `{name}`"));
    match lint::nearest_rule(name) {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => fault.help("`nginx-gen explain` lists them"),
    }
}
