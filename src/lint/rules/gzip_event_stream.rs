//! Event streams that are compressed into one piece.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::delay::{Delay, compressed, covers_events, is_buffered, is_event_stream};
use crate::lint::meant::Meant;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "gzip-event-stream",
    severity: Severity::Error,
    summary: "a buffered event stream that is compressed into one piece",
    explanation: "\
With `gzip on` and `gzip_types` that cover `text/event-stream` (`*` does), nginx compresses an event stream that it buffers
into one piece: the first event arrives with the last, over HTTP/1.1, TLS and HTTP/2 alike, as soon as the client accepts
gzip, which every browser does. Measured, four events sent 400 ms apart: 1.2 s to the first, against 27 ms without gzip. With
`proxy_buffering off`, or where the back end sends `X-Accel-Buffering: no`, each event is compressed and flushed by itself,
and arrives within 30 ms: that is what to write. Without it, take `text/event-stream` out of `gzip_types`.

Where no location is known to serve events, but `gzip_types` names them, it is told as a hint: any that pass there wait.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    gzip on;
    gzip_types text/css application/json text/event-stream;

    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        gzip on;
        gzip_types application/json text/event-stream;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/"))),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    gzip on;
    gzip_types text/css application/json;

    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/"))),
        // Compressed, and flushed event by event.
        Example::new(
            "\
server {
    listen 80;
    gzip on;
    gzip_types text/css application/json text/event-stream;

    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Streams(Stream::at("/sse/"))),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.every("gzip_types").any(covers_events) {
        return;
    }
    let is_named = |one: Directive<'_>| one.args().any(|kind| is_event_stream(&kind.value()));
    let named: HashSet<_> =
        subject.every("gzip_types").filter(|one| is_named(*one)).map(Directive::id).collect();
    let mut told = HashSet::new();
    for place in subject.places {
        if let Some((Delay::Compressed(types), meant)) = Delay::of(place, subject.version) {
            told.insert(types.id());
            found.push(known(place, types, &meant));
        }
    }
    if named.is_empty() {
        return;
    }
    for place in subject.places.iter().filter(|place| place.meant().is_none()) {
        if is_buffered(place, subject.version)
            && let Some(types) = compressed(place, subject.version)
            && named.contains(&types.id())
            && told.insert(types.id())
        {
            found.push(unknown(place, types));
        }
    }
}

fn known(place: &Place<'_>, types: Directive<'_>, meant: &Meant) -> Diagnostic {
    let fault = RULE
        .finding(format!("`{}` compresses its events into one piece", place.head()))
        .at(place.location.head_span(), "")
        .at(types.head_span(), "covers `text/event-stream`");
    let fault = meant
        .point(Delay::buffered_by(place, fault))
        .why("no client that accepts gzip, as browsers do, sees an event before the stream ends");
    Delay::help(place, fault, ": then each event is compressed and sent by itself")
}

fn unknown(place: &Place<'_>, types: Directive<'_>) -> Diagnostic {
    let fault = Diagnostic::new(Severity::Hint, RULE.id, "event streams are compressed into one piece")
        .at(types.head_span(), "names `text/event-stream`")
        .at(place.location.head_span(), "here, for one");
    Delay::buffered_by(place, fault)
        .why("no client that accepts gzip, as browsers do, sees an event before the stream ends")
        .help(
            "take `text/event-stream` out of `gzip_types`, or set `proxy_buffering off;` in the locations that serve events",
        )
}
