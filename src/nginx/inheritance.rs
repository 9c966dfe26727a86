//! What holds in a block once all around it is counted in, and where each setting comes from.
//!
//! nginx merges level by level: `http`, `server`, `location`, nested `location`, `if`. A level that says
//! anything about a setting hides all that outer levels say of it, lists such as `proxy_set_header` included.

mod defaults;
mod headers;
mod rules;

pub use defaults::default;
pub use headers::{RequestHeader, proxy_headers};

use std::borrow::Cow;

use crate::nginx::tree::{Argument, Block, Directive};
use crate::nginx::version::Version;
pub use rules::HANDLERS;
use rules::Rule;
pub use rules::is_of_its_block;

/// The settings that hold inside one block.
#[derive(Clone, Debug)]
pub struct Effective<'t> {
    /// The block and those around it, innermost first; the top of the file last.
    levels: Vec<Block<'t>>,
}

/// What is set, and where.
#[derive(Clone, Debug)]
pub struct Setting<'t> {
    /// Every directive that counts, never none. Most settings have one; lists have all of their level.
    pub directives: Vec<Directive<'t>>,
    /// Whether they stand in an outer block.
    pub is_inherited: bool,
}

impl<'t> Setting<'t> {
    /// The directive that counts first.
    pub fn directive(&self) -> Directive<'t> {
        self.directives[0]
    }

    /// Its first argument; empty when it has none.
    pub fn value(&self) -> Cow<'t, str> {
        self.directive().arg(0).map_or(Cow::Borrowed(""), Argument::value)
    }

    /// The block it stands in; none at the top of a file.
    pub fn level(&self) -> Option<Directive<'t>> {
        self.directive().parent()
    }
}

impl<'t> Effective<'t> {
    /// The settings inside a block: a `location`, an `if`, a `server` …; those around a simple directive.
    ///
    /// The top of a file counts as a level: in a fragment it is the block that the file is included in.
    pub fn inside(block: Directive<'t>) -> Effective<'t> {
        let around = std::iter::once(block).chain(block.ancestors());
        let top = block.tree().root(block.sources());
        Effective { levels: around.filter_map(Directive::block).chain([top]).collect() }
    }

    /// What holds for a directive of this name; `None` where nothing is set and nginx's own default holds.
    ///
    /// Directives that fill the same slot count together: `root` hides an outer `alias`.
    pub fn get(&self, name: &str) -> Option<Setting<'t>> {
        let rule = Rule::of(name);
        if !rule.may_be_set(self) {
            return None;
        }
        if rule.is_additive(self) {
            return self.collected(&rule);
        }
        let reach = rule.reach(&self.levels);
        self.levels[..reach].iter().enumerate().find_map(|(depth, level)| {
            let directives = rule.covered(*level);
            (!directives.is_empty()).then_some(Setting { directives, is_inherited: depth > 0 })
        })
    }

    /// The first argument of what holds, or nginx's default in this release.
    pub fn value(&self, name: &str, release: Version) -> Option<Cow<'t, str>> {
        let set = self.get(name).map(|setting| setting.value());
        set.or_else(|| default(name, release).map(Cow::Borrowed))
    }

    /// What outer levels set for this name and an inner one hides: the way an upgrade header is lost.
    pub fn hidden(&self, name: &str) -> Vec<Directive<'t>> {
        let Some(setting) = self.get(name) else { return Vec::new() };
        let level = setting.level();
        let rule = Rule::of(name);
        let outer = self.levels[..rule.reach(&self.levels)].iter().skip_while(|block| block.owner() != level);
        outer.skip(1).flat_map(|block| rule.covered(*block)).collect()
    }

    /// The block and those around it, innermost first; the top of the file last.
    pub fn levels(&self) -> &[Block<'t>] {
        &self.levels
    }

    /// Every level's directives, outermost first: how lists add up under `add_header_inherit merge`.
    fn collected(&self, rule: &Rule<'_>) -> Option<Setting<'t>> {
        let levels = self.levels.iter().rev();
        let directives: Vec<_> = levels.flat_map(|level| rule.covered(*level)).collect();
        let own = self.levels.first().and_then(|block| block.owner());
        let is_inherited = directives.first().is_some_and(|first| first.parent() != own);
        (!directives.is_empty()).then_some(Setting { directives, is_inherited })
    }
}

#[cfg(test)]
mod tests;
