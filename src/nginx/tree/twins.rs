//! Servers that say the same under another name: a fleet of ten thousand has a few kinds of them.
//!
//! Two servers are twins when their text, comments included, is the same once each one's own name is taken out of
//! the few directives that speak of names and files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
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
        let unnamed: Vec<_> =
            servers.par_iter().map(|one| (one.parent().map(Directive::id), Unnamed::server(*one))).collect();
        let mut kinds = HashMap::new();
        let firsts =
            servers.iter().zip(unnamed).map(|(server, kind)| (server, *kinds.entry(kind).or_insert(server)));
        let twins = firsts.filter(|(server, first)| server != first);
        Twins { firsts: twins.map(|(server, first)| (server.id(), first.id())).collect() }
    }

    /// The first that says what this server says; none where that is itself.
    pub(super) fn first(&self, server: NodeId) -> Option<NodeId> {
        self.firsts.get(&server).copied()
    }
}

/// A text without the names of its servers.
#[derive(PartialEq, Eq)]
pub struct Unnamed<'t> {
    key: u64,
    pieces: Vec<&'t str>,
}

impl<'t> Unnamed<'t> {
    /// The text of a file that nobody else has a word in: no `include`, and no comment that speaks to this program.
    pub fn file(tree: &Tree, sources: &'t Sources) -> Option<Unnamed<'t>> {
        let root = tree.root(sources);
        if tree.holds_include() || tree.is_addressed() {
            return None;
        }
        let text = sources.file(root.iter().next()?.file()).text();
        let servers = root.every("server").filter(|server| server.is_block());
        Some(Unnamed::of(text, 0..text.len(), servers.flat_map(places_of_name)))
    }

    /// The text of a server.
    fn server(server: Directive<'t>) -> Unnamed<'t> {
        Unnamed::of(server.text(), server.span().range(), places_of_name(server).into_iter())
    }

    fn of(text: &'t str, whole: Range<usize>, names: impl Iterator<Item = Range<usize>>) -> Unnamed<'t> {
        let mut pieces = Vec::with_capacity(8);
        let mut from = whole.start;
        for name in names {
            // Of a server in a server, which nginx refuses.
            if name.start < from {
                continue;
            }
            pieces.push(&text[from..name.start]);
            from = name.end;
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

/// Where a server's own name stands in what it is taken out of, in the order of the text.
fn places_of_name(server: Directive<'_>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let Some(name) = own_name(server) else { return places };
    for word in server.children().filter(|child| child.may_hold_own_name()).flat_map(Directive::args) {
        let mut at = word.span().start as usize;
        let (text, end) = (server.text().as_bytes(), word.span().end as usize);
        while let Some(found) = memmem::find(&text[at..end], name.as_bytes()) {
            let start = at + found;
            at = start + name.len();
            places.push(start..at);
        }
    }
    places
}

impl Directive<'_> {
    /// Whether twins may differ in such a directive: the name of its server is taken out of it.
    pub(in crate::nginx) fn may_hold_own_name(self) -> bool {
        static OF_NAMES_KNOWN: LazyLock<Vec<Known>> =
            LazyLock::new(|| OF_NAMES.iter().filter_map(|name| Known::of(name)).collect());
        self.known().is_some_and(|known| OF_NAMES_KNOWN.contains(&known))
    }
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

#[cfg(test)]
mod tests {
    use super::Unnamed;
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    fn are_alike(one: &str, other: &str) -> bool {
        let mut sources = Sources::new();
        let trees = [one, other].map(|text| {
            let file = sources.add(SourceFile::new("a.conf", text));
            parse(file, text).0
        });
        let [one, other] = trees.each_ref().map(|tree| Unnamed::file(tree, &sources));
        one.is_some_and(|one| Some(one) == other)
    }

    #[test]
    fn a_name_counts_only_where_names_and_files_are_spoken_of() {
        let site = |name: &str, host: &str| {
            format!(
                "server {{ server_name {name} www.{name}; root /srv/{name}; proxy_set_header Host {host}; }}"
            )
        };
        assert!(are_alike(&site("a.org", "$host"), &site("longer.example.net", "$host")));
        assert!(!are_alike(&site("a.org", "a.org"), &site("b.org", "b.org")));
        assert!(!are_alike(&site("a.org", "$host"), &site("b.org", "$http_host")));
    }

    #[test]
    fn words_that_are_no_hosts_name_stay() {
        for (one, other) in [("80", "81"), ("_", "localhost"), ("~^a", "~^b"), ("10.0.0.1", "10.0.0.2")] {
            let site = |name: &str| format!("server {{ server_name {name}; return 301 http://{name}; }}");
            assert!(!are_alike(&site(one), &site(other)), "{one} and {other}");
        }
    }

    #[test]
    fn what_others_have_a_word_in_is_like_nothing() {
        for text in ["server { include a; }", "# nginx-gen: type sse\nserver { }", ""] {
            assert!(!are_alike(text, text), "{text}");
        }
    }

    #[test]
    fn servers_in_servers_are_no_trouble() {
        let text = "server { server_name a.org; server { server_name b.org; } root /srv/a.org; }";
        assert!(are_alike(text, text));
    }
}
