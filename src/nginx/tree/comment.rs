//! Comments, and which directive they speak of.

use super::{Directive, Tree};
use crate::text::{Sources, Span};

/// One comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug)]
pub struct Comment<'t> {
    sources: &'t Sources,
    span: Span,
}

impl<'t> Comment<'t> {
    pub(super) fn new(sources: &'t Sources, span: Span) -> Comment<'t> {
        Comment { sources, span }
    }

    /// What is said: without the `#` and the white space around.
    pub fn text(self) -> &'t str {
        self.raw().trim_start_matches('#').trim()
    }

    /// What is said to this program, behind `nginx-gen:`; none of any other comment.
    pub fn addressed(self) -> Option<&'t str> {
        address(self.raw())
    }

    /// What would be said to this program, were there a colon behind `nginx-gen`.
    pub fn lacks_colon(self) -> Option<&'t str> {
        without_colon(self.raw())
    }

    /// What is written, from the `#` on.
    pub fn raw(self) -> &'t str {
        self.sources.slice(self.span)
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        self.span
    }
}

impl<'t> Directive<'t> {
    /// The comment lines directly above, top down: no blank line between, each alone on its line.
    pub fn comments_above(self) -> Vec<Comment<'t>> {
        let text = self.text();
        let mut below = self.name_span().start;
        let earlier = self.tree().comments_before(self.name_span());
        let mut found = Vec::new();
        for &span in earlier.iter().rev().take_while(|span| span.file == self.file()) {
            let between = &text[span.end as usize..below as usize];
            let is_next_line = between.trim().is_empty() && between.matches('\n').count() == 1;
            if !is_next_line || !starts_line(text, span.start as usize) {
                break;
            }
            below = span.start;
            found.push(Comment::new(self.sources(), span));
        }
        found.reverse();
        found
    }

    /// The comment behind it on the same line: behind the `;`, or behind the `{` of a block.
    pub fn comment_behind(self) -> Option<Comment<'t>> {
        let end = self.open_span().unwrap_or(self.span()).after();
        let after = &self.tree().comments[self.tree().comments_before(end).len()..];
        let span = *after.first().filter(|span| span.file == end.file)?;
        let between = &self.text()[end.start as usize..span.start as usize];
        let is_behind = between.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        is_behind.then(|| Comment::new(self.sources(), span))
    }
}

impl Tree {
    /// The comments that start before a place, of all files up to it.
    fn comments_before(&self, place: Span) -> &[Span] {
        let key = (place.file, place.start);
        &self.comments[..self.comments.partition_point(|span| (span.file, span.start) < key)]
    }

    /// The comments of one file between two offsets.
    pub(in crate::nginx) fn comments_within(&self, range: Span) -> &[Span] {
        let start = self.comments_before(range).len();
        &self.comments[start..self.comments_before(range.after()).len().max(start)]
    }
}

/// What a comment says to this program.
pub(super) fn address(comment: &str) -> Option<&str> {
    comment.trim_start_matches('#').trim_start().strip_prefix("nginx-gen:").map(str::trim)
}

/// What a comment would say to this program, were there a colon: it begins with one of the words that may follow.
pub(super) fn without_colon(comment: &str) -> Option<&str> {
    let said = comment.trim_start_matches('#').trim_start().strip_prefix("nginx-gen")?.trim();
    matches!(said.split_whitespace().next()?, "allow" | "type").then_some(said)
}

fn starts_line(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].trim().is_empty()
}
