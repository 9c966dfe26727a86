//! What could not be judged of a route, where it stands, and what was assumed instead.

use super::explanation::Place;
use crate::nginx::routing::{Doubt, Pages};
use crate::nginx::tree::Directive;

/// A doubt in words.
pub(super) fn note(doubt: &Doubt<'_>) -> String {
    match doubt {
        Doubt::Condition(at, names) => {
            format!("{} cannot be judged: {}; taken not to hold", place(*at), at_run_time(names))
        }
        Doubt::File(at, holds) => {
            let so = if *holds { "so it holds" } else { "so it does not hold" };
            format!("{} asks for files, which are not known; taken as if there were none, {so}", place(*at))
        }
        Doubt::Tried(at) => {
            format!(
                "{} asks for files, which are not known; taken as if there were none, so its last counts",
                place(*at)
            )
        }
        Doubt::NotSent(at, names) => {
            let no_such = if names.len() == 1 { "no such header was" } else { "no such headers were" };
            format!(
                "{} reads {}, taken as empty, since {no_such} given with `--header`",
                place(*at),
                listed(names)
            )
        }
        Doubt::AsWritten(at, names) => {
            format!("{} is written as it stands there: {}", place(*at), at_run_time(names))
        }
        Doubt::Access(at) => {
            format!("{} may refuse the request; who asks is not known, and taken to be let in", place(*at))
        }
        Doubt::Index { by, path, location } => {
            let by = by.map_or_else(|| "nginx".to_owned(), place);
            format!("{by} looks for `{path}`; where that is, {} takes the request", place(*location))
        }
        Doubt::Pages(at, pages) => page(*at, pages),
    }
}

/// When an `error_page` answers.
fn page(at: Directive<'_>, pages: &Pages) -> String {
    let at = place(at);
    match pages {
        Pages::NoFile(statuses) => {
            format!("{at} answers where nginx cannot serve the file: {}", any_of(statuses))
        }
        Pages::NoAnswer(statuses) => {
            format!("{at} answers where the back end does not: {}", any_of(statuses))
        }
        Pages::Intercepted => {
            format!("{at} takes the place of such answers of the back end too: they are intercepted")
        }
        Pages::PassedThrough => {
            format!("{at} leaves such answers of the back end alone: none is intercepted")
        }
    }
}

fn any_of(statuses: &[u16]) -> String {
    let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
    statuses.join(", ")
}

/// A directive and where it stands.
fn place(directive: Directive<'_>) -> String {
    format!("`{directive:?}` at {}", Place::of_directive(directive))
}

/// That variables have no value yet.
pub(super) fn at_run_time(names: &[String]) -> String {
    let are = if names.len() == 1 { "is" } else { "are" };
    format!("{} {are} known at run time only", listed(names))
}

fn listed(names: &[String]) -> String {
    let mut names: Vec<_> = names.iter().map(|name| format!("`${name}`")).collect();
    names.dedup();
    names.join(", ")
}
