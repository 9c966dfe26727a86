//! Directives that may stand but once in a block.

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::Directive;

/// What was seen in the block at hand, and in those around it.
#[derive(Default)]
pub(super) struct Once<'t> {
    seen: Vec<(&'static Spec, Directive<'t>)>,
    start: usize,
}

impl<'t> Once<'t> {
    /// Starts a block; what is given back ends it.
    pub(super) fn enter(&mut self) -> usize {
        std::mem::replace(&mut self.start, self.seen.len())
    }

    pub(super) fn leave(&mut self, outer: usize) {
        self.seen.truncate(self.start);
        self.start = outer;
    }

    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &'static Spec, found: &mut Vec<Diagnostic>) {
        let is_root = is_root(spec);
        let same = |seen: &Spec| std::ptr::eq(seen, spec) || (is_root && self::is_root(seen));
        let before = self.seen[self.start..].iter().find(|(seen, _)| same(seen));
        match before {
            Some(&(seen, first)) => found.push(told(directive, spec, first, seen)),
            None => self.seen.push((spec, directive)),
        }
    }
}

/// `root` and `alias` are one setting to nginx, and nothing else shares one.
fn is_root(spec: &Spec) -> bool {
    spec.module() == "http_core" && matches!(spec.name(), "root" | "alias")
}

fn told(directive: Directive<'_>, spec: &Spec, first: Directive<'_>, earlier: &Spec) -> Diagnostic {
    let (name, other) = (spec.name(), earlier.name());
    let message = if name == other {
        format!("\"{name}\" directive is duplicate")
    } else {
        format!("\"{name}\" directive is duplicate, \"{other}\" directive was specified earlier")
    };
    Diagnostic::error("duplicate-directive", message)
        .at(directive.head_span(), "")
        .at(first.head_span(), "the first one")
        .why(format!("nginx takes one `{other}` in a block and refuses the second"))
        .help("remove one of the two")
}
