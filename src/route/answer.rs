//! What becomes of a request in the server and location that take it.

use super::explanation::{Asked, Outcome, Passed, Place};
use super::notes::at_run_time;
use super::redirect::absolute;
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{End, Failure, Journey, REDIRECTS, Route, Upstream, Value};
use crate::nginx::tree::Directive;

/// What becomes of a request.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    pub(super) text: String,
    pub(super) redirect: Option<String>,
    pub(super) upstream: Option<Passed>,
    /// Whether it did not get as far as the server's directives.
    pub(super) is_refused: bool,
}

impl Answer {
    fn new(outcome: Outcome, status: Option<u16>, text: impl Into<String>) -> Answer {
        Answer { outcome, status, text: text.into(), redirect: None, upstream: None, is_refused: false }
    }

    fn redirect(status: u16, to: String, why: &str) -> Answer {
        let text = format!("redirected with {status} to `{to}`, {why}");
        Answer { redirect: Some(to), ..Answer::new(Outcome::Redirected, Some(status), text) }
    }
}

/// Decides in nginx's order: the handshake, then what the server and the location do.
pub(super) fn of(route: &Route<'_>, asked: &Asked, tls_here: bool) -> Answer {
    if let Some(refused) = before_http(route, asked, tls_here) {
        return Answer { is_refused: true, ..refused };
    }
    let answer = of_end(route, asked);
    let status = route.journey.status.filter(|status| REDIRECTS.contains(status));
    if let (None, Some((by, to)), Some(status)) = (&answer.redirect, &route.journey.redirect, status) {
        let to = absolute(to.shown(), route.journey.within, route.server.server, asked);
        return Answer::redirect(status, to, &whose(*by));
    }
    // A redirect says where to and with which status, and a closed connection nothing; all else is sent with that of
    // the page.
    let is_sent = answer.redirect.is_none() && answer.status != Some(444);
    match route.journey.status.filter(|status| is_sent && answer.status != Some(*status)) {
        Some(status) => {
            let text = format!("{}, sent with {status}", answer.text);
            Answer { status: Some(status), text, ..answer }
        }
        None => answer,
    }
}

/// What a journey ends with.
fn of_end(route: &Route<'_>, asked: &Asked) -> Answer {
    let (journey, server) = (&route.journey, route.server.server);
    let absolute = |to: &Value| absolute(to.shown(), journey.within, server, asked);
    match &journey.end {
        End::Returned { by, status, text } => returned(*by, *status, text.as_ref().map(absolute)),
        End::Redirected { by, status, to } => Answer::redirect(*status, absolute(to), &whose(*by)),
        End::Slash { to } => {
            Answer::redirect(301, absolute(to), "since nginx adds the final slash by itself")
        }
        End::Internal => Answer::new(Outcome::Unserved, Some(404), "404: the location is `internal`"),
        End::NotAllowed => {
            let text = format!("405: nginx serves no file to `{}`", asked.method.as_str());
            Answer::new(Outcome::Unserved, Some(405), text)
        }
        End::NotTls => Answer::new(Outcome::Unserved, Some(400), "clear HTTP is refused with 400"),
        End::PageElsewhere { by, status, to } => {
            Answer::redirect(*status, to.shown(), &format!("by `{by:?}`"))
        }
        End::Code(by, status) => {
            let text = format!("answered with {status} by `{by:?}`, when none of its files is there");
            Answer::new(Outcome::Returned, Some(*status), text)
        }
        End::Failed(by, failure) => failed(*by, *failure),
        End::Unknown(by, names) => {
            let (place, why) = (Place::of_directive(*by), at_run_time(names));
            let text = format!("not known: the path that `{by:?}` at {place} leads to: {why}");
            Answer::new(Outcome::Unknown, None, text)
        }
        End::Content(Some(upstream)) => passed(upstream, journey.within),
        End::Content(None) => content(journey),
    }
}

fn before_http(route: &Route<'_>, asked: &Asked, tls_here: bool) -> Option<Answer> {
    let refused = |status, text: String| Some(Answer::new(Outcome::Unserved, status, text));
    let rejects = Effective::inside(route.server.server).get("ssl_reject_handshake");
    match (asked.tls, tls_here) {
        (true, false) => {
            refused(None, format!("port {} speaks no TLS here: the handshake fails", asked.port))
        }
        (false, true) if route.journey.end == End::NotTls => {
            refused(Some(400), format!("port {} speaks TLS: clear HTTP is refused with 400", asked.port))
        }
        (true, true) if rejects.is_some_and(|setting| setting.value() == "on") => {
            refused(None, "the TLS handshake is refused (`ssl_reject_handshake on`)".to_owned())
        }
        _ => None,
    }
}

/// What no `proxy_pass` answers.
fn content(journey: &Journey<'_>) -> Answer {
    let effective = Effective::inside(journey.within);
    if let Some(pass) = journey.handler {
        let to = pass.arg(0).map(|to| to.value().into_owned()).unwrap_or_default();
        let text = format!("passed on by `{}` to `{to}`", pass.name());
        let upstream = Passed { servers: group(&to, journey.within), base: to.clone(), url: to };
        return Answer { upstream: Some(upstream), ..Answer::new(Outcome::Passed, None, text) };
    }
    if journey.found.as_ref().is_none_or(|found| found.location.is_none()) {
        return Answer::new(Outcome::File, None, "no location matches: a file of the server's own root");
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

fn returned(by: Directive<'_>, status: u16, text: Option<String>) -> Answer {
    let why = whose(by);
    match (status, text) {
        (444, _) => Answer::new(Outcome::Unserved, Some(444), format!("the connection is closed {why} 444")),
        (_, Some(to)) if REDIRECTS.contains(&status) => Answer::redirect(status, to, &why),
        _ => Answer::new(Outcome::Returned, Some(status), format!("answered with {status} {why}")),
    }
}

fn failed(by: Directive<'_>, failure: Failure) -> Answer {
    let why = match failure {
        Failure::Cycle => "the path is changed more than ten times, last from",
        Failure::EmptyPath => "the path becomes empty by",
        Failure::NoSuchLocation => "there is no location of the name in",
        Failure::NoUpstream => {
            "the settings that hold at the end name no place to pass requests on to; it would be by"
        }
        Failure::AliasRewritten => "nginx finds no file for a path that a `rewrite` changed under",
        Failure::RegexGivesUp => "PCRE gives up on the expression of",
    };
    Answer::new(Outcome::Unserved, Some(500), format!("500: {why} `{by:?}`"))
}

/// Whose directive answers.
fn whose(by: Directive<'_>) -> String {
    let block = by.ancestors().find(|block| block.is("server") || block.is("location"));
    let owner = if block.is_some_and(|block| block.is("server")) { "server" } else { "location" };
    format!("by the {owner}'s `{}`", by.name())
}
