//! Outcomes for programs: one JSON object; `docs/reports.md` describes it.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::{Counts, Proof};
use crate::outcome::{Diagnosis, Outcome, Verdict};
use crate::report::json::{Place, place};
use crate::text::Sources;

#[derive(Serialize)]
struct Report<'a> {
    command: &'a str,
    environment: &'a str,
    facts: Vec<Fact<'a>>,
    changes: &'a [String],
    passed: usize,
    failed: usize,
    skipped: usize,
    took_ms: f64,
    outcomes: Vec<Checked<'a>>,
}

#[derive(Serialize)]
struct Fact<'a> {
    name: &'a str,
    text: &'a str,
}

/// What does not apply to an outcome is `null`, or an empty list.
#[derive(Serialize)]
struct Checked<'a> {
    check: &'a str,
    site: Option<&'a str>,
    location: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    via: Option<&'a str>,
    verdict: &'static str,
    expected: &'a str,
    seen: &'a str,
    reason: Option<&'a str>,
    took_ms: f64,
    causes: &'a [String],
    places: Vec<Place<'a>>,
    commands: &'a [String],
    events: Option<Vec<Event>>,
}

/// From the moment of the request on.
#[derive(Serialize)]
struct Event {
    sent_ms: Option<f64>,
    arrived_ms: Option<f64>,
}

pub(super) fn write(out: &mut dyn Write, proof: &Proof, sources: &Sources) -> io::Result<()> {
    let Counts { passed, failed, skipped } = proof.counts();
    let report = Report {
        command: proof.command,
        environment: &proof.environment,
        facts: proof.facts.iter().map(|fact| Fact { name: fact.name, text: &fact.text }).collect(),
        changes: &proof.changes,
        passed,
        failed,
        skipped,
        took_ms: millis(proof.took),
        outcomes: proof.outcomes.iter().map(|outcome| checked(outcome, sources)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn checked<'a>(outcome: &'a Outcome, sources: &'a Sources) -> Checked<'a> {
    const NONE: &Diagnosis = &Diagnosis { causes: vec![], places: vec![], commands: vec![] };
    let (verdict, diagnosis, reason) = match &outcome.verdict {
        Verdict::Passed => ("passed", NONE, None),
        Verdict::Failed(diagnosis) => ("failed", diagnosis, None),
        Verdict::Skipped(reason) => ("skipped", NONE, Some(reason.as_str())),
    };
    let event = |event: &crate::outcome::Event| Event {
        sent_ms: event.sent.map(millis),
        arrived_ms: event.arrived.map(millis),
    };
    Checked {
        check: outcome.check,
        site: Some(outcome.route.site.as_str()).filter(|site| !site.is_empty()),
        location: outcome.route.location.as_deref(),
        kind: outcome.route.kind,
        via: outcome.route.via,
        verdict,
        expected: &outcome.expected,
        seen: &outcome.seen,
        reason,
        took_ms: millis(outcome.took),
        causes: &diagnosis.causes,
        places: diagnosis.places.iter().map(|label| place(label, sources)).collect(),
        commands: &diagnosis.commands,
        events: outcome.timeline.as_ref().map(|timeline| timeline.events.iter().map(event).collect()),
    }
}

/// Milliseconds, to the microsecond.
fn millis(duration: Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "microseconds of a run are far below 2^52")]
    let micros = duration.as_micros() as f64;
    micros / 1000.0
}
