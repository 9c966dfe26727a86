//! `directives:` nginx lines that are put into the output as they are, checked to be whole directives.

use super::fields::{Found, one_or_many};
use super::node::{Node, shorten};
use super::scalar::{At, as_written};
use super::values::bad_value;
use crate::nginx::parser;

/// Reads the list; every item holds one or more whole directives.
pub(super) fn raw_directives(node: &Node, found: &mut Found) -> Option<Vec<At<String>>> {
    one_or_many(node, "a list of nginx lines", found, raw_directive)
}

fn raw_directive(node: &Node, found: &mut Found) -> Option<At<String>> {
    let text = as_written(node, "nginx directives", found)?.trim();
    let (_, faults) = parser::parse(node.span.file, text);
    if faults.is_empty() {
        // A comment at the end would swallow what a template puts behind it on the same line.
        let last = text.lines().next_back().unwrap_or_default();
        let end = if last.contains('#') { "\n" } else { "" };
        return Some(At::new(format!("{text}{end}"), node.span));
    }
    for fault in faults {
        let message = format!("nginx would not read `{}`: {}", shorten(text), fault.message);
        let mut fault_here = bad_value(node, message);
        fault_here.help = fault.help.or_else(|| Some("write whole directives, each with its `;`".into()));
        found.push(fault_here);
    }
    None
}
