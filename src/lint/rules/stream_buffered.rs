//! An event stream that nginx holds back.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::lint::delay::Delay;
use crate::lint::passing::Passing;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial, edit};

pub(crate) static RULE: Rule = Rule {
    id: "stream-buffered",
    severity: Severity::Warning,
    summary: "an event stream or token stream that nginx buffers",
    explanation: "\
With `proxy_buffering on`, nginx's default, events wait. Six events sent 500 ms apart were measured at the client: over
HTTP/1.1 with TLS, or from a back end that is spoken to in HTTP/1.0, all six arrived together after 2.6 s; without
buffering each arrived within 85 ms. A browser on HTTP/2 hides the fault, other clients show it. The *response* header
`X-Accel-Buffering: no` of the back end has the same effect as `proxy_buffering off`; a request header or an `add_header`
of that name has none. If the back end sends it, say so in a suppression.

The same holds of `fastcgi_buffering`, `uwsgi_buffering` and `scgi_buffering`, and there a client in clear waits too: four
events, 400 ms apart, arrived together after 1.6 s, with or without TLS.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
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
    location /sse/ {
        uwsgi_pass 127.0.0.1:8080;
        uwsgi_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1d;
        add_header X-Accel-Buffering no;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
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
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        uwsgi_pass 127.0.0.1:8080;
        uwsgi_read_timeout 1d;
        uwsgi_buffering off;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        // A resource called events is not a stream of them.
        Example::new("server { listen 80; location /api/events/ { proxy_pass http://127.0.0.1:8080; } }\n").near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some((Delay::Buffered, meant)) = Delay::of(place, subject.version) else { continue };
        let message = format!("`{}` holds events back", place.head());
        let fault = Delay::buffered_by(place, RULE.finding(message).at(place.location.head_span(), ""));
        let why = match place.passing().is_some_and(Passing::is_http) {
            true => {
                "a client of HTTP/1.1 over TLS sees nothing until 16 KiB have gathered or the answer ends; from \
                 an HTTP/1.0 back end nobody does"
            }
            false => "no client sees anything until buffers are full or the answer ends",
        };
        let fault = Delay::help(place, meant.point(fault).why(why), "");
        found.push(fault.fix(fix(place).filter(|_| meant.is_said())));
    }
}

/// Certain where somebody says that it is a stream, and no cache would be lost: nginx keeps no answer that it does
/// not buffer.
fn fix(place: &Place<'_>) -> Option<Fix> {
    let Passing { directive, family } = place.passing()?;
    let is_cached = place.settings.get(family.cache).is_some_and(|cache| cache.value() != "off");
    if is_cached { None } else { edit::set(place.location, directive, family.buffering, "off") }
}
