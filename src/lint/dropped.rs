//! Headers of the blocks around that a header of a block's own drops: such directives are inherited all or none.

use super::Rule;
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::Directive;

/// That the outer headers which are `lost` lack, because of the block's own `first`; none where nothing is lost.
pub(super) fn told(
    rule: &Rule,
    lacks: &str,
    first: Directive<'_>,
    lost: &[Directive<'_>],
) -> Option<Diagnostic> {
    let outer = lost.first()?;
    let names: Vec<_> = lost.iter().filter_map(|one| Some(format!("`{}`", one.arg(0)?.value()))).collect();
    let name = first.name();
    let fault = rule
        .finding(format!("{lacks} {}", names.join(", ")))
        .at(first.head_span(), format!("this drops every `{name}` of the blocks around it"))
        .at(outer.head_span(), "set here for all")
        .why(format!("a block that has its own `{name}` inherits none"));
    Some(fault.help("repeat the headers beside it"))
}
