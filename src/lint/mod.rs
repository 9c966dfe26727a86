//! Rules over rendered or hand-written nginx text: is what is written what is meant?
//!
//! A rule is one file in `rules/` with one static [`Rule`], and a line in `rules/mod.rs`.

mod access;
mod auth;
mod beside;
mod captures;
mod delay;
mod destinations;
mod edit;
mod example;
mod gaps;
mod handshake;
mod meant;
mod recognised;
mod reference;
mod rules;
mod sample;
mod subject;
mod suppression;
mod untrusted;

pub use example::{Example, Stream, Trial};
pub use reference::{find, list, reference};
pub use rules::RULES;
pub use subject::{Promise, Subject};
pub use suppression::{Cover, Permit, nearest_rule};

/// The rule that is told once for all files of a run.
pub const FOREIGN_MODULE: &str = rules::foreign_module::RULE.id;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Severity, Words};
use crate::text::Span;

/// A rule.
pub struct Rule {
    /// Its name: the pattern it finds, in kebab case.
    pub id: &'static str,
    /// How bad a finding is, at most.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Why it matters and what to do, in Markdown.
    pub explanation: &'static str,
    /// Site files in which it finds something, and no other rule does.
    pub bad: &'static [Example],
    /// Site files like them in which no rule finds anything.
    pub good: &'static [Example],
    check: fn(&Subject<'_>, &mut Vec<Diagnostic>),
}

/// Runs every rule.
pub fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    check_by(RULES, subject)
}

/// Runs these rules; what a comment in the text allows is left out.
pub fn check_by(rules: &[&Rule], subject: &Subject<'_>) -> Vec<Diagnostic> {
    check_permitted(rules, subject, &[]).0
}

/// From so many directives on a configuration is looked at on several cores.
pub const LARGE: usize = 20_000;

/// Runs these rules. What a comment or a permit allows is left out; the permits that did are named by the place
/// where they are declared. Of several that cover a finding the first one counts.
pub fn check_permitted(
    rules: &[&Rule],
    subject: &Subject<'_>,
    permits: &[Permit<'_>],
) -> (Vec<Diagnostic>, Vec<Span>) {
    let check = |rule: &&Rule| {
        let mut found = Vec::new();
        (rule.check)(subject, &mut found);
        found
    };
    // Small files are judged side by side where there are many; waking other cores for one takes longer than it.
    let mut found: Vec<_> = match subject.tree.len() {
        0..LARGE => rules.iter().flat_map(check).collect(),
        _ => rules.par_iter().flat_map_iter(check).collect(),
    };
    let used = suppression::apply(subject, rules, permits, &mut found);
    (found, used)
}

/// That a permit of the YAML allowed nothing in any file.
pub fn unused_permit(rule: &str, declared: Span) -> Diagnostic {
    suppression::unused(rule, declared).help("remove the key")
}

impl Rule {
    /// A finding of this rule.
    fn finding(&self, message: impl Into<Words>) -> Diagnostic {
        Diagnostic::new(self.severity, self.id, message)
    }
}
