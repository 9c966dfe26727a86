//! The table of directives, by name.

use std::num::NonZeroU16;
use std::sync::LazyLock;

use super::{Arity, Body, Contexts, Spec, Value};
use crate::nginx::version::Version;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(include_str!("../directives.tsv")));

/// Everything nginx reads under this name, in any version: nothing when it knows no such directive.
pub fn lookup(name: &str) -> &'static [Spec] {
    Known::of(name).map_or(&[], Known::specs)
}

/// A name of the table, as a number: a tree keeps it with each directive, so that nothing looks the same name up
/// again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known(NonZeroU16);

impl Known {
    /// The name, if nginx knows it in any version.
    pub fn of(name: &str) -> Option<Known> {
        TABLE.find(name).map(Known)
    }

    /// Everything nginx reads under it, never nothing.
    pub fn specs(self) -> &'static [Spec] {
        TABLE.at(self.0)
    }

    /// Above every [`Known::number`].
    pub(in crate::nginx) const NUMBERS: usize = SLOTS;

    /// A number that no other name has.
    pub(in crate::nginx) fn number(self) -> usize {
        usize::from(self.0.get())
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        self.specs()[0].name
    }
}

/// Every name, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.specs.chunk_by(|a, b| a.name == b.name).map(|specs| specs[0].name)
}

/// Twice the number of names at least, so that a search ends soon.
const SLOTS: usize = 2048;

struct Table {
    /// In the order of names.
    specs: Vec<Spec>,
    /// Open addressing: where the specs of a name start, and how many there are. The first is never used.
    slots: Vec<(u16, u16)>,
}

impl Table {
    fn new(text: &'static str) -> Table {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let specs: Vec<Spec> =
            lines.map(|line| spec(line).expect("the table holds what its test reads")).collect();
        let mut slots = vec![(0, 0); SLOTS];
        let mut start = 0;
        for same in specs.chunk_by(|a, b| a.name == b.name) {
            let mut at = hash(same[0].name);
            while slots[at].1 != 0 {
                at = next(at);
            }
            let count = u16::try_from(same.len()).expect("a name has a few specs");
            slots[at] = (start, count);
            start += count;
        }
        Table { specs, slots }
    }

    /// The slot of a name.
    fn find(&self, name: &str) -> Option<NonZeroU16> {
        let mut at = hash(name);
        loop {
            let slot = u16::try_from(at).ok().and_then(NonZeroU16::new)?;
            if self.at(slot).first()?.name == name {
                return Some(slot);
            }
            at = next(at);
        }
    }

    fn at(&self, slot: NonZeroU16) -> &[Spec] {
        let (start, count) = self.slots[usize::from(slot.get())];
        &self.specs[usize::from(start)..usize::from(start + count)]
    }
}

/// The slot behind another.
fn next(slot: usize) -> usize {
    (slot % (SLOTS - 1)) + 1
}

/// FNV-1a, folded: names are short, and every directive of every file is looked up.
fn hash(name: &str) -> usize {
    let hash =
        name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    next((hash ^ (hash >> 15)) as usize)
}

fn spec(line: &'static str) -> Option<Spec> {
    let mut columns = line.split('\t');
    let mut column = || columns.next();
    let (name, module) = (column()?, column()?);
    let (contexts, arity) = (Contexts::parse(column()?)?, Arity::parse(column()?)?);
    let body = match column()? {
        "-" => Body::None,
        "entries" => Body::Entries,
        contexts => Body::Directives(Contexts::parse(contexts)?),
    };
    let (value, traits) = (Value::parse(column()?)?, column()?);
    let (once, variables) = (traits.starts_with("once"), traits.ends_with("variables"));
    let needs = Some(column()?).filter(|&needs| needs != "-");
    let (since, until) = (version(column()?), version(column()?));
    Some(Spec { name, module, contexts, arity, body, value, once, variables, needs, since, until })
}

/// `-` for none.
pub(super) fn version(column: &str) -> Option<Version> {
    (column != "-").then(|| Version::parse(column).expect("the table holds what its test reads"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::directives::Context;

    #[test]
    fn every_name_is_found_again() {
        assert!(names().count() > 650 && names().is_sorted());
        assert!(names().count() * 2 < SLOTS);
        for name in names() {
            assert!(
                lookup(name).iter().all(|spec| spec.name() == name) && !lookup(name).is_empty(),
                "{name}"
            );
        }
        assert!(lookup("").is_empty() && lookup("proxy_bufering").is_empty());
    }

    #[test]
    fn one_name_may_have_several_modules_and_versions() {
        let server: Vec<_> = lookup("server").iter().map(Spec::module).collect();
        assert_eq!(server, ["http_core", "http_upstream", "mail_core", "stream_core", "stream_upstream"]);
        let [http2] = lookup("http2") else { panic!("one form of http2") };
        assert!(http2.is_flag() && http2.is_once() && !http2.is_block());
        assert!(!http2.is_in(Version::new(1, 22, 1)) && http2.is_in(Version::branch(1, 26)));
        assert_eq!((http2.since(), http2.until()), (Some(Version::new(1, 25, 1)), None));
        assert_eq!(http2.needs(), Some("with-http_v2_module"));
    }

    #[test]
    fn a_block_tells_what_it_opens() {
        let [condition] = lookup("if") else { panic!("one `if`") };
        assert_eq!(condition.opens(Context::Server), Some(Context::ServerIf));
        assert_eq!(condition.opens(Context::Location), Some(Context::LocationIf));
        assert!(lookup("map").iter().all(|map| map.body() == Body::Entries));
        assert!(lookup("include").iter().all(|include| include.contexts() == Contexts::ALL));
    }
}
