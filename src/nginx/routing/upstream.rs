//! What is sent to the upstream (`ngx_http_proxy_create_request`).

use super::locations::Kind;
use super::uri::Target;
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::Directive;

/// The request to the upstream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Upstream {
    /// `proxy_pass` names it in full.
    Known {
        /// The scheme and the address, or the name of an `upstream`: `http://backend`.
        base: String,
        /// The target of the request line.
        target: String,
    },
    /// `proxy_pass` has variables; what comes of them is known at run time only.
    Variable {
        /// It, as written.
        pass: String,
    },
}

/// Where a location passes a request on to by `proxy_pass`; `None` when it does not.
///
/// A `rewrite` in the location is not counted in.
pub fn upstream(location: Directive<'_>, target: &Target) -> Option<Upstream> {
    let pass = Effective::inside(location).get("proxy_pass")?.value().into_owned();
    if pass.contains('$') {
        return Some(Upstream::Variable { pass });
    }
    let (base, uri) = split(&pass)?;
    let target = match uri {
        None => target.raw().to_owned(),
        Some(uri) => replace_prefix(location, uri, target),
    };
    Some(Upstream::Known { base: base.to_owned(), target })
}

/// The address of a URL and what follows it.
fn split(pass: &str) -> Option<(&str, Option<&str>)> {
    let scheme = pass.find("://")? + 3;
    let rest = &pass[scheme..];
    let end = match rest.strip_prefix("unix:") {
        Some(socket) => socket.find(':').map(|colon| "unix:".len() + colon),
        None => rest.find(['/', '?']),
    };
    Some(match end {
        Some(end) => (&pass[..scheme + end], Some(rest[end..].trim_start_matches(':'))),
        None => (pass, None),
    })
}

/// The part of the path that the location's own text matched is replaced by the URI of `proxy_pass`.
fn replace_prefix(location: Directive<'_>, uri: &str, target: &Target) -> String {
    let matched = match Kind::of(location) {
        Some(Kind::Exact(text) | Kind::Prefix { text, .. }) => text.len(),
        _ => 0,
    };
    let rest = &target.path()[matched.min(target.path().len())..];
    let mut out = uri.to_owned();
    for &byte in rest {
        let is_unsafe = matches!(byte, 0..=b' ' | b'#' | b'%' | b'?' | 0x7f..);
        if is_unsafe && target.is_quoted() {
            out.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
        } else {
            out.push(char::from(byte));
        }
    }
    if let Some(args) = target.args().filter(|args| !args.is_empty()) {
        out.push('?');
        out.push_str(args);
    }
    out
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
