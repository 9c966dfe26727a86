//! The arguments of commands that print findings: in which format, and which of them count.

use super::{Outcome, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint;
use crate::report::{self, Format, RuleText};

#[derive(Debug, clap::Args)]
pub(super) struct Reporting {
    /// How findings are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    format: FormatName,

    /// The least finding that ends with exit code 1; lesser ones are printed all the same
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "warnings")]
    deny: Level,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatName {
    /// For people
    Human,
    /// One JSON object
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code-scanning services
    Sarif,
}

/// How bad a finding has to be to count.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Level {
    /// Only what is broken
    Errors,
    /// What is broken, or will hurt
    Warnings,
    /// Everything
    Hints,
}

impl Reporting {
    /// Whether findings are printed for people.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, FormatName::Human)
    }

    /// Prints findings; for people also what they amount to, with `subject` before it.
    pub(super) fn print(&self, run: &mut Run, found: &[Diagnostic], subject: &str) -> anyhow::Result<()> {
        let styled = run.out.styled();
        let format = Format::from(self.format);
        report::write(run.out.results(), format, found, &run.sources, styled, &rule_texts())?;
        if format == Format::Human {
            let summary = report::summary(found).unwrap_or_else(|| "no findings".to_owned());
            run.out.flush()?;
            run.out.say(&format!("{}: {summary}", report::shown(subject)));
        }
        Ok(())
    }

    /// What findings end a command with.
    pub(super) fn outcome(&self, found: &[Diagnostic]) -> Outcome {
        let least = match self.deny {
            Level::Errors => Severity::Error,
            Level::Warnings => Severity::Warning,
            Level::Hints => Severity::Hint,
        };
        let counts = found.iter().any(|diagnostic| diagnostic.severity >= least);
        if counts { Outcome::Findings } else { Outcome::Clean }
    }
}

fn rule_texts() -> Vec<RuleText<'static>> {
    let text =
        |rule: &&lint::Rule| RuleText { id: rule.id, summary: rule.summary, explanation: rule.explanation };
    lint::RULES.iter().map(text).collect()
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Format {
        match name {
            FormatName::Human => Format::Human,
            FormatName::Json => Format::Json,
            FormatName::Github => Format::Github,
            FormatName::Sarif => Format::Sarif,
        }
    }
}
