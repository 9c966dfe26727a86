//! Two sets of files, and what differs between them.

mod unified;

use std::collections::BTreeMap;
use std::io::{self, Write};

/// Files by name.
pub type Files = BTreeMap<String, String>;

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change<'a> {
    /// It is only in the new set.
    Added(&'a str),
    /// It is only in the old set.
    Removed(&'a str),
    /// Its text differs: old, new.
    Changed(&'a str, &'a str),
}

/// What differs between two sets, by file name in order.
pub fn changes<'a>(old: &'a Files, new: &'a Files) -> Vec<(&'a str, Change<'a>)> {
    let mut names: Vec<&str> = old.keys().chain(new.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let change = |name: &'a str| match (old.get(name), new.get(name)) {
        (None, Some(new)) => Some(Change::Added(new)),
        (Some(old), None) => Some(Change::Removed(old)),
        (Some(old), Some(new)) if old != new => Some(Change::Changed(old, new)),
        _ => None,
    };
    names.into_iter().filter_map(|name| change(name).map(|change| (name, change))).collect()
}

/// Writes one file's change as a unified diff between `old_name` and `new_name`.
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut dyn Write,
    change: Change<'_>,
    old_name: &str,
    new_name: &str,
    styled: bool,
) -> io::Result<()> {
    match change {
        Change::Added(new) => unified::write(out, "", new, "/dev/null", new_name, styled),
        Change::Removed(old) => unified::write(out, old, "", old_name, "/dev/null", styled),
        Change::Changed(old, new) => unified::write(out, old, new, old_name, new_name, styled),
    }
}
