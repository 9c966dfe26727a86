//! Outcomes as a page for browsers: one file that needs no other.

mod excerpt;
mod picture;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use self::excerpt::Excerpt;
use self::picture::Figure;
use super::{Counts, Proof, words};
use crate::outcome::{Outcome, Verdict};
use crate::text::Sources;

const TEMPLATE: &str = include_str!("page.html.j2");

#[derive(Serialize)]
struct Page<'a> {
    title: String,
    command: &'a str,
    environment: &'a str,
    version: &'static str,
    summary: String,
    passed: usize,
    failed: usize,
    skipped: usize,
    facts: Vec<(&'a str, &'a str)>,
    changes: &'a [String],
    failures: Vec<Failure<'a>>,
    figures: Vec<Figure>,
    sites: Vec<Site<'a>>,
}

/// A site with its routes' checks.
#[derive(Serialize)]
struct Site<'a> {
    name: &'a str,
    rows: Vec<Row<'a>>,
}

/// One outcome.
#[derive(Serialize)]
struct Row<'a> {
    verdict: &'static str,
    word: &'static str,
    location: &'a str,
    kind: &'a str,
    check: &'a str,
    via: &'a str,
    expected: &'a str,
    result: &'a str,
    took: String,
}

/// One failure, with all there is to say of it.
#[derive(Serialize)]
struct Failure<'a> {
    route: String,
    row: Row<'a>,
    causes: &'a [String],
    places: Vec<Excerpt>,
    commands: &'a [String],
}

/// The page.
///
/// # Panics
/// Never: the template is the program's own, and the tests render every branch of it.
pub fn page(proof: &Proof, sources: &Sources) -> String {
    let mut jinja = Environment::new();
    jinja.set_undefined_behavior(UndefinedBehavior::Strict);
    // The name's end switches on the escaping of HTML.
    jinja.add_template("page.html", TEMPLATE).expect("the template is sound");
    let template = jinja.get_template("page.html").expect("it was just added");
    let page = template.render(Value::from(Serde(&model(proof, sources))));
    page.expect("every variable is in the model") + "\n"
}

fn model<'a>(proof: &'a Proof, sources: &Sources) -> Page<'a> {
    let Counts { passed, failed, skipped } = proof.counts();
    let title = match failed {
        0 => "every check passed".to_owned(),
        1 => "1 check failed".to_owned(),
        many => format!("{many} checks failed"),
    };
    Page {
        title: if passed + failed == 0 { "nothing was checked".to_owned() } else { title },
        command: proof.command,
        environment: &proof.environment,
        version: env!("CARGO_PKG_VERSION"),
        summary: proof.summary(),
        passed,
        failed,
        skipped,
        facts: proof.facts.iter().map(|fact| (fact.name, fact.text.as_str())).collect(),
        changes: &proof.changes,
        failures: proof.outcomes.iter().filter_map(|outcome| failure(outcome, sources)).collect(),
        figures: picture::figures(&proof.outcomes),
        sites: sites(&proof.outcomes),
    }
}

fn failure<'a>(outcome: &'a Outcome, sources: &Sources) -> Option<Failure<'a>> {
    let Verdict::Failed(diagnosis) = &outcome.verdict else { return None };
    Some(Failure {
        route: words::route(&outcome.route),
        row: row(outcome),
        causes: &diagnosis.causes,
        places: diagnosis.places.iter().map(|label| Excerpt::new(label, sources)).collect(),
        commands: &diagnosis.commands,
    })
}

fn sites(outcomes: &[Outcome]) -> Vec<Site<'_>> {
    let blocks = outcomes.chunk_by(|a, b| a.route.site == b.route.site);
    blocks.map(|block| Site { name: &block[0].route.site, rows: block.iter().map(row).collect() }).collect()
}

fn row(outcome: &Outcome) -> Row<'_> {
    let (verdict, word, result) = match &outcome.verdict {
        Verdict::Passed => ("passed", "passed", outcome.seen.as_str()),
        Verdict::Failed(_) => ("failed", "failed", outcome.seen.as_str()),
        Verdict::Skipped(reason) => ("skipped", "skipped", reason.as_str()),
    };
    Row {
        verdict,
        word,
        location: outcome.route.location.as_deref().unwrap_or_default(),
        kind: outcome.route.kind.unwrap_or_default(),
        check: outcome.check,
        via: outcome.route.via.unwrap_or_default(),
        expected: &outcome.expected,
        result,
        took: if verdict == "skipped" { String::new() } else { words::took(outcome.took) },
    }
}
