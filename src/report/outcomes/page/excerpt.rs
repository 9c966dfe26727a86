//! The line that a label points to, cut where it is to be marked.

use serde::Serialize;

use crate::diagnostic::Label;
use crate::text::Sources;

/// More of a line than this, in characters, is not shown on either side of the mark.
const WIDEST: usize = 200;

/// A line of a file: what stands before the mark, what is marked, what stands behind.
#[derive(Serialize)]
pub(super) struct Excerpt {
    place: String,
    line: usize,
    before: String,
    marked: String,
    after: String,
    label: String,
}

impl Excerpt {
    /// The line a label starts in; a label that goes on further is marked to the line's end.
    pub(super) fn new(label: &Label, sources: &Sources) -> Excerpt {
        let file = sources.file(label.span.file);
        let at = file.position(label.span.start as usize);
        let line = file.line(at.line);
        let start = line.char_indices().nth(at.column - 1).map_or(line.len(), |(offset, _)| offset);
        let length = (label.span.end - label.span.start) as usize;
        let end = line.floor_char_boundary((start + length).min(line.len()));
        Excerpt {
            place: format!("{}:{}:{}", file.name(), at.line, at.column),
            line: at.line,
            before: last(&line[..start]),
            marked: first(&line[start..end]),
            after: first(&line[end..]),
            label: label.text.clone().into_owned(),
        }
    }
}

fn first(text: &str) -> String {
    let cut: String = text.chars().take(WIDEST).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

fn last(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(WIDEST);
    let cut: String = text.chars().skip(skipped).collect();
    if skipped > 0 { format!("…{cut}") } else { cut }
}
