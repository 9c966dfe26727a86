//! Which server takes a request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::listen::{Address, Listen};
use super::names::{NameMatch, Names};
use super::sent::Sent;
use crate::nginx::tree::{Block, Directive};

/// A request as far as it decides where it ends.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The host asked for: the `Host` header, with or without its port; empty where it is not known.
    pub host: &'r str,
    /// The port it arrives at; 0 where it is not known.
    pub port: u16,
    /// The local address it arrives at; `None` for one that no `listen` names.
    pub address: Option<IpAddr>,
    /// The target of its request line: path and arguments.
    pub target: &'r str,
    /// What else is known of it.
    pub sent: Sent<'r>,
}

/// The server that takes a request.
#[derive(Clone, Debug)]
pub struct Chosen<'t> {
    /// It.
    pub server: Directive<'t>,
    /// Why it.
    pub by: NameMatch,
    /// The server that reads the request line, before the `Host` is known: that of the address, or over TLS the
    /// one itself, which the client names in its hello.
    pub reader: Directive<'t>,
    /// The `listen` address it was chosen for.
    pub address: Address,
    /// The other servers of the address, none of which has a stronger name for the host.
    pub rivals: Vec<Directive<'t>>,
    /// Servers with the port at other addresses: they take requests that arrive there.
    pub elsewhere: Vec<Directive<'t>>,
}

impl Chosen<'_> {
    /// nginx speaks TLS at an address when any server of it does.
    pub fn speaks_tls(&self, servers: &[Directive<'_>], port: u16) -> bool {
        let mut listens = servers.iter().flat_map(|server| Listen::all_of(*server));
        listens.any(|listen| listen.address == self.address && listen.has_port(port) && listen.is_tls)
    }
}

/// The servers of a configuration, of a file of servers, or of a file that is one `http` block.
pub fn servers(root: Block<'_>) -> Vec<Directive<'_>> {
    let http = root.find_all("http").flat_map(Directive::children);
    root.iter().chain(http).filter(|directive| directive.is("server") && directive.is_block()).collect()
}

/// Chooses the server for a request; `None` when none listens where it arrives.
pub fn choose<'t>(servers: &[Directive<'t>], request: &Request<'_>) -> Option<Chosen<'t>> {
    let at_port: Vec<(Directive<'t>, Listen)> = servers
        .iter()
        .flat_map(|server| Listen::all_of(*server).into_iter().map(|listen| (*server, listen)))
        .filter(|(_, listen)| listen.has_port(request.port))
        .collect();
    let address = arrival(&at_port, request.address)?;
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        at_port.into_iter().partition(|(_, listen)| listen.address == address);
    let candidates = without_repeats(here.iter().map(|(server, _)| *server));
    let host = normalized(request.host);
    let default = default_of(&here)?;
    let (server, by) = Names::of(&candidates).find(&host).unwrap_or(default);
    let reader = if here.iter().any(|(_, listen)| listen.is_tls) { server } else { default.0 };
    let rivals = candidates.into_iter().filter(|rival| *rival != server).collect();
    let elsewhere = without_repeats(elsewhere.into_iter().map(|(server, _)| server));
    Some(Chosen { server, by, reader, address, rivals, elsewhere })
}

/// The most specific address of the port that takes what arrives at `local`.
fn arrival(at_port: &[(Directive<'_>, Listen)], local: Option<IpAddr>) -> Option<Address> {
    let any4 = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let any6 = IpAddr::from(Ipv6Addr::UNSPECIFIED);
    let wanted = match local {
        Some(local @ IpAddr::V4(_)) => vec![local, any4],
        Some(local @ IpAddr::V6(_)) => vec![local, any6],
        None => vec![any4, any6],
    };
    let has = |address: &IpAddr| at_port.iter().any(|(_, listen)| listen.address == Address::Ip(*address));
    let found = wanted.into_iter().find(has).map(Address::Ip);
    // With no address given and no wildcard, the first address there is must be meant.
    let first = || at_port.first().filter(|_| local.is_none()).map(|(_, listen)| listen.address.clone());
    found.or_else(first)
}

fn default_of<'t>(here: &[(Directive<'t>, Listen)]) -> Option<(Directive<'t>, NameMatch)> {
    let marked = here.iter().find(|(_, listen)| listen.is_default);
    let marked = marked.map(|(server, _)| (*server, NameMatch::Default));
    marked.or_else(|| here.first().map(|(server, _)| (*server, NameMatch::First)))
}

/// As nginx compares it: lower case, without port and final dot (`ngx_http_validate_host`).
pub(super) fn normalized(host: &str) -> String {
    let host = match host.strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(close) => &host[..close + 2],
        None => host.split(':').next().unwrap_or(host),
    };
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

fn without_repeats<'t>(servers: impl Iterator<Item = Directive<'t>>) -> Vec<Directive<'t>> {
    let mut seen = std::collections::HashSet::new();
    servers.filter(|server| seen.insert(server.id())).collect()
}
