//! The tree of directives, flat in memory, and cursors to walk it.
//!
//! A [`Tree`] holds numbers only: ten thousand sites take a few tens of MB. Names and values stay in the
//! source text and are decoded when asked for, so a walk starts with the [`Sources`] that own the text:
//!
//! ```
//! use nginx_gen::nginx::parser::parse;
//! use nginx_gen::text::{SourceFile, Sources};
//!
//! let mut sources = Sources::new();
//! let file = sources.add(SourceFile::new("site.conf", "server { server_name a.org b.org; }"));
//! let (tree, faults) = parse(file, sources.file(file).text());
//! assert!(faults.is_empty());
//! let server = tree.root(&sources).find("server").unwrap();
//! let names: Vec<_> = server.find("server_name").unwrap().args().map(|name| name.value()).collect();
//! assert_eq!(names, ["a.org", "b.org"]);
//! ```

mod argument;
mod block;
mod builder;
mod comment;
mod directive;
mod head;
mod index;
mod mould;
mod names;
mod outline;
mod own_name;
mod renaming;
mod twins;

pub use argument::{Argument, Arguments};
pub use block::{Block, Descendants, Directives, Named};
pub use comment::Comment;
pub use directive::Directive;
pub use renaming::{Original, Renaming};

pub(in crate::nginx) use builder::Builder;
pub(in crate::nginx) use directive::is_lua_block;
pub(in crate::nginx) use mould::{Mould, Moves};

use std::ops::Range;
use std::sync::OnceLock;

use self::head::Head;
use self::index::Index;
use self::names::{Names, QUOTED, signature};
use self::outline::Outlines;
use self::twins::{Repeat, Twins};
use crate::nginx::directives::Known;
use crate::text::{FileId, Sources, Span};

/// Names one directive of a [`Tree`]; in the order of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

/// No node, or no place.
const NONE: u32 = u32::MAX;

/// From so many directives on a tree is large: looking things up beforehand takes less than doing them again.
const LARGE: usize = 4096;

/// A directive. Nodes stand in the order of the text, so all below one follow it directly.
#[derive(Clone, Copy, Debug)]
struct Node {
    file: FileId,
    /// The directive it is written or included in, [`NONE`] at the top.
    parent: u32,
    /// Index of its name among the words; its arguments follow, up to the next node's name.
    words: u32,
    /// Index of the first node that is not below this one.
    next: u32,
    /// Index of its braces among the heads, [`NONE`] for a simple directive.
    head: u32,
    /// Offset behind its `;` or `}`.
    end: u32,
    /// Of its name: names are compared far more often than they are equal.
    signature: u32,
    /// Its name, when nginx has such a directive and it is written without quotes.
    known: Option<Known>,
}

/// A name or an argument as written, quotes included.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    end: u32,
}

/// The directives of one file, or of several joined by `include`.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    words: Vec<Word>,
    /// One for each block.
    heads: Vec<Head>,
    /// Of what stands in no block.
    top: Head,
    /// In the order of files and offsets.
    comments: Vec<Span>,
    /// Whether one of them speaks to this program.
    is_addressed: bool,
    names: Names,
    /// In their order.
    repeats: Vec<Repeat>,
    /// Made when something is first looked for.
    outlines: OnceLock<Outlines>,
    /// The same; none of a small tree.
    index: OnceLock<Option<Index>>,
    /// Made when it is first asked for.
    twins: OnceLock<Twins>,
}

impl Tree {
    /// The top of the tree; `sources` is the table the parsed text lives in.
    pub fn root<'t>(&'t self, sources: &'t Sources) -> Block<'t> {
        Block::new(self, sources, None)
    }

    /// The directive of an id this tree gave out.
    pub fn directive<'t>(&'t self, sources: &'t Sources, id: NodeId) -> Directive<'t> {
        Directive::new(self, sources, id)
    }

    /// How many directives there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are so many directives that what is asked for often is better looked up beforehand.
    pub fn is_large(&self) -> bool {
        self.len() >= LARGE
    }

    /// Whether there is no directive at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every comment, in the order of the text.
    pub fn comments<'t>(&'t self, sources: &'t Sources) -> impl Iterator<Item = Comment<'t>> {
        self.comments.iter().map(|&span| Comment::new(sources, span))
    }

    /// Whether some comment speaks to this program: most files have none.
    pub fn is_addressed(&self) -> bool {
        self.is_addressed
    }

    /// Whether there may be an `include` in it.
    pub(in crate::nginx) fn holds_include(&self) -> bool {
        self.may_hold("include")
    }

    /// Whether some directive has a name that nginx does not know, or one in quotes.
    pub fn has_unknown_names(&self) -> bool {
        self.names.has_unknown()
    }

    /// Whether there may be a directive of this name; where there is none, that is nearly always known at once.
    pub(crate) fn may_hold(&self, name: &str) -> bool {
        self.names.may_hold(signature(name.as_bytes()))
    }

    /// The nodes of the whole tree.
    pub(in crate::nginx) fn all(&self) -> Range<u32> {
        0..offset(self.nodes.len())
    }

    /// The nodes below one.
    pub(in crate::nginx) fn below(&self, id: NodeId) -> Range<u32> {
        id.0 + 1..self.node(id).next
    }

    /// The nodes of a range that are below no other of it.
    pub(in crate::nginx) fn siblings(&self, mut range: Range<u32>) -> impl Iterator<Item = NodeId> {
        std::iter::from_fn(move || {
            let id = NodeId(range.next()?);
            range.start = self.node(id).next;
            Some(id)
        })
    }

    /// The summary of a block, or of the top.
    fn head(&self, block: Option<NodeId>) -> &Head {
        block.map_or(&self.top, |id| &self.heads[self.node(id).head as usize])
    }

    /// The directives of this name, where that takes no walk.
    fn listed(&self, name: &str) -> Option<&[NodeId]> {
        let index = self.index.get_or_init(|| Index::of(self)).as_ref()?;
        Known::of(name).map(|name| index.named(name))
    }

    /// The first `server` of the tree that says the same as this one but for its name; none where that is itself.
    /// Looking for them takes as long as parsing; it pays where much is not looked at then.
    pub fn twin_of(&self, server: Directive<'_>) -> Option<NodeId> {
        self.twins.get_or_init(|| Twins::of(self, server.sources())).first(server.id())
    }

    /// The first server that says the same as this one but for its name; itself, where there is none, or where looking
    /// for it takes longer than doing things twice.
    pub fn kind_of(&self, server: Directive<'_>) -> NodeId {
        Some(server)
            .filter(|_| self.is_large())
            .and_then(|server| self.twin_of(server))
            .unwrap_or(server.id())
    }

    fn outlines(&self, sources: &Sources) -> &Outlines {
        self.outlines.get_or_init(|| Outlines::of_tree(self, sources))
    }

    #[inline]
    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The words of a directive: its name, then its arguments.
    fn words(&self, id: NodeId) -> &[Word] {
        let start = self.node(id).words as usize;
        let end = self.nodes.get(id.0 as usize + 1).map_or(self.words.len(), |next| next.words as usize);
        &self.words[start..end]
    }
}

/// `Sources` bounds files to 1 GiB, and a word or a node takes at least one byte of text.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("files are bounded to `MAX_FILE`")
}
