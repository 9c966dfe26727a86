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

/// Paths of `WebSocket` in one project and of something else in another: `/ws/` is found with SOAP services too. Where its
/// headers are set for just that path, they stand for one.
const WITH_UPGRADE: [&str; 11] = [
    "ws",
    "cable",
    "graphql",
    "hub",
    "hubs",
    "kernels",
    "live",
    "realtime",
    "signalr",
    "socket",
    "terminals",
];
/// The same where a dash parts words too: `/chat-ws`.
const PART_WITH_UPGRADE: [&str; 9] =
    ["ws", "websocket", "socket", "signaling", "websockify", "vnc", "novnc", "mqtt", "stomp"];
/// Those that stand for one where headers of the server are meant for it, and dropped.
const DROPPING_UPGRADE: [&str; 7] = ["ws", "cable", "hubs", "kernels", "signalr", "socket", "terminals"];
/// Words of a `WebSocket` and of much else: headers that all locations have alike do not tell them apart.
const PERHAPS_WEBSOCKET: [&str; 9] =
    ["chat", "realtime", "live", "push", "updates", "feed", "ticker", "channels", "subscriptions"];
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
    let (upgrade, events) = (upgrade(place), events(place));
    if words.have(&["ws"]) && (waits_for(place, passing.family, HALF_AN_HOUR) || is_inherited_upgrade(place))
        || words.have(&DROPPING_UPGRADE) && drops_upgrade(place)
        || (words.have(&WITH_UPGRADE) || words.have_parts(&PART_WITH_UPGRADE)) && upgrade.is_some()
    {
        return Some(("websocket", path()?));
    }
    if let Some(directive) = upgrade {
        return Some(("websocket", Source::Headers(directive.head_span())));
    }
    if let Some(directive) = events {
        let said = Source::Headers(directive.head_span());
        return Some(("sse", if words.have(&PERHAPS_EVENTS) { path()? } else { said }));
    }
    let is_named = |words: &Words<'_>| words.have(&WITH_UPGRADE) || words.have_heads(&PERHAPS_WEBSOCKET);
    let is_patient = waits_for(place, passing.family, FIVE_MINUTES);
    let kind = if words.have(&["ws"]) && is_patient || is_named(&words) && drops_upgrade(place) {
        "websocket"
    } else if words.have(&PERHAPS_EVENTS) && (is_patient || is_unbuffered(place, passing.family)) {
        "sse"
    } else {
        return None;
    };
    Some((kind, Source::Likely(place.location.args().next_back()?.span())))
}

/// Whether the path of a location with upgrade headers speaks for a `WebSocket` too.
pub(super) fn is_likely_websocket(place: &Place<'_>) -> bool {
    Words::of(place).have_heads(&PERHAPS_WEBSOCKET)
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
            true if path.contains('|') || path.contains("(?") => "".into(),
            true => {
                let path = without_classes(path).replace("\\.", ".");
                path.replace(['(', ')', '$', '?', '+', '*', '\\'], "/").into()
            }
        })
    }

    /// Whether one of these, which may hold slashes themselves, stands in it whole, whatever its case.
    fn have(&self, words: &[&str]) -> bool {
        self.have_between("/", words, "/")
    }

    /// The same where a dash parts words too: `/chat-ws`.
    fn have_parts(&self, words: &[&str]) -> bool {
        self.have_between("/-_", words, "/-_")
    }

    /// The same of the word that says what others only describe: a `/team-chat` is a chat, a `/chat-history` is none.
    fn have_heads(&self, words: &[&str]) -> bool {
        self.have_between("/-_", words, "/")
    }

    fn have_between(&self, before: &str, words: &[&str], behind: &str) -> bool {
        let path = self.0.as_bytes();
        let parts = |ends: &str, byte: &u8| ends.as_bytes().contains(byte);
        let mut starts = (0..path.len()).filter(|&at| at == 0 || parts(before, &path[at - 1]));
        let is_word = |rest: &[u8], word: &str| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
                && rest.get(word.len()).is_none_or(|next| parts(behind, next))
        };
        starts.any(|at| words.iter().any(|word| is_word(&path[at..], word)))
    }
}

/// An expression with `[` in place of each class: any of its characters stands there.
fn without_classes(expression: &str) -> String {
    let mut classes = expression.split('[');
    let first = classes.next().unwrap_or_default().to_owned();
    classes.fold(first, |text, class| text + "[" + class.split_once(']').map_or("", |(_, rest)| rest))
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

const FIVE_MINUTES: u64 = 300_000;
const HALF_AN_HOUR: u64 = 1_800_000;

/// Whether it waits for so many milliseconds or longer of its own will.
fn waits_for(place: &Place<'_>, family: &Family, least: u64) -> bool {
    let timeout = place.location.find(family.read_timeout).and_then(|timeout| timeout.arg(0));
    timeout.is_some_and(|time| parse_time(&time.value(), Unit::Milliseconds).is_ok_and(|ms| ms >= least))
}
