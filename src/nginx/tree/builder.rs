//! How a tree comes to be.

use std::ops::Range;

use super::head::Head;
use super::mould::Moves;
use super::twins::Repeat;
use super::{NONE, Node, NodeId, Tree, Word, comment, offset, signature};
use crate::nginx::directives::Known;
use crate::text::{FileId, Span};

/// Builds a tree in the order of the text; only the parser and the loader of includes do.
#[derive(Debug, Default)]
pub(in crate::nginx) struct Builder {
    tree: Tree,
    /// Blocks that are still open, innermost last.
    open: Vec<NodeId>,
    /// Where the words of the statement being read start.
    statement: usize,
    /// The signature of its name.
    signature: u32,
    /// Its name, when nginx has such a directive.
    known: Option<Known>,
}

impl Builder {
    /// A builder with room for what a text of this many bytes usually holds; memory that stays unused costs nothing.
    pub(in crate::nginx) fn for_text(bytes: usize) -> Builder {
        let nodes = Vec::with_capacity(bytes / 32);
        let words = Vec::with_capacity(bytes / 12);
        Builder { tree: Tree { nodes, words, ..Tree::default() }, ..Builder::default() }
    }

    /// Takes in a word of the statement being read.
    pub(in crate::nginx) fn word(&mut self, text: &str, start: usize, end: usize) {
        if self.pending() == 0 {
            self.signature = signature(&text.as_bytes()[start..end]);
            self.known = Known::of(&text[start..end]);
        }
        self.tree.words.push(Word { start: offset(start), end: offset(end) });
    }

    /// Takes in a comment.
    pub(in crate::nginx) fn comment(&mut self, text: &str, span: Span) {
        let comment = &text[span.range()];
        self.tree.is_addressed |=
            comment::address(comment).is_some() || comment::without_colon(comment).is_some();
        self.tree.comments.push(span);
    }

    /// How many words the statement being read has.
    pub(in crate::nginx) fn pending(&self) -> usize {
        self.tree.words.len() - self.statement
    }

    /// The offsets of the first and the last word of the statement being read.
    pub(in crate::nginx) fn pending_range(&self) -> Option<Range<usize>> {
        let words = &self.tree.words[self.statement..];
        Some(words.first()?.start as usize..words.last()?.end as usize)
    }

    /// The first word of the statement being read.
    pub(in crate::nginx) fn pending_name(&self) -> Option<Range<usize>> {
        let name = self.tree.words.get(self.statement)?;
        Some(name.start as usize..name.end as usize)
    }

    /// Ends the statement being read as a simple directive that ends before `end`.
    pub(in crate::nginx) fn finish(&mut self, file: FileId, end: usize) {
        self.push(file, None, end);
    }

    /// Ends the statement being read with a `{` at this offset; what follows is inside.
    pub(in crate::nginx) fn open(&mut self, file: FileId, at: usize) {
        let id = self.push(file, Some(offset(at)), at + 1);
        self.open.push(id);
    }

    /// Closes the innermost block, whose text ends before `end`.
    pub(in crate::nginx) fn close(&mut self, end: usize) {
        let Some(id) = self.open.pop() else { return };
        let next = offset(self.tree.nodes.len());
        let node = &mut self.tree.nodes[id.0 as usize];
        node.next = next;
        node.end = offset(end);
    }

    /// How many blocks are open.
    pub(in crate::nginx) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The blocks that are still open, outermost first.
    pub(in crate::nginx) fn open_blocks(&self) -> &[NodeId] {
        &self.open
    }

    /// The words and the `{` of a block: the range from its name to behind the `{`.
    pub(in crate::nginx) fn head(&self, id: NodeId) -> Range<usize> {
        self.tree.words(id)[0].start as usize..self.tree.head(Some(id)).open as usize + 1
    }

    /// The blocks already closed, as the ranges of their heads and the offset behind their `}`.
    pub(in crate::nginx) fn closed_blocks(&self) -> impl Iterator<Item = (Range<usize>, usize)> {
        let ids = (0..self.tree.nodes.len()).map(|index| NodeId(offset(index)));
        let closed = ids.filter(|id| self.tree.node(*id).head != NONE && !self.open.contains(id));
        closed.map(|id| (self.head(id), self.tree.node(id).end as usize))
    }

    /// How many directives there are so far.
    pub(in crate::nginx) fn len(&self) -> usize {
        self.tree.nodes.len()
    }

    /// Copies one directive of another tree; when it is a block, what follows is inside until [`Builder::leave`].
    pub(in crate::nginx) fn copy(&mut self, tree: &Tree, id: NodeId) {
        self.tree.words.extend_from_slice(tree.words(id));
        let node = tree.node(id);
        (self.signature, self.known) = (node.signature, node.known);
        let open = (node.head != NONE).then(|| tree.head(Some(id)).open);
        let id = self.push(node.file, open, node.end as usize);
        if open.is_some() {
            self.open.push(id);
        }
    }

    /// Makes room for trees that will be copied.
    pub(in crate::nginx) fn reserve<'t>(&mut self, trees: impl Iterator<Item = &'t Tree> + Clone) {
        self.tree.nodes.reserve_exact(trees.clone().map(|tree| tree.nodes.len()).sum());
        self.tree.words.reserve_exact(trees.clone().map(|tree| tree.words.len()).sum());
        self.tree.heads.reserve_exact(trees.map(|tree| tree.heads.len()).sum());
    }

    /// Copies all of another tree, in which there is no `include`, at once.
    pub(in crate::nginx) fn copy_all(&mut self, tree: &Tree) {
        self.copy_placed(tree, None, |at| at);
    }

    /// Copies all of another tree for a file that repeats it. Where that tree was copied itself before, `first` is where
    /// its directives begin.
    pub(in crate::nginx) fn copy_moved(&mut self, tree: &Tree, moves: &Moves, first: Option<usize>) {
        let start = offset(self.tree.nodes.len());
        self.copy_placed(tree, Some(moves.file()), moves.places());
        if let Some(first) = first.map(offset) {
            self.tree.repeats.push(Repeat { nodes: start..offset(self.tree.nodes.len()), first });
        }
    }

    /// Copies all of another tree, its places as they are in this file.
    fn copy_placed(&mut self, tree: &Tree, file: Option<FileId>, mut at: impl FnMut(u32) -> u32) {
        let offsets = [self.tree.nodes.len(), self.tree.words.len(), self.tree.heads.len()].map(offset);
        let [nodes, words, heads] = offsets;
        let parent = self.open.last().map_or(NONE, |id| id.0);
        let moved = |index: u32, by: u32, none: u32| if index == NONE { none } else { index + by };
        self.tree.names.merge(&tree.names);
        self.around().merge(&tree.top);
        self.tree.nodes.extend(tree.nodes.iter().map(|node| Node {
            file: file.unwrap_or(node.file),
            parent: moved(node.parent, nodes, parent),
            words: node.words + words,
            next: node.next + nodes,
            head: moved(node.head, heads, NONE),
            end: at(node.end),
            ..*node
        }));
        self.tree
            .words
            .extend(tree.words.iter().map(|word| Word { start: at(word.start), end: at(word.end) }));
        self.tree.heads.extend(tree.heads.iter().map(|head| head.opened_at(at(head.open))));
        self.statement = self.tree.words.len();
    }

    /// What follows is brought by the `include` just copied, until [`Builder::leave`].
    pub(in crate::nginx) fn enter_include(&mut self) {
        let last = offset(self.tree.nodes.len() - 1);
        self.open.push(NodeId(last));
    }

    /// Ends the innermost block or `include`, which keeps the end it was copied with.
    pub(in crate::nginx) fn leave(&mut self) {
        let Some(id) = self.open.pop() else { return };
        self.tree.nodes[id.0 as usize].next = offset(self.tree.nodes.len());
    }

    /// Takes over the comments of a file, or of one that it repeats; files come in the order of their ids.
    pub(in crate::nginx) fn comments_of(&mut self, tree: &Tree, moves: Option<&Moves>) {
        self.tree.is_addressed |= tree.is_addressed;
        match moves {
            Some(moves) => self.tree.comments.extend(moves.comments(tree)),
            None => self.tree.comments.extend_from_slice(&tree.comments),
        }
    }

    /// The tree of several files.
    pub(in crate::nginx) fn into_joined_tree(self) -> Tree {
        self.tree
    }

    /// The tree; blocks that are still open end before `end`.
    pub(in crate::nginx) fn into_tree(mut self, end: usize) -> Tree {
        while !self.open.is_empty() {
            self.close(end);
        }
        // There may be ten thousand of them at once.
        self.tree.nodes.shrink_to_fit();
        self.tree.words.shrink_to_fit();
        self.tree.heads.shrink_to_fit();
        self.tree
    }

    /// Ends the statement being read; of a block with the offset of its `{`.
    fn push(&mut self, file: FileId, open: Option<u32>, end: usize) -> NodeId {
        let index = offset(self.tree.nodes.len());
        let parent = self.open.last().map_or(NONE, |id| id.0);
        let words = offset(self.statement);
        let (signature, known) = (self.signature, self.known);
        self.tree.names.insert(signature, known.is_some());
        self.around().insert(signature);
        let head = open.map_or(NONE, |open| {
            self.tree.heads.push(Head::new(open));
            offset(self.tree.heads.len() - 1)
        });
        let (next, end) = (index + 1, offset(end));
        self.tree.nodes.push(Node { file, parent, words, next, head, end, signature, known });
        self.statement = self.tree.words.len();
        NodeId(index)
    }

    /// The block that what is read next stands in, whichever file it is written in.
    fn around(&mut self) -> &mut Head {
        let heads = self.open.iter().rev().map(|id| self.tree.node(*id).head);
        match heads.into_iter().find(|head| *head != NONE) {
            Some(head) => &mut self.tree.heads[head as usize],
            None => &mut self.tree.top,
        }
    }
}
