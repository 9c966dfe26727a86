//! One finding in many rendered files: a template's line or a service's location says the same in each.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Label};
use crate::text::{SourceFile, Sources};

/// How many of the other files are named.
const NAMED: usize = 3;

/// A finding, with the other rendered files in which it stands in the same words and for the same line.
pub(super) struct Same<'d> {
    pub(super) first: &'d Diagnostic,
    others: Vec<&'d Diagnostic>,
}

/// Findings in their order, those that are the same drawn together at the first. Only text that was rendered has
/// findings that are the same: in hand-written files each has to be mended for itself.
pub(super) fn drawn_together<'d>(diagnostics: &'d [Diagnostic], sources: &Sources) -> Vec<Same<'d>> {
    let mut drawn: Vec<Same<'_>> = Vec::new();
    let mut known = HashMap::new();
    for diagnostic in diagnostics {
        let cause = cause(diagnostic, sources);
        let words = (diagnostic.code, &diagnostic.message, &diagnostic.why, &diagnostic.help);
        let earlier = cause.and_then(|cause| match known.entry((cause, words)) {
            std::collections::hash_map::Entry::Occupied(at) => Some(*at.get()),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(drawn.len());
                None
            }
        });
        match earlier {
            Some(at) => drawn[at].others.push(diagnostic),
            None => drawn.push(Same { first: diagnostic, others: vec![] }),
        }
    }
    drawn
}

/// The line that a finding in rendered text comes from: the template's, which is named last.
fn cause<'s>(diagnostic: &Diagnostic, sources: &'s Sources) -> Option<(&'s str, u32)> {
    rendered_in(diagnostic, sources)?;
    let label: &Label = diagnostic.labels.last()?;
    let name = sources.file(label.span.file).name();
    (!name.starts_with("rendered ")).then_some((name, label.span.start))
}

/// The rendered file that a finding lies in.
fn rendered_in<'s>(diagnostic: &Diagnostic, sources: &'s Sources) -> Option<&'s str> {
    let mut files = diagnostic.labels.iter().map(|label| sources.file(label.span.file));
    files.find(|file| file.is_made() && file.name().starts_with("rendered ")).map(SourceFile::name)
}

impl Same<'_> {
    /// Where else it stands: `and the same: once more in this file, in 2 more files: …`.
    pub(super) fn elsewhere(&self, sources: &Sources) -> Option<String> {
        let here = rendered_in(self.first, sources);
        let (again, elsewhere): (Vec<_>, Vec<_>) =
            self.others.iter().map(|one| rendered_in(one, sources)).partition(|file| *file == here);
        // Of one file they stand together.
        let mut files: Vec<_> = elsewhere.into_iter().flatten().collect();
        files.dedup();
        let again = match again.len() {
            0 => None,
            1 => Some("once more in this file".to_owned()),
            times => Some(format!("{} more times in this file", grouped(times))),
        };
        let files = match files.len() {
            0 => None,
            1 => Some(format!("in 1 more file: {}", files[0])),
            count => {
                let more = if count > NAMED { ", …" } else { "" };
                let named = &files[..count.min(NAMED)];
                Some(format!("in {} more files: {}{more}", grouped(count), named.join(", ")))
            }
        };
        let places: Vec<_> = again.into_iter().chain(files).collect();
        (!places.is_empty()).then(|| places.join(", "))
    }
}

/// A number with a comma behind each thousand.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([1, 999, 1000, 9_999_999].map(grouped), ["1", "999", "1,000", "9,999,999"]);
    }
}
