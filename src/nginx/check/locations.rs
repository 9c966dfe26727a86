//! The locations of one block: no two the same, and nested ones inside what holds them.

use std::borrow::Cow;

use super::location::{Location, Matching, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Context;
use crate::nginx::tree::{Argument, Directive};

/// The locations of the block at hand, and of those around it.
#[derive(Default)]
pub(super) struct Locations<'t> {
    seen: Vec<(Matching, Cow<'t, str>, Directive<'t>)>,
    start: usize,
}

impl<'t> Locations<'t> {
    /// Starts a block; what is given back ends it.
    pub(super) fn enter(&mut self) -> usize {
        std::mem::replace(&mut self.start, self.seen.len())
    }

    /// Ends a block: sorted, two that are the same stand side by side.
    pub(super) fn leave(&mut self, outer: usize, found: &mut Vec<Diagnostic>) {
        let here = &mut self.seen[self.start..];
        here.sort_by(|a, b| (a.0, &a.1, a.2.id()).cmp(&(b.0, &b.1, b.2.id())));
        for pair in here.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
            let [(matching, name, first), rest @ ..] = pair else { continue };
            found.extend(rest.iter().map(|(_, _, second)| duplicate(*matching, name, *first, *second)));
        }
        self.seen.truncate(self.start);
        self.start = outer;
    }

    pub(super) fn see(&mut self, directive: Directive<'t>, context: Context, found: &mut Vec<Diagnostic>) {
        let Some(location) = read(directive) else {
            found.push(bad_modifier(directive));
            return;
        };
        let outer = directive.parent().filter(|_| context == Context::Location).and_then(read);
        if let Some(message) = outer.and_then(|outer| misplaced(&location, &outer)) {
            found.push(told_misplaced(directive, message));
        }
        self.seen.push((location.matching, location.name, directive));
    }
}

fn duplicate(matching: Matching, name: &str, first: Directive<'_>, second: Directive<'_>) -> Diagnostic {
    let message = format!("duplicate location \"{name}\"");
    let (severity, why) = match matching {
        Matching::Exact | Matching::Prefix => (Severity::Error, "nginx refuses two locations for one path"),
        _ => (Severity::Warning, "nginx says nothing, and the first one takes every request"),
    };
    Diagnostic::new(severity, "duplicate-location", message)
        .at(second.head_span(), "")
        .at(first.head_span(), "the first one")
        .why(why)
        .help("remove one, or put both into one block")
}

fn bad_modifier(directive: Directive<'_>) -> Diagnostic {
    let modifier = directive.arg(0).map(Argument::value).unwrap_or_default();
    let fault = Diagnostic::error("bad-location", format!("invalid location modifier \"{modifier}\""));
    fault
        .at(directive.head_span(), "")
        .why("a location with two arguments starts with its modifier")
        .help("write `=`, `^~`, `~` or `~*` before the path, or quote a path with spaces")
}

/// What nginx says of a location within a location, if it says anything.
fn misplaced(inner: &Location<'_>, outer: &Location<'_>) -> Option<String> {
    let (name, around) = (&inner.name, &outer.name);
    match (inner.matching, outer.matching) {
        (_, Matching::Exact) => {
            Some(format!("location \"{name}\" cannot be inside the exact location \"{around}\""))
        }
        (_, Matching::Named) => {
            Some(format!("location \"{name}\" cannot be inside the named location \"{around}\""))
        }
        (Matching::Named, _) => Some(format!("named location \"{name}\" can be on the server level only")),
        (matching, _) if !matching.is_regex() && !name.starts_with(&**around) => {
            Some(format!("location \"{name}\" is outside location \"{around}\""))
        }
        _ => None,
    }
}

fn told_misplaced(directive: Directive<'_>, message: String) -> Diagnostic {
    let fault = Diagnostic::error("misplaced-location", message).at(directive.head_span(), "");
    let fault = match directive.parent() {
        Some(outer) => fault.at(outer.head_span(), "in this location"),
        None => fault,
    };
    fault
        .why("a nested location only sees requests that the one around it took")
        .help("move it beside the location it stands in")
}
