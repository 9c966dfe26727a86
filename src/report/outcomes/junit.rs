//! Outcomes as JUnit's XML, in the dialect that Jenkins' schema describes and other CI systems read: a suite a
//! site, a case for each check of a route.

use std::io::{self, Write};
use std::time::Duration;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;

use super::{Counts, Fact, Proof, failures, words};
use crate::outcome::{Outcome, Verdict};
use crate::text::Sources;

type Xml = Writer<Vec<u8>>;

pub(super) fn write(out: &mut dyn Write, proof: &Proof, sources: &Sources) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = proof.counts();
    let total = [
        ("name", format!("nginx-gen {} {}", proof.command, proof.environment)),
        ("tests", proof.outcomes.len().to_string()),
        ("failures", counts.failed.to_string()),
        ("errors", "0".to_owned()),
        ("time", seconds(proof.took)),
    ];
    element(&mut xml, "testsuites", &total).write_inner_content(|xml| {
        suites(proof).into_iter().try_for_each(|(site, outcomes)| suite(xml, site, &outcomes, proof, sources))
    })?;
    out.write_all(&xml.into_inner())?;
    writeln!(out)
}

/// The outcomes of each site, in the order of their first.
fn suites(proof: &Proof) -> Vec<(&str, Vec<&Outcome>)> {
    let mut suites: Vec<(&str, Vec<&Outcome>)> = Vec::new();
    for outcome in &proof.outcomes {
        let site = outcome.route.site.as_str();
        match suites.iter_mut().find(|(name, _)| *name == site) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => suites.push((site, vec![outcome])),
        }
    }
    suites
}

fn suite(
    xml: &mut Xml,
    site: &str,
    outcomes: &[&Outcome],
    proof: &Proof,
    sources: &Sources,
) -> io::Result<()> {
    let counts = Counts::of(outcomes.iter().copied());
    let name = if site.is_empty() { &proof.environment } else { site };
    let attributes = [
        ("name", name.to_owned()),
        ("tests", outcomes.len().to_string()),
        ("failures", counts.failed.to_string()),
        ("errors", "0".to_owned()),
        ("skipped", counts.skipped.to_string()),
        ("time", seconds(outcomes.iter().map(|outcome| outcome.took).sum())),
    ];
    element(xml, "testsuite", &attributes).write_inner_content(|xml| {
        properties(xml, proof)?;
        outcomes.iter().try_for_each(|outcome| case(xml, outcome, name, sources))
    })?;
    Ok(())
}

/// Under which circumstances.
fn properties(xml: &mut Xml, proof: &Proof) -> io::Result<()> {
    let facts = proof.facts.iter().map(|Fact { name, text }| (*name, text.as_str()));
    let told: Vec<_> = facts.chain(proof.changes.iter().map(|change| ("changed", change.as_str()))).collect();
    if told.is_empty() {
        return Ok(());
    }
    xml.create_element("properties").write_inner_content(|xml| {
        told.iter().try_for_each(|&(name, value)| {
            let property = [("name", name.to_owned()), ("value", value.to_owned())];
            element(xml, "property", &property).write_empty().map(|_| ())
        })
    })?;
    Ok(())
}

fn case(xml: &mut Xml, outcome: &Outcome, suite: &str, sources: &Sources) -> io::Result<()> {
    let via = outcome.route.via.map(|via| format!(" ({via})")).unwrap_or_default();
    let attributes = [
        ("name", format!("{}{via}", outcome.check)),
        ("classname", format!("{suite}{}", outcome.route.location.as_deref().unwrap_or_default())),
        ("time", seconds(outcome.took)),
    ];
    let case = element(xml, "testcase", &attributes);
    match &outcome.verdict {
        Verdict::Passed => case.write_empty()?,
        Verdict::Skipped(reason) => case.write_inner_content(|xml| {
            element(xml, "skipped", &[("message", reason.clone())]).write_empty().map(|_| ())
        })?,
        Verdict::Failed(diagnosis) => case.write_inner_content(|xml| {
            let attributes = [("message", outcome.seen.clone()), ("type", outcome.check.to_owned())];
            let mut told = Vec::new();
            failures::failure(&mut told, outcome, diagnosis, sources, false)?;
            let told = String::from_utf8_lossy(&told);
            let told: String = told.trim_end().chars().filter(|&c| is_xml(c)).collect();
            let text = BytesText::new(&told);
            element(xml, "failure", &attributes).write_text_content(text).map(|_| ())
        })?,
    };
    Ok(())
}

/// An element with attributes, whose values hold nothing that XML has no way to say.
fn element<'x>(
    xml: &'x mut Xml,
    name: &'static str,
    attributes: &[(&str, String)],
) -> quick_xml::writer::ElementWriter<'x, Vec<u8>> {
    let sayable = |value: &str| words::printable(value).chars().filter(|&c| is_xml(c)).collect();
    let attributes: Vec<(_, String)> =
        attributes.iter().map(|(name, value)| (*name, sayable(value))).collect();
    let pairs = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    xml.create_element(name).with_attributes(pairs)
}

/// Whether XML 1.0 has a way to say it; lines of a file may hold anything.
fn is_xml(c: char) -> bool {
    matches!(c, '\n' | '\t' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// `1.306`, as JUnit counts time.
fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}
