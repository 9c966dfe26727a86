//! A configuration whose braces went wrong in some of its files, read as these were most likely meant.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::parser::reread;
use super::tree::{Builder, NodeId, Tree};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Sources};

/// A configuration with the braces that are missing, and without those that are too many.
pub(super) struct Recovered {
    pub(super) tree: Tree,
    /// What is wrong with the text of the files that were read once more.
    pub(super) faults: HashMap<FileId, Vec<Diagnostic>>,
}

/// Reads these files of a configuration once more, by their indentation; none where that says no more of any of them.
pub(super) fn recover(tree: &Tree, sources: &Sources, files: &HashSet<FileId>) -> Option<Recovered> {
    let (mut trees, mut faults) = (HashMap::new(), HashMap::new());
    for &file in files {
        if let Some((tree, told)) = reread(file, sources.file(file).text()) {
            trees.insert(file, tree);
            faults.insert(file, told);
        }
    }
    if trees.is_empty() {
        return None;
    }
    // One that lost its semicolon, and took the braces of the next block, brings nothing.
    let includes = tree.root(sources).every("include").filter(|one| !one.is_block());
    let includes = includes.map(|one| ((one.file(), one.span().start), one.id())).collect();
    let mut joiner = Joiner { tree, sources, trees: &trees, includes, builder: Builder::default() };
    joiner.content(tree.all());
    Some(Recovered { tree: joiner.builder.into_joined_tree(), faults })
}

/// Joins files anew, some of them as they were read again.
struct Joiner<'a> {
    /// All files as they were joined first.
    tree: &'a Tree,
    sources: &'a Sources,
    trees: &'a HashMap<FileId, Tree>,
    /// The `include`s of the first tree by their places: what each brings stands below it.
    includes: HashMap<(FileId, u32), NodeId>,
    builder: Builder,
}

impl<'a> Joiner<'a> {
    /// Puts in what stands side by side in the first tree: directives of a block, or whole files.
    fn content(&mut self, siblings: Range<u32>) {
        let mut put_in = None;
        for id in self.tree.siblings(siblings) {
            let file = self.tree.directive(self.sources, id).file();
            match self.trees.get(&file) {
                Some(_) if put_in == Some(file) => {}
                Some(again) => self.again(again, again.all()),
                None => {
                    self.builder.copy(self.tree, id);
                    let is_block = self.tree.directive(self.sources, id).is_block();
                    self.inside(self.tree.below(id), is_block);
                }
            }
            put_in = Some(file);
        }
    }

    /// What stands in a block just copied, or comes by an `include`.
    fn inside(&mut self, below: Range<u32>, is_block: bool) {
        if !is_block && below.is_empty() {
            return;
        }
        if !is_block {
            self.builder.enter_include();
        }
        self.content(below);
        self.builder.leave();
    }

    /// Puts in directives of a file that was read again.
    fn again(&mut self, again: &'a Tree, siblings: Range<u32>) {
        for id in again.siblings(siblings) {
            self.builder.copy(again, id);
            let directive = again.directive(self.sources, id);
            let place = (directive.file(), directive.span().start);
            if directive.is_block() {
                self.again(again, again.below(id));
                self.builder.leave();
            } else if let Some(include) = self.includes.get(&place) {
                self.inside(self.tree.below(*include), false);
            }
        }
    }
}
