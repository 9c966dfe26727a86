//! Locations that ask another one whether a request may pass.

use super::Subject;
use super::subject::Place;
use crate::nginx::routing::Locations;
use crate::nginx::tree::{Argument, Directive};

/// A location behind an `auth_request`, and the one that is asked.
pub(super) struct Guarded<'s, 't> {
    pub(super) place: &'s Place<'t>,
    /// The `auth_request` that holds in it.
    pub(super) request: Directive<'t>,
    pub(super) asked: &'s Place<'t>,
}

/// Every guarded location whose guard is in the same server and passes the question on to a back end.
pub(super) fn guarded<'s, 't>(subject: &'s Subject<'t>) -> Vec<Guarded<'s, 't>> {
    let mut guarded = Vec::new();
    if subject.every("auth_request").next().is_none() {
        return guarded;
    }
    for (server, places) in subject.by_server() {
        let mut locations = None;
        for place in places {
            let Some(request) = place.settings.get("auth_request").map(|setting| setting.directive()) else {
                continue;
            };
            let Some(uri) = request.arg(0).map(Argument::value).filter(|uri| uri.starts_with('/')) else {
                continue;
            };
            let path = uri.split('?').next().unwrap_or_default();
            let locations = locations.get_or_insert_with(|| Locations::of(server));
            let location = locations.taker(path.as_bytes()).location;
            let asked = places.iter().find(|place| Some(place.location) == location);
            guarded.extend(asked.filter(|asked| asked.proxy_pass().is_some()).map(|asked| Guarded {
                place,
                request,
                asked,
            }));
        }
    }
    guarded
}
