//! The settings that decide whether real-time traffic works, and where each comes from.

use std::collections::{BTreeSet, HashSet};

use super::explanation::{Place, Setting};
use crate::nginx::directives::{Context, lookup};
use crate::nginx::inheritance::{Effective, RequestHeader, default, is_of_its_block, proxy_headers};
use crate::nginx::tree::Directive;
use crate::nginx::version::Version;

/// What matters in front of an upstream of HTTP.
const PROXIED: [&str; 9] = [
    "proxy_buffering",
    "proxy_request_buffering",
    "proxy_cache",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "proxy_connect_timeout",
    "gzip",
    "client_max_body_size",
    "keepalive_timeout",
];

/// What matters in front of one of gRPC.
const GRPC: [&str; 5] =
    ["grpc_read_timeout", "grpc_send_timeout", "grpc_connect_timeout", "client_max_body_size", "gzip"];

/// The headers an upgrade or a stream hangs on.
const HEADERS: [&str; 3] = ["Upgrade", "Connection", "Host"];

/// What holds in a location; nothing where it does not pass requests on.
pub(super) fn settings(location: Directive<'_>, version: Version) -> Vec<Setting> {
    let effective = Effective::inside(location);
    if effective.get("grpc_pass").is_some() {
        return GRPC.iter().filter_map(|name| setting(&effective, name, version)).collect();
    }
    if effective.get("proxy_pass").is_none() {
        return vec![];
    }
    let headers = proxy_headers(&effective, version);
    let of_interest =
        |header: &&RequestHeader<'_>| HEADERS.iter().any(|name| header.name.eq_ignore_ascii_case(name));
    let mut settings: Vec<_> = setting(&effective, "proxy_http_version", version).into_iter().collect();
    settings.extend(headers.iter().filter(of_interest).map(header));
    settings.extend(PROXIED.iter().filter_map(|name| setting(&effective, name, version)));
    settings
}

/// Everything that is set for a location, in it or around it, by name; what nginx sets by itself in the headers of a
/// request that is passed on, too.
pub(super) fn every(location: Directive<'_>, version: Version) -> Vec<Setting> {
    let effective = Effective::inside(location);
    let names: BTreeSet<_> = (effective.levels().iter())
        .flat_map(|level| level.iter())
        .filter(|directive| !directive.is_block() && is_setting(&directive.name()))
        .map(|directive| directive.name().into_owned())
        .collect();
    let passes_on = effective.get("proxy_pass").is_some();
    let mut seen = HashSet::new();
    let mut settings = Vec::new();
    for name in names {
        if passes_on && name == "proxy_set_header" {
            continue;
        }
        let directives = effective.get(&name).map(|set| set.directives).unwrap_or_default();
        let new = directives.into_iter().filter(|directive| seen.insert(directive.id()));
        settings.extend(new.map(written));
    }
    if passes_on {
        settings.extend(proxy_headers(&effective, version).iter().map(header));
        settings.sort_by(|one, other| one.name.cmp(&other.name));
    }
    settings
}

/// Whether a directive of this name holds for what stands inside its block, and a server or a location takes it.
fn is_setting(name: &str) -> bool {
    let fits = |context| lookup(name).iter().any(|spec| spec.contexts().contains(context));
    !is_of_its_block(name) && (fits(Context::Server) || fits(Context::Location))
}

/// A directive as it stands there; a header with its name.
fn written(directive: Directive<'_>) -> Setting {
    let mut words = directive.args().map(|argument| argument.value().into_owned());
    let name = directive.name();
    let name = match &*name {
        "add_header" | "add_trailer" | "proxy_set_header" | "grpc_set_header" | "fastcgi_param"
        | "uwsgi_param" | "scgi_param" => format!("{name} {}", words.next().unwrap_or_default()),
        _ => name.into_owned(),
    };
    Setting { name, value: words.collect::<Vec<_>>().join(" "), ..from(Some(directive)) }
}

fn setting(effective: &Effective<'_>, name: &str, version: Version) -> Option<Setting> {
    if let Some(set) = effective.get(name) {
        let directive = set.directive();
        let value = directive.args().map(|argument| argument.value().into_owned()).collect::<Vec<_>>();
        return Some(Setting { name: name.to_owned(), value: value.join(" "), ..from(Some(directive)) });
    }
    let value = default(name, version)?.to_owned();
    Some(Setting { name: name.to_owned(), value, ..from(None) })
}

fn header(header: &RequestHeader<'_>) -> Setting {
    let name = format!("proxy_set_header {}", header.name);
    Setting { name, value: header.value.clone().into_owned(), ..from(header.set_by) }
}

/// A setting of which only the origin is filled in.
fn from(directive: Option<Directive<'_>>) -> Setting {
    let block = |directive: Directive<'_>| {
        directive.parent().map_or_else(|| "the top of the file".to_owned(), |block| format!("{block:?}"))
    };
    Setting {
        name: String::new(),
        value: String::new(),
        from: directive.map_or_else(|| "nginx's default".to_owned(), block),
        place: directive.map(Place::of_directive),
    }
}
