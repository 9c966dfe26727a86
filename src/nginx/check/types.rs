//! Types of content: files by the ends of their names, and lists of types that something is done to
//! (`ngx_http_core_type`, `ngx_http_types_slot`). nginx takes what stands there twice, with a warning.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::directives::Spec;
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::text::Span;

/// All `types` so far.
#[derive(Default)]
pub(super) struct Types<'t> {
    /// By the block they stand in, and the end of a name: what it was said to be first, and in which line.
    ends: HashMap<(Option<NodeId>, String), (Directive<'t>, Span)>,
}

impl<'t> Types<'t> {
    pub(super) fn see(&mut self, directive: Directive<'t>, spec: &Spec, found: &mut Vec<Diagnostic>) {
        if spec.name() == "types" {
            self.table(directive, found);
        } else if spec.name().ends_with("_types") {
            found.extend(twice(directive));
        }
    }

    fn table(&mut self, types: Directive<'t>, found: &mut Vec<Diagnostic>) {
        let block = types.parent().map(Directive::id);
        for line in types.children().filter(|line| !line.is("include")) {
            for end in line.args() {
                let key = (block, end.value().to_ascii_lowercase());
                let Some((first, place)) = self.ends.insert(key, (line, end.span())) else { continue };
                let (name, new, old) = (end.value().to_ascii_lowercase(), line.name(), first.name());
                let message = format!(
                    "duplicate extension \"{name}\", content type: \"{new}\", previous content type: \"{old}\""
                );
                found.push(
                    Diagnostic::new(Severity::Warning, "duplicate-type", message)
                        .at(end.span(), "")
                        .at(place, "the first one")
                        .why("nginx warns at every start and reload, and takes the later one")
                        .help("remove one of the two"),
                );
            }
        }
    }
}

/// The types that are in a list already, `text/html` from the start.
fn twice(directive: Directive<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen: Vec<(String, Option<Span>)> = vec![("text/html".to_owned(), None)];
    for word in of_block(directive) {
        let value = word.value().to_ascii_lowercase();
        if value == "*" {
            break;
        }
        let first = seen.iter().find(|(known, _)| *known == value).map(|(_, place)| *place);
        let is_here = word.span().start >= directive.span().start;
        if let Some(place) = first.filter(|_| is_here) {
            let fault = Diagnostic::new(
                Severity::Warning,
                "duplicate-type",
                format!("duplicate MIME type \"{value}\""),
            );
            let fault = fault.at(word.span(), "");
            let (fault, why) = match place {
                Some(place) => (fault.at(place, "the first one"), "it is in the list already"),
                None => (fault, "it is in each such list from the start"),
            };
            let fault = fault.why(format!("nginx warns at every start and reload: {why}"));
            found.push(fault.help("remove it"));
        } else {
            seen.push((value, Some(word.span())));
        }
    }
    found
}

/// The words of all directives of this name in the block, up to the end of this one.
pub(super) fn of_block(directive: Directive<'_>) -> Vec<Argument<'_>> {
    let name = directive.name();
    let all = match directive.parent() {
        Some(block) => block.children(),
        None => directive.tree().root(directive.sources()).iter(),
    };
    all.take_while(|one| one.id() <= directive.id())
        .filter(|one| one.is(&name))
        .flat_map(Directive::args)
        .collect()
}
