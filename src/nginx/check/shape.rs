//! Braces and counts: what nginx looks at before a directive's own module does.

use super::commercial;
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::{Spec, Value};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// Whether the directive has the form its spec asks for; only then is it worth a closer look.
pub(super) fn check(
    directive: Directive<'_>,
    count: usize,
    spec: &Spec,
    swallowed: Option<Argument<'_>>,
    version: Version,
    found: &mut Vec<Diagnostic>,
) -> bool {
    let fault = match (spec.is_block(), directive.is_block()) {
        (false, true) => unexpected_block(directive, spec, swallowed),
        (true, false) => missing_block(directive, spec),
        _ if spec.arity().accepts(count) => return true,
        _ => commercial::parameter_of(directive, spec.name(), version)
            .unwrap_or_else(|| wrong_count(directive, spec, count, swallowed)),
    };
    found.push(fault);
    false
}

fn unexpected_block(directive: Directive<'_>, spec: &Spec, swallowed: Option<Argument<'_>>) -> Diagnostic {
    let name = spec.name();
    let message = format!("directive \"{name}\" is not terminated by \";\"");
    let fault = Diagnostic::error("unexpected-block", message);
    if let Some(argument) = swallowed {
        return reads_on(fault, directive, name, argument);
    }
    let fault = fault.at(directive.head_span(), "");
    let fault = match directive.open_span() {
        Some(open) => fault.at(open, "a block opens here"),
        None => fault,
    };
    fault.why(format!("`{name}` takes no block")).help(format!("end `{name}` with `;`"))
}

/// The next directive is taken for an argument, since no `;` stands before it.
fn reads_on(fault: Diagnostic, directive: Directive<'_>, name: &str, argument: Argument<'_>) -> Diagnostic {
    let next = argument.value();
    fault
        .at(directive.name_span(), "")
        .at(argument.span(), format!("`{next}` is read as an argument of `{name}`"))
        .why("a directive goes on over line ends until its `;`")
        .help(format!("end `{name}` with `;` before `{next}`"))
}

fn missing_block(directive: Directive<'_>, spec: &Spec) -> Diagnostic {
    let name = spec.name();
    Diagnostic::error("missing-block", format!("directive \"{name}\" has no opening \"{{\""))
        .at(directive.head_span(), "")
        .why(format!("`{name}` is a block"))
        .help(format!("write `{name} … {{ … }}`"))
}

fn wrong_count(
    directive: Directive<'_>,
    spec: &Spec,
    count: usize,
    swallowed: Option<Argument<'_>>,
) -> Diagnostic {
    let name = spec.name();
    let message = format!("invalid number of arguments in \"{name}\" directive");
    let fault = Diagnostic::error("wrong-argument-count", message);
    if let Some(argument) = swallowed {
        return reads_on(fault, directive, name, argument);
    }
    let why = format!(
        "it takes {}, and {count} {} here",
        spec.arity(),
        if count == 1 { "stands" } else { "stand" }
    );
    let fault = fault.at(directive.head_span(), "").why(why);
    match spec.value() {
        _ if name == "location" && count > 2 => fault.help("put a path or a regex with spaces in quotes"),
        Value::Text | Value::Complex | Value::Keyval if count > spec.arity().fewest() => {
            fault.help("put text with spaces in quotes")
        }
        Value::Flag => fault.help(format!("write `{name} on;` or `{name} off;`")),
        _ => fault.help("check for a missing value, a missing `;` or missing quotes"),
    }
}
