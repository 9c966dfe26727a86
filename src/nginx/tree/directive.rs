//! The cursor on one directive.

use std::borrow::Cow;

use super::{
    Argument, Arguments, Block, Descendants, Directives, NONE, Node, NodeId, QUOTED, Tree, signature,
};
use crate::nginx::directives::{Known, Spec, lookup};
use crate::text::{FileId, Sources, Span};

/// One directive of a tree. Small and `Copy`; two are equal when they are the same one of the same tree.
#[derive(Clone, Copy)]
pub struct Directive<'t> {
    tree: &'t Tree,
    sources: &'t Sources,
    id: NodeId,
}

impl<'t> Directive<'t> {
    pub(super) fn new(tree: &'t Tree, sources: &'t Sources, id: NodeId) -> Directive<'t> {
        Directive { tree, sources, id }
    }

    /// Its name, as nginx reads it (it may be quoted).
    pub fn name(self) -> Cow<'t, str> {
        self.known().map_or_else(|| self.name_word().value(), |known| Cow::Borrowed(known.name()))
    }

    /// Its name, when nginx has such a directive in any version and it is written without quotes.
    #[inline]
    pub fn known(self) -> Option<Known> {
        self.node().known
    }

    /// Everything nginx reads under its name, in any version; nothing of a name it does not know.
    pub fn specs(self) -> &'static [Spec] {
        self.known().map_or_else(|| lookup(&self.name()), Known::specs)
    }

    /// Whether this is its name. It may be quoted; no escape stands for a letter.
    // Inlined, so that the signature of a literal costs nothing when it runs.
    #[inline]
    pub fn is(self, name: &str) -> bool {
        self.is_signed(signature(name.as_bytes()), name)
    }

    /// The same, with the name's signature at hand.
    #[inline]
    pub(super) fn is_signed(self, signed: u32, name: &str) -> bool {
        let node = self.node();
        match node.known {
            // Its text is far away, and nearly always this.
            Some(known) => node.signature == signed && known.name() == name,
            None => (node.signature == signed || node.signature == QUOTED) && self.name_word().is(name),
        }
    }

    /// Its arguments, without the name.
    pub fn args(self) -> Arguments<'t> {
        Arguments::new(self.file(), self.text(), &self.tree.words(self.id)[1..])
    }

    /// One argument, counted from 0.
    pub fn arg(self, index: usize) -> Option<Argument<'t>> {
        self.args().nth(index)
    }

    /// From its name to behind its `;` or `}`.
    pub fn span(self) -> Span {
        Span { file: self.file(), start: self.tree.words(self.id)[0].start, end: self.node().end }
    }

    /// Its name only.
    pub fn name_span(self) -> Span {
        self.name_word().span()
    }

    /// Its name and arguments, without the `;` or the block: what a message best points at.
    pub fn head_span(self) -> Span {
        let last = self.args().next_back().map_or(self.name_span(), Argument::span);
        self.name_span().to(last)
    }

    /// The `{` of a block.
    pub fn open_span(self) -> Option<Span> {
        let open = self.is_block().then(|| self.tree.head(Some(self.id)).open)?;
        Some(Span { file: self.file(), start: open, end: open + 1 })
    }

    /// The file it is written in.
    pub fn file(self) -> FileId {
        self.node().file
    }

    /// Whether it has a `{ … }`.
    pub fn is_block(self) -> bool {
        self.node().head != NONE
    }

    /// What is inside its braces, none for a simple directive.
    pub fn block(self) -> Option<Block<'t>> {
        self.is_block().then(|| Block::new(self.tree, self.sources, Some(self.id)))
    }

    /// The directives inside its braces, included ones too; none for a simple directive.
    pub fn children(self) -> Directives<'t> {
        match self.block() {
            Some(block) => block.iter(),
            None => Directives::between(self.tree, self.sources, 0..0),
        }
    }

    /// The first directive of this name inside its braces.
    pub fn find(self, name: &str) -> Option<Directive<'t>> {
        self.block()?.find(name)
    }

    /// All directives of this name inside its braces, not deeper.
    pub fn find_all(self, name: &str) -> impl Iterator<Item = Directive<'t>> {
        self.block().into_iter().flat_map(move |block| block.find_all(name))
    }

    /// All directives of this name inside its braces, at any depth.
    pub fn every(self, name: &str) -> impl Iterator<Item = Directive<'t>> {
        self.block().into_iter().flat_map(move |block| block.every(name))
    }

    /// Whether a directive of the same tree stands inside its braces, at any depth.
    pub fn holds(self, other: NodeId) -> bool {
        self.below().contains(&other.0)
    }

    /// All directives inside its braces, at any depth, in the order nginx reads them.
    pub fn descendants(self) -> Descendants<'t> {
        Descendants::between(self.tree, self.sources, self.below())
    }

    /// The block it stands in, across files; none at the top.
    pub fn parent(self) -> Option<Directive<'t>> {
        self.ancestors().next()
    }

    /// The blocks it stands in, innermost first.
    pub fn ancestors(self) -> impl Iterator<Item = Directive<'t>> {
        self.holders().filter(|holder| holder.is_block())
    }

    /// What it brought, when it is an `include`, not deeper; nothing of any other directive.
    pub fn brought(self) -> Directives<'t> {
        let below = if self.is_block() { 0..0 } else { self.below() };
        Directives::between(self.tree, self.sources, below)
    }

    /// The `include` that brought it here, when it is written in another file than the block it stands in.
    pub fn included_by(self) -> Option<Directive<'t>> {
        self.holders().next().filter(|holder| !holder.is_block())
    }

    /// The Lua text of a `…_by_lua_block`, which is not nginx's language.
    pub fn lua(self) -> Option<&'t str> {
        let open = self.open_span().filter(|_| is_lua_block(&self.name()))?;
        let body = &self.text()[open.end as usize..self.node().end as usize];
        Some(body.strip_suffix('}').unwrap_or(body))
    }

    /// Names it within its tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree it is of.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The table its text lives in.
    pub fn sources(self) -> &'t Sources {
        self.sources
    }

    /// The whole text of its file.
    pub(super) fn text(self) -> &'t str {
        self.sources.file(self.file()).text()
    }

    /// The blocks and `include`s it stands in, innermost first.
    fn holders(self) -> impl Iterator<Item = Directive<'t>> {
        let up = |directive: &Directive<'t>| {
            let parent = directive.node().parent;
            (parent != NONE).then_some(Directive { id: NodeId(parent), ..*directive })
        };
        std::iter::successors(up(&self), up)
    }

    /// The nodes below it.
    pub(super) fn below(self) -> std::ops::Range<u32> {
        self.tree.below(self.id)
    }

    fn node(self) -> &'t Node {
        self.tree.node(self.id)
    }

    fn name_word(self) -> Argument<'t> {
        Argument::new(self.file(), self.text(), self.tree.words(self.id)[0])
    }
}

impl PartialEq for Directive<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for Directive<'_> {}

impl std::hash::Hash for Directive<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl std::fmt::Debug for Directive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.sources.slice(self.head_span()))
    }
}

/// Whether this is the name of a block of Lua text (`OpenResty`).
pub(in crate::nginx) fn is_lua_block(name: &str) -> bool {
    name.ends_with("_by_lua_block")
}
