//! A missing `;` that makes the next line's directive an argument of this one.
//!
//! Where a directive takes any number of arguments nginx says nothing at all: the next line is lost.

use super::meaning;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Context, Spec, Value};
use crate::nginx::token::Quoting;
use crate::nginx::tree::{Argument, Arguments, Directive};
use crate::nginx::version::Version;

/// The first argument that starts a line and is the name of a directive which could stand here.
pub(super) fn find<'t>(
    directive: Directive<'t>,
    args: &Arguments<'t>,
    spec: &Spec,
    context: Context,
    version: Version,
) -> Option<Argument<'t>> {
    let arity = spec.arity();
    if arity.accepts(args.len()) && !arity.is_loose() {
        return None;
    }
    let text = directive.sources().file(directive.file()).text().as_bytes();
    let head = directive.head_span();
    // Nearly every directive is written on one line.
    if !text[head.range()].contains(&b'\n') {
        return None;
    }
    args.clone().find(|argument| {
        let before = &text[head.start as usize..argument.span().start as usize];
        before[before.trim_ascii_end().len()..].contains(&b'\n')
            && argument.quoting() == Quoting::Bare
            && !is_own_word(spec, argument.content())
            && meaning::find(argument.content(), context, version).is_ok()
    })
}

/// `timeout` in `proxy_next_upstream`, and the like.
fn is_own_word(spec: &Spec, word: &str) -> bool {
    matches!(spec.value(), Value::Set(words) | Value::Enum(words) if words.contains(word))
}

pub(super) fn told(directive: Directive<'_>, argument: Argument<'_>) -> Diagnostic {
    let (name, next) = (directive.name(), argument.value());
    Diagnostic::error("swallowed-directive", format!("`{next}` is read as an argument of `{name}`"))
        .at(argument.span(), "a directive of its own, by its place")
        .at(directive.name_span(), "no `;` ends this one")
        .why(format!("nginx says nothing, and `{next}` has no effect"))
        .help(format!("end `{name}` with `;` before `{next}`"))
}
