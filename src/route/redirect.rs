//! Where a redirect leads: what nginx puts in the `Location` header.

use super::explanation::Asked;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::Target;
use crate::nginx::tree::Directive;

/// A URL of a `return` with the variables filled in that are known from the request; others stay as written.
pub(super) fn expand(text: &str, server: Directive<'_>, asked: &Asked, target: &Target) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        let (name, behind) = variable(&rest[dollar + 1..]);
        match value(name, server, asked, target) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[dollar..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    out + rest
}

/// The name that a text behind `$` starts with, and what follows.
fn variable(text: &str) -> (&str, &str) {
    if let Some((name, behind)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        return (name, behind);
    }
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.split_at(text.find(|character| !is_name(character)).unwrap_or(text.len()))
}

fn value(name: &str, server: Directive<'_>, asked: &Asked, target: &Target) -> Option<String> {
    Some(match name {
        "scheme" => scheme(asked).to_owned(),
        "host" => asked.host.trim_end_matches('.').to_ascii_lowercase(),
        "http_host" => with_port(asked),
        "server_name" => server.find("server_name")?.arg(0)?.value().into_owned(),
        "server_port" => asked.port.to_string(),
        "request_uri" => target.raw().to_owned(),
        "uri" | "document_uri" => String::from_utf8_lossy(target.path()).into_owned(),
        "args" | "query_string" => target.args().unwrap_or_default().to_owned(),
        "is_args" => if target.args().is_some_and(|args| !args.is_empty()) { "?" } else { "" }.to_owned(),
        _ => return None,
    })
}

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
    let own_name = server.find("server_name").and_then(|names| names.arg(0));
    let host = match own_name.filter(|_| is("server_name_in_redirect", "on")) {
        Some(name) => Asked { host: name.value().into_owned(), ..asked.clone() },
        None => Asked { host: asked.host.to_ascii_lowercase(), ..asked.clone() },
    };
    let authority = if is("port_in_redirect", "off") { host.host.clone() } else { with_port(&host) };
    format!("{}://{authority}{location}", scheme(asked))
}

fn scheme(asked: &Asked) -> &'static str {
    if asked.tls { "https" } else { "http" }
}

fn with_port(asked: &Asked) -> String {
    let usual = if asked.tls { 443 } else { 80 };
    if asked.port == usual { asked.host.clone() } else { format!("{}:{}", asked.host, asked.port) }
}
