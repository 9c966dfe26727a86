//! Which server and which location a request ends in, and why no other did.
//!
//! The rules are nginx's own, to the letter: `ngx_http_find_virtual_server` for servers,
//! `ngx_http_core_find_location` for locations, `ngx_http_parse_complex_uri` for the path they are matched
//! against, `ngx_http_rewrite_handler` for what changes it on the way, `ngx_http_proxy_create_request` for what goes to
//! the upstream. Regular expressions are matched by
//! PCRE, as in nginx, on bytes.

mod escape;
mod journey;
mod listen;
mod locations;
mod names;
mod pattern;
mod sent;
mod servers;
mod upstream;
mod uri;

pub use journey::{Declared, Doubt, End, Event, Evidence, Failure, Journey, Pages, REDIRECTS, Step, Value};
pub use listen::{Address, Listen};
pub use locations::{Found, Kind, Locations, Loss, Rival};
pub use names::{NameMatch, own_name};
pub use pattern::{Outcome, Pattern};
pub use sent::Sent;
pub use servers::{Chosen, Request, choose, servers};
pub use upstream::Upstream;
pub use uri::{BadTarget, Target};

use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Block, Directive};

/// Where a request ends.
#[derive(Debug)]
pub struct Route<'t> {
    /// The server, and why it.
    pub server: Chosen<'t>,
    /// The path and arguments as the client sent them.
    pub target: Target,
    /// What becomes of it there.
    pub journey: Journey<'t>,
}

/// What stands in a server beside its locations and comes before them.
#[derive(Clone, Debug, Default)]
pub struct BeforeLocations<'t> {
    /// A `return`: it answers every request, unless one of `may_change` gets in first.
    pub returns: Option<Directive<'t>>,
    /// `rewrite` and `if`: they may answer, or change the path that locations are matched against. Not judged here.
    pub may_change: Vec<Directive<'t>>,
}

impl<'t> BeforeLocations<'t> {
    /// Reads a server's own `return`, `rewrite`, `if` and `break`, in their order.
    pub fn of(server: Directive<'t>) -> BeforeLocations<'t> {
        let mut before = BeforeLocations::default();
        for directive in server.children() {
            if directive.is("rewrite") || directive.is("if") {
                before.may_change.push(directive);
            } else if directive.is("return") {
                before.returns = Some(directive);
                break;
            } else if directive.is("break") {
                break;
            }
        }
        before
    }
}

/// Finds where a request ends; `None` when no server listens where it arrives.
///
/// `root` is the top of a whole configuration or of a file of servers.
///
/// # Errors
/// When nginx would answer 400 because of the request's target.
pub fn route<'t>(root: Block<'t>, request: &Request<'_>) -> Result<Option<Route<'t>>, BadTarget> {
    let all = servers(root);
    let Some(server) = choose(&all, request) else { return Ok(None) };
    let merges = Effective::inside(server.reader).get("merge_slashes");
    let merges_slashes = merges.is_none_or(|setting| setting.value() != "off");
    let target = Target::parse(request.target, merges_slashes)?;
    let locations = Locations::of(server.server);
    let declared = Declared::of(root);
    let is_clear = request.sent.is_tls == Some(false) && server.speaks_tls(&all, request.port);
    let journey = match is_clear {
        true => Journey::refuse(server.server, &locations, &target, request, &declared),
        false => Journey::follow(server.server, &locations, &target, request, &declared),
    };
    Ok(Some(Route { server, target, journey }))
}
