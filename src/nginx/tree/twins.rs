//! Servers that say the same under another name: a fleet of ten thousand has a few kinds of them.
//!
//! Two servers are twins when their text, comments included, is the same once each one's own name is taken out of
//! the few directives that speak of names and files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use memchr::memmem;
use rayon::prelude::*;

use super::{Argument, Directive, NodeId, Tree};
use crate::nginx::directives::Known;
use crate::text::Sources;

/// What a server's name is taken out of.
const OF_NAMES: [&str; 8] = [
    "server_name",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_trusted_certificate",
    "access_log",
    "error_log",
    "root",
    "return",
];

/// The `server` blocks of a tree that are twins of earlier ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Twins {
    /// The first of its kind, by each of the others.
    firsts: HashMap<NodeId, NodeId>,
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
        let unnamed: Vec<Unnamed<'_>> = servers.par_iter().map(|server| Unnamed::of(*server)).collect();
        let mut kinds = HashMap::new();
        let firsts = unnamed.iter().enumerate().map(|(at, one)| (at, *kinds.entry(one.key).or_insert(at)));
        let others: Vec<(usize, usize)> = firsts.filter(|(at, first)| at != first).collect();
        let is_twin = |&(at, first): &(usize, usize)| {
            servers[at].parent() == servers[first].parent() && unnamed[at] == unnamed[first]
        };
        let twins = others.into_par_iter().filter(is_twin);
        Twins { firsts: twins.map(|(at, first)| (servers[at].id(), servers[first].id())).collect() }
    }

    /// The first that says what this server says; none where that is itself.
    pub(super) fn first(&self, server: NodeId) -> Option<NodeId> {
        self.firsts.get(&server).copied()
    }
}

/// The text of a server without its own name.
#[derive(PartialEq)]
struct Unnamed<'t> {
    key: u64,
    pieces: Vec<&'t str>,
}

impl<'t> Unnamed<'t> {
    fn of(server: Directive<'t>) -> Unnamed<'t> {
        let (text, span) = (server.text(), server.span());
        // A name stands in some six places.
        let mut pieces = Vec::with_capacity(8);
        let mut from = span.start as usize;
        if let Some(name) = own_name(server) {
            let holding = server.children().filter(|child| child.known().is_some_and(may_hold_names));
            for word in holding.flat_map(Directive::args) {
                let end = word.span().end as usize;
                let mut at = word.span().start as usize;
                while let Some(found) = memmem::find(&text.as_bytes()[at..end], name.as_bytes()) {
                    at += found;
                    pieces.push(&text[from..at]);
                    at += name.len();
                    from = at;
                }
            }
        }
        pieces.push(&text[from..span.end as usize]);
        let mut hasher = DefaultHasher::new();
        pieces.hash(&mut hasher);
        Unnamed { key: hasher.finish(), pieces }
    }
}

/// Whether a server's name is taken out of such a directive.
fn may_hold_names(directive: Known) -> bool {
    static OF_NAMES_KNOWN: LazyLock<Vec<Known>> =
        LazyLock::new(|| OF_NAMES.iter().filter_map(|name| Known::of(name)).collect());
    OF_NAMES_KNOWN.contains(&directive)
}

/// The first name of a server that is one of a host: no other word is likely to be taken for it.
fn own_name(server: Directive<'_>) -> Option<&str> {
    let is_plain = |name: &&str| {
        let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        name.bytes().all(is_of_host)
            && name.contains('.')
            && !name.starts_with('.')
            && name.ends_with(|last: char| last.is_ascii_alphabetic())
    };
    server.find_all("server_name").flat_map(Directive::args).map(Argument::content).find(is_plain)
}
