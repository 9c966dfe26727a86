//! Locations that send a request of their own to another one: to ask whether a request may pass, or to copy it.

use super::Subject;
use super::subject::Place;
use crate::nginx::routing::Locations;
use crate::nginx::tree::{Argument, Directive};

/// A location behind an `auth_request` or a `mirror`, and the one that is asked.
pub(super) struct Guarded<'s, 't> {
    pub(super) place: &'s Place<'t>,
    /// The directive that holds in it.
    pub(super) request: Directive<'t>,
    pub(super) asked: &'s Place<'t>,
}

/// Every location with such a directive whose guard is in the same server and passes the question on to a back end.
pub(super) fn guarded<'s, 't>(subject: &'s Subject<'t>, name: &str) -> Vec<Guarded<'s, 't>> {
    let mut guarded = Vec::new();
    if subject.every(name).next().is_none() {
        return guarded;
    }
    for (server, places) in subject.by_server() {
        let mut locations = None;
        for place in places {
            let requests = place.settings.get(name).map(|setting| setting.directives).unwrap_or_default();
            for request in requests {
                let Some(uri) = request.arg(0).map(Argument::value).filter(|uri| uri.starts_with('/')) else {
                    continue;
                };
                let path = uri.split('?').next().unwrap_or_default();
                let locations = locations.get_or_insert_with(|| Locations::of(server));
                let location = locations.taker(path.as_bytes()).location;
                let asked = places.iter().find(|place| Some(place.location) == location);
                let asked = asked.filter(|asked| asked.proxy_pass().is_some());
                guarded.extend(asked.map(|asked| Guarded { place, request, asked }));
            }
        }
    }
    guarded
}
