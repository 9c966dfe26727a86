//! The cursor on a block, and the walks over directives.

use std::ops::Range;

use super::head::Head;
use super::{Directive, NodeId, Tree, signature};
use crate::text::Sources;

/// The inside of a block, or the top of a file.
#[derive(Clone, Copy)]
pub struct Block<'t> {
    tree: &'t Tree,
    sources: &'t Sources,
    owner: Option<NodeId>,
}

impl<'t> Block<'t> {
    pub(super) fn new(tree: &'t Tree, sources: &'t Sources, owner: Option<NodeId>) -> Block<'t> {
        Block { tree, sources, owner }
    }

    /// The directive whose braces these are; none at the top of a file.
    pub fn owner(self) -> Option<Directive<'t>> {
        self.owner.map(|id| Directive::new(self.tree, self.sources, id))
    }

    /// The directives in it, in order; those an `include` brings follow the `include`.
    pub fn iter(self) -> Directives<'t> {
        Directives::between(self.tree, self.sources, self.below())
    }

    /// The first directive of this name, not deeper.
    pub fn find(self, name: &str) -> Option<Directive<'t>> {
        self.find_all(name).next()
    }

    /// All directives of this name, not deeper.
    pub fn find_all<'n>(self, name: &'n str) -> Named<'t, 'n> {
        let signature = signature(name.as_bytes());
        let head = self.head();
        let ids = if !head.may_hold(signature) {
            Some([].iter())
        } else if head.is_wide() {
            let outlines = self.tree.outlines(self.sources);
            outlines.of(self.owner).map(|outline| outline.named(name).iter())
        } else {
            None
        };
        Named { name, signature, ids, all: self.iter() }
    }

    /// All directives at any depth, in the order nginx reads them.
    pub fn descendants(self) -> Descendants<'t> {
        Descendants::between(self.tree, self.sources, self.below())
    }

    /// All directives of this name at any depth, in the order nginx reads them.
    pub fn every(self, name: &str) -> impl Iterator<Item = Directive<'t>> {
        let signature = signature(name.as_bytes());
        let (tree, sources) = (self.tree, self.sources);
        let may_hold = tree.names.may_hold(signature);
        let listed =
            Some(tree).filter(|_| may_hold).and_then(|tree| tree.listed(name)).map(|ids| self.among(ids));
        let walked = (may_hold && listed.is_none()).then(|| self.descendants());
        let walked = walked.into_iter().flatten().filter(move |one| one.is_signed(signature, name));
        let listed = listed.unwrap_or_default().iter();
        listed.map(move |id| Directive::new(tree, sources, *id)).chain(walked)
    }

    /// Those of a sorted list that stand in it, at any depth.
    fn among(self, ids: &[NodeId]) -> &[NodeId] {
        let below = self.below();
        let start = ids.partition_point(|id| id.0 < below.start);
        let end = ids.partition_point(|id| id.0 < below.end);
        &ids[start..end]
    }

    /// The tree it is of.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The table its text lives in.
    pub fn sources(self) -> &'t Sources {
        self.sources
    }

    pub(super) fn head(self) -> &'t Head {
        self.tree.head(self.owner)
    }

    fn below(self) -> Range<u32> {
        self.owner().map_or(0..super::offset(self.tree.len()), Directive::below)
    }
}

impl<'t> IntoIterator for Block<'t> {
    type Item = Directive<'t>;
    type IntoIter = Directives<'t>;

    fn into_iter(self) -> Directives<'t> {
        self.iter()
    }
}

impl PartialEq for Block<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for Block<'_> {}

impl std::fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The directives of one block, in order.
#[derive(Clone)]
pub struct Directives<'t> {
    tree: &'t Tree,
    sources: &'t Sources,
    range: Range<u32>,
}

impl<'t> Directives<'t> {
    pub(super) fn between(tree: &'t Tree, sources: &'t Sources, range: Range<u32>) -> Directives<'t> {
        Directives { tree, sources, range }
    }
}

impl<'t> Iterator for Directives<'t> {
    type Item = Directive<'t>;

    fn next(&mut self) -> Option<Directive<'t>> {
        let id = self.range.next()?;
        let directive = Directive::new(self.tree, self.sources, NodeId(id));
        // What an `include` brought stands below it in the tree, and beside it to nginx.
        if directive.is_block() {
            self.range.start = directive.below().end;
        }
        Some(directive)
    }
}

/// The directives of one name in a block, in order.
#[derive(Clone)]
pub struct Named<'t, 'n> {
    name: &'n str,
    signature: u32,
    /// Those of a block with very many directives, and of one that has none of the name.
    ids: Option<std::slice::Iter<'t, NodeId>>,
    /// All directives of any other.
    all: Directives<'t>,
}

impl<'t> Iterator for Named<'t, '_> {
    type Item = Directive<'t>;

    fn next(&mut self) -> Option<Directive<'t>> {
        match &mut self.ids {
            Some(ids) => ids.next().map(|id| Directive::new(self.all.tree, self.all.sources, *id)),
            None => self.all.by_ref().find(|child| child.is_signed(self.signature, self.name)),
        }
    }
}

/// The directives of a block at any depth, in order.
#[derive(Clone)]
pub struct Descendants<'t> {
    tree: &'t Tree,
    sources: &'t Sources,
    range: Range<u32>,
}

impl<'t> Descendants<'t> {
    pub(super) fn between(tree: &'t Tree, sources: &'t Sources, range: Range<u32>) -> Descendants<'t> {
        Descendants { tree, sources, range }
    }
}

impl<'t> Iterator for Descendants<'t> {
    type Item = Directive<'t>;

    fn next(&mut self) -> Option<Directive<'t>> {
        let id = self.range.next()?;
        Some(Directive::new(self.tree, self.sources, NodeId(id)))
    }
}
