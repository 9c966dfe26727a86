//! One finding in many files: a template's line or a service's location says the same in each, and so do lines that were
//! copied from site to site.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Label};
use crate::text::{SourceFile, Sources};

/// How many of the other files are named.
const NAMED: usize = 3;

/// From so many hand-written places on the same finding is told once: the lines would fill screens, and the first shows
/// what is to be mended everywhere.
const MANY: usize = 20;

/// A finding, with the others that say the same.
pub(super) struct Same<'d> {
    pub(super) first: &'d Diagnostic,
    others: Vec<&'d Diagnostic>,
    /// Whether people wrote the lines.
    is_by_hand: bool,
}

/// What makes two findings the same: where they come from, and their words.
#[derive(PartialEq, Eq)]
struct Words<'d> {
    /// Of the cause and the code, which nearly always tell findings apart.
    hash: u64,
    cause: Cause<'d>,
    code: &'static str,
    message: &'d str,
    why: Option<&'d str>,
    help: Option<&'d str>,
}

/// Where a finding comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Cause<'s> {
    /// A line of a template, by its file and offset.
    Template(&'s str, u32),
    /// What is written in a line of a hand-written file.
    Line(&'s str),
}

/// Findings in their order, those that are the same drawn together at the first: in rendered files those of one line of a
/// template, in hand-written ones, of which each has to be mended for itself, those that would fill screens.
pub(super) fn drawn_together<'d>(diagnostics: &'d [Diagnostic], sources: &'d Sources) -> Vec<Same<'d>> {
    let kinds: Vec<_> = match diagnostics.len() {
        0..MANY => diagnostics.iter().map(|one| Words::of(one, sources)).collect(),
        _ => diagnostics.par_iter().map(|one| Words::of(one, sources)).collect(),
    };
    let mut drawn: Vec<(usize, Same<'_>)> = Vec::new();
    for places in groups(&kinds) {
        let is_of_template = |words: &Words<'_>| matches!(words.cause, Cause::Template(..));
        let is_by_hand = !kinds[places[0]].as_ref().is_some_and(is_of_template);
        let at_once = if is_by_hand && places.len() < MANY { 1 } else { places.len() };
        drawn.extend(places.chunks(at_once).map(|places| {
            let others = places[1..].iter().map(|at| &diagnostics[*at]).collect();
            (places[0], Same { first: &diagnostics[places[0]], others, is_by_hand })
        }));
    }
    drawn.sort_unstable_by_key(|(at, _)| *at);
    drawn.into_iter().map(|(_, same)| same).collect()
}

/// The places of findings that are the same; what is like no other stands alone.
fn groups(kinds: &[Option<Words<'_>>]) -> Vec<Vec<usize>> {
    let (mut groups, mut known) = (Vec::<Vec<usize>>::new(), HashMap::new());
    for (at, words) in kinds.iter().enumerate() {
        let group = words.as_ref().map_or(groups.len(), |words| *known.entry(words).or_insert(groups.len()));
        match groups.get_mut(group) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

impl<'d> Words<'d> {
    fn of(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Option<Words<'d>> {
        let cause = if rendered_in(diagnostic, sources).is_some() {
            let label: &Label = diagnostic.labels.last()?;
            let name = sources.file(label.span.file).name();
            Some(Cause::Template(name, label.span.start)).filter(|_| !name.starts_with("rendered "))?
        } else {
            let span = diagnostic.span()?;
            Cause::Line(sources.file(span.file).line_at(span.start as usize))
        };
        let (code, message) = (diagnostic.code, &*diagnostic.message);
        let (why, help) = (diagnostic.why.as_deref(), diagnostic.help.as_deref());
        let mut hasher = DefaultHasher::new();
        (cause, code).hash(&mut hasher);
        Some(Words { hash: hasher.finish(), cause, code, message, why, help })
    }
}

impl Hash for Words<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

/// The rendered file that a finding lies in.
fn rendered_in<'s>(diagnostic: &Diagnostic, sources: &'s Sources) -> Option<&'s str> {
    let mut files = diagnostic.labels.iter().map(|label| sources.file(label.span.file));
    files.find(|file| file.is_made() && file.name().starts_with("rendered ")).map(SourceFile::name)
}

/// The file that a finding lies in, as it is told.
fn file_of<'s>(diagnostic: &Diagnostic, sources: &'s Sources) -> Option<&'s str> {
    let of_span = || Some(sources.file(diagnostic.span()?.file).name());
    rendered_in(diagnostic, sources).or_else(of_span)
}

impl Same<'_> {
    /// Where else it stands: `and the same: once more in this file, in 2 more files: …`.
    pub(super) fn elsewhere(&self, sources: &Sources) -> Option<String> {
        let here = file_of(self.first, sources);
        let (again, elsewhere): (Vec<_>, Vec<_>) =
            self.others.iter().map(|one| file_of(one, sources)).partition(|file| *file == here);
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
                let more = match (count > NAMED, self.is_by_hand) {
                    (false, _) => "",
                    (true, false) => ", …",
                    (true, true) => ", …; `--format json` names each",
                };
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
