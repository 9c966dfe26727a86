//! Rules over rendered or hand-written nginx text: is what is written what is meant?
//!
//! A rule is one file in `rules/` with one static [`Rule`], and a line in `rules/mod.rs`.

mod access;
mod address;
mod auth;
mod beside;
mod captures;
mod delay;
mod destinations;
mod dropped;
mod edit;
mod example;
mod gaps;
mod handshake;
mod listens;
mod meant;
mod parts;
mod passing;
mod recognised;
mod reference;
mod renamed;
mod renewals;
mod rules;
mod sample;
mod sockets;
mod subject;
mod suppression;
mod untrusted;
mod ways;

pub use example::{Example, Stream, Trial};
pub use reference::{find, list, reference};
pub use renamed::renamed;
pub use rules::RULES;
pub use subject::{Promise, Survey};

use subject::{Reach, Subject};
pub use suppression::{Cover, Permit, nearest_rule};

/// The rule that is told once for all files of a run.
pub const FOREIGN_MODULE: &str = rules::foreign_module::RULE.id;

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
    reach: Reach,
    check: fn(&Subject<'_>, &mut Vec<Diagnostic>),
}

/// Runs every rule.
pub fn check(survey: &Survey<'_>) -> Vec<Diagnostic> {
    check_by(RULES, survey)
}

/// Runs these rules; what a comment in the text allows is left out.
pub fn check_by(rules: &[&Rule], survey: &Survey<'_>) -> Vec<Diagnostic> {
    check_permitted(rules, survey, &[]).0
}

/// Runs those of these rules for which a server may depend on others: what they find between files that were judged one
/// by one is among it.
pub fn check_between(rules: &[&'static Rule], survey: &Survey<'_>) -> Vec<Diagnostic> {
    let far: Vec<_> = rules.iter().copied().filter(|rule| rule.reach == Reach::Configuration).collect();
    check_by(&far, survey)
}

/// From so many directives on a configuration is looked at on several cores.
pub const LARGE: usize = 20_000;

/// Runs these rules. What a comment or a permit allows is left out; the permits that did are named by the place
/// where they are declared. Of several that cover a finding the first one counts. Findings are in the order of the text.
pub fn check_permitted(
    rules: &[&Rule],
    survey: &Survey<'_>,
    permits: &[Permit<'_>],
) -> (Vec<Diagnostic>, Vec<Span>) {
    let whole = survey.whole();
    // Small files are judged side by side where there are many; waking other cores for one takes longer than it.
    let mut found = match survey.len() {
        0..LARGE => rules.iter().flat_map(|rule| rule.judge(&whole)).collect(),
        _ => parts::judge(rules, survey),
    };
    let used = suppression::apply(&whole, rules, permits, &mut found);
    if whole.tree.is_addressed() {
        found.extend(address::faults(&whole));
    }
    found.sort_by_key(|finding| (finding.span(), finding.code));
    (found, used)
}

/// That a permit of the YAML allowed nothing in any file.
pub fn unused_permit(rule: &str, declared: Span) -> Diagnostic {
    suppression::unused(rule, declared).help("remove the key")
}

impl Rule {
    /// Whether it asks what servers are called: it may find something in one of two files that differ in nothing else.
    pub fn is_of_names(&self) -> bool {
        self.reach == Reach::Name
    }

    fn judge(&self, subject: &Subject<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        (self.check)(subject, &mut found);
        found
    }

    /// A finding of this rule.
    fn finding(&self, message: impl Into<Words>) -> Diagnostic {
        Diagnostic::new(self.severity, self.id, message)
    }
}

#[cfg(test)]
mod tests {
    use super::{RULES, Survey, parts};
    use crate::diagnostic::Diagnostic;
    use crate::nginx::parser::parse;
    use crate::nginx::version::Version;
    use crate::text::{SourceFile, Sources};

    /// Every example as one configuration, `map`s and `upstream`s between the servers; then once more under other names.
    fn every_example() -> String {
        let examples = RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good));
        let examples: Vec<_> = examples.filter(|example| example.main.is_none()).collect();
        (0..4).flat_map(|number| examples.iter().map(move |example| example.copy(number))).collect()
    }

    #[test]
    fn a_rule_finds_in_parts_what_it_finds_in_the_whole() {
        let mut sources = Sources::new();
        let file = sources.add(SourceFile::new("nginx.conf", every_example()));
        let (tree, _) = parse(file, sources.file(file).text());
        let survey = Survey::new(&tree, &sources, &[], Version::NEWEST);
        let twins = (0..survey.count()).filter_map(|server| survey.twin_of(server)).count();
        assert!(survey.count() > 80 && twins > 80, "{} servers, {twins} twins", survey.count());
        let whole: Vec<Diagnostic> = RULES.iter().flat_map(|rule| rule.judge(&survey.whole())).collect();
        for rule in RULES {
            let told = |found: &[Diagnostic]| -> Vec<_> {
                let mut told: Vec<_> =
                    found.iter().filter(|finding| finding.code == rule.id).cloned().collect();
                told.sort_by_key(|finding| (finding.span(), finding.message.to_string()));
                told
            };
            assert_eq!(told(&parts::judge(RULES, &survey)), told(&whole), "{}", rule.id);
        }
        assert!(whole.len() > RULES.len(), "they find something");
    }
}
