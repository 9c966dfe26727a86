//! Why a server or a location takes a request, and why its rivals do not.

use super::explanation::{Place, Rival, Taken};
use crate::nginx::routing::{Address, Chosen, Found, Kind, Loss, NameMatch, Request, choose};
use crate::nginx::tree::Directive;

/// How many rivals are told of.
const MOST_RIVALS: usize = 5;

/// The server, with its rivals.
pub(super) fn server(chosen: &Chosen<'_>, request: &Request<'_>) -> Taken {
    let host = request.host;
    let by = match chosen.by {
        NameMatch::Exact => format!("it has the name `{host}`"),
        NameMatch::Leading | NameMatch::Trailing => format!("its wildcard is the longest for `{host}`"),
        NameMatch::Regex => format!("its regex is the first that matches `{host}`"),
        NameMatch::Default => format!("no server has the name `{host}`, and this is the default"),
        NameMatch::First => {
            format!("no server has the name `{host}`, none is the default, and this is the first")
        }
    };
    let why = format!("{by} at {}", address(&chosen.address, request.port));
    let mut rivals: Vec<_> = chosen.rivals.iter().map(|rival| weaker(*rival, request)).collect();
    let elsewhere = chosen.elsewhere.iter().filter(|server| !chosen.rivals.contains(server));
    rivals.extend(elsewhere.filter(|server| **server != chosen.server).map(|server| {
        let why = "it listens at another address of the port".to_owned();
        (2, Rival { name: server_names(*server), place: Place::of_directive(*server), why })
    }));
    taken(chosen.server, server_names(chosen.server), why, rivals)
}

/// How well a server that lost would do alone.
fn weaker(server: Directive<'_>, request: &Request<'_>) -> (u8, Rival) {
    let alone = choose(&[server], request).map(|chosen| chosen.by);
    let (closeness, why) = match alone {
        Some(NameMatch::Exact) => (0, "it has the name too, and stands later"),
        Some(NameMatch::Leading | NameMatch::Trailing) => {
            (0, "its wildcard matches, and a stronger name does")
        }
        Some(NameMatch::Regex) => (0, "its regex matches, and a stronger name does"),
        _ => (1, "it has no such name"),
    };
    (closeness, Rival { name: server_names(server), place: Place::of_directive(server), why: why.to_owned() })
}

/// The location, with its rivals; none when no location matches.
pub(super) fn location(found: &Found<'_>) -> Option<Taken> {
    let location = found.location?;
    let why = match Kind::of(location) {
        _ if found.redirect.is_some() => {
            "the path lacks only its final slash, and requests are passed on here"
        }
        Some(Kind::Named(_)) => "a `try_files` or an `error_page` leads to it by its name",
        Some(Kind::Exact(_)) => "it is exactly the path",
        Some(Kind::Regex(_)) => "it is the first regex that matches",
        Some(Kind::Prefix { is_final: true, .. }) => "it is the longest prefix, and `^~` rules out regexes",
        _ => "it is the longest prefix, and no regex matches",
    };
    let rivals = found.rivals.iter().map(|rival| {
        let (closeness, why) = loss(rival.loss);
        let place = Place::of_directive(rival.location);
        (closeness, Rival { name: location_name(rival.location), place, why: why.to_owned() })
    });
    Some(taken(location, location_name(location), why.to_owned(), rivals.collect()))
}

fn loss(loss: Loss) -> (u8, &'static str) {
    match loss {
        Loss::Shorter => (0, "it matches, and a longer prefix does"),
        Loss::RegexWon => (0, "it matches, and a regex does, which is stronger"),
        Loss::LaterRegex => (0, "it matches, and stands behind another regex that does"),
        Loss::ExactWon => (0, "it matches, and an exact match or the redirect to its slash comes first"),
        Loss::NotTried => (1, "regexes are not tried after an exact match, a `^~` or a redirect"),
        Loss::Unjudged => (1, "its regex could not be judged: PCRE refuses it or gives up on it"),
        Loss::Differs => (2, "it does not match the path"),
    }
}

fn taken(directive: Directive<'_>, name: String, why: String, mut rivals: Vec<(u8, Rival)>) -> Taken {
    rivals.sort_by_key(|(closeness, _)| *closeness);
    let more_rivals = rivals.len().saturating_sub(MOST_RIVALS);
    let rivals = rivals.into_iter().take(MOST_RIVALS).map(|(_, rival)| rival).collect();
    Taken { name, place: Place::of_directive(directive), why, declared: None, rivals, more_rivals }
}

/// All names of a server, as written.
pub(super) fn server_names(server: Directive<'_>) -> String {
    let names = server.find_all("server_name").flat_map(Directive::args);
    let names: Vec<_> = names.map(|name| name.value().into_owned()).collect();
    if names.is_empty() { "(no name)".to_owned() } else { names.join(" ") }
}

/// What stands behind `location`: `= /path`.
pub(super) fn location_name(location: Directive<'_>) -> String {
    let args: Vec<_> = location.args().map(|argument| argument.value().into_owned()).collect();
    args.join(" ")
}

fn address(address: &Address, port: u16) -> String {
    match address {
        Address::Ip(ip) if ip.is_unspecified() => format!("port {port}"),
        Address::Ip(ip) if ip.is_ipv6() => format!("[{ip}]:{port}"),
        Address::Ip(ip) => format!("{ip}:{port}"),
        Address::Unix(path) => format!("unix:{path}"),
        Address::Name(name) => format!("{name}:{port}"),
    }
}
