//! Who may come in: whether anything limits that for a location.

use std::collections::HashMap;

use super::subject::Place;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{Address, Listen};
use crate::nginx::source;
use crate::nginx::tree::{Block, Directive, NodeId};

/// Directives that ask for credentials unless they are `off`.
const CREDENTIALS: [&str; 4] = ["auth_basic", "auth_request", "auth_jwt", "ssl_verify_client"];

/// The directive that limits who comes into a block, its own or an outer one's.
pub(super) fn limit<'t>(settings: &Effective<'t>) -> Option<Directive<'t>> {
    let by_address =
        settings.get("allow").and_then(|list| list.directives.into_iter().find(|one| one.is("deny")));
    by_address.or_else(|| {
        let asked = CREDENTIALS.into_iter().filter_map(|name| settings.get(name));
        asked.map(|setting| setting.directive()).find(|one| !one.arg(0).is_some_and(|word| word.is("off")))
    })
}

/// Which servers let everyone in: each is asked once, since the answer takes a look at all of its lines.
#[derive(Default)]
pub(super) struct Doors {
    servers: HashMap<NodeId, bool>,
}

impl Doors {
    /// Whether nothing written keeps anybody out of a location. What could do so in a way that is not judged here, an
    /// `if`, Lua or an `include` that could not be read, has the benefit of the doubt.
    pub(super) fn are_open(&mut self, place: &Place<'_>) -> bool {
        let mut lets_in =
            |server: Directive<'_>| *self.servers.entry(server.id()).or_insert_with(|| lets_in(server));
        is_open_itself(place) && place.server.is_none_or(&mut lets_in)
    }
}

/// The same of what a location says or inherits, whatever its server does before.
pub(super) fn is_open_itself(place: &Place<'_>) -> bool {
    let inside =
        |child| may_keep_out(child) || child.is("if") || child.is("internal") || child.is("limit_except");
    limit(&place.settings).is_none() && !place.location.children().any(inside)
}

/// Whether a server lets everyone in as far as its locations. It asks all of the server's lines.
pub(super) fn lets_in(server: Directive<'_>) -> bool {
    let around = |child| may_keep_out(child) || child.is("if") && child.children().any(refuses);
    !is_local(server) && !server.children().any(around)
}

fn may_keep_out(child: Directive<'_>) -> bool {
    child.name().contains("_by_lua") || source::may_limit(child)
}

/// Whether this is a `return 403` or its like.
fn refuses(child: Directive<'_>) -> bool {
    child.is("return") && child.arg(0).is_some_and(|code| code.content().starts_with('4'))
}

/// Whether a block includes what could not be read.
pub(super) fn has_unread(block: Block<'_>) -> bool {
    block.find_all("include").any(source::may_limit)
}

/// Whether only this machine can reach a server.
pub(super) fn is_local(server: Directive<'_>) -> bool {
    let listens = Listen::all_of(server);
    let is_local = |listen: &Listen| match &listen.address {
        Address::Unix(_) => true,
        Address::Ip(address) => address.is_loopback(),
        Address::Name(name) => name == "localhost",
    };
    !listens.is_empty() && listens.iter().all(is_local)
}
