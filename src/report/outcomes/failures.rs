//! What failed, in full: expected, seen, the causes in order, the lines to look at, the commands to run next.

use std::io::{self, Write};

use super::words::{printable, route, took};
use crate::diagnostic::{Diagnostic, Severity};
use crate::outcome::{Diagnosis, Outcome, Verdict};
use crate::report::human::{self, Note};
use crate::text::Sources;

pub(super) fn write(
    out: &mut dyn Write,
    outcomes: &[Outcome],
    sources: &Sources,
    styled: bool,
) -> io::Result<()> {
    for outcome in outcomes {
        if let Verdict::Failed(diagnosis) = &outcome.verdict {
            writeln!(out)?;
            failure(out, outcome, diagnosis, sources, styled)?;
        }
    }
    let skipped = outcomes.iter().filter_map(|outcome| match &outcome.verdict {
        Verdict::Skipped(reason) => Some((outcome, reason.as_str())),
        _ => None,
    });
    skips(out, skipped.collect())
}

/// One failure.
pub(super) fn failure(
    out: &mut dyn Write,
    outcome: &Outcome,
    diagnosis: &Diagnosis,
    sources: &Sources,
    styled: bool,
) -> io::Result<()> {
    let via = outcome.route.via.map(|via| format!(" ({via})"));
    let title = format!("{}{}: {}", route(&outcome.route), via.unwrap_or_default(), printable(&outcome.seen));
    let mut diagnostic = Diagnostic::new(Severity::Error, outcome.check, title);
    diagnostic.labels.clone_from(&diagnosis.places);
    human::one(out, &diagnostic, &notes(outcome, diagnosis), sources, styled)
}

/// What stands below the lines of nginx and YAML.
fn notes(outcome: &Outcome, diagnosis: &Diagnosis) -> Vec<Note> {
    let note = |name, text: &str| Note { name, text: printable(text).into_owned() };
    let mut notes = vec![
        note("expected", &outcome.expected),
        note("seen", &format!("{}, in {}", outcome.seen, took(outcome.took))),
    ];
    for (nth, cause) in diagnosis.causes.iter().enumerate() {
        notes.push(note(if nth == 0 { "likely" } else { "or" }, cause));
    }
    for (nth, command) in diagnosis.commands.iter().enumerate() {
        notes.push(note(if nth == 0 { "run" } else { "then" }, command));
    }
    notes
}

/// Reasons, each with the checks that were not made for it.
fn skips(out: &mut dyn Write, skipped: Vec<(&Outcome, &str)>) -> io::Result<()> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (outcome, reason) in skipped {
        let what = format!("{} of {}", outcome.check, route(&outcome.route));
        match reasons.iter_mut().find(|(told, _)| *told == reason) {
            Some((_, checks)) if checks.contains(&what) => {}
            Some((_, checks)) => checks.push(what),
            None => reasons.push((reason, vec![what])),
        }
    }
    for (nth, (reason, checks)) in reasons.into_iter().enumerate() {
        if nth == 0 {
            writeln!(out)?;
        }
        writeln!(out, "skipped: {}\n  {}", printable(reason), checks.join("\n  "))?;
    }
    Ok(())
}
