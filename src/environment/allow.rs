//! `allow:`: rules whose findings are wanted as they are, each with the reason.
//!
//! Which rules there are is not known here; [`crate::compile`] holds the names to them.

use super::fields::{Found, Key, key, wrong_type};
use super::node::{Node, Value};
use super::scalar::{At, text};
use crate::diagnostic::Diagnostic;

/// The key, which environments, services, locations and sites have.
pub(super) const KEYS: &[Key] = &[key(
    "allow",
    "mapping of rules to reasons",
    "findings of `validate` that are wanted here: `{ short-timeout: \"the back end sends a heartbeat every 20 s\" }`",
)];

/// A rule whose findings are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The rule's name.
    pub rule: At<String>,
    /// Why.
    pub reason: String,
}

/// Reads `allow:`.
pub(super) fn allow(node: &Node, found: &mut Found) -> Option<Vec<Allowed>> {
    let Value::Mapping(entries) = &node.value else {
        found.push(
            wrong_type(node, "a mapping of rules to reasons")
                .help("write `{ RULE: \"why it is wanted here\" }`"),
        );
        return None;
    };
    let read = entries.iter().filter_map(|entry| {
        let reason = match &entry.value.value {
            Value::Null => "",
            _ => text(&entry.value, "a reason", found)?.trim(),
        };
        if reason.is_empty() {
            let fault =
                Diagnostic::error("bad-value", format!("`{}` is allowed without a reason", entry.key));
            found.push(
                fault
                    .at(entry.value.span, "no reason here")
                    .at(entry.key_span, "the rule")
                    .why("whoever reads it later cannot tell whether the reason still holds")
                    .help(format!("write `{}: \"why it is wanted here\"`", entry.key)),
            );
            return None;
        }
        Some(Allowed { rule: At::new(entry.key.to_string(), entry.key_span), reason: reason.to_owned() })
    });
    Some(read.collect())
}
