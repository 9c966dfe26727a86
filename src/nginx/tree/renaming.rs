//! Two texts that say the same under different names, place by place.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::{Range, RangeInclusive};

use super::own_name::{self, OwnName};
use super::{Block, Directive};
use crate::text::{FileId, Span};

/// Where a text begins, and where the names stand in it, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) start: u32,
    pub(super) names: Vec<Range<u32>>,
}

/// Says where the offsets of a text are in another, which has as many names. It is fast where each lies near the one
/// before.
pub(super) struct Mover<'p> {
    from: &'p Places,
    to: &'p Places,
    /// What lies between two names moves by as much, which may be less than nothing: it wraps.
    between: RangeInclusive<u32>,
    shift: u32,
}

impl<'p> Mover<'p> {
    pub(super) fn new(from: &'p Places, to: &'p Places) -> Mover<'p> {
        let end = from.names.first().map_or(u32::MAX, |name| name.start);
        Mover { from, to, between: from.start..=end, shift: to.start.wrapping_sub(from.start) }
    }

    /// Where an offset of the first text is in the other; none of one within a name.
    #[inline]
    pub(super) fn place(&mut self, at: u32) -> Option<u32> {
        if !self.between.contains(&at) {
            self.move_to(at);
        }
        self.between.contains(&at).then(|| at.wrapping_add(self.shift))
    }

    fn move_to(&mut self, at: u32) {
        let names = &self.from.names;
        let before = names.partition_point(|name| name.start < at);
        let end = names.get(before).map_or(u32::MAX, |name| name.start);
        let (start, new_start) = match before {
            0 => (self.from.start, self.to.start),
            _ => (names[before - 1].end, self.to.names[before - 1].end),
        };
        (self.between, self.shift) = (start..=end, new_start.wrapping_sub(start));
    }
}

/// A server, or a file, that others repeat under other names.
#[derive(Debug)]
pub struct Original<'t> {
    file: FileId,
    whole: Range<u32>,
    places: Places,
    /// Of each server, and at how many places it stands.
    names: Vec<(&'t str, usize)>,
}

/// How what repeats another differs from it: what is found in the original is found there, elsewhere and under its name.
#[derive(Debug)]
pub struct Renaming<'o, 't> {
    original: &'o Original<'t>,
    file: FileId,
    places: Places,
    /// As many as in the original.
    names: Vec<&'t str>,
}

impl<'t> Original<'t> {
    /// A server that has [twins](super::Tree::twin_of).
    pub fn of_server(server: Directive<'t>) -> Original<'t> {
        Original::of(server.span(), std::iter::once(server))
    }

    /// A file that others repeat.
    pub fn of_file(root: Block<'t>) -> Option<Original<'t>> {
        let file = root.iter().next()?.file();
        let whole = Span::new(file, 0, root.sources().file(file).text().len());
        Some(Original::of(whole, servers(root)))
    }

    fn of(whole: Span, servers: impl Iterator<Item = Directive<'t>>) -> Original<'t> {
        let mut places = Places { start: whole.start, names: vec![] };
        let mut take_in = |server| {
            let OwnName { name, places: more } = OwnName::of(server);
            let count = more.len();
            places.names.extend(more);
            (name, count)
        };
        let names = servers.map(&mut take_in).collect();
        Original { file: whole.file, whole: whole.start..whole.end, places, names }
    }

    /// How a twin of this server differs from it.
    pub fn to_server(&self, twin: Directive<'t>) -> Renaming<'_, 't> {
        self.to(twin.span(), std::iter::once(twin))
    }

    /// How a file differs from this one that repeats it.
    pub fn to_file(&self, twin: Block<'t>, file: FileId) -> Renaming<'_, 't> {
        self.to(Span { file, start: 0, end: 0 }, servers(twin))
    }

    /// They differ in nothing but the names, so these say where they stand.
    fn to(&self, whole: Span, servers: impl Iterator<Item = Directive<'t>>) -> Renaming<'_, 't> {
        let names: Vec<_> = servers.map(|server| own_name::of(server).unwrap_or_default()).collect();
        let mut places = Places { start: whole.start, names: Vec::with_capacity(self.places.names.len()) };
        let (mut behind, mut new_behind) = (self.whole.start, whole.start);
        let mut left = self.places.names.iter();
        for (name, (_, count)) in names.iter().zip(&self.names) {
            for place in left.by_ref().take(*count) {
                let start = new_behind + (place.start - behind);
                (behind, new_behind) = (place.end, start + super::offset(name.len()));
                places.names.push(start..new_behind);
            }
        }
        Renaming { original: self, file: whole.file, places, names }
    }
}

impl Renaming<'_, '_> {
    /// Where a place of the original is in the other; itself, where it is in neither; none where that cannot be told.
    pub fn span(&self, span: Span) -> Option<Span> {
        let Original { file, whole, places, .. } = self.original;
        if span.file != *file || span.end < whole.start || span.start > whole.end {
            return Some(span);
        }
        let mut mover = Mover::new(places, &self.places);
        Some(Span { file: self.file, start: mover.place(span.start)?, end: mover.place(span.end)? })
    }

    /// What is said of the original, said of the other. What one server is called there may be what another one is
    /// called here, so all names are put in at once.
    pub fn words<'w>(&self, words: &'w str) -> Cow<'w, str> {
        let names = || self.original.names.iter().map(|(name, _)| *name).zip(self.names.iter().copied());
        let next = |rest: &str| {
            let found = names().filter(|(from, _)| !from.is_empty());
            let found = found.filter_map(|(from, to)| Some((rest.find(from)?, from, to)));
            found.min_by_key(|(at, from, _)| (*at, Reverse(from.len())))
        };
        let (mut said, mut rest) = (String::new(), words);
        while let Some((at, from, to)) = next(rest) {
            said.push_str(&rest[..at]);
            said.push_str(to);
            rest = &rest[at + from.len()..];
        }
        if said.is_empty() { Cow::Borrowed(words) } else { Cow::Owned(said + rest) }
    }
}

fn servers(root: Block<'_>) -> impl Iterator<Item = Directive<'_>> {
    root.every("server").filter(|server| server.is_block())
}

#[cfg(test)]
mod tests {
    use super::Original;
    use crate::nginx::parser::parse;
    use crate::text::{SourceFile, Sources};

    #[test]
    fn each_server_is_called_by_its_own_name() {
        let site = |one: &str, other: &str| {
            format!("server {{ server_name {one}; root /srv/{one}; }}\nserver {{ server_name {other}; }}\n")
        };
        let mut sources = Sources::new();
        let texts = [site("a.org", "www.a.org"), site("www.a.org", "longer.example.net")];
        let files = texts.clone().map(|text| sources.add(SourceFile::new("a.conf", text)));
        let trees = [0, 1].map(|at| parse(files[at], &texts[at]).0);
        let [first, twin] = trees.each_ref().map(|tree| tree.root(&sources));
        let original = Original::of_file(first).unwrap();
        let renaming = original.to_file(twin, files[1]);
        assert_eq!(renaming.words("`a.org` and `www.a.org`"), "`www.a.org` and `longer.example.net`");
        assert_eq!(renaming.words("no server"), "no server");
        for (one, other) in first.descendants().zip(twin.descendants()) {
            assert_eq!(renaming.span(one.span()), Some(other.span()));
        }
        let mut within = first.find("server").unwrap().find("server_name").unwrap().arg(0).unwrap().span();
        within.start += 1;
        assert_eq!(renaming.span(within), None, "the name there is another one");
    }
}
