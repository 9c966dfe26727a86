//! Where programs are pointed to: at a file that exists.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Label, Words};
use crate::text::Sources;

/// The label that lies in a file of the user's: people are shown rendered text first, but a program that marks
/// lines in a review knows only files. The first label where none does.
pub(super) fn in_a_file<'d>(diagnostic: &'d Diagnostic, sources: &Sources) -> Option<&'d Label> {
    let is_real = |label: &&Label| !sources.file(label.span.file).is_made();
    diagnostic.labels.iter().find(is_real).or(diagnostic.labels.first())
}

/// The name of a file as people are shown it: it stays on its line, and gives a terminal no orders.
pub fn shown(name: &str) -> Cow<'_, str> {
    if !name.contains(char::is_control) {
        return Cow::Borrowed(name);
    }
    let picture = |c: char| match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(c),
        _ if c.is_control() => char::REPLACEMENT_CHARACTER,
        _ => c,
    };
    name.chars().map(picture).collect()
}

/// All that is said, a line each: the message, why, and what to do.
pub(super) fn told(diagnostic: &Diagnostic) -> String {
    let part = |name, text: &Option<Words>| text.as_ref().map(|text| format!("\n{name}: {text}"));
    let reasons = [part("why", &diagnostic.why), part("help", &diagnostic.help)];
    reasons.into_iter().flatten().fold(diagnostic.message.to_string(), |told, reason| told + &reason)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_name_stays_on_its_line_and_moves_no_cursor() {
        assert_eq!(shown("a b\nc\x1b[31m\u{9b}ü.conf"), "a b␊c␛[31m\u{fffd}ü.conf");
        assert_eq!(shown("a\\ü.conf"), "a\\ü.conf");
    }
}
