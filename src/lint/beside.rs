//! What stands beside the servers of a configuration and is named from within them.

use super::Subject;
use crate::nginx::tree::Directive;

/// Every block of this name in `http`, or at the top of a file that is a part of it.
pub(super) fn blocks<'t>(subject: &Subject<'t>, name: &'static str) -> impl Iterator<Item = Directive<'t>> {
    let top = subject.tree.root(subject.sources).iter();
    let all = top.flat_map(|directive| std::iter::once(directive).chain(within(directive)));
    all.filter(move |directive| directive.is_block() && directive.is(name))
}

fn within(directive: Directive<'_>) -> impl Iterator<Item = Directive<'_>> {
    directive.is("http").then(|| directive.children()).into_iter().flatten()
}
