//! Reading a mapping key by key against the table of keys it may have.
//!
//! A table ([`Key`]s) is the one place that says which keys exist: unknown keys, their nearest known name
//! and the key reference all come from it.

use super::node::{Entry, Node, Value, shorten};
use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// Faults found so far; readers add to it and go on.
pub(super) type Found = Vec<Diagnostic>;

/// One key a mapping may have.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value looks like, for the key reference.
    pub value: &'static str,
    /// What it does, in one line of Markdown.
    pub doc: &'static str,
}

/// Shorthand for the tables.
pub(super) const fn key(name: &'static str, value: &'static str, doc: &'static str) -> Key {
    Key { name, value, doc }
}

/// A mapping that is being read.
pub(super) struct Fields<'n> {
    what: &'static str,
    span: Span,
    entries: &'n [Entry],
    /// Keys that were most likely meant by unknown ones: they are not missed as well.
    misspelt: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// Opens `node` as a mapping that may have the keys of `table`; other keys are reported. `what` names
    /// the mapping in messages, with its article: `a location`.
    pub(super) fn of(
        node: &'n Node,
        what: &'static str,
        table: &[&[Key]],
        found: &mut Found,
    ) -> Option<Fields<'n>> {
        let Value::Mapping(entries) = &node.value else {
            let keys = table.iter().flat_map(|keys| keys.iter()).take(3);
            let example: Vec<_> = keys.map(|key| format!("{}: …", key.name)).collect();
            found.push(
                wrong_type(node, what).help(format!("write a mapping: `{{ {} }}`", example.join(", "))),
            );
            return None;
        };
        let known = || table.iter().flat_map(|keys| keys.iter()).map(|key| key.name);
        let mut misspelt = Vec::new();
        for entry in entries.iter().filter(|entry| known().all(|name| name != &*entry.key)) {
            let meant = nearest(&entry.key, known());
            misspelt.extend(meant);
            found.push(unknown_key(entry, what, meant, known()));
        }
        Some(Fields { what, span: node.span, entries, misspelt })
    }

    /// The place of the mapping.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// The entry of a key, when it is there.
    pub(super) fn entry(&self, name: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| &*entry.key == name)
    }

    /// The keys that are there.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'n Entry> + use<'n> {
        self.entries.iter()
    }

    /// Reads a key that may be missing.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        found: &mut Found,
        read: impl FnOnce(&Node, &mut Found) -> Option<T>,
    ) -> Option<T> {
        self.entry(name).and_then(|entry| read(&entry.value, found))
    }

    /// Reads a key that must be there; reports it when it is not.
    pub(super) fn required<T>(
        &self,
        name: &str,
        found: &mut Found,
        read: impl FnOnce(&Node, &mut Found) -> Option<T>,
    ) -> Option<T> {
        let Some(entry) = self.entry(name) else {
            found.extend(Some(self.missing(name)).filter(|_| !self.misspelt.contains(&name)));
            return None;
        };
        read(&entry.value, found)
    }

    /// The fault of a key that is not there.
    pub(super) fn missing(&self, name: &str) -> Diagnostic {
        Diagnostic::error("missing-key", format!("{} needs `{name}`", self.what))
            .at(self.span, format!("`{name}` is missing here"))
    }
}

/// Reads a list, each item with `read`; items that fail are left out, so that all faults are found.
pub(super) fn list<'n, T>(
    node: &'n Node,
    what: &str,
    found: &mut Found,
    mut read: impl FnMut(&'n Node, &mut Found) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::Sequence(items) = &node.value else {
        found.push(wrong_type(node, what).help("write a list: `[…, …]`, or one `- …` a line"));
        return None;
    };
    Some(items.iter().filter_map(|item| read(item, found)).collect())
}

/// Reads one value or a list of such values.
pub(super) fn one_or_many<T>(
    node: &Node,
    what: &str,
    found: &mut Found,
    mut read: impl FnMut(&Node, &mut Found) -> Option<T>,
) -> Option<Vec<T>> {
    match node.value {
        Value::Sequence(_) => list(node, what, found, read),
        _ => read(node, found).map(|one| vec![one]),
    }
}

/// The fault of a value of another type than `expected` (with its article).
pub(super) fn wrong_type(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::error("wrong-type", format!("expected {expected}, found {}", node.describe()))
        .at(node.span, format!("not {expected}"))
}

fn unknown_key(
    entry: &Entry,
    what: &str,
    meant: Option<&str>,
    known: impl Iterator<Item = &'static str>,
) -> Diagnostic {
    let name = shorten(&entry.key);
    let fault = Diagnostic::error("unknown-key", format!("{what} has no key `{name}`"))
        .at(entry.key_span, "unknown key");
    match meant {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => fault.help(format!("known keys: {}", listed(known))),
    }
}

/// The known name that `typed` most likely stands for, if one is near enough.
pub(crate) fn nearest<'k>(typed: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let flat = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let wanted = flat(typed);
    let close = |name: &&str| {
        let most = (wanted.chars().count().max(name.chars().count()) / 3).max(1);
        let near = strsim::damerau_levenshtein(&wanted, &flat(name));
        (near <= most || (wanted.len() > 3 && name.contains(wanted.as_str()))).then_some(near)
    };
    known
        .filter_map(|name| close(&name).map(|near| (near, name)))
        .min_by_key(|(near, _)| *near)
        .map(|(_, name)| name)
}

/// Names in back-ticks with commas.
pub(super) fn listed<'k>(names: impl Iterator<Item = &'k str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
