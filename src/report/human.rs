//! Diagnostics for people, in the manner of `rustc`.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use rayon::prelude::*;

use super::place::shown;
use super::plain;
use super::same::{Same, drawn_together};
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::text::{FileId, SourceFile, Sources};

/// Lines longer than this, in bytes, are not shown: nobody would see the mark below them, and laying out
/// megabytes takes seconds.
const WIDEST: usize = 10_000;

pub(super) fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    styled: bool,
) -> io::Result<()> {
    // Laying out takes far longer than finding: many are laid out side by side, and held only a chunk at a time.
    for chunk in drawn_together(diagnostics, sources).chunks(CHUNK) {
        let lay_out = |same: &Same<'_>| {
            let notes = same.elsewhere(sources).map(|text| Note { name: "and the same", text });
            let mut text = Vec::new();
            one(&mut text, same.first, notes.as_slice(), sources, styled)?;
            writeln!(text).map(|()| text)
        };
        let texts: Vec<io::Result<Vec<u8>>> = match chunk.len() {
            0..=FEW => chunk.iter().map(lay_out).collect(),
            _ => chunk.par_iter().map(lay_out).collect(),
        };
        for text in texts {
            out.write_all(&text?)?;
        }
    }
    Ok(())
}

/// How many diagnostics are laid out at a time.
const CHUNK: usize = 1024;

/// Up to this many are laid out by one core: waking the others takes longer.
const FEW: usize = 32;

/// What is told below the lines of a diagnostic, beside why and what to do: `expected: …`.
pub(super) struct Note {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Writes one diagnostic with its notes.
pub(super) fn one(
    out: &mut dyn Write,
    diagnostic: &Diagnostic,
    notes: &[Note],
    sources: &Sources,
    styled: bool,
) -> io::Result<()> {
    let usual = if styled || !notes.is_empty() { None } else { plain::layout(diagnostic, sources) };
    if let Some(text) = usual {
        return out.write_all(text.as_bytes());
    }
    draw(out, diagnostic, notes, sources, styled)
}

/// Draws one diagnostic, whatever it shows.
pub(super) fn draw(
    out: &mut dyn Write,
    diagnostic: &Diagnostic,
    notes: &[Note],
    sources: &Sources,
    styled: bool,
) -> io::Result<()> {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    writeln!(out, "{}", renderer.render(&[group(diagnostic, notes, sources)]))
}

fn group<'a>(diagnostic: &'a Diagnostic, notes: &'a [Note], sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let mut group = Group::with_title(level.primary_title(&*diagnostic.message).id(diagnostic.code));
    for (nth, file) in files_of(&diagnostic.labels).into_iter().enumerate() {
        group = match snippet(diagnostic, file, sources.file(file), nth == 0) {
            Some(snippet) => group.element(snippet),
            None => group.element(origin(diagnostic, file, sources.file(file))),
        };
    }
    for note in notes {
        group = group.element(Level::NOTE.with_name(note.name).message(note.text.as_str()));
    }
    if let Some(why) = &diagnostic.why {
        group = group.element(Level::NOTE.with_name("why").message(&**why));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(&**help));
    }
    if let Some(fix) = &diagnostic.fix {
        group = group.element(Level::NOTE.with_name("fix").message(fix_told(fix)));
    }
    group
}

/// How a certain fix is told.
pub(super) fn fix_told(fix: &Fix) -> String {
    format!("{}: certain, `--fix` does it", fix.what)
}

/// The files that labels lie in, each once, the primary's first.
fn files_of(labels: &[Label]) -> Vec<FileId> {
    let mut files = Vec::new();
    for label in labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

/// The labelled lines of one file. Only the lines from the first label to the last are handed on, so that
/// a message about a large file costs no more than one about a small one.
fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    id: FileId,
    file: &'a SourceFile,
    primary: bool,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let labels = || diagnostic.labels.iter().filter(move |label| label.span.file == id);
    let first = labels().map(|label| label.span.start as usize).min().unwrap_or(0);
    let last = labels().map(|label| label.span.end as usize).max().unwrap_or(0);
    let text = file.text();
    let start = text[..text.floor_char_boundary(first)].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text.floor_char_boundary(last);
    let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
    if text[start..end].lines().any(|line| line.len() > WIDEST) {
        return None;
    }
    let mut snippet = Snippet::source(&text[start..end])
        .path(shown(file.name()))
        .line_start(file.position(start).line)
        .fold(true);
    for (nth, label) in labels().enumerate() {
        let kind = if primary && nth == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let range = label.span.start as usize - start..label.span.end as usize - start;
        let annotation = kind.span(range);
        snippet = snippet.annotation(match &*label.text {
            "" => annotation,
            text => annotation.label(text),
        });
    }
    Some(snippet)
}

/// The place alone, of lines that are too long to be shown.
fn origin<'a>(diagnostic: &'a Diagnostic, id: FileId, file: &'a SourceFile) -> Origin<'a> {
    let label = diagnostic.labels.iter().find(|label| label.span.file == id);
    let place = file.position(label.map_or(0, |label| label.span.start as usize));
    Origin::path(shown(file.name())).line(place.line).char_column(place.column)
}
