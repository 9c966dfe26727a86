//! What a file that nobody has read may hold: an `include` that brought nothing, judged by the name of its target.

use super::shipped::{Holds, of};
use crate::nginx::tree::Directive;

/// Whether this is an `include` that brought nothing.
fn is_unread(directive: Directive<'_>) -> bool {
    directive.is("include") && directive.descendants().next().is_none()
}

/// Whether it is one of a file that holds anything but what these do.
fn may(directive: Directive<'_>, others: &[Holds]) -> bool {
    is_unread(directive)
        && !directive
            .arg(0)
            .and_then(|target| of(&target.value()))
            .is_some_and(|holds| others.contains(&holds))
}

/// Whether a directive brings settings that nobody has read; those of TLS are another question.
pub fn may_set(directive: Directive<'_>) -> bool {
    may(directive, &[Holds::Nothing, Holds::Modules, Holds::Tls])
}

/// Whether a directive brings settings of TLS that nobody has read.
pub fn may_set_tls(directive: Directive<'_>) -> bool {
    may(directive, &[Holds::Nothing, Holds::Modules])
}

/// Whether a directive brings what may keep clients out, and nobody has read.
pub fn may_limit(directive: Directive<'_>) -> bool {
    may(directive, &[Holds::Nothing, Holds::Modules, Holds::Tls, Holds::Settings])
}

/// Whether a directive brings what may define variables, and others that have a name, and nobody has read.
pub fn may_define(directive: Directive<'_>) -> bool {
    may(directive, &[Holds::Nothing, Holds::Tls, Holds::Settings])
}
