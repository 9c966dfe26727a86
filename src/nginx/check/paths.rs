//! Folders of caches and temporary files: each has one use, and one depth (`ngx_add_path`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive};

/// Every folder so far, by its name.
#[derive(Default)]
pub(super) struct Paths<'t> {
    seen: HashMap<Cow<'t, str>, Directive<'t>>,
}

impl<'t> Paths<'t> {
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        if !is_cache(spec.name()) && !spec.name().ends_with("_temp_path") {
            return;
        }
        let Some(name) = directive.arg(0).map(Argument::value) else { return };
        // A snippet that is included twice says the same once more, and a cache is made by each of its lines.
        let first = match self.seen.entry(name) {
            Entry::Vacant(free) => {
                free.insert(directive);
                return;
            }
            Entry::Occupied(taken) => *taken.get(),
        };
        let name = directive.arg(0).map(Argument::value).unwrap_or_default();
        let (message, why) = if is_cache(spec.name()) || is_cache(&first.name()) {
            (format!("the same path name \"{name}\" used"), "a cache has a folder of its own")
        } else if levels(first).ne(levels(directive)) {
            (
                format!("the same path name \"{name}\""),
                "it has the different levels, by which nginx finds files again",
            )
        } else {
            return;
        };
        found.push(
            Diagnostic::error("duplicate-path", message)
                .at(directive.head_span(), "")
                .at(first.head_span(), "the first one")
                .why(why)
                .help("name another folder"),
        );
    }
}

fn is_cache(name: &str) -> bool {
    name.ends_with("_cache_path")
}

/// What stands behind the folder of temporary files.
fn levels(directive: Directive<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    directive.args().skip(1).map(Argument::value)
}
