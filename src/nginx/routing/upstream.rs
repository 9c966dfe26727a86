//! What is sent to the upstream (`ngx_http_proxy_create_request`).

use super::escape;
use super::journey::{Known, State, Value, parts};
use super::locations::Kind;
use crate::nginx::tree::Directive;

/// The request to the upstream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Upstream {
    /// It is known in full.
    Known {
        /// The scheme and the address, or the name of an `upstream`: `http://backend`.
        base: String,
        /// The target of the request line.
        target: String,
    },
    /// `proxy_pass` has variables that are known at run time only.
    Variable {
        /// It, with the variables filled in that are known.
        pass: String,
    },
}

/// What a `proxy_pass` sends: its value, and the request; `None` when it names no URL.
pub(super) fn upstream(
    pass: Directive<'_>,
    known: Known<'_, '_>,
    state: &State,
) -> Option<(Value, Upstream)> {
    let written = pass.arg(0)?.value();
    let value = known.expand(&parts(&written), false, state);
    if value.if_known().is_none() {
        let pass = value.shown();
        return Some((value, Upstream::Variable { pass }));
    }
    let url = value.shown();
    let is_computed = written.contains('$');
    let (base, uri) = split(&url)?;
    let target = match uri {
        // Nothing is added to what variables make.
        Some(uri) if is_computed => {
            if uri.starts_with('?') { format!("/{uri}") } else { uri.to_owned() }.into_bytes()
        }
        None if state.valid_raw => known.target.raw().as_bytes().to_vec(),
        uri => changed(pass, uri.unwrap_or_default(), known, state),
    };
    let upstream =
        Upstream::Known { base: base.to_owned(), target: String::from_utf8_lossy(&target).into_owned() };
    Some((value, upstream))
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

/// The part of the path that the location's own text matched is replaced by the URI of `proxy_pass`, unless the path
/// was changed within the location.
fn changed(pass: Directive<'_>, uri: &str, known: Known<'_, '_>, state: &State) -> Vec<u8> {
    let replaces = state.valid_location && !uri.is_empty();
    let matched = if replaces { matched_length(pass) } else { 0 };
    let rest = &state.path[matched.min(state.path.len())..];
    let mut out = if state.valid_location { uri.as_bytes().to_vec() } else { Vec::new() };
    if known.target.is_quoted() || state.is_internal {
        out.extend(escape::path(rest));
    } else {
        out.extend_from_slice(rest);
    }
    if !state.args.is_empty() {
        out.push(b'?');
        out.extend_from_slice(state.args.bytes());
    }
    out
}

/// How long the text is of the location that a `proxy_pass` stands in, an `if` between them or not.
fn matched_length(pass: Directive<'_>) -> usize {
    let location = pass.ancestors().find(|block| block.is("location"));
    match location.and_then(Kind::of) {
        Some(Kind::Exact(text) | Kind::Prefix { text, .. }) => text.len(),
        _ => 0,
    }
}
