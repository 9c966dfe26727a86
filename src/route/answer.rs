//! What becomes of a request in the server and location that take it.

use super::explanation::{Asked, Outcome, Passed, Place};
use super::redirect::{absolute, expand};
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{Route, Upstream};
use crate::nginx::tree::{Argument, Directive};

/// What becomes of a request.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    pub(super) text: String,
    pub(super) redirect: Option<String>,
    pub(super) upstream: Option<Passed>,
    /// Whether it got as far as the locations.
    pub(super) by_location: bool,
}

impl Answer {
    fn new(outcome: Outcome, status: Option<u16>, text: impl Into<String>) -> Answer {
        Answer { outcome, status, text: text.into(), redirect: None, upstream: None, by_location: true }
    }

    /// One that is given before any location is looked at.
    fn early(self) -> Answer {
        Answer { by_location: false, ..self }
    }

    fn redirect(status: u16, to: String, why: &str) -> Answer {
        let text = format!("redirected with {status} to `{to}`, {why}");
        Answer { redirect: Some(to), ..Answer::new(Outcome::Redirected, Some(status), text) }
    }
}

/// What passes a request on to something that is not HTTP/1; `proxy_pass` is told apart.
const OTHER_HANDLERS: [&str; 5] = ["grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];

/// Decides in nginx's order: the handshake, the server's `return`, the location.
pub(super) fn of(route: &Route<'_>, asked: &Asked, tls_here: bool) -> Answer {
    if let Some(refused) = before_http(route, asked, tls_here) {
        return refused.early();
    }
    if let Some(directive) = route.before.returns {
        return returned(directive, route, asked).early();
    }
    let Some(location) = route.found.location else {
        return Answer::new(Outcome::File, None, "no location matches: a file of the server's own root");
    };
    if let Some(path) = &route.found.redirect {
        let args = route.target.args().filter(|args| !args.is_empty());
        let path = args.map_or_else(|| path.clone(), |args| format!("{path}?{args}"));
        let to = absolute(path, location, route.server.server, asked);
        return Answer::redirect(301, to, "since nginx adds the final slash by itself");
    }
    in_location(location, route, asked)
}

fn before_http(route: &Route<'_>, asked: &Asked, tls_here: bool) -> Option<Answer> {
    let refused = |status, text: String| Some(Answer::new(Outcome::Unserved, status, text));
    let rejects = Effective::inside(route.server.server).get("ssl_reject_handshake");
    match (asked.tls, tls_here) {
        (true, false) => {
            refused(None, format!("port {} speaks no TLS here: the handshake fails", asked.port))
        }
        (false, true) => {
            refused(Some(400), format!("port {} speaks TLS: clear HTTP is refused with 400", asked.port))
        }
        (true, true) if rejects.is_some_and(|setting| setting.value() == "on") => {
            refused(None, "the TLS handshake is refused (`ssl_reject_handshake on`)".to_owned())
        }
        _ => None,
    }
}

fn in_location(location: Directive<'_>, route: &Route<'_>, asked: &Asked) -> Answer {
    let effective = Effective::inside(location);
    if effective.get("internal").is_some() {
        return Answer::new(Outcome::Unserved, Some(404), "404: the location is `internal`");
    }
    if let Some(directive) = location.find("return") {
        return returned(directive, route, asked);
    }
    if let Some(upstream) = &route.upstream {
        return passed(upstream, location);
    }
    if let Some(pass) = OTHER_HANDLERS.iter().find_map(|name| effective.get(name)) {
        let to = pass.value().into_owned();
        let text = format!("passed on by `{}` to `{to}`", pass.directive().name());
        let upstream = Passed { servers: group(&to, location), base: to.clone(), url: to };
        return Answer { upstream: Some(upstream), ..Answer::new(Outcome::Passed, None, text) };
    }
    let text = match effective.get("root") {
        Some(root) => format!("a file under `{:?}`", root.directive()),
        None => "a file under nginx's own `root html`".to_owned(),
    };
    Answer::new(Outcome::File, None, text)
}

fn passed(upstream: &Upstream, location: Directive<'_>) -> Answer {
    let (url, base) = match upstream {
        Upstream::Known { base, target } => (format!("{base}{target}"), base.clone()),
        Upstream::Variable { pass } => (pass.clone(), pass.clone()),
    };
    let text = format!("passed on to `{url}`");
    let upstream = Passed { servers: group(&base, location), url, base };
    Answer { upstream: Some(upstream), ..Answer::new(Outcome::Passed, None, text) }
}

/// The servers of the `upstream` that an address names.
fn group(base: &str, location: Directive<'_>) -> Vec<String> {
    let name = base.split_once("://").map_or(base, |(_, name)| name);
    let mut levels = Effective::inside(location).levels().to_vec();
    levels.reverse();
    let upstreams = levels.iter().flat_map(|level| level.find_all("upstream"));
    let found = upstreams.into_iter().find(|upstream| upstream.arg(0).is_some_and(|own| own.is(name)));
    let servers = found.into_iter().flat_map(|upstream| upstream.find_all("server").collect::<Vec<_>>());
    servers.filter_map(|server| Some(server.arg(0)?.value().into_owned())).collect()
}

fn returned(directive: Directive<'_>, route: &Route<'_>, asked: &Asked) -> Answer {
    let server = route.server.server;
    let args: Vec<_> = directive.args().map(Argument::value).collect();
    let (code, text) = match args.as_slice() {
        [one] => one.parse().map_or((302, Some(one)), |code| (code, None)),
        [code, text, ..] => (code.parse().unwrap_or(0), Some(text)),
        [] => (0, None),
    };
    let why = match directive.parent() {
        Some(block) if block.is("server") => "by the server's `return`",
        _ => "by the location's `return`",
    };
    match (code, text) {
        (444, _) => Answer::new(Outcome::Unserved, Some(444), format!("the connection is closed {why} 444")),
        (301 | 302 | 303 | 307 | 308, Some(text)) => {
            let to = expand(text, server, asked, &route.target);
            let to = absolute(to, directive.parent().unwrap_or(server), server, asked);
            Answer::redirect(code, to, why)
        }
        _ => Answer::new(Outcome::Returned, Some(code), format!("answered with {code} {why}")),
    }
}

/// What may change the answer and is not followed.
pub(super) fn not_judged(route: &Route<'_>, by_location: bool) -> Vec<String> {
    let may_change = ["rewrite", "if", "try_files"];
    let location = route.found.location.filter(|_| by_location);
    let inside = location.into_iter().flat_map(Directive::children);
    let inside = inside.filter(|directive| may_change.iter().any(|name| directive.is(name)));
    let all = route.before.may_change.iter().copied().chain(inside);
    all.map(|directive| {
        let place = Place::of_directive(directive);
        format!("`{directive:?}` at {place} may change the answer, and is not judged")
    })
    .collect()
}
