//! A server's own name, and where it speaks of it.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::{Argument, Directive};
use crate::nginx::directives::Known;

/// What a server's name may stand in without changing what is said: names and files.
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

/// Where a server's own name stands.
pub(super) struct OwnName<'t> {
    /// It; empty where it has none.
    pub(super) name: &'t str,
    /// In the order of the text, in the few directives that speak of names and files.
    pub(super) places: Vec<Range<u32>>,
}

impl<'t> OwnName<'t> {
    pub(super) fn of(server: Directive<'t>) -> OwnName<'t> {
        let mut places = Vec::new();
        let Some(name) = of(server) else { return OwnName { name: "", places } };
        for word in server.children().filter(|child| child.may_hold_own_name()).flat_map(Directive::args) {
            places.extend(places_in(server.text(), word.span().range(), name));
        }
        OwnName { name, places }
    }
}

/// Where a name stands in a part of a text.
pub(super) fn places_in(text: &str, part: Range<usize>, name: &str) -> impl Iterator<Item = Range<u32>> {
    let start = part.start;
    let place = move |at: usize| super::offset(start + at)..super::offset(start + at + name.len());
    memmem::find_iter(&text.as_bytes()[part], name.as_bytes()).map(place)
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
pub(super) fn of(server: Directive<'_>) -> Option<&str> {
    let names = server.find_all("server_name").flat_map(Directive::args).map(Argument::content);
    names.into_iter().find(|name| is_of_a_host(name))
}

/// Whether a name is one of a host, and no address.
fn is_of_a_host(name: &str) -> bool {
    name.bytes().all(may_stand_in_one)
        && name.contains('.')
        && !name.starts_with('.')
        && name.ends_with(|last: char| last.is_ascii_lowercase())
}

/// The name of a host at the start of a text, as far as it goes.
pub(super) fn at_start(text: &str) -> Option<&str> {
    let end = text.bytes().position(|byte| !may_stand_in_one(byte)).unwrap_or(text.len());
    Some(&text[..end]).filter(|name| is_of_a_host(name))
}

/// In lower case: of other names messages may say what nginx makes of them.
fn may_stand_in_one(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
}
