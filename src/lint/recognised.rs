//! What a hand-written location is for, where its text leaves no doubt.

use std::borrow::Cow;

use super::delay::is_event_stream;
use super::meant::{Source, is_header, is_nearly};
use super::passing::{Family, Passing};
use super::subject::Place;
use crate::nginx::tree::Directive;
use crate::nginx::value::{Unit, parse_time};

/// Words of a path that leave no doubt, by the type they stand for.
const SURE: [(&str, &[&str]); 3] = [
    ("websocket", &["wss", "websocket", "websockets", "socket.io", "sockjs", "sockjs-node", "webpack-hmr"]),
    ("sse", &["sse", "eventsource", "event-stream", "server-sent-events", ".well-known/mercure"]),
    ("stream", &["chat/completions", "v1/completions"]),
];

/// A path of `WebSocket` in one project and of something else in another: `/ws/` is found with SOAP services too.
const PERHAPS_WEBSOCKET: [&str; 13] = [
    "ws",
    "cable",
    "channels",
    "graphql",
    "hub",
    "hubs",
    "kernels",
    "live",
    "realtime",
    "signalr",
    "socket",
    "subscriptions",
    "terminals",
];
/// Words that stand for a `WebSocket` where its headers are set for just that path, and for much else where they are not.
const WITH_UPGRADE: [&str; 14] = [
    "ws",
    "websocket",
    "socket",
    "chat",
    "realtime",
    "live",
    "push",
    "updates",
    "feed",
    "ticker",
    "signaling",
    "websockify",
    "vnc",
    "novnc",
];
const PERHAPS_EVENTS: [&str; 5] = ["events", "stream", "streams", "streaming", "notifications"];

/// Paths of libraries that send something more often than once a minute of their own accord: `Socket.IO` every
/// 25 s, `SockJS` 25 s, Rails 3 s, `SignalR` 15 s, Phoenix 30 s, graphql-ws 12 s, Jupyter 30 s, Next.js 2.5 s,
/// Centrifugo 25 s, Supabase (which is Phoenix) 30 s.
const HEARTBEATS: [&str; 14] = [
    "socket.io",
    "sockjs",
    "sockjs-node",
    "cable",
    "signalr",
    "hub",
    "hubs",
    "live",
    "graphql",
    "kernels",
    "terminals",
    "webpack-hmr",
    "connection/websocket",
    "realtime/v1",
];

/// The type a location that passes requests on is plainly of, and what says so.
pub(super) fn by_its_text(place: &Place<'_>, passing: Passing<'_>) -> Option<(&'static str, Source)> {
    let words = Words::of(place);
    let path = || Some(Source::Path(place.location.args().next_back()?.span()));
    if let Some((kind, _)) = SURE.iter().find(|(_, sure)| words.have(sure)) {
        return Some((kind, path()?));
    }
    let upgrade = upgrade(place);
    if words.have(&["ws"]) && (is_patient(place, passing.family) || is_inherited_upgrade(place))
        || words.have(&PERHAPS_WEBSOCKET) && (upgrade.is_some() || drops_upgrade(place))
        || words.have_parts(&WITH_UPGRADE) && upgrade.is_some()
    {
        return Some(("websocket", path()?));
    }
    if let Some(directive) = upgrade {
        return Some(("websocket", Source::Headers(directive.head_span())));
    }
    let events = events(place);
    if words.have(&PERHAPS_EVENTS)
        && (events.is_some() || is_patient(place, passing.family) || is_unbuffered(place, passing.family))
    {
        return Some(("sse", path()?));
    }
    events.map(|directive| ("sse", Source::Headers(directive.head_span())))
}

/// Whether a library whose path this is keeps the connection from falling silent.
pub(super) fn has_heartbeat(place: &Place<'_>) -> bool {
    Words::of(place).have(&HEARTBEATS)
}

/// What the path of a location is made of, from slash to slash.
struct Words<'t>(Cow<'t, str>);

impl<'t> Words<'t> {
    /// Of an expression the words it must find; of one with alternatives none, for it takes other paths too.
    fn of(place: &'t Place<'_>) -> Words<'t> {
        let is_expression = place.modifier.starts_with('~') || place.path.starts_with('~');
        let path = place.path.trim_start_matches(['~', '*', '^', '=', '@']);
        Words(match is_expression {
            false => path.into(),
            true if path.contains(['|', '[']) || path.contains("(?") => "".into(),
            true => path.replace("\\.", ".").replace(['(', ')', '$', '?', '+', '*', '\\'], "/").into(),
        })
    }

    /// Whether one of these, which may hold slashes themselves, stands in it whole, whatever its case.
    fn have(&self, words: &[&str]) -> bool {
        self.have_between(b"/", words)
    }

    /// The same where a dash parts words too: `/chat-ws`.
    fn have_parts(&self, words: &[&str]) -> bool {
        self.have_between(b"/-_", words)
    }

    fn have_between(&self, ends: &[u8], words: &[&str]) -> bool {
        let path = self.0.as_bytes();
        let starts = (0..path.len())
            .filter(|&at| !ends.contains(&path[at]) && (at == 0 || ends.contains(&path[at - 1])));
        starts.into_iter().any(|at| words.iter().any(|word| begins_with(&path[at..], word.as_bytes(), ends)))
    }
}

/// Whether a path begins with a word that ends where a part of the path does.
fn begins_with(path: &[u8], word: &[u8], ends: &[u8]) -> bool {
    path.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && path.get(word.len()).is_none_or(|next| ends.contains(next))
}

/// What passes the upgrade on, or half of it.
fn upgrade<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let is_upgrade = |one: &Directive<'t>, value: &str| {
        is_header(one, "Upgrade") && (value.starts_with('$') || value.eq_ignore_ascii_case("websocket"))
            || is_nearly(one, "Upgrade") && value == "$http_upgrade"
            || is_header(one, "Connection")
                && (value.eq_ignore_ascii_case("upgrade") || value.ends_with("connection_upgrade"))
    };
    let mut own = place.location.find_all("proxy_set_header");
    own.find(|one| one.arg(1).is_some_and(|value| is_upgrade(one, &value.value())))
}

/// Whether the headers around it pass the upgrade on, and hold here.
fn is_inherited_upgrade(place: &Place<'_>) -> bool {
    let set = place.settings.get("proxy_set_header").map(|setting| setting.directives);
    set.is_some_and(|set| set.iter().any(|one| is_header(one, "Upgrade")))
}

/// Whether the headers around it pass the upgrade on, and it has others of its own.
fn drops_upgrade(place: &Place<'_>) -> bool {
    place.settings.hidden("proxy_set_header").iter().any(|header| is_header(header, "Upgrade"))
}

/// What nothing but an event stream needs: the switch for buffering, and its media type.
fn events<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let is_switch = |one: &Directive<'t>| {
        is_header(one, "X-Accel-Buffering")
            && one.arg(1).is_some_and(|value| value.value().eq_ignore_ascii_case("no"))
    };
    let is_about_events = |one: &Directive<'t>| {
        let sets_header = one.is("proxy_set_header") || one.is("add_header");
        let types = || one.args().any(|value| is_event_stream(&value.value()));
        sets_header && (is_switch(one) || types()) || one.is("default_type") && types()
    };
    place.location.children().find(is_about_events)
}

fn is_unbuffered(place: &Place<'_>, family: &Family) -> bool {
    let buffering = place.location.find(family.buffering).and_then(|set| set.arg(0));
    buffering.is_some_and(|value| value.is("off"))
}

/// Whether it waits for five minutes or longer of its own will.
fn is_patient(place: &Place<'_>, family: &Family) -> bool {
    let timeout = place.location.find(family.read_timeout).and_then(|timeout| timeout.arg(0));
    timeout.is_some_and(|time| parse_time(&time.value(), Unit::Milliseconds).is_ok_and(|ms| ms >= 300_000))
}
