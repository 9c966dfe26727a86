//! Files that repeat another one under other names: a fleet of ten thousand sites has a few texts.
//!
//! Such a file is not parsed: its tree is the first one's, with each place moved by as much as the names before it are
//! longer.

use std::ops::Range;
use std::sync::Arc;

use super::own_name::{self, OwnName};
use super::renaming::{Mover, Places};
use super::{Builder, Tree, offset};
use crate::text::{FileId, Sources, Span};

/// No word that a name stands in is longer, in bytes: nginx refuses long ones, which only parsing tells.
const LONGEST_WORD: usize = 2048;

/// A parsed text that others may repeat under other names.
pub(in crate::nginx) struct Mould<'t> {
    text: &'t str,
    places: Arc<Places>,
    servers: Vec<Server>,
}

/// How the places of a file are moved that repeats another one.
#[derive(Debug)]
pub(in crate::nginx) struct Moves {
    file: FileId,
    from: Arc<Places>,
    to: Places,
}

/// A server of a mould.
struct Server {
    whole: Range<u32>,
    /// Which of all the places its name stands at.
    places: Range<usize>,
}

impl<'t> Mould<'t> {
    /// The mould that the only file of a tree is, with nothing wrong in its text. None where others have a word in it:
    /// it includes files, or a comment speaks to this program.
    pub(in crate::nginx) fn of(tree: &Tree, sources: &'t Sources) -> Option<Mould<'t>> {
        let root = tree.root(sources);
        let text = sources.file(root.iter().next()?.file()).text();
        let longest = tree.words.iter().map(|word| word.end - word.start).max()?;
        if tree.holds_include() || tree.is_addressed() || longest as usize > LONGEST_WORD {
            return None;
        }
        let (mut names, mut servers) = (Vec::new(), Vec::new());
        for server in root.every("server").filter(|server| server.is_block()) {
            let (span, start) = (server.span(), names.len());
            names.extend(OwnName::of(server).places);
            servers.push(Server { whole: span.start..span.end, places: start..names.len() });
        }
        // A server in a server, which nginx refuses, would have them out of order.
        let is_in_order = names.is_sorted_by_key(|name: &Range<u32>| name.start);
        is_in_order.then(|| Mould { text, places: Arc::new(Places { start: 0, names }), servers })
    }

    /// How a text differs that repeats this one; none of any other.
    pub(in crate::nginx) fn fits(&self, file: FileId, text: &str) -> Option<Moves> {
        let to = self.places_in(text)?;
        let is_long = text.len().saturating_sub(self.text.len()) > LONGEST_WORD / 2;
        let is_whole = || self.servers.iter().all(|server| self.names_itself_there(server, text, &to));
        (!is_long && is_whole()).then(|| Moves { file, from: Arc::clone(&self.places), to })
    }

    /// Where the names stand in a text that is the same but for them.
    fn places_in(&self, text: &str) -> Option<Places> {
        let mut names = Vec::with_capacity(self.places.names.len());
        let (mut read, mut at) = (0, 0);
        for server in &self.servers {
            let mut own = None;
            for place in &self.places.names[server.places.clone()] {
                at += skipped(&text[at..], &self.text[read..place.start as usize])?;
                let name = match own {
                    Some(name) => text[at..].starts_with(name).then_some(name)?,
                    None => own_name::at_start(&text[at..])?,
                };
                own = Some(name);
                names.push(offset(at)..offset(at + name.len()));
                (read, at) = (place.end as usize, at + name.len());
            }
        }
        (text[at..] == self.text[read..]).then_some(Places { start: 0, names })
    }

    /// Whether a server says its name nowhere else: where it does, what it says may be something else.
    fn names_itself_there(&self, server: &Server, text: &str, places: &Places) -> bool {
        let own = &places.names[server.places.clone()];
        let Some(first) = own.first() else { return true };
        let mut mover = Mover::new(&self.places, places);
        let whole = [server.whole.start, server.whole.end].map(|at| mover.place(at));
        let [Some(start), Some(end)] = whole else { return false };
        let name = &text[first.start as usize..first.end as usize];
        own_name::places_in(text, start as usize..end as usize, name).eq(own.iter().cloned())
    }
}

impl Moves {
    /// The file that they lead to.
    pub(super) fn file(&self) -> FileId {
        self.file
    }

    /// Where a place of the original's directives is, as long as those asked for come one behind the other.
    pub(super) fn places(&self) -> impl FnMut(u32) -> u32 {
        let mut mover = Mover::new(&self.from, &self.to);
        move |at| mover.place(at).expect("no word begins or ends within a name")
    }

    /// The comments of the original, moved.
    pub(super) fn comments(&self, tree: &Tree) -> impl Iterator<Item = Span> {
        let mut at = self.places();
        tree.comments.iter().map(move |span| Span {
            file: self.file,
            start: at(span.start),
            end: at(span.end),
        })
    }

    /// The original's tree, moved.
    pub(in crate::nginx) fn tree(&self, of: &Tree) -> Tree {
        let mut builder = Builder::default();
        builder.reserve(std::iter::once(of));
        builder.copy_moved(of, self, None);
        let tree = builder.into_joined_tree();
        Tree { comments: self.comments(of).collect(), ..tree }
    }
}

/// The length of a text that another begins with.
fn skipped(text: &str, start: &str) -> Option<usize> {
    text.starts_with(start).then_some(start.len())
}

#[cfg(test)]
mod tests {
    use super::Mould;
    use crate::lint::RULES;
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    /// The tree of a text as another's mould casts it, and as it is parsed; none where it is not cast.
    fn cast_and_parsed(mould: &str, text: &str) -> Option<[String; 2]> {
        let mut sources = Sources::new();
        let first = sources.add(SourceFile::new("a.conf", mould));
        let (tree, faults) = parse(first, mould);
        assert!(faults.is_empty(), "{mould}");
        let file = sources.add(SourceFile::new("b.conf", text));
        let cast = Mould::of(&tree, &sources)?.fits(file, text)?.tree(&tree);
        Some([cast, parse(file, text).0].map(|tree| format!("{tree:?}")))
    }

    fn are_alike(mould: &str, text: &str) -> bool {
        let trees = cast_and_parsed(mould, text);
        trees.is_some_and(|[cast, parsed]| {
            assert_eq!(cast, parsed);
            true
        })
    }

    #[test]
    fn a_cast_is_what_would_be_parsed() {
        let mut cast = 0;
        for example in RULES.iter().flat_map(|rule| rule.bad.iter().chain(rule.good)) {
            let [first, second] = [1, 12_345].map(|number| example.copy(number));
            let is_sound = parse(Sources::new().reserve(), &first).1.is_empty();
            cast += usize::from(is_sound && are_alike(&first, &second));
        }
        assert!(cast > 100, "{cast} examples");
    }

    #[test]
    fn a_name_counts_only_where_names_and_files_are_spoken_of() {
        let site = |name: &str, host: &str| {
            format!(
                "server {{ server_name {name} www.{name}; root /srv/{name}; proxy_set_header Host {host}; }} # end"
            )
        };
        assert!(are_alike(&site("a.org", "$host"), &site("longer.example.net", "$host")));
        assert!(are_alike(&site("longer.example.net", "$host"), &site("a.org", "$host")));
        assert!(!are_alike(&site("a.org", "a.org"), &site("b.org", "b.org")));
        assert!(!are_alike(&site("a.org", "$host"), &site("b.org", "$http_host")));
        assert!(!are_alike(&site("a.org", "b.org"), &site("b.org", "b.org")), "it would be its own name");
    }

    #[test]
    fn a_name_that_laps_over_itself_is_found_where_it_stands() {
        let site = |name: &str| format!("server {{ server_name {name}; root /srv/co.{name}; }}");
        assert!(are_alike(&site("a.org"), &site("b.org")));
        assert!(!are_alike(&site("a.org"), &site("co.co")));
    }

    #[test]
    fn words_that_are_no_hosts_name_stay() {
        for (one, other) in
            [("80", "81"), ("_", "localhost"), ("A.org", "B.org"), ("~^a", "~^b"), ("10.0.0.1", "10.0.0.2")]
        {
            let site = |name: &str| format!("server {{ server_name {name}; return 301 http://{name}; }}");
            assert!(!are_alike(&site(one), &site(other)), "{one} and {other}");
            assert!(!are_alike(&site("a.org"), &site(other)), "a.org and {other}");
        }
    }

    #[test]
    fn what_others_have_a_word_in_is_like_nothing() {
        for text in ["server { include a; }", "# nginx-gen: type sse\nserver { }"] {
            assert!(!are_alike(text, text), "{text}");
        }
    }

    #[test]
    fn a_word_that_nginx_would_find_too_long_is_parsed() {
        let site =
            |name: &str| format!("server {{ server_name {name}; root {}; }}", format!("/{name}").repeat(100));
        let long = "label.".repeat(40) + "org";
        assert!(are_alike(&site("a.org"), &site("b.org")));
        assert!(!are_alike(&site("a.org"), &site(&long)));
    }

    #[test]
    fn servers_in_servers_are_no_trouble() {
        let site = |name: &str| {
            format!("server {{ server_name {name}; server {{ server_name b.{name}; }} root /srv/{name}; }}")
        };
        are_alike(&site("a.org"), &site("c.org"));
    }
}
