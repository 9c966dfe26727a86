//! Where a URL ends in a configuration, and why: the server, the location, what is sent on, what holds there.

mod answer;
mod declared;
mod expectation;
mod explanation;
mod human;
mod notes;
mod question;
mod reasons;
mod redirect;
mod settings;
mod steps;
mod url;

pub use declared::rendered_name;
pub use expectation::{Expectation, Unmet};
pub use explanation::{Asked, Declared, Explanation, Outcome, Passed, Place, Rival, Setting, Step, Taken};
pub use human::write;
pub use question::{Header, Method, Question};
pub use url::Url;

use std::net::IpAddr;

use self::answer::Answer;
use crate::environment::Environment;
use crate::nginx::routing::{self, Listen, Request, Route, Sent, servers};
use crate::nginx::tree::{Block, Directive};
use crate::nginx::version::Version;

/// What a configuration is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'e> {
    /// The nginx that runs it.
    pub version: Version,
    /// The environment it was rendered from.
    pub environment: Option<&'e Environment>,
    /// Whether all that is set for the location is told, and not only what real-time traffic hangs on.
    pub all_settings: bool,
}

/// Follows a request through a configuration; `root` is the top of it or of its server blocks.
pub fn explain(root: Block<'_>, question: &Question, setup: Setup<'_>) -> Explanation {
    let servers = servers(root);
    let asked = arrival(&servers, question);
    let headers: Vec<_> = asked.headers.iter().map(|sent| (sent.name.clone(), sent.value.clone())).collect();
    let sent = Sent { method: Some(asked.method.as_str()), is_tls: Some(asked.tls), headers: Some(&headers) };
    let address = asked.host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let request = Request { host: &asked.host, port: asked.port, address, target: &asked.target, sent };
    let mut explanation = unserved(&question.url, &asked);
    match routing::route(root, &request) {
        Err(fault) => {
            let server = routing::choose(&servers, &request);
            explanation.server = server.map(|chosen| reasons::server(&chosen, &request));
            explanation.answer = format!("refused with 400: {fault}");
            explanation.status = Some(400);
        }
        Ok(None) => explanation.answer = format!("no server listens at port {}", asked.port),
        Ok(Some(route)) => {
            explanation.server = Some(reasons::server(&route.server, &request));
            follow(&mut explanation, &route, route.server.speaks_tls(&servers, asked.port), setup);
        }
    }
    explanation
}

/// Fills in what becomes of a request that a server took.
fn follow(explanation: &mut Explanation, route: &Route<'_>, tls_here: bool, setup: Setup<'_>) {
    let Answer { outcome, status, text, redirect, upstream, is_refused } =
        answer::of(route, &explanation.request, tls_here);
    (explanation.outcome, explanation.status, explanation.answer) = (outcome, status, text);
    (explanation.redirect, explanation.upstream) = (redirect, upstream);
    if is_refused {
        return;
    }
    let journey = &route.journey;
    explanation.steps = steps::steps(journey);
    explanation.notes = journey.doubts.iter().map(notes::note).collect();
    let Some(location) = journey.found.as_ref().and_then(|found| found.location) else { return };
    explanation.location = journey.found.as_ref().and_then(reasons::location);
    if let Some(taken) = &mut explanation.location {
        taken.declared = setup.environment.and_then(|environment| declared::declared(environment, location));
    }
    if setup.all_settings {
        explanation.settings = settings::every(journey.within, setup.version);
    } else if outcome == Outcome::Passed {
        explanation.settings = settings::settings(journey.within, setup.version);
    }
}

/// Where a URL arrives. Without a scheme TLS is meant wherever it is spoken.
fn arrival(servers: &[Directive<'_>], question: &Question) -> Asked {
    let url = &question.url;
    let listens = || servers.iter().flat_map(|server| Listen::all_of(*server));
    let speaks_tls = |port| listens().any(|listen| listen.has_port(port) && listen.is_tls);
    let port = match (url.port, url.is_tls) {
        (Some(port), _) => port,
        (None, Some(true)) => 443,
        (None, None) if speaks_tls(443) => 443,
        (None, Some(false) | None) => 80,
    };
    let tls = url.is_tls.unwrap_or_else(|| speaks_tls(port));
    let (method, headers) = (question.method.clone(), question.sent_headers());
    Asked { host: url.host.clone(), port, tls, target: url.target.clone(), method, headers }
}

fn unserved(url: &Url, asked: &Asked) -> Explanation {
    Explanation {
        url: url.text.clone(),
        request: asked.clone(),
        outcome: Outcome::Unserved,
        answer: String::new(),
        status: None,
        server: None,
        location: None,
        steps: vec![],
        redirect: None,
        upstream: None,
        settings: vec![],
        notes: vec![],
    }
}
