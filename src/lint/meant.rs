//! What a location is meant for: declared in YAML, marked by a comment, or plain from what is written in it.
//!
//! A hand-written file is taken at its word only where there is no other way to read it: a rule that cries over
//! a location that was never meant as a stream is worse than one that stays silent.

use super::subject::{Place, Promise};
use crate::diagnostic::Diagnostic;
use crate::nginx::tree::{Comment, Directive};
use crate::nginx::value::{Unit, parse_time};
use crate::text::Span;

/// What rules know how to hold a location to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Websocket,
    Sse,
    Stream,
    Grpc,
    /// Declared as something else.
    Other,
}

/// What a location is meant for, and what says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant<'a> {
    pub(super) kind: Kind,
    /// The type as it is called.
    pub(super) name: &'a str,
    pub(super) source: Source,
}

/// What says what a location is meant for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// The YAML.
    Declared(Span),
    /// A comment `# nginx-gen: type sse` above or behind it.
    Marked(Span),
    /// Its path, and what it sets.
    Path(Span),
    /// The headers it sets, and no more: they may have been copied to a place where they serve nothing.
    Headers(Span),
}

impl Kind {
    fn of(name: &str) -> Kind {
        match name {
            "websocket" => Kind::Websocket,
            "sse" => Kind::Sse,
            "stream" => Kind::Stream,
            "grpc" => Kind::Grpc,
            _ => Kind::Other,
        }
    }

    /// Whether answers come piece by piece.
    pub(super) fn is_streamed(self) -> bool {
        matches!(self, Kind::Sse | Kind::Stream)
    }

    /// Whether answers outlive a request.
    pub(super) fn is_long_lived(self) -> bool {
        self != Kind::Other
    }
}

impl Meant<'_> {
    /// Adds the place that says what the location is meant for.
    pub(super) fn point(&self, diagnostic: Diagnostic) -> Diagnostic {
        let name = self.name;
        match self.source {
            Source::Declared(span) => diagnostic.at(span, format!("declared `type: {name}` here")),
            Source::Marked(span) => diagnostic.at(span, format!("marked as `{name}` here")),
            Source::Path(span) => diagnostic.at(span, format!("the path of a `{name}` location")),
            Source::Headers(span) => diagnostic.at(span, format!("by this, a `{name}` location")),
        }
    }

    /// Whether its author says so in as many words.
    pub(super) fn is_said(&self) -> bool {
        matches!(self.source, Source::Declared(_) | Source::Marked(_))
    }
}

pub(super) fn of<'a>(place: &Place<'a>, promise: Option<&'a Promise<'a>>) -> Option<Meant<'a>> {
    if let Some(promise) = promise {
        let source = Source::Declared(promise.declared);
        return Some(Meant { kind: Kind::of(promise.kind), name: promise.kind, source });
    }
    let above = place.location.comments_above();
    let mut comments = above.into_iter().rev().chain(place.location.comment_behind());
    if let Some((name, comment)) = comments.find_map(|comment| Some((marked(comment)?, comment))) {
        return Some(Meant { kind: Kind::of(name), name, source: Source::Marked(comment.span()) });
    }
    place.proxy_pass()?;
    let (kind, source) = websocket(place)
        .map(|source| (Kind::Websocket, source))
        .or_else(|| event_stream(place).map(|source| (Kind::Sse, source)))?;
    let name = if kind == Kind::Sse { "sse" } else { "websocket" };
    Some(Meant { kind, name, source })
}

/// The type of a comment `nginx-gen: type sse`.
fn marked(comment: Comment<'_>) -> Option<&str> {
    comment.text().strip_prefix("nginx-gen:")?.trim_start().strip_prefix("type ")?.split_whitespace().next()
}

const WEBSOCKET: [&str; 6] = ["wss", "websocket", "websockets", "socket.io", "sockjs", "sockjs-node"];
const EVENTS: [&str; 4] = ["sse", "eventsource", "event-stream", "server-sent-events"];
const PERHAPS_EVENTS: [&str; 5] = ["events", "stream", "streams", "streaming", "notifications"];

/// Passes the upgrade on, or half of it; or has a path that leaves no doubt. `/ws/` alone does: SOAP services
/// are found there too.
fn websocket(place: &Place<'_>) -> Option<Source> {
    let path = place.location.args().next_back()?.span();
    let upgrade =
        sets(place, "proxy_set_header", "Upgrade", |value| value.starts_with('$') || value == "websocket");
    let connection = || {
        sets(place, "proxy_set_header", "Connection", |value| {
            value.eq_ignore_ascii_case("upgrade") || value.ends_with("connection_upgrade")
        })
    };
    if has_segment(place, &WEBSOCKET) {
        return Some(Source::Path(path));
    }
    let by_header = upgrade.or_else(connection);
    let dropped =
        || place.settings.hidden("proxy_set_header").iter().any(|header| is_header(header, "Upgrade"));
    if has_segment(place, &["ws"]) && (by_header.is_some() || is_patient(place) || dropped()) {
        return Some(Source::Path(path));
    }
    by_header.map(|directive| Source::Headers(directive.head_span()))
}

/// A path that can only be an event stream's; or one that may be, with settings that nothing else needs.
fn event_stream(place: &Place<'_>) -> Option<Source> {
    let path = place.location.args().next_back()?.span();
    let asks = ["proxy_set_header", "add_header"]
        .into_iter()
        .find_map(|name| sets(place, name, "X-Accel-Buffering", |value| value.eq_ignore_ascii_case("no")));
    let is_unbuffered = || place.location.find("proxy_buffering").is_some_and(|set| is_off(set));
    let is_sure = has_segment(place, &EVENTS)
        || has_segment(place, &PERHAPS_EVENTS) && (asks.is_some() || is_patient(place) || is_unbuffered());
    if is_sure {
        return Some(Source::Path(path));
    }
    asks.map(|directive| Source::Headers(directive.head_span()))
}

/// The directive of the location's own that sets a header to a value of this kind.
fn sets<'a>(
    place: &Place<'a>,
    name: &str,
    header: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<Directive<'a>> {
    let mut own = place.location.children().filter(|directive| directive.is(name));
    own.find(|one| is_header(one, header) && one.arg(1).is_some_and(|value| is_wanted(&value.value())))
}

/// Whether a `proxy_set_header` or `add_header` is of this header.
pub(super) fn is_header(directive: &Directive<'_>, name: &str) -> bool {
    directive.arg(0).is_some_and(|header| header.value().eq_ignore_ascii_case(name))
}

fn is_off(directive: Directive<'_>) -> bool {
    directive.arg(0).is_some_and(|value| value.is("off"))
}

/// Whether it waits for five minutes or longer of its own will.
fn is_patient(place: &Place<'_>) -> bool {
    let timeout = place.location.find("proxy_read_timeout").and_then(|timeout| timeout.arg(0));
    timeout.is_some_and(|time| parse_time(&time.value(), Unit::Milliseconds).is_ok_and(|ms| ms >= 300_000))
}

fn has_segment(place: &Place<'_>, words: &[&str]) -> bool {
    let is_text = !place.modifier.starts_with('~') && !place.path.starts_with(['~', '@']);
    is_text && place.path.split('/').any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}
