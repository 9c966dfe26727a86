//! How each directive is passed on from block to block (nginx's `merge_loc_conf` functions).

use super::Effective;
use crate::nginx::tree::{Block, Directive};

/// Directives that fill one slot: any of them hides the others' outer ones.
const SLOTS: [&[&str]; 2] = [&["root", "alias"], &["allow", "deny"]];

/// What answers a request. Inside an `if` or `limit_except` it is that of the location around, else a block's own.
pub const HANDLERS: [&str; 6] =
    ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];

/// What counts only in the block it is written in.
const OWN: [&str; 16] = [
    "return",
    "rewrite",
    "set",
    "if",
    "break",
    "try_files",
    "location",
    "limit_except",
    "listen",
    "server_name",
    "server",
    "upstream",
    "stub_status",
    "empty_gif",
    "include",
    "map",
];

/// Whether a directive of this name counts only in the block it is written in.
pub fn is_of_its_block(name: &str) -> bool {
    OWN.contains(&name)
}

pub(super) struct Rule<'n> {
    name: &'n str,
    slot: Option<&'static [&'static str]>,
}

impl<'n> Rule<'n> {
    pub(super) fn of(name: &'n str) -> Rule<'n> {
        Rule { name, slot: SLOTS.into_iter().find(|slot| slot.contains(&name)) }
    }

    /// Whether anything in the whole configuration may fill this slot.
    pub(super) fn may_be_set(&self, effective: &Effective<'_>) -> bool {
        let Some(level) = effective.levels().first() else { return false };
        let names = self.slot.unwrap_or(std::slice::from_ref(&self.name));
        names.iter().any(|name| level.tree().may_hold(name))
    }

    /// The directives of a block that fill this slot.
    pub(super) fn covered<'t>(&self, block: Block<'t>) -> Vec<Directive<'t>> {
        let Some(slot) = self.slot else { return block.find_all(self.name).collect() };
        let mut found: Vec<_> = slot.iter().flat_map(|name| block.find_all(name)).collect();
        found.sort_by_key(|directive| directive.id());
        found
    }

    /// How many of the levels count, from the innermost on.
    pub(super) fn reach(&self, levels: &[Block<'_>]) -> usize {
        if OWN.contains(&self.name) {
            return 1;
        }
        if HANDLERS.contains(&self.name) {
            let is_unnamed = |owner: Directive<'_>| owner.is("if") || owner.is("limit_except");
            let unnamed = levels.iter().take_while(|level| level.owner().is_some_and(is_unnamed));
            return (unnamed.count() + 1).min(levels.len());
        }
        let off = self.inherit_directive().and_then(|name| {
            let is_off = |level: &Block<'_>| {
                level.find(name).and_then(|mode| mode.arg(0)).is_some_and(|mode| mode.is("off"))
            };
            levels.iter().position(is_off)
        });
        off.map_or(levels.len(), |depth| depth + 1)
    }

    /// Whether levels add to one another, as `add_header_inherit merge` (1.29.3) makes them.
    pub(super) fn is_additive(&self, effective: &Effective<'_>) -> bool {
        let Some(name) = self.inherit_directive() else { return false };
        let mode = effective.levels().iter().find_map(|level| level.find(name)).and_then(|mode| mode.arg(0));
        mode.is_some_and(|mode| mode.is("merge"))
    }

    fn inherit_directive(&self) -> Option<&'static str> {
        match self.name {
            "add_header" => Some("add_header_inherit"),
            "add_trailer" => Some("add_trailer_inherit"),
            _ => None,
        }
    }
}
