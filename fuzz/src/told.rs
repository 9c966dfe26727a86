//! What is told of any input can be shown.

use std::collections::HashSet;

use nginx_gen::diagnostic::Diagnostic;
use nginx_gen::report::{self, Format};
use nginx_gen::text::{Sources, Span};

/// Every finding has a message, lies in a text, and can be printed; what it would change fits together.
pub(crate) fn hold(found: &[Diagnostic], sources: &Sources) {
    for diagnostic in found {
        let message = &diagnostic.message;
        assert!(!message.trim().is_empty() && !message.contains('\n'), "not a message: {diagnostic:#?}");
        for label in &diagnostic.labels {
            lies_in_a_text(label.span, sources);
        }
        if let Some(fix) = &diagnostic.fix {
            let mut edits: Vec<_> = fix.edits.iter().map(|edit| edit.span).collect();
            for span in &edits {
                lies_in_a_text(*span, sources);
            }
            edits.sort();
            let overlap = edits.windows(2).any(|two| two[0].file == two[1].file && two[0].end > two[1].start);
            assert!(!overlap, "changes one place twice: {diagnostic:#?}");
        }
    }
    for format in [Format::Human, Format::Json, Format::Sarif, Format::Github] {
        let mut printed = Vec::new();
        report::write(&mut printed, format, found, sources, false, &[]).expect("memory takes all");
        assert!(std::str::from_utf8(&printed).is_ok(), "{format:?} is no text");
    }
}

/// A span has its place, and both ends are ends of characters.
pub(crate) fn lies_in_a_text(span: Span, sources: &Sources) {
    let text = sources.file(span.file).text();
    assert!(text.get(span.range()).is_some(), "{span:?} in {} bytes", text.len());
}

/// No two findings are the same.
pub(crate) fn once_each(found: &[Diagnostic]) {
    let mut seen = HashSet::new();
    for diagnostic in found {
        let new = seen.insert((diagnostic.code, &diagnostic.message, diagnostic.span()));
        assert!(new, "told twice: {diagnostic:#?}");
    }
}
