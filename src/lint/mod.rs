//! Rules over rendered or hand-written nginx text: is what is written what is meant?
//!
//! A rule is one file in `rules/` with one static [`Rule`], and a line in [`RULES`].

mod rules;

use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::tree::{Directive, Tree};
use crate::text::{Sources, Span};

/// A rule.
pub struct Rule {
    /// Its name: the pattern it finds, in kebab case.
    pub id: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Why it matters and what to do, in Markdown.
    pub explanation: &'static str,
    check: fn(&Subject<'_>, &mut Vec<Diagnostic>),
}

/// All rules, in the order of their names.
pub static RULES: &[&Rule] = &[&rules::location_order::RULE];

/// What rules look at: one file, and what its author promised.
pub struct Subject<'a> {
    /// The file.
    pub tree: &'a Tree,
    /// The table its text is in.
    pub sources: &'a Sources,
    /// What was declared about its locations; empty for a hand-written file.
    pub contract: &'a [Promise<'a>],
}

/// What the YAML says of one location.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    /// The name of the type.
    pub kind: &'static str,
    /// Whether answers outlive a request: WebSocket, event streams and their like.
    pub long_lived: bool,
    /// nginx's modifier; empty for a prefix.
    pub modifier: &'static str,
    /// The path or regular expression.
    pub path: &'a str,
    /// Where the path stands in the YAML.
    pub declared: Span,
}

impl Subject<'_> {
    /// What was declared about a `location`.
    pub fn promise(&self, location: &Directive<'_>) -> Option<&Promise<'_>> {
        let mut args = location.args().map(|argument| argument.value().into_owned());
        let (first, second) = (args.next()?, args.next());
        let (modifier, path) = second.as_ref().map_or(("", &first), |path| (first.as_str(), path));
        self.contract.iter().find(|promise| promise.modifier == modifier && promise.path == path)
    }
}

/// Runs every rule.
pub fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.check)(subject, &mut found);
    }
    found
}
