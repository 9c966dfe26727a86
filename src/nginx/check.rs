//! Holds a tree to what nginx knows: names, contexts, counts, values, and what may stand but once.
//!
//! What nginx would refuse is an error in nginx's own wording; what it takes in silence though it cannot be
//! meant is a fault with a wording of its own. nginx stops at its first error, this tells all.

mod address;
mod bounds;
mod browsers;
mod buffers;
mod certificates;
mod charsets;
mod codes;
mod commercial;
mod condition;
mod entries;
mod formats;
mod hashes;
mod listen;
mod location;
mod locations;
mod logs;
mod meaning;
mod meaningless;
mod named;
mod once;
mod parameters;
mod paths;
mod pools;
mod proxied;
mod regexes;
mod servers;
mod shape;
mod siblings;
mod single;
mod streams;
mod swallowed;
mod tls;
mod twins;
mod types;
mod unknown;
mod unread;
mod upstream;
mod values;
mod variables;
mod walk;
mod whole;
mod zones;

#[cfg(test)]
mod tests;

pub use swallowed::SWALLOWED;
pub use whole::check_all;

use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Context;
use crate::nginx::tree::Block;
use crate::nginx::version::Version;
use walk::{Walk, Walked};

/// What a tree is held to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// The nginx that is to read it.
    pub version: Version,
    /// What the top of the tree is the inside of: [`Context::Http`] for a site file.
    pub top: Context,
}

/// Everything nginx of the target's version would refuse in this tree, and what it would silently misread, in
/// the order of the text within each kind.
///
/// A tree whose top is [`Context::Main`] is taken for the whole configuration; in any other, what is not
/// defined may be defined elsewhere, and is only told when a known name is close.
pub fn check(root: Block<'_>, target: Target) -> Vec<Diagnostic> {
    check_apart(root, target, FURTHER)
}

/// The same of a tree that says what another one says in which nothing is wrong, but for the names of its servers.
pub fn check_names(root: Block<'_>, target: Target) -> Vec<Diagnostic> {
    Walk::new(target).past_servers().run(root).found
}

/// How often a tree is read anew because of directives that were swallowed by others: these may have swallowed more.
const FURTHER: usize = 8;

fn check_apart(root: Block<'_>, target: Target, further: usize) -> Vec<Diagnostic> {
    let walk = Walk::new(target);
    let walk = if root.tree().is_large() { walk.past_twins() } else { walk };
    let Walked { mut found, mut swallowing, swallowers } = walk.run(root);
    if !swallowers.is_empty() && further > 0 {
        for swallower in &swallowers {
            swallower.name_as_nginx(&mut swallowing, &found);
        }
        let tree = swallowed::apart(root.tree(), root.sources(), &swallowers);
        found = check_apart(tree.root(root.sources()), target, further - 1);
        // The one that took others may have nothing left, which is the same fault.
        let is_told = |fault: &Diagnostic| {
            swallowing.iter().any(|told| {
                (told.code, &told.message, told.span()) == (fault.code, &fault.message, fault.span())
            })
        };
        found.retain(|fault| !is_told(fault));
    }
    swallowing.append(&mut found);
    swallowing
}
