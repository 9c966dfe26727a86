//! Requests followed through one server, where what is written in it decides alone.

use super::Subject;
use super::meant::Kind;
use crate::nginx::routing::{Doubt, Event, Journey, Listen, Locations, Request, Sent, Step, Target};
use crate::nginx::tree::{Argument, Directive};

/// A server, ready to be asked for several paths.
pub(super) struct Ways<'s, 't> {
    subject: &'s Subject<'t>,
    server: Directive<'t>,
    locations: Locations<'t>,
}

/// What of a client's request is no path; what is not known is judged by nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Visit {
    /// The name it asks for; empty where it may be any.
    pub(super) host: String,
    /// The port it arrives at; 0 where it may be any.
    pub(super) port: u16,
    /// Whether it comes over TLS.
    pub(super) is_tls: Option<bool>,
    pub(super) method: Option<&'static str>,
    /// The headers that are certain; of others nothing is known.
    pub(super) headers: Vec<(String, String)>,
}

impl<'s, 't> Ways<'s, 't> {
    pub(super) fn of(subject: &'s Subject<'t>, server: Directive<'t>) -> Ways<'s, 't> {
        Ways { subject, server, locations: Locations::of(server) }
    }

    pub(super) fn locations(&self) -> &Locations<'t> {
        &self.locations
    }

    /// Follows a request; none where it depends on what only a real request or a disk can tell.
    pub(super) fn follow(&self, visit: &Visit, path: &str) -> Option<Journey<'t>> {
        let target = Target::parse(path, true).ok()?;
        let Visit { host, port, is_tls, method, headers } = visit;
        let sent = Sent { method: *method, is_tls: *is_tls, headers: Some(headers) };
        let request = Request { host, port: *port, address: None, target: path, sent };
        let journey =
            Journey::follow(self.server, &self.locations, &target, &request, self.subject.declared());
        let is_harmless = |doubt: &Doubt<'_>| {
            matches!(doubt, Doubt::AsWritten(..) | Doubt::Access(_) | Doubt::Pages(..) | Doubt::Index { .. })
        };
        let is_page = |step: &Step<'_>| matches!(step.event, Event::Replaced { .. });
        let is_certain = journey.doubts.iter().all(is_harmless) && !journey.steps.iter().any(is_page);
        is_certain.then_some(journey)
    }
}

impl Visit {
    /// A `GET` by one of the ways in which a server is reached.
    pub(super) fn through(server: Directive<'_>, listen: &Listen) -> Visit {
        let (host, port) = (a_name_of(server), listen.ports.0);
        Visit { host, port, is_tls: Some(listen.is_tls), method: Some("GET"), headers: vec![] }
    }

    /// By a client of such a location, wherever it comes from.
    pub(super) fn of_kind(kind: Kind) -> Visit {
        let header = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let (method, headers) = match kind {
            Kind::Websocket => (Some("GET"), vec![("Upgrade", "websocket"), ("Connection", "Upgrade")]),
            Kind::Sse => (Some("GET"), vec![]),
            Kind::Stream | Kind::Grpc | Kind::Other => (None, vec![]),
        };
        Visit { method, headers: headers.into_iter().map(header).collect(), ..Visit::default() }
    }
}

/// Whether a request comes by a block on its way, or by one inside it.
pub(super) fn comes_by(journey: &Journey<'_>, block: Directive<'_>) -> bool {
    let is_within = |place: Directive<'_>| place == block || place.ancestors().any(|around| around == block);
    journey.steps.iter().any(|step| matches!(step.event, Event::Taken { .. }) && is_within(step.by))
}

/// A name that a server is asked by; one of no site where it takes any, or an expression says which.
fn a_name_of(server: Directive<'_>) -> String {
    let mut names = server.find_all("server_name").flat_map(Directive::args).map(Argument::value);
    let name =
        names.find(|name| !name.starts_with(['~', '_', '$']) && !name.is_empty() && !name.ends_with('*'));
    match name.as_deref() {
        None => "nobody.example".to_owned(),
        Some(name) => match name.strip_prefix("*.").or_else(|| name.strip_prefix('.')) {
            Some(domain) => format!("nobody.{domain}"),
            None => name.to_owned(),
        },
    }
}
