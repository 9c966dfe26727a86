//! How the outcomes of checks look: for people at a terminal, in lines, for CI systems, for programs, as a page.

mod failures;
mod json;
mod junit;
mod lines;
pub mod live;
mod page;
mod table;
mod words;

use std::io::{self, Write};
use std::time::Duration;

pub use self::page::page;
use crate::outcome::{Outcome, Verdict};
use crate::text::Sources;

/// All that a run of checks came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Proof {
    /// The command that ran them: `test` or `probe`.
    pub command: &'static str,
    /// The environment.
    pub environment: String,
    /// Under which circumstances: which nginx ran, how it was kept apart, what was connected to.
    pub facts: Vec<Fact>,
    /// What was stubbed or rewritten, a sentence each; empty where the files ran as they are.
    pub changes: Vec<String>,
    /// In a stable order.
    pub outcomes: Vec<Outcome>,
    /// How long all of it took.
    pub took: Duration,
}

/// A circumstance of a run: `nginx` is `1.22.1 at /usr/sbin/nginx`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// What it is about, in a word or two.
    pub name: &'static str,
    /// What there is to say.
    pub text: String,
}

/// A way to print outcomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// JUnit's XML, which CI systems read.
    Junit,
}

/// Where outcomes are shown to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Screen {
    /// Whether colours may be used.
    pub styled: bool,
    /// The columns of a terminal; none for a pipe or a file, where every outcome is a line of its own.
    pub columns: Option<usize>,
}

/// How many checks ended how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// As promised.
    pub passed: usize,
    /// Not so.
    pub failed: usize,
    /// Not made.
    pub skipped: usize,
}

impl Proof {
    /// How many checks ended how.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.outcomes)
    }

    /// `prod: 71 checks passed, 1 failed, 2 skipped in 4.2 s`.
    pub fn summary(&self) -> String {
        let Counts { passed, failed, skipped } = self.counts();
        let noun = if passed == 1 { "check" } else { "checks" };
        let said = |count, word| if count > 0 { format!(", {count} {word}") } else { String::new() };
        let (failed, skipped) = (said(failed, "failed"), said(skipped, "skipped"));
        let took = words::took(self.took);
        format!("{}: {passed} {noun} passed{failed}{skipped} in {took}", self.environment)
    }
}

impl Counts {
    /// How these ended.
    pub fn of<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Counts {
        outcomes.into_iter().fold(Counts::default(), |mut counts, outcome| {
            counts.add(&outcome.verdict);
            counts
        })
    }

    /// Counts one more.
    pub fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
            Verdict::Skipped(_) => self.skipped += 1,
        }
    }
}

/// Writes all outcomes in a format; `sources` hold the lines that diagnoses point to.
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    proof: &Proof,
    sources: &Sources,
    screen: Screen,
) -> io::Result<()> {
    match format {
        Format::Json => json::write(out, proof, sources),
        Format::Junit => junit::write(out, proof, sources),
        Format::Human => {
            circumstances(out, proof)?;
            match screen.columns {
                Some(columns) => table::write(out, &proof.outcomes, screen.styled, columns)?,
                None => lines::write(out, &proof.outcomes, screen.styled)?,
            }
            failures::write(out, &proof.outcomes, sources, screen.styled)
        }
    }
}

/// Which nginx ran, and what was done to the files.
fn circumstances(out: &mut dyn Write, proof: &Proof) -> io::Result<()> {
    let changes = proof.changes.iter().map(|change| ("changed", change));
    let told = proof.facts.iter().map(|fact| (fact.name, &fact.text)).chain(changes);
    for (name, text) in told {
        writeln!(out, "{name}: {}", words::printable(text))?;
    }
    if proof.facts.is_empty() && proof.changes.is_empty() { Ok(()) } else { writeln!(out) }
}
