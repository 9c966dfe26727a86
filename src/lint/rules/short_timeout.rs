//! A long-lived location that nginx cuts after a minute of silence.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant, Source};
use crate::lint::recognised::{has_heartbeat, is_likely_websocket};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};
use crate::nginx::tree::Directive;
use crate::nginx::value::{Unit, parse_time};

pub(crate) static RULE: Rule = Rule {
    id: "short-timeout",
    severity: Severity::Warning,
    summary: "a WebSocket or event stream that is cut after a minute of silence or less",
    explanation: "\
`proxy_read_timeout` is the longest silence of the back end, 60 s unless it is set. An idle WebSocket is then closed
without a close frame, a stream in the middle of its body, and the access log says 101 or 200 as if all were well. Set it
to longer than the back end is ever silent; if the back end sends a heartbeat more often than once a minute, say so in a
suppression. The same holds of `fastcgi_read_timeout`, `uwsgi_read_timeout`, `scgi_read_timeout`, and of `grpc_read_timeout`:
a streaming call is reset with `INTERNAL_ERROR`, and one that has not begun answered 504. Most calls are short, so a gRPC
location is looked at where it is declared or marked as one.

Where no more than the path of a location with upgrade headers speaks for a WebSocket, such as `/chat`, or what it sets for events, such as
`proxy_buffering off` at `/notifications`, it is a hint. Of paths of libraries that send a heartbeat, such as Socket.IO's, nothing is told.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off; # and 60 s, for nothing else is set
    }
}
",
        ),
        Example::new(
            "\
server {
    listen 80;
    proxy_read_timeout 1s;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
    }
}
",
        )
        .tried(Trial::Outlasts(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        uwsgi_pass 127.0.0.1:8080;
        uwsgi_buffering off;
        uwsgi_read_timeout 1s;
    }
}
",
        )
        .tried(Trial::Outlasts(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80 http2;
    # nginx-gen: type grpc
    location /chat.Rooms/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 1s;
        client_body_timeout 1h;
    }
}
",
        )
        .tried(Trial::Calls("/chat.Rooms/Watch")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Outlasts(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        uwsgi_pass 127.0.0.1:8080;
        uwsgi_buffering off;
        uwsgi_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Outlasts(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80 http2;
    # nginx-gen: type grpc
    location /chat.Rooms/ {
        grpc_pass grpc://127.0.0.1:8080;
        grpc_read_timeout 1h;
        client_body_timeout 1h;
    }
}
",
        )
        .tried(Trial::Calls("/chat.Rooms/Watch")),
        // Nothing says that any of its calls is a stream.
        Example::new("server { listen 80 http2; location /shop.Orders/ { grpc_pass grpc://127.0.0.1:8080; } }\n")
            .near_miss(),
        // Headers that every location has alike, at a path that is no WebSocket's.
        Example::new(
            "\
server {
    listen 80;
    location /chat-history {
        proxy_pass http://127.0.0.1:3000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
        )
        .near_miss(),
        // Socket.IO sends a heartbeat every 25 s.
        Example::new(
            "\
server {
    listen 80;
    location /socket.io/ {
        proxy_pass http://127.0.0.1:3000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

/// nginx's default, in milliseconds.
const MINUTE: u64 = 60_000;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let meant = place.meant().filter(|meant| meant.kind.is_long_lived());
        let Some((meant, is_known)) = meant.and_then(|meant| Some((meant, falls_silent(place, &meant)?))) else {
            continue;
        };
        let Some((pass, name)) = waiting(place) else { continue };
        let Some(timeout) = place.value(name, subject.version) else { continue };
        // Of nothing at all `zero-timeout` tells.
        if !parse_time(&timeout, Unit::Milliseconds).is_ok_and(|time| (1..=MINUTE).contains(&time)) {
            continue;
        }
        let unit = if timeout.ends_with(|last: char| last.is_ascii_digit()) { "s" } else { "" };
        let head = place.head();
        let what = if meant.kind == Kind::Websocket { "a WebSocket" } else { "an event stream" };
        let fault = if is_known {
            RULE.finding(format!("`{head}` is cut after {timeout}{unit} of silence"))
        } else {
            let message = format!("{what} at `{head}` would be cut after {timeout}{unit} of silence");
            Diagnostic::new(Severity::Hint, RULE.id, message)
        };
        let fault = fault.at(place.location.head_span(), "");
        let fault = match place.settings.get(name) {
            Some(set) => fault.at(set.directive().head_span(), "set here"),
            None => fault.at(pass.head_span(), "60s, for nothing else is set"),
        };
        let why = match meant.kind {
            Kind::Grpc => "nginx then resets the call: its client sees `INTERNAL` in the middle of a stream",
            _ => "nginx then ends the connection without a word, and logs it as a success",
        };
        found.push(meant.point(fault).why(why).help(format!(
            "set `{name}` to longer than the back end is ever silent, such as `1h`"
        )));
    }
}

/// Whether it is known that what comes by falls silent, or only likely; none where neither is.
fn falls_silent(place: &Place<'_>, meant: &Meant) -> Option<bool> {
    match meant.source {
        Source::Declared(_) | Source::Marked(_) => Some(true),
        Source::Path(_) => (!has_heartbeat(place)).then_some(true),
        Source::Likely(_) => (!has_heartbeat(place)).then_some(false),
        Source::Headers(_) if meant.kind.is_streamed() => Some(true),
        // Upgrade headers are copied to wherever a WebSocket might come by; only a path says that one does.
        Source::Headers(_) => {
            (meant.kind == Kind::Websocket && is_likely_websocket(place) && !has_heartbeat(place)).then_some(false)
        }
    }
}

/// What passes the requests of a location on, and what says how long its back end may be silent.
fn waiting<'t>(place: &Place<'t>) -> Option<(Directive<'t>, &'static str)> {
    let grpc = || Some((place.location.find("grpc_pass")?, "grpc_read_timeout"));
    place.passing().map(|passing| (passing.directive, passing.family.read_timeout)).or_else(grpc)
}
