//! A back end that is not heard when it says that its answer is a stream.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::delay::Delay;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "accel-buffering-ignored",
    severity: Severity::Warning,
    summary: "a buffered stream whose back end cannot switch buffering off",
    explanation: "\
Many back ends send `X-Accel-Buffering: no` with an event stream, and nginx then passes each event on even with
`proxy_buffering on`. `proxy_ignore_headers X-Accel-Buffering` makes it deaf to that: measured over TLS, the first of four
events sent 400 ms apart arrived after 1.2 s, with the last one, instead of after 4 ms. With `proxy_buffering off` ignoring
the header does no harm; it even keeps a back end that sends `yes` from turning buffering on again.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_ignore_headers X-Accel-Buffering;
        proxy_read_timeout 1d;
    }
}
",
    )
    .tried(SWITCHED)],
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
        .tried(SWITCHED),
        // There is nothing left to switch off.
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_ignore_headers X-Accel-Buffering;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss()
        .tried(SWITCHED),
    ],
    reach: Reach::Server,
    check,
};

/// A stream of a back end that says what it is.
const SWITCHED: Trial = Trial::Streams(Stream { path: "/sse/", headers: "X-Accel-Buffering: no\r\n" });

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some((Delay::SwitchIgnored(ignoring), meant)) = Delay::of(place, subject.version) else {
            continue;
        };
        let fault = RULE
            .finding(format!("`{}` holds events back, whatever its back end says", place.head()))
            .at(place.location.head_span(), "")
            .at(ignoring.head_span(), "`X-Accel-Buffering: no` of the back end is not heard");
        let fault = meant.point(Delay::buffered_by(place, fault)).why(
            "events wait until 16 KiB have gathered or the answer ends, and nothing but this file can change it",
        );
        found.push(Delay::help(place, fault, ""));
    }
}
