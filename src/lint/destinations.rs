//! Where a `proxy_pass` with variables can lead: to an address, to an `upstream`, or to a name that nginx looks
//! up at every request (`ngx_http_upstream_init_request`).

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::subject::{Place, Subject};
use crate::nginx::tree::{Argument, Directive, NodeId};
use crate::text::Span;

/// Directives that pass requests on, and the port of their plain scheme; none where a port must be said.
const PASSES: [(&str, Option<u16>); 5] = [
    ("proxy_pass", Some(80)),
    ("grpc_pass", Some(80)),
    ("fastcgi_pass", None),
    ("uwsgi_pass", None),
    ("scgi_pass", None),
];

/// Variables that begin with a slash.
const PATHS: [&str; 3] = ["request_uri", "uri", "document_uri"];

/// Variables that are always an address.
const ADDRESSES: [&str; 5] =
    ["server_addr", "remote_addr", "realip_remote_addr", "proxy_protocol_addr", "proxy_protocol_server_addr"];

/// Stands for text that is known at run time only.
const ANY: char = '\0';

/// More values than this are not told apart.
const MOST: usize = 64;

/// A directive with variables that passes requests on.
pub(super) struct Pass<'s, 'a> {
    pub(super) directive: Directive<'a>,
    pub(super) place: &'s Place<'a>,
    /// Where it may lead to, each once.
    pub(super) to: Vec<Destination>,
}

/// One place it may lead to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Destination {
    /// An address, a socket, or a group of servers.
    Known,
    /// A name that is none of an `upstream`, and where it is written.
    Name(String, Span),
    /// Only the request tells.
    Unknown,
}

/// A value a variable may have.
type Value = (String, Span);

/// Every such directive of a configuration.
pub(super) fn of<'s, 'a>(subject: &'s Subject<'a>) -> Vec<Pass<'s, 'a>> {
    let all = || PASSES.iter().flat_map(|(name, _)| subject.every(name));
    let has_variables =
        |pass: &Directive<'_>| pass.arg(0).is_some_and(|target| target.content().contains('$'));
    let named = |server: Directive<'a>| PASSES.iter().flat_map(move |(name, _)| server.every(name));
    let is_in_servers = subject.places.iter().all(|place| place.server.is_some());
    if is_in_servers && !subject.distinct().flat_map(named).any(|pass| has_variables(&pass)) {
        return Vec::new();
    }
    let mut with_variables: Vec<_> = all().filter(has_variables).collect();
    with_variables.sort_by_key(|pass| pass.id());
    let known =
        Known::of(subject, all().filter(|pass| !has_variables(pass) && place_of(subject, *pass).is_some()));
    let pass = |pass: Directive<'a>| {
        let place = place_of(subject, pass)?;
        Some(Pass { directive: pass, place, to: known.destinations(place, pass, pass.arg(0)?) })
    };
    with_variables.into_iter().filter_map(pass).collect()
}

/// The location that a directive stands in, or in an `if` of which.
fn place_of<'s, 'a>(subject: &'s Subject<'a>, pass: Directive<'a>) -> Option<&'s Place<'a>> {
    let location = pass.ancestors().find(|block| !block.is("if"))?;
    let at = subject.places.binary_search_by_key(&location.id(), |place| place.location.id()).ok()?;
    subject.places.get(at)
}

/// What the configuration defines.
struct Known<'a> {
    /// Names of `upstream`s in lower case.
    groups: HashSet<String>,
    /// What directives without variables lead to: nginx makes a group of each, and finds it again by host and port.
    implied: HashSet<(String, Option<u16>)>,
    /// The `map`s and their like by the variable they define.
    maps: HashMap<String, Directive<'a>>,
    /// What each `set` gives, by its server and the variable in lower case.
    sets: HashMap<(NodeId, String), Vec<Argument<'a>>>,
}

impl<'a> Known<'a> {
    fn of(subject: &Subject<'a>, plain: impl Iterator<Item = Directive<'a>>) -> Known<'a> {
        let root = subject.root();
        let http = root.find_all("http").flat_map(Directive::children);
        let blocks: Vec<_> = root.iter().chain(http).filter(|directive| directive.is_block()).collect();
        let groups = blocks.iter().filter(|block| block.is("upstream")).filter_map(|group| group.arg(0));
        let is_map =
            |block: &&Directive<'_>| ["map", "geo", "split_clients"].iter().any(|name| block.is(name));
        let maps = blocks.iter().filter(is_map).filter_map(|map| {
            let name = map.args().next_back()?.content().strip_prefix('$')?;
            Some((name.to_ascii_lowercase(), *map))
        });
        let implied = plain.filter_map(|pass| {
            let target = pass.arg(0)?.value();
            let (host, port) = authority(&target, default_port(pass, &target))?;
            Some((host.to_ascii_lowercase(), port))
        });
        let mut sets: HashMap<_, Vec<_>> = HashMap::new();
        for set in subject.every("set") {
            let server = set.ancestors().find(|block| block.is("server"));
            let name = set.arg(0).and_then(|name| name.content().strip_prefix('$'));
            if let (Some(server), Some(name), Some(value)) = (server, name, set.arg(1)) {
                sets.entry((server.id(), name.to_ascii_lowercase())).or_default().push(value);
            }
        }
        Known {
            sets,
            groups: groups.map(|name| name.value().to_ascii_lowercase()).collect(),
            implied: implied.collect(),
            maps: maps.collect(),
        }
    }

    fn destinations(&self, place: &Place<'a>, pass: Directive<'a>, target: Argument<'a>) -> Vec<Destination> {
        let mut values = Vec::new();
        self.expand((target.value().into_owned(), target.span()), place.server, 0, &mut values);
        let mut to = Vec::new();
        for (url, span) in values {
            let destination = self.destination(pass, &url, span);
            if !to.contains(&destination) {
                to.push(destination);
            }
        }
        to
    }

    fn destination(&self, pass: Directive<'_>, url: &str, span: Span) -> Destination {
        let Some((host, port)) = authority(url, default_port(pass, url)) else { return Destination::Unknown };
        if host.contains(ANY) || host.is_empty() {
            return Destination::Unknown;
        }
        let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_address =
            host.parse::<Ipv4Addr>().is_ok() || v6.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok());
        let name = host.to_ascii_lowercase();
        let is_known = host.starts_with("unix:") || self.groups.contains(&name);
        if is_address || is_known || self.implied.contains(&(name, port)) {
            return Destination::Known;
        }
        Destination::Name(host.to_owned(), span)
    }

    /// Replaces the first variable by each of its values, and so on, down to a few levels.
    fn expand(
        &self,
        (text, span): Value,
        server: Option<Directive<'a>>,
        depth: usize,
        values: &mut Vec<Value>,
    ) {
        let Some((before, name, behind)) = first_variable(&text).filter(|_| depth < 6 && values.len() < MOST)
        else {
            return values.push((text.replace('$', &ANY.to_string()), span));
        };
        for (value, place) in self.values(name, server) {
            let span = place.unwrap_or(span);
            self.expand((format!("{before}{value}{behind}"), span), server, depth + 1, values);
        }
    }

    /// What a variable may be, and where that is written.
    fn values(&self, name: &str, server: Option<Directive<'a>>) -> Vec<(String, Option<Span>)> {
        let name = name.to_ascii_lowercase();
        let fixed = |value: &str| vec![(value.to_owned(), None)];
        match name.as_str() {
            _ if PATHS.contains(&name.as_str()) => return fixed(&format!("/{ANY}")),
            _ if ADDRESSES.contains(&name.as_str()) => return fixed("127.0.0.1"),
            "scheme" => return fixed("http"),
            _ => {}
        }
        let set = server.and_then(|server| self.sets.get(&(server.id(), name.clone())));
        let mut values: Vec<_> = set.into_iter().flatten().copied().map(written).collect();
        if let Some(map) = self.maps.get(&name) {
            let lines = map.children().filter(|line| !line.is("include"));
            values.extend(lines.filter_map(|line| line.arg(0)).map(written));
            values.extend(map.find("include").map(|_| (ANY.to_string(), None)));
        }
        if values.is_empty() { fixed(&ANY.to_string()) } else { values }
    }
}

fn written(value: Argument<'_>) -> (String, Option<Span>) {
    (value.value().into_owned(), Some(value.span()))
}

/// The text before the first variable, its name, and the text behind.
fn first_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('$')?;
    if let Some((name, behind)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        return Some((before, name, behind));
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some((before, &rest[..end], &rest[end..]))
}

fn default_port(pass: Directive<'_>, url: &str) -> Option<u16> {
    let port = PASSES.iter().find(|(name, _)| pass.is(name)).and_then(|(_, port)| *port);
    if url.starts_with("https:") || url.starts_with("grpcs:") { Some(443) } else { port }
}

/// The host and the port of a URL, or of an address without a scheme.
fn authority(url: &str, default: Option<u16>) -> Option<(&str, Option<u16>)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    if rest.starts_with("unix:") {
        return Some((rest, None));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host_end = match authority.starts_with('[') {
        true => authority.find(']')? + 1,
        false => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(host_end);
    Some((host, port.strip_prefix(':').map_or(default, |port| port.parse().ok())))
}
