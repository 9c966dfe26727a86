//! How diagnostics and the [outcomes] of checks look: for people, for programs.

mod github;
mod human;
mod json;
pub mod outcomes;
mod place;
mod plain;
mod same;
mod sarif;

use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Sources;
pub use place::shown;

/// A way to print diagnostics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For people: the line shown, the place marked.
    #[default]
    Human,
    /// One JSON object with `findings`.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
    /// SARIF 2.1.0, for code-scanning services.
    Sarif,
}

/// What is to be told of a rule beside its findings.
#[derive(Clone, Copy, Debug)]
pub struct RuleText<'a> {
    /// Its name.
    pub id: &'a str,
    /// What it finds, in one line.
    pub summary: &'a str,
    /// Why it matters.
    pub explanation: &'a str,
}

/// Writes all diagnostics in a format. `styled` asks for colour where the format has any; `rules` are described
/// where the format has a place for that.
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    styled: bool,
    rules: &[RuleText<'_>],
) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, diagnostics, sources, styled),
        Format::Json => json::write(out, diagnostics, sources),
        Format::Github => github::write(out, diagnostics, sources),
        Format::Sarif => sarif::write(out, diagnostics, sources, rules),
    }
}

/// `2 errors, 1 warning`; `None` when there is nothing to count.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let part = |severity, one: &str| match count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let parts =
        [part(Severity::Error, "error"), part(Severity::Warning, "warning"), part(Severity::Hint, "hint")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}
