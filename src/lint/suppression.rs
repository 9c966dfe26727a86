//! What allows a finding: a comment `# nginx-gen: allow RULE: reason` above a directive or behind it, or a key
//! `allow:` of the YAML.
//!
//! A comment in front of a block, or behind its `{`, counts for all that is in it.

use super::{RULES, Rule, Subject};
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::nearest;
use crate::nginx::tree::{Comment, Directive};
use crate::text::Span;

/// A rule that the YAML allows, with its reason.
#[derive(Clone, Copy, Debug)]
pub struct Permit<'a> {
    /// The rule.
    pub rule: &'a str,
    /// Where it is allowed.
    pub declared: Span,
    /// What that speaks of.
    pub covers: Cover<'a>,
}

/// What of a file a [`Permit`] speaks of.
#[derive(Clone, Copy, Debug)]
pub enum Cover<'a> {
    /// All of it.
    File,
    /// What is made of one location of the YAML.
    Location {
        /// nginx's modifier; empty for a prefix.
        modifier: &'a str,
        /// The path or regular expression.
        path: &'a str,
        /// The path without its final slash, when that is served like it.
        twin: Option<&'a str>,
        /// Where the path stands in the YAML.
        declared: Span,
    },
}

/// Something that allows a rule.
struct Allowance<'a> {
    /// The comment, or the key.
    place: Span,
    rule: &'a str,
    reason: &'a str,
    /// The places it speaks of; a comment that stands by itself has none.
    covers: Vec<Span>,
    is_used: bool,
}

/// Takes out what is allowed, and tells of comments that allow nothing. Returns which of the permits were used,
/// by the place where they are declared: whether one is used nowhere is only known when every file was judged.
pub(super) fn apply(
    subject: &Subject<'_>,
    rules: &[&Rule],
    permits: &[Permit<'_>],
    found: &mut Vec<Diagnostic>,
) -> Vec<Span> {
    let mut comments = if subject.tree.is_addressed() { by_comments(subject) } else { vec![] };
    let mut keys: Vec<_> = if found.is_empty() { vec![] } else { by_keys(subject, permits) };
    found.retain(|finding| {
        // The comment stands nearest, and the permits are given from the inside out.
        let mut allows = comments.iter_mut().chain(&mut keys).filter(|one| one.allows(finding));
        allows.next().map(|one| one.is_used = true).is_none()
    });
    found.extend(comments.iter().filter_map(|one| one.fault(rules)));
    keys.iter().filter(|one| one.is_used).map(|one| one.place).collect()
}

/// That the YAML allows a rule which finds nothing there.
pub(super) fn unused(rule: &str, place: Span) -> Diagnostic {
    let message = format!("`{rule}` finds nothing here that would have to be allowed");
    Diagnostic::new(Severity::Hint, "unused-suppression", message)
        .at(place, "")
        .why("it would hide the next finding, which nobody has looked at")
}

/// Every comment that allows something, with what it covers.
fn by_comments<'a>(subject: &Subject<'a>) -> Vec<Allowance<'a>> {
    let comments = subject.tree.comments(subject.sources);
    let mut allowances: Vec<_> = comments
        .filter_map(|comment| {
            let (rule, reason) = allowed(comment)?;
            Some(Allowance { place: comment.span(), rule, reason, covers: vec![], is_used: false })
        })
        .collect();
    for directive in subject.root().descendants() {
        for comment in directive.comments_above().into_iter().chain(directive.comment_behind()) {
            let mut mine = allowances.iter_mut().filter(|one| one.place == comment.span());
            // Of several directives behind one another on a line, all count.
            if let Some(one) = mine.next() {
                one.covers.push(directive.span());
            }
        }
    }
    allowances
}

/// The permits, with what they cover of this text.
fn by_keys<'a>(subject: &Subject<'a>, permits: &[Permit<'a>]) -> Vec<Allowance<'a>> {
    let whole = || subject.root().iter().map(Directive::span).collect();
    let covered = |permit: &Permit<'_>| match permit.covers {
        Cover::File => whole(),
        Cover::Location { modifier, path, twin, declared } => {
            let is_mine = |one: &&super::subject::Place<'_>| {
                (one.modifier == modifier && one.path == path)
                    || (one.modifier == "=" && twin.is_some_and(|twin| one.path == twin))
            };
            let blocks = subject.places.iter().filter(is_mine).map(|one| one.location.span());
            blocks.chain([declared]).collect()
        }
    };
    let allowance = |permit: &Permit<'a>| Allowance {
        place: permit.declared,
        rule: permit.rule,
        // The YAML's reader refuses a key without one.
        reason: "given",
        covers: covered(permit),
        is_used: false,
    };
    permits.iter().map(allowance).collect()
}

/// The rule and the reason of a comment `nginx-gen: allow RULE: reason`.
fn allowed(comment: Comment<'_>) -> Option<(&str, &str)> {
    let rest = comment.addressed()?.strip_prefix("allow ")?;
    let (rule, reason) = rest.split_once(':').unwrap_or((rest, ""));
    Some((rule.trim(), reason.trim()))
}

impl Allowance<'_> {
    /// Whether it takes a finding away: by the place that the finding names first, of the files it speaks of.
    fn allows(&self, finding: &Diagnostic) -> bool {
        if self.rule != finding.code || self.reason.is_empty() {
            return false;
        }
        let is_file = |place: Span| self.covers.iter().any(|covered| covered.file == place.file);
        let place = finding.labels.iter().map(|label| label.span).find(|place| is_file(*place));
        let holds = |place: Span| {
            let mut mine = self.covers.iter().filter(|covered| covered.file == place.file);
            mine.any(|covered| covered.range().contains(&(place.start as usize)))
        };
        place.is_some_and(holds)
    }

    /// What is wrong with it, if anything.
    fn fault(&self, rules: &[&Rule]) -> Option<Diagnostic> {
        let rule = self.rule;
        if !RULES.iter().any(|known| known.id == rule) {
            let fault =
                Diagnostic::new(Severity::Warning, "bad-suppression", format!("there is no rule `{rule}`"));
            return Some(fault.at(self.place, "").help(match nearest_rule(rule) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`nginx-gen explain` lists them".to_owned(),
            }));
        }
        if self.reason.is_empty() {
            let message = format!("`{rule}` is allowed without a reason");
            let fault = Diagnostic::new(Severity::Warning, "bad-suppression", message).at(self.place, "");
            let why =
                "whoever reads it later cannot tell whether the reason still holds, so it is not followed";
            return Some(fault.why(why).help(format!("write `# nginx-gen: allow {rule}: reason`")));
        }
        if self.is_used || !rules.iter().any(|ran| ran.id == rule) {
            return None;
        }
        Some(unused(rule, self.place).help("remove the comment"))
    }
}

/// The rule that a name most likely stands for.
pub fn nearest_rule(name: &str) -> Option<&'static str> {
    nearest(name, RULES.iter().map(|rule| rule.id))
}
