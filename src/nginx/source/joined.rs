//! Trees that stand behind one another, as the files of a folder that nginx includes.

use std::ops::Range;

use crate::nginx::tree::{Builder, Tree};
use crate::text::Sources;

/// One tree of several, in this order; the table has the text of them all. An `include` in them stays unread.
pub fn joined<'t>(trees: impl Iterator<Item = &'t Tree>, sources: &Sources) -> Tree {
    let mut builder = Builder::default();
    for tree in trees {
        copy(&mut builder, tree, tree.all(), sources);
        builder.comments_of(tree, None);
    }
    builder.into_joined_tree()
}

fn copy(builder: &mut Builder, tree: &Tree, siblings: Range<u32>, sources: &Sources) {
    for id in tree.siblings(siblings) {
        builder.copy(tree, id);
        if tree.directive(sources, id).is_block() {
            copy(builder, tree, tree.below(id), sources);
            builder.leave();
        }
    }
}
