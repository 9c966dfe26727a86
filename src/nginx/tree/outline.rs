//! Blocks with very many directives, such as an `http` with thousands of servers, looked up by name.
//!
//! Each location of each server asks what `http` sets; walking all of it each time would cost the square.

use std::collections::HashMap;

use super::{Block, Directive, NodeId, Tree};
use crate::text::Sources;

/// The wide blocks of a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlines {
    /// By block; none is the top of the file.
    wide: HashMap<Option<NodeId>, Outline>,
}

/// The directives of one block by their names, each in the order of the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    by_name: HashMap<Box<str>, Vec<NodeId>>,
}

impl Outlines {
    pub(super) fn of_tree(tree: &Tree, sources: &Sources) -> Outlines {
        let mut outlines = Outlines::default();
        let root = tree.root(sources);
        for block in std::iter::once(root).chain(root.descendants().filter_map(Directive::block)) {
            if block.head().is_wide() {
                outlines.wide.insert(block.owner().map(Directive::id), Outline::of(block));
            }
        }
        outlines
    }

    /// The outline of a block, if it is wide.
    pub(super) fn of(&self, block: Option<NodeId>) -> Option<&Outline> {
        self.wide.get(&block)
    }
}

impl Outline {
    fn of(block: Block<'_>) -> Outline {
        let mut outline = Outline::default();
        for directive in block {
            let name = directive.name();
            match outline.by_name.get_mut(&*name) {
                Some(ids) => ids.push(directive.id()),
                None => drop(outline.by_name.insert(name.into(), vec![directive.id()])),
            }
        }
        outline
    }

    /// The directives of this name.
    pub(super) fn named(&self, name: &str) -> &[NodeId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}
