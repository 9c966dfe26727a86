//! Servers that say the same under another name: a fleet of ten thousand has a few kinds of them.
//!
//! Two servers are twins when their text, comments included, is the same once each one's own name is taken out of
//! the few directives that speak of names and files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use rayon::prelude::*;

use super::own_name::OwnName;
use super::{Directive, NONE, NodeId, Tree};
use crate::text::Sources;

/// The `server` blocks of a tree that are twins of earlier ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Twins {
    /// The first of its kind, by each of the others.
    firsts: HashMap<NodeId, NodeId>,
}

/// The directives of a file that repeats an earlier one of the tree: see [`Mould`](super::Mould).
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub(super) nodes: Range<u32>,
    /// Where those of the earlier one begin.
    pub(super) first: u32,
}

impl Twins {
    pub(super) fn of(tree: &Tree, sources: &Sources) -> Twins {
        let root = tree.root(sources);
        let includes: Vec<NodeId> = root.every("include").map(Directive::id).collect();
        let is_whole = |server: &Directive<'_>| {
            let below = server.below();
            let behind = includes.get(includes.partition_point(|id| id.0 < below.start));
            server.is_block() && behind.is_none_or(|id| id.0 >= below.end)
        };
        let servers: Vec<Directive<'_>> = root.every("server").filter(is_whole).collect();
        let kinds: Vec<_> = servers.par_iter().map(|server| Kind::of(*server)).collect();
        let (mut firsts, mut known) = (HashMap::new(), HashMap::new());
        for (server, kind) in servers.iter().map(|server| server.id()).zip(kinds) {
            let first = match kind {
                Kind::Of(first) => firsts.get(&first).copied().unwrap_or(first),
                kind @ Kind::Itself(..) => *known.entry(kind).or_insert(server),
            };
            if first != server {
                firsts.insert(server, first);
            }
        }
        Twins { firsts }
    }

    /// The first that says what this server says; none where that is itself.
    pub(super) fn first(&self, server: NodeId) -> Option<NodeId> {
        self.firsts.get(&server).copied()
    }
}

impl Tree {
    /// The directive of an earlier file, around which the same is set, that the file of this one repeats.
    fn repeated(&self, id: NodeId) -> Option<NodeId> {
        let at = self.repeats.partition_point(|repeat| repeat.nodes.end <= id.0);
        let repeat = self.repeats.get(at).filter(|repeat| repeat.nodes.contains(&id.0))?;
        let first = NodeId(repeat.first + id.0 - repeat.nodes.start);
        (self.block_around(first) == self.block_around(id)).then_some(first)
    }

    fn block_around(&self, id: NodeId) -> u32 {
        let mut around = self.node(id).parent;
        while around != NONE && self.node(NodeId(around)).head == NONE {
            around = self.node(NodeId(around)).parent;
        }
        around
    }
}

/// What a server says.
#[derive(PartialEq, Eq, Hash)]
enum Kind<'t> {
    /// The same as an earlier one.
    Of(NodeId),
    /// This, in this block.
    Itself(Option<NodeId>, Unnamed<'t>),
}

impl<'t> Kind<'t> {
    fn of(server: Directive<'t>) -> Kind<'t> {
        match server.tree().repeated(server.id()) {
            Some(first) => Kind::Of(first),
            None => Kind::Itself(server.parent().map(Directive::id), Unnamed::of(server)),
        }
    }
}

/// The text of a server without its name.
#[derive(PartialEq, Eq)]
struct Unnamed<'t> {
    key: u64,
    pieces: Vec<&'t str>,
}

impl<'t> Unnamed<'t> {
    fn of(server: Directive<'t>) -> Unnamed<'t> {
        let (text, whole) = (server.text(), server.span().range());
        let mut pieces = Vec::with_capacity(8);
        let mut from = whole.start;
        for name in OwnName::of(server).places {
            pieces.push(&text[from..name.start as usize]);
            from = name.end as usize;
        }
        pieces.push(&text[from..whole.end]);
        let mut hasher = DefaultHasher::new();
        pieces.hash(&mut hasher);
        Unnamed { key: hasher.finish(), pieces }
    }
}

impl Hash for Unnamed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::lint::{Example, RULES};
    use crate::nginx::source::{Memory, load};
    use crate::nginx::tree::Directive;
    use crate::text::Sources;

    /// Files with three copies of each example, read by these `include`s: which server is the twin of which.
    fn twins(examples: &[&Example], includes: &str) -> (usize, Vec<Option<usize>>) {
        let mut files = Memory::default();
        files.insert("/nginx.conf", format!("http {{ {includes} }}"));
        for (at, text) in examples.iter().flat_map(|one| (0..3).map(|number| one.copy(number))).enumerate() {
            files.insert(format!("/{}/{at:04}.conf", if at < 30 { "a" } else { "b" }), text);
        }
        let mut sources = Sources::new();
        let tree = load(&mut sources, &files, Path::new("/nginx.conf"), None).unwrap().tree;
        let servers: Vec<_> = tree.root(&sources).every("server").filter(|one| one.is_block()).collect();
        let place = |id| servers.iter().position(|server| server.id() == id);
        let first = |server: &Directive<'_>| tree.twin_of(*server).and_then(place);
        (tree.repeats.len(), servers.iter().map(first).collect())
    }

    #[test]
    fn servers_of_files_that_were_not_parsed_have_the_twins_they_would_have() {
        let (mut all_repeats, mut all_twins) = (0, 0);
        let examples: Vec<_> = RULES.iter().flat_map(|rule| rule.good).collect();
        for some in examples.chunks_exact(20) {
            let (repeats, cast) = twins(some, "include /*/*.conf;");
            // Few are parsed each.
            let (no_repeats, parsed) = twins(some, "include /a/*.conf; include /b/*.conf;");
            assert_eq!((cast.as_slice(), no_repeats), (parsed.as_slice(), 0));
            all_repeats += repeats;
            all_twins += cast.into_iter().flatten().count();
        }
        assert!(all_repeats > 100 && all_twins > 100, "{all_repeats} files, {all_twins} servers");
    }
}
