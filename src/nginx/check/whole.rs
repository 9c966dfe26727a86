//! Everything that is wrong with a configuration: what breaks its text, and what nginx would refuse behind that.
//!
//! nginx stops at its first fault. What lies behind one is told as far as it would be told without it: where a brace went
//! wrong the text is read once more by its indentation, and where that says too little, only faults that lie
//! within one directive are told behind the first.

use std::collections::{HashMap, HashSet};

use super::{SWALLOWED, Target, check};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::nginx::directives::{Body, foreign, lookup};
use crate::nginx::recovery::{Recovered, recover};
use crate::nginx::source::UNREAD_INCLUDE;
use crate::nginx::tree::{Directive, Tree};
use crate::text::{FileId, Sources, Span};

/// Faults of the text that leave open which block is which.
const OF_BRACES: [&str; 4] =
    ["unexpected-close-brace", "unclosed-block", "unexpected-open-brace", "nesting-too-deep"];

/// Faults of the text that leave open what a word is.
const OF_WORDS: [&str; 4] = ["unexpected-after-quote", "unclosed-quote", "token-too-long", "nul-byte"];

/// What nginx says of directives in the wrong block, which may be a brace's fault.
const OF_PLACES: [&str; 4] = ["wrong-context", "misplaced-location", "missing-block", "unexpected-block"];

/// Faults that are the same in whichever block a directive stands.
const OF_ONE_DIRECTIVE: [&str; 9] = [
    "unknown-directive",
    "wrong-argument-count",
    "swallowed-directive",
    "bad-value",
    "bad-parameter",
    "bad-regex",
    "bad-address",
    "bad-listen",
    "invalid-variable",
];

/// Everything that is wrong with the files of a tree. `faults` are those of their text, and of their `include`s.
pub fn check_all(tree: &Tree, sources: &Sources, faults: Vec<Diagnostic>, target: Target) -> Vec<Diagnostic> {
    let mut as_read = check(tree.root(sources), target);
    let is_broken = faults.iter().any(is_of_text);
    if !is_broken && !as_read.iter().any(|fault| OF_PLACES.contains(&fault.code)) {
        return joined(faults, as_read);
    }
    let foreign = foreign(tree, sources, faults.iter().chain(&as_read));
    let is_in_foreign = |fault: &Diagnostic| fault.span().is_some_and(|span| foreign.contains(&span.file));
    if faults.iter().any(|fault| is_of_text(fault) && is_in_foreign(fault)) {
        return first_of_each(joined(faults, as_read), &foreign);
    }
    leave_damaged(tree, sources, &faults, &mut as_read);
    let first = first_of(faults.iter().filter(|fault| is_of_text(fault)).chain(&as_read)).cloned();
    let recovered = again(tree, sources, &faults, &as_read, target);
    if recovered.is_none() && !is_broken {
        return joined(faults, as_read);
    }
    let mut found = if let Some((recovered, meant)) = recovered {
        of_recovered(recovered, faults, meant, first)
    } else {
        if faults.iter().any(|fault| OF_BRACES.contains(&fault.code)) {
            let first = first.and_then(|first| first.span());
            as_read.retain(|fault| fault.span() == first || OF_ONE_DIRECTIVE.contains(&fault.code));
        }
        joined(faults, as_read)
    };
    found.sort_by_key(Diagnostic::span);
    found
}

/// The files with faults that are no text of nginx's at all: a template of one, or of another program.
fn foreign<'f>(
    tree: &Tree,
    sources: &Sources,
    faults: impl Iterator<Item = &'f Diagnostic>,
) -> HashSet<FileId> {
    // How many names nginx knows in each, and how many it does not.
    let mut names: HashMap<_, _> = faults.filter_map(|fault| Some((fault.span()?.file, (0, 0)))).collect();
    // The lines of a table begin with any words.
    let is_line = |directive: Directive<'_>| {
        let table = directive.parent().filter(|block| !block.is("include"));
        table.is_some_and(|table| table.specs().iter().any(|spec| spec.body() == Body::Entries))
    };
    for directive in tree.root(sources).descendants().filter(|one| !is_line(*one)) {
        let Some((known, unknown)) = names.get_mut(&directive.file()) else { continue };
        let name = directive.name();
        let is_known = !lookup(&name).is_empty() || foreign::module_of(&name).is_some();
        *if is_known { known } else { unknown } += 1;
    }
    let is_foreign = |file: FileId, (known, unknown): (usize, usize)| {
        let text = sources.file(file).text();
        text.contains("{{") || text.contains("{%") || known < unknown
    };
    names.into_iter().filter(|(file, names)| is_foreign(*file, *names)).map(|(file, _)| file).collect()
}

/// Of a file that is none of nginx's the first fault says enough, beside the first of what nginx takes.
fn first_of_each(mut found: Vec<Diagnostic>, foreign: &HashSet<FileId>) -> Vec<Diagnostic> {
    found.sort_by_key(Diagnostic::span);
    let mut told = HashSet::new();
    found.retain(|fault| {
        let file = fault.span().map(|span| span.file).filter(|file| foreign.contains(file));
        file.is_none_or(|file| told.insert((file, fault.severity == Severity::Error)))
    });
    found
}

fn joined(mut faults: Vec<Diagnostic>, more: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.extend(more);
    faults
}

/// Whether this is of the text, and not of a file that is elsewhere.
fn is_of_text(fault: &Diagnostic) -> bool {
    fault.severity == Severity::Error && fault.code != UNREAD_INCLUDE
}

/// What nginx says only when all of a block is read, which it does not get to behind a fault of another kind.
const AT_THE_END: [&str; 7] = [
    "unknown-variable",
    "unknown-name",
    "bad-buffers",
    "duplicate-location",
    "missing-certificate",
    "missing-certificate-key",
    "hash-too-small",
];

/// What nginx stops at: what comes first in the text, but for what it takes in silence.
fn first_of<'f>(found: impl Iterator<Item = &'f Diagnostic>) -> Option<&'f Diagnostic> {
    let is_refused = |fault: &&Diagnostic| fault.severity == Severity::Error && fault.code != SWALLOWED;
    found.filter(is_refused).min_by_key(|fault| (AT_THE_END.contains(&fault.code), fault.span()))
}

/// Leaves out what is said of directives whose words are not what was meant.
fn leave_damaged(tree: &Tree, sources: &Sources, faults: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    let damaged = faults.iter().filter(|fault| OF_WORDS.contains(&fault.code));
    // Of a quote and of what follows it, the one that stands first.
    let starts: Vec<Span> =
        damaged.filter_map(|fault| fault.labels.iter().map(|label| label.span).min()).collect();
    if starts.is_empty() {
        return;
    }
    let holds = |head: &Span| {
        let inside = |at: &Span| at.file == head.file && (head.start..=head.end).contains(&at.start);
        starts.iter().any(inside)
    };
    let heads = tree.root(sources).descendants().map(Directive::head_span);
    let heads: Vec<_> = heads.filter(holds).collect();
    let is_inside = |place: Span| {
        heads.iter().any(|head| head.file == place.file && (head.start..=head.end).contains(&place.start))
    };
    found.retain(|fault| !fault.span().is_some_and(is_inside));
}

/// The files read once more by their indentation, and what nginx would refuse in them then; none where that explains
/// no more than what stands there.
fn again(
    tree: &Tree,
    sources: &Sources,
    faults: &[Diagnostic],
    as_read: &[Diagnostic],
    target: Target,
) -> Option<(Recovered, Vec<Diagnostic>)> {
    let is_misplaced = |fault: &&Diagnostic| OF_PLACES.contains(&fault.code);
    let of_braces = faults.iter().filter(|fault| OF_BRACES.contains(&fault.code)).count();
    let misplaced = as_read.iter().filter(is_misplaced);
    let doubtful = faults.iter().filter(|fault| is_of_text(fault)).chain(misplaced.clone());
    let mut files: HashSet<_> = doubtful.filter_map(|fault| Some(fault.span()?.file)).collect();
    // What is misplaced may be so because of the file that includes it.
    let includers = misplaced.clone().flat_map(|fault| fault.labels.iter().map(|label| label.span.file));
    files.extend(includers);
    let recovered = recover(tree, sources, &files)?;
    let mut meant = check(recovered.tree.root(sources), target);
    let told: Vec<_> = recovered.faults.values().flatten().cloned().collect();
    leave_damaged(&recovered.tree, sources, &told, &mut meant);
    // What a block that is not closed takes in may not have been looked at; but no reading should have more that is
    // misplaced than its braces let come to light, and without a brace that is wrong for certain it must explain something.
    let places: HashSet<_> = meant.iter().map(Diagnostic::span).collect();
    let is_left = |fault: &&Diagnostic| places.contains(&fault.span());
    let before = misplaced.clone().count();
    let explains = of_braces > 0 || misplaced.filter(is_left).count() < before;
    // nginx refuses what was read first, so no reading may leave nothing to tell of it.
    let tells = told.iter().chain(&meant).any(|fault| fault.severity == Severity::Error);
    let is_better = explains && tells && meant.iter().filter(is_misplaced).count() <= before + 2 * told.len();
    is_better.then_some((recovered, meant))
}

/// What is wrong with files that were read once more. What nginx says first, as it reads them, is said of the brace
/// that is the cause.
fn of_recovered(
    recovered: Recovered,
    faults: Vec<Diagnostic>,
    meant: Vec<Diagnostic>,
    first: Option<Diagnostic>,
) -> Vec<Diagnostic> {
    let Recovered { faults: told, .. } = recovered;
    let is_read_again = |fault: &Diagnostic| fault.span().is_some_and(|span| told.contains_key(&span.file));
    let mut found: Vec<_> =
        faults.into_iter().filter(|fault| !is_of_text(fault) || !is_read_again(fault)).collect();
    // What nginx takes with a sigh is left for when it takes the file.
    found.extend(meant.into_iter().filter(|fault| fault.severity == Severity::Error));
    let mut told = in_order(told);
    let is_told = |first: &Diagnostic| {
        found.iter().chain(&told).any(|one| one.code == first.code && one.span() == first.span())
    };
    if let Some(first) = first.filter(|first| !is_told(first)) {
        // It is sorted: the first one that may be the cause.
        if let Some(cause) = told.iter_mut().find(|fault| CAUSES.contains(&fault.code)) {
            name_as_nginx(cause, first);
        }
    }
    found.extend(told);
    found
}

/// What a brace that is missing, or too many, is told as.
const CAUSES: [&str; 4] =
    ["unexpected-close-brace", "unexpected-open-brace", "unclosed-block", "missing-block"];

fn in_order(told: HashMap<FileId, Vec<Diagnostic>>) -> Vec<Diagnostic> {
    let mut told: Vec<_> = told.into_values().flatten().collect();
    told.sort_by_key(Diagnostic::span);
    told
}

/// Says what nginx stops at, and where, in place of the cause's own words; the cause is shown beside it.
fn name_as_nginx(cause: &mut Diagnostic, first: Diagnostic) {
    let Some(place) = first.span() else { return };
    if cause.code == first.code {
        if cause.labels.iter().any(|label| label.span == place) {
            return;
        }
        return cause.labels.push(Label { span: place, text: "nginx stops here".into() });
    }
    cause.labels.retain(|label| label.span != place);
    for label in cause.labels.iter_mut().filter(|label| label.text.is_empty()) {
        label.text = "this is the cause".into();
    }
    let stop = first.labels.into_iter().next();
    cause.labels.splice(0..0, stop);
    (cause.code, cause.message) = (first.code, first.message);
}
