//! Where a redirect leads: what nginx puts in the `Location` header.

use super::explanation::Asked;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::own_name;
use crate::nginx::tree::Directive;

/// nginx makes a path a whole URL before it sends it, unless told not to.
pub(super) fn absolute(
    location: String,
    block: Directive<'_>,
    server: Directive<'_>,
    asked: &Asked,
) -> String {
    let effective = Effective::inside(block);
    let is = |name: &str, value: &str| effective.get(name).is_some_and(|setting| setting.value() == value);
    if !location.starts_with('/') || is("absolute_redirect", "off") {
        return location;
    }
    let own_name = Some(server).filter(|_| is("server_name_in_redirect", "on")).and_then(own_name);
    let host = own_name.unwrap_or_else(|| without_dot(&asked.host).to_ascii_lowercase());
    let host = Asked { host, ..asked.clone() };
    let authority = if is("port_in_redirect", "off") { host.host.clone() } else { with_port(&host) };
    format!("{}://{authority}{location}", scheme(asked))
}

/// A name may end with the dot of the root; nginx goes on without it.
fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn scheme(asked: &Asked) -> &'static str {
    if asked.tls { "https" } else { "http" }
}

fn with_port(asked: &Asked) -> String {
    let usual = if asked.tls { 443 } else { 80 };
    if asked.port == usual { asked.host.clone() } else { format!("{}:{}", asked.host, asked.port) }
}
