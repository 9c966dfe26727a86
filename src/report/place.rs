//! Where programs are pointed to: at a file that exists.

use crate::diagnostic::{Diagnostic, Label, Words};
use crate::text::Sources;

/// The label that lies in a file of the user's: people are shown rendered text first, but a program that marks
/// lines in a review knows only files. The first label where none does.
pub(super) fn in_a_file<'d>(diagnostic: &'d Diagnostic, sources: &Sources) -> Option<&'d Label> {
    let is_real = |label: &&Label| !sources.file(label.span.file).is_made();
    diagnostic.labels.iter().find(is_real).or(diagnostic.labels.first())
}

/// All that is said, a line each: the message, why, and what to do.
pub(super) fn told(diagnostic: &Diagnostic) -> String {
    let part = |name, text: &Option<Words>| text.as_ref().map(|text| format!("\n{name}: {text}"));
    let reasons = [part("why", &diagnostic.why), part("help", &diagnostic.help)];
    reasons.into_iter().flatten().fold(diagnostic.message.to_string(), |told, reason| told + &reason)
}
