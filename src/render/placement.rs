//! Where templates may print values: as words of their own.
//!
//! The formatter makes one token of a value. It stays one token only if nothing is glued to it and it does
//! not stand within quotes, so templates are held to that when they are loaded, whatever values they get.
//! What a line looks like after all branches is checked again on the rendered text.

use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Span};

/// Checks every tag of a template's text.
pub(super) fn check(file: FileId, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, end, tag)) = next_tag(text, at) {
        at = end;
        let span = Span::new(file, start, end);
        let inner = &text[start + 2..end.saturating_sub(2).max(start + 2)];
        if inner.starts_with(['-', '+']) || inner.ends_with(['-', '+']) {
            found.push(trimming(span));
        } else if tag == Tag::Print && !stands_alone(text, start, end) {
            found.push(glued(span));
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Print,
    Block,
    Comment,
}

/// The next tag from `at` on: its bytes and kind. An unclosed one is left to the engine to report.
fn next_tag(text: &str, at: usize) -> Option<(usize, usize, Tag)> {
    let kinds = [("{{", "}}", Tag::Print), ("{%", "%}", Tag::Block), ("{#", "#}", Tag::Comment)];
    let opened =
        kinds.iter().filter_map(|(open, close, tag)| Some((at + text[at..].find(open)?, *close, *tag)));
    let (start, close, tag) = opened.min_by_key(|(start, ..)| *start)?;
    let end = close_of(text, start + 2, close, tag)?;
    Some((start, end, tag))
}

/// Behind the closing mark; marks within a string of the tag do not count.
fn close_of(text: &str, from: usize, close: &str, tag: Tag) -> Option<usize> {
    let mut quote = None;
    for (offset, character) in text[from..].char_indices() {
        let quotes = tag != Tag::Comment && (character == '"' || character == '\'');
        if quote.is_none() && text[from + offset..].starts_with(close) {
            return Some(from + offset + close.len());
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && quotes {
            quote = Some(character);
        }
    }
    None
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    before.is_none_or(char::is_whitespace) && after.is_none_or(|c| c.is_whitespace() || c == ';' || c == '{')
}

fn glued(span: Span) -> Diagnostic {
    Diagnostic::error("template-placement", "a template prints a value within a word")
        .at(span, "not a word of its own")
        .why("every printed value becomes exactly one token of nginx, in quotes where needed; glued to other text it would mean something else")
        .help("put the parts together inside the tag: `{{ \"http://\" ~ value }}`, with white space before and white space or `;` behind")
}

fn trimming(span: Span) -> Diagnostic {
    Diagnostic::error("template-placement", "a template tag that trims white space")
        .at(span, "trims")
        .why("it could glue two words together; lines that hold only a `{% … %}` vanish by themselves")
        .help("delete the `-` or `+`")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::text::{SourceFile, Sources};

    fn faults(text: &str) -> usize {
        let mut sources = Sources::new();
        let id = sources.add(SourceFile::new("t", text));
        check(id, text).len()
    }

    #[test]
    fn values_stand_alone() {
        for good in [
            "a {{ b }};",
            "{{ a }}",
            "a {{ b }} {{ c }};",
            "{# {{a}}x #}",
            "a {{ \"}}\" ~ b }};",
            "{% if a %}x{% endif %}",
        ] {
            assert_eq!(faults(good), 0, "{good}");
        }
        for bad in [
            "a{{ b }};",
            "a \"{{ b }}\";",
            "{{ a }}b",
            "{{ a }}{{ b }}",
            "{%- if a %}{% endif %}",
            "a {{ b -}};",
        ] {
            assert!(faults(bad) > 0, "{bad}");
        }
    }
}
