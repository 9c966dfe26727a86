//! What holds the events of a stream back.
//!
//! All of it takes `proxy_buffering on`, or its like of another module: without, nginx flushes each piece, compressed or not, stores nothing in a
//! cache, and `X-Accel-Buffering` has nothing left to switch off. So each rule about it asks here, and a location is
//! told of the one cause that decides.

use std::borrow::Cow;

use super::meant::{Meant, is_header};
use super::subject::Place;
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

/// Why events of a stream arrive late, the gravest cause first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Delay<'t> {
    /// A second client gets the stored stream of the first: the `proxy_cache` or its like.
    Cached(Directive<'t>),
    /// It is compressed into one piece: the `gzip_types` that covers event streams.
    Compressed(Directive<'t>),
    /// The back end cannot switch buffering off: the `proxy_ignore_headers` or its like.
    SwitchIgnored(Directive<'t>),
    /// It is buffered, and no more.
    Buffered,
}

impl<'t> Delay<'t> {
    /// What delays a location that is meant as a stream; `None` where nothing does, or nothing is known.
    pub(super) fn of(place: &Place<'t>, version: Version) -> Option<(Delay<'t>, Meant)> {
        let meant = place.meant().filter(|meant| meant.kind.is_streamed())?;
        is_buffered(place, version).then(|| {
            let delay = cached(place, version)
                .map(Delay::Cached)
                .or_else(|| compressed(place, version).map(Delay::Compressed))
                .or_else(|| switch_ignored(place).map(Delay::SwitchIgnored));
            (delay.unwrap_or(Delay::Buffered), meant)
        })
    }

    /// Ends a finding with what turns buffering off, and what follows from that.
    pub(super) fn help(place: &Place<'_>, fault: Diagnostic, then: &str) -> Diagnostic {
        let Some(passing) = place.passing() else { return fault };
        let name = passing.family.buffering;
        let verb = if place.location.find(name).is_some() { "write" } else { "add" };
        fault.help(format!("{verb} `{name} off;`{then}"))
    }

    /// Points at what turns buffering on, and at a switch that is meant to turn it off and does not.
    pub(super) fn buffered_by(place: &Place<'_>, fault: Diagnostic) -> Diagnostic {
        let Some(passing) = place.passing() else { return fault };
        let fault = match place.settings.get(passing.family.buffering) {
            Some(set) => fault.at(set.directive().head_span(), "buffered by this"),
            None => fault.at(passing.directive.head_span(), "buffered, for nothing else is set"),
        };
        let added = place.settings.get("add_header").map(|added| added.directives).unwrap_or_default();
        match added.iter().find(|header| is_header(header, "X-Accel-Buffering")) {
            Some(switch) => {
                fault.at(switch.head_span(), "tells clients; nginx reads it in the back end's answer only")
            }
            None => fault,
        }
    }
}

/// Whether what a back end answers here is buffered, as far as nginx's text says.
pub(super) fn is_buffered(place: &Place<'_>, version: Version) -> bool {
    let buffering = place.passing().and_then(|passing| place.value(passing.family.buffering, version));
    buffering.is_some_and(|set| set != "off")
}

/// The `gzip_types` by which event streams are compressed.
pub(super) fn compressed<'t>(place: &Place<'t>, version: Version) -> Option<Directive<'t>> {
    place.value("gzip", version).filter(|gzip| gzip == "on")?;
    let types = place.settings.get("gzip_types")?.directives;
    types.into_iter().find(|types| covers_events(*types))
}

/// Whether a `gzip_types` covers event streams, by their name or with all others.
pub(super) fn covers_events(types: Directive<'_>) -> bool {
    types.args().any(|kind| kind.is("*") || is_event_stream(&kind.value()))
}

/// Whether this is the media type of Server-Sent Events.
pub(super) fn is_event_stream(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case("text/event-stream")
}

/// The `proxy_cache` that stores answers with 200, whatever the back end says of their age.
fn cached<'t>(place: &Place<'t>, version: Version) -> Option<Directive<'t>> {
    let family = place.passing()?.family;
    place.value(family.cache, version).filter(|zone| zone != "off")?;
    let cache = place.settings.get(family.cache)?.directive();
    let stores = place.settings.get(family.cache_valid)?.directives.into_iter().any(|valid| {
        let codes: Vec<Cow<'_, str>> = valid.args().rev().skip(1).map(Argument::value).collect();
        codes.is_empty() || codes.iter().any(|code| code == "200" || code == "any")
    });
    let is_spared = family.cache_conditions.iter().any(|name| place.settings.get(name).is_some());
    (stores && !is_spared).then_some(cache)
}

fn switch_ignored<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let ignored = place.settings.get(place.passing()?.family.ignore_headers)?.directives;
    ignored
        .into_iter()
        .find(|one| one.args().any(|name| name.value().eq_ignore_ascii_case("X-Accel-Buffering")))
}
