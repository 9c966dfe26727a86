//! Diagnostics for programs: one JSON object, `{ "findings": [ … ] }`.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{self, Diagnostic, Label, Severity};
use crate::text::Sources;

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Finding<'a>>,
}

/// Lines and columns count from 1, columns in characters; the end is exclusive. The place is `null` for a
/// fault that lies in no file.
#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    why: Option<&'a str>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
    related: Vec<Place<'a>>,
}

/// What mends the finding for certain: all of the edits together.
#[derive(Serialize)]
struct Fix<'a> {
    what: &'a str,
    edits: Vec<Edit<'a>>,
}

/// `text` in place of what stands between the two positions; an empty range is where it is put in.
#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

#[derive(Serialize)]
pub(super) struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'a str,
}

pub(super) fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let findings = diagnostics.iter().map(|diagnostic| Finding {
        rule: diagnostic.code,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        place: diagnostic.labels.first().map(|label| place(label, sources)),
        why: diagnostic.why.as_deref(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| self::fix(fix, sources)),
        related: diagnostic.labels.iter().skip(1).map(|label| place(label, sources)).collect(),
    });
    serde_json::to_writer_pretty(&mut *out, &Report { findings: findings.collect() })?;
    writeln!(out)
}

fn fix<'a>(fix: &'a diagnostic::Fix, sources: &'a Sources) -> Fix<'a> {
    let edit = |edit: &'a diagnostic::Edit| {
        let (file, start, end) = sources.ends(edit.span);
        Edit {
            file: file.name(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &edit.text,
        }
    };
    Fix { what: &fix.what, edits: fix.edits.iter().map(edit).collect() }
}

pub(super) fn place<'a>(label: &'a Label, sources: &'a Sources) -> Place<'a> {
    let (file, start, end) = sources.ends(label.span);
    Place {
        file: file.name(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        label: &label.text,
    }
}
