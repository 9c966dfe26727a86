//! Diagnostics as SARIF 2.1.0, which code-scanning services read.

mod fix;

use std::io::{self, Write};

use serde::Serialize;

use self::fix::Fix;
use super::RuleText;
use super::place::{in_a_file, told};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::text::{Sources, Span};

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    /// Columns count characters, as in every other format of this program.
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<LabelText<'a>>,
}

#[derive(Serialize)]
struct LabelText<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

pub(super) fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    rules: &[RuleText<'_>],
) -> io::Result<()> {
    let mut codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let results = diagnostics.iter().map(|diagnostic| finding(diagnostic, sources, &codes)).collect();
    let driver = Driver {
        name: "nginx-gen",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: "https://crates.io/crates/nginx-gen",
        rules: codes.iter().map(|code| rule(code, rules)).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// Faults of the YAML and of nginx's language are no rules, and have no text but their own.
fn rule<'a>(code: &'a str, rules: &[RuleText<'_>]) -> Rule<'a> {
    let known = rules.iter().find(|rule| rule.id == code);
    let text = |text: &str| Text { text: text.to_owned() };
    Rule {
        id: code,
        short_description: known.map(|rule| text(rule.summary)),
        full_description: known.map(|rule| text(rule.explanation)),
    }
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &Sources, codes: &[&str]) -> Finding<'a> {
    let primary = in_a_file(diagnostic, sources);
    let others = diagnostic.labels.iter().filter(|label| primary.is_some_and(|first| first != *label));
    let real = others.filter(|label| !sources.file(label.span.file).is_made());
    Finding {
        rule_id: diagnostic.code,
        rule_index: codes.binary_search(&diagnostic.code).unwrap_or_default(),
        level: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "note",
        },
        message: Text { text: told(diagnostic) },
        locations: primary.map(|label| location(label, sources)).into_iter().collect(),
        related_locations: real.map(|label| location(label, sources)).collect(),
        fixes: diagnostic.fix.iter().map(|fix| Fix::of(fix, sources)).collect(),
    }
}

fn location<'a>(label: &'a Label, sources: &Sources) -> Location<'a> {
    let (artifact, region) = place(label.span, sources);
    let message = Some(&*label.text).filter(|text| !text.is_empty()).map(|text| LabelText { text });
    Location { physical_location: Physical { artifact_location: artifact, region }, message }
}

fn place(span: Span, sources: &Sources) -> (Artifact, Region) {
    let (file, start, end) = sources.ends(span);
    let region = Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    };
    (Artifact { uri: uri(file.name()) }, region)
}

/// A path as a URI reference: relative paths stay relative to where the program was started.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("environments/a b.yaml"), "environments/a%20b.yaml");
        assert_eq!(uri("/etc/nginx/á.conf"), "file:///etc/nginx/%C3%A1.conf");
    }
}
