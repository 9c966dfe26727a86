//! Outcomes at a terminal: a block a route, a line for each check of it, whichever ways it was made in.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;

use super::words::{self, cut, padded, widest};
use crate::outcome::{Outcome, Route, Verdict};

pub(super) fn write(
    out: &mut dyn Write,
    outcomes: &[Outcome],
    styled: bool,
    columns: usize,
) -> io::Result<()> {
    let bold = words::styled(Style::new().bold(), styled);
    let dim = words::styled(Style::new().dimmed(), styled);
    let names = widest(outcomes.iter().map(|outcome| outcome.check));
    for block in outcomes.chunk_by(|a, b| is_same_route(&a.route, &b.route)) {
        let route = &block[0].route;
        let kind = route.kind.map(|kind| format!("  {dim}{kind}{dim:#}")).unwrap_or_default();
        let name = words::route(route);
        writeln!(out, "{bold}{}{bold:#}{kind}", cut(&name, columns.saturating_sub(12)))?;
        for group in groups(block) {
            for line in lines(&group) {
                line.write(out, names, styled, columns)?;
            }
        }
    }
    Ok(())
}

fn is_same_route(a: &Route, b: &Route) -> bool {
    (&a.site, &a.location, a.kind) == (&b.site, &b.location, b.kind)
}

/// Outcomes of one check with the same expectation, whichever ways it was made in.
fn groups(block: &[Outcome]) -> Vec<Vec<&Outcome>> {
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    for outcome in block {
        let is_same = |group: &&mut Vec<&Outcome>| {
            (group[0].check, &group[0].expected) == (outcome.check, &outcome.expected)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(outcome),
            None => groups.push(vec![outcome]),
        }
    }
    groups
}

/// A line of the table.
struct Line<'o> {
    outcome: &'o Outcome,
    /// `HTTP/2`, or all of several.
    ways: Vec<&'static str>,
    took: Duration,
}

/// One line for what passed in every way; otherwise a line a way.
fn lines<'o>(group: &[&'o Outcome]) -> Vec<Line<'o>> {
    let slowest = group.iter().max_by_key(|outcome| outcome.took);
    let passed = group.iter().all(|outcome| outcome.verdict == Verdict::Passed);
    match slowest {
        Some(outcome) if passed => {
            let ways = group.iter().filter_map(|outcome| outcome.route.via).collect();
            vec![Line { outcome, ways, took: outcome.took }]
        }
        _ => {
            let line = |outcome: &&'o Outcome| Line {
                outcome,
                ways: outcome.route.via.into_iter().collect(),
                took: outcome.took,
            };
            group.iter().map(line).collect()
        }
    }
}

impl Line<'_> {
    fn write(&self, out: &mut dyn Write, names: usize, styled: bool, columns: usize) -> io::Result<()> {
        let (word, style) = words::verdict(&self.outcome.verdict);
        let style = words::styled(style, styled);
        let dim = words::styled(Style::new().dimmed(), styled);
        let took = match self.outcome.verdict {
            Verdict::Skipped(_) => String::new(),
            _ => words::took(self.took),
        };
        let ways = match self.ways.as_slice() {
            [] => String::new(),
            ways => format!("{}: ", ways.join(", ")),
        };
        let text = format!("{ways}{}", words::result(self.outcome));
        // Two spaces, the verdict, two, the check, two … two, the time.
        let room = columns.saturating_sub(2 + 4 + 2 + names + 2 + 2 + took.len()).max(10);
        writeln!(
            out,
            "  {style}{word:4}{style:#}  {}  {}  {dim}{took}{dim:#}",
            padded(self.outcome.check, names),
            padded(&cut(&text, room), room),
        )
    }
}
