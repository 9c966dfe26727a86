//! Comments that allow a finding: `# nginx-gen: allow RULE: reason`, above a directive or behind it.
//!
//! One in front of a block, or behind its `{`, counts for all that is in it.

use super::{RULES, Rule, Subject};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::tree::{Comment, Directive};
use crate::text::Span;

/// A comment that allows a rule.
struct Allowance<'a> {
    comment: Span,
    rule: &'a str,
    reason: &'a str,
    /// The directives it speaks of; none when it stands by itself.
    covers: Option<Span>,
    is_used: bool,
}

/// Takes out what comments allow, and tells of comments that allow nothing. Only the rules that ran can be
/// known to find nothing.
pub(super) fn apply(subject: &Subject<'_>, rules: &[&Rule], found: &mut Vec<Diagnostic>) {
    if !subject.tree.comments(subject.sources).any(|comment| allowed(comment).is_some()) {
        return;
    }
    let mut allowances = allowances(subject);
    found.retain(|finding| {
        let mut allows = allowances.iter_mut().filter(|one| one.allows(finding));
        allows.next().map(|one| one.is_used = true).is_none()
    });
    found.extend(allowances.iter().filter_map(|one| one.fault(rules)));
}

/// Every allowance, with what it covers.
fn allowances<'a>(subject: &Subject<'a>) -> Vec<Allowance<'a>> {
    let comments = subject.tree.comments(subject.sources);
    let mut allowances: Vec<_> = comments
        .filter_map(|comment| {
            let (rule, reason) = allowed(comment)?;
            Some(Allowance { comment: comment.span(), rule, reason, covers: None, is_used: false })
        })
        .collect();
    for directive in subject.tree.root(subject.sources).descendants() {
        for comment in directive.comments_above().into_iter().chain(directive.comment_behind()) {
            let mut mine = allowances.iter_mut().filter(|one| one.comment == comment.span());
            if let Some(one) = mine.next() {
                one.cover(directive);
            }
        }
    }
    allowances
}

/// The rule and the reason of a comment `nginx-gen: allow RULE: reason`.
fn allowed(comment: Comment<'_>) -> Option<(&str, &str)> {
    let rest = comment.text().strip_prefix("nginx-gen:")?.trim_start().strip_prefix("allow ")?;
    let (rule, reason) = rest.split_once(':').unwrap_or((rest, ""));
    Some((rule.trim(), reason.trim()))
}

impl Allowance<'_> {
    /// Of several directives behind one another on a line, all count.
    fn cover(&mut self, directive: Directive<'_>) {
        let span = directive.span();
        self.covers = Some(self.covers.map_or(span, |covered| covered.to(span)));
    }

    /// Whether it takes a finding away: by the place in this comment's file that the finding names first.
    fn allows(&self, finding: &Diagnostic) -> bool {
        let Some(covers) = self.covers.filter(|_| self.rule == finding.code && !self.reason.is_empty())
        else {
            return false;
        };
        let place = finding.labels.iter().find(|label| label.span.file == covers.file);
        place.is_some_and(|label| covers.range().contains(&(label.span.start as usize)))
    }

    /// What is wrong with it, if anything.
    fn fault(&self, rules: &[&Rule]) -> Option<Diagnostic> {
        let rule = self.rule;
        if !RULES.iter().any(|known| known.id == rule) {
            let fault =
                Diagnostic::new(Severity::Warning, "bad-suppression", format!("there is no rule `{rule}`"));
            return Some(fault.at(self.comment, "").help("`nginx-gen explain` lists them"));
        }
        if self.reason.is_empty() {
            let message = format!("`{rule}` is allowed without a reason");
            let fault = Diagnostic::new(Severity::Warning, "bad-suppression", message).at(self.comment, "");
            let why =
                "whoever reads it later cannot tell whether the reason still holds, so it is not followed";
            return Some(fault.why(why).help(format!("write `# nginx-gen: allow {rule}: reason`")));
        }
        if self.is_used || !rules.iter().any(|ran| ran.id == rule) {
            return None;
        }
        let message = format!("`{rule}` finds nothing here that would have to be allowed");
        let fault = Diagnostic::new(Severity::Hint, "unused-suppression", message).at(self.comment, "");
        Some(
            fault
                .why("it would hide the next finding, which nobody has looked at")
                .help("remove the comment"),
        )
    }
}
