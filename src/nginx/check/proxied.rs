//! Where requests are passed on to: the URL of a `proxy_pass` (`ngx_http_proxy_pass`), and the addresses of its like.

use super::address::{self, Use};
use crate::diagnostic::Diagnostic;
use crate::nginx::directives::Context;
use crate::nginx::tree::{Argument, Directive};

pub(super) fn check(pass: Directive<'_>, context: Context, found: &mut Vec<Diagnostic>) {
    let Some(target) = pass.arg(0) else { return };
    let url = target.value();
    // With variables all is seen at run time only.
    if url.contains('$') {
        return;
    }
    let Some(scheme) = ["http://", "https://"]
        .into_iter()
        .find(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
    else {
        let fault = Diagnostic::error("bad-proxy-pass", "invalid URL prefix").at(target.span(), "");
        found.push(
            fault.why("`proxy_pass` takes a URL with its scheme").help(format!("write `http://{url}`")),
        );
        return;
    };
    if let Some(reason) = address::fault(&url[scheme.len()..], Use::PassWithUri) {
        return found.push(not_passed(target, reason, &url[scheme.len()..]));
    }
    let Some(place) = nameless(pass, context) else { return };
    let rest = &url[scheme.len()..];
    let uri = match rest.strip_prefix("unix:") {
        Some(socket) => socket.split_once(':').map(|(_, uri)| uri),
        None => rest.find(['/', '?']).map(|at| &rest[at..]),
    };
    let Some(uri) = uri.filter(|uri| !uri.is_empty()) else { return };
    let fault = Diagnostic::error(
        "bad-proxy-pass",
        "\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \
         \"if\" statement, or inside \"limit_except\" block",
    );
    let without = url.strip_suffix(uri).unwrap_or(&url).trim_end_matches(':');
    found.push(
        fault
            .at(target.span(), format!("`{uri}` is a URI part"))
            .at(place.head_span(), "no beginning of a path that it could replace")
            .why("nginx replaces what the location matched by the URI, and here there is no such text")
            .help(match uri {
                "/" => format!("write `{without}`, which passes the path on as it is"),
                _ => format!("write `{without}`, and change the path with `rewrite … break` if you must"),
            }),
    );
}

/// The block around it, when that matches no beginning of a path.
fn nameless(pass: Directive<'_>, context: Context) -> Option<Directive<'_>> {
    let block = pass.parent()?;
    let head = block.arg(0)?;
    let is_nameless = match context {
        Context::LocationIf | Context::LimitExcept => true,
        _ => head.content().starts_with(['~', '@']),
    };
    is_nameless.then_some(block)
}

/// The address of a `fastcgi_pass` and its like, behind one of these schemes if it has one.
pub(super) fn address(pass: Directive<'_>, schemes: &[&str], found: &mut Vec<Diagnostic>) {
    let Some(target) = pass.arg(0) else { return };
    let value = target.value();
    if value.contains('$') {
        return;
    }
    let begins =
        |scheme: &&&str| value.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    let place = schemes.iter().find(begins).map_or(&*value, |scheme| &value[scheme.len()..]);
    // An address has no name that an upstream could have.
    let is_address = address::is_bindable(place) || address::is_numeric(place);
    let portless = (is_address && !address::has_port(place)).then_some("no port");
    let reason = portless.or_else(|| address::fault(place, Use::Pass));
    found.extend(reason.map(|reason| not_passed(target, reason, place)));
}

/// The socket that a connection of `stream` is handed over to (`ngx_stream_pass`).
pub(super) fn handed_over(pass: Directive<'_>) -> Option<Diagnostic> {
    let target = pass.arg(0)?;
    let value = target.value();
    if value.contains('$') {
        return None;
    }
    let message = match address::fault(&value, Use::Pass) {
        Some(reason) => format!("{reason} in \"{value}\" of the \"pass\" directive"),
        None if !value.starts_with("unix:") && !address::is_bindable(&value) => {
            "\"pass\" directive has no addresses".to_owned()
        }
        None if address::has_port(&value) => return None,
        None => "\"pass\" directive has no port".to_owned(),
    };
    let fault = Diagnostic::error("bad-address", message).at(target.span(), "");
    Some(
        fault
            .why("it hands the connection over to a socket that this nginx listens on")
            .help("write for example `127.0.0.1:8080`"),
    )
}

/// What is said of the place of a `proxy_pass` and its like, whose host is looked up by itself.
fn not_passed(target: Argument<'_>, reason: &str, place: &str) -> Diagnostic {
    let mut fault = bad_address(target, reason, place);
    if reason == "host not found" {
        let host = place.split([':', '/', '?']).next().unwrap_or(place);
        fault.message = format!("{reason} in upstream \"{host}\"").into();
    }
    fault
}

/// What is said of a place to pass requests to.
pub(super) fn bad_address(target: Argument<'_>, reason: &str, place: &str) -> Diagnostic {
    let (why, help) = advice(reason, place);
    Diagnostic::error("bad-address", format!("{reason} in upstream \"{place}\""))
        .at(target.span(), "")
        .why(why)
        .help(help)
}

/// Why an address cannot be read, and what may be meant by it.
fn advice(reason: &str, place: &str) -> (&'static str, String) {
    let instead = |place: &str| format!("write `{place}`");
    let host = |place: &str| place.split('/').next().unwrap_or(place).to_owned();
    if let Some((_, rest)) = place.split_once("://") {
        return ("an address has no scheme", instead(&host(rest)));
    }
    if let Some(place) = place.strip_suffix(',') {
        return ("words are separated by spaces, and a comma is part of the word", instead(place));
    }
    match reason {
        "no port" => {
            ("it has no usual port, so one must be written", format!("write for example `{place}:9000`"))
        }
        "invalid host" if place.contains('/') && !place.starts_with('/') => {
            ("an address ends with its port: only `proxy_pass` takes a path behind it", instead(&host(place)))
        }
        "invalid port" => (
            "behind the colon stands a port, a number from 1 to 65535",
            "write for example `127.0.0.1:8080`".to_owned(),
        ),
        _ => (
            "it takes a host or an `upstream`, and a port from 1 to 65535 behind a colon, or `unix:` and a path",
            "write for example `127.0.0.1:8080`".to_owned(),
        ),
    }
}
