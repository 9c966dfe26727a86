//! How the text of a file is changed so that it still looks written by a person.

use crate::diagnostic::{Edit, Fix};
use crate::nginx::tree::{Argument, Directive};
use crate::text::Span;

/// Takes a directive out: its line, when it has that for itself. A comment behind it may speak of it or of
/// something else, so that a person has to look.
pub(super) fn remove(directive: Directive<'_>) -> Option<Edit> {
    let (before, behind) = around(directive);
    let text = text_of(directive);
    let range = directive.span().range();
    if behind.trim_start().starts_with('#') {
        return None;
    }
    let (start, end) = match (before.trim().is_empty(), behind.trim().is_empty()) {
        (true, true) => {
            let line_end = range.end + behind.len();
            let newline = usize::from(text[line_end..].starts_with('\n'));
            (range.start - before.len(), line_end + newline)
        }
        _ => (range.start, range.end + behind.len() - behind.trim_start_matches([' ', '\t']).len()),
    };
    Some(Edit { span: Span::new(directive.file(), start, end), text: String::new() })
}

/// Puts a directive behind another one, on a line of its own where that one has one.
pub(super) fn add_behind(directive: Directive<'_>, added: &str) -> Edit {
    let (before, behind) = around(directive);
    let rest = behind.trim();
    let at = directive.span().range().end;
    let own_line = before.trim().is_empty() && (rest.is_empty() || rest.starts_with('#'));
    let (at, text) = match own_line {
        true => {
            let kept = behind.trim_end_matches('\r');
            let newline = if kept.len() == behind.len() { "\n" } else { "\r\n" };
            (at + kept.len(), format!("{newline}{before}{added}"))
        }
        false => (at, format!(" {added}")),
    };
    Edit { span: Span::new(directive.file(), at, at), text }
}

/// Writes another value in place of an argument.
pub(super) fn replace(argument: Argument<'_>, value: &str) -> Edit {
    Edit { span: argument.span(), text: value.to_owned() }
}

/// Takes an argument out, with the white space before it.
pub(super) fn remove_word(directive: Directive<'_>, argument: Argument<'_>) -> Edit {
    let span = argument.span();
    let before = &text_of(directive)[..span.start as usize];
    Edit { span: Span::new(span.file, before.trim_end().len(), span.end as usize), text: String::new() }
}

/// Sets a directive to a value in a location: in place of the value it has there, else behind `beside`. None
/// where an `include` brings one of the two, which may serve others, or where a nested location would inherit it.
pub(super) fn set(block: Directive<'_>, beside: Directive<'_>, name: &str, value: &str) -> Option<Fix> {
    let there = block.find(name);
    let shared = [Some(beside), there].into_iter().flatten().any(|one| one.included_by().is_some());
    if shared || block.find("location").is_some() {
        return None;
    }
    let added = format!("{name} {value};");
    let edit = match there {
        Some(there) => replace(there.arg(0)?, value),
        None => add_behind(beside, &added),
    };
    Some(Fix { what: format!("write `{added}`"), edits: vec![edit] })
}

fn text_of(directive: Directive<'_>) -> &str {
    directive.sources().file(directive.file()).text()
}

/// What stands on the lines of a directive before it and behind it, without the line ends.
fn around(directive: Directive<'_>) -> (&str, &str) {
    let (text, range) = (text_of(directive), directive.span().range());
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline);
    (&text[start..range.start], &text[range.end..end])
}
