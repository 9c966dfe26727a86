//! A long-lived location that never sees its requests.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Rule, Stream, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, Kind, Locations};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "path-served-elsewhere",
    severity: Severity::Error,
    summary: "a WebSocket or event-stream location whose requests end elsewhere",
    explanation: "\
nginx remembers the longest prefix and then tries the regular expressions: the first that matches takes the request, however
long the prefix was. `location ~ ^/api/` thus takes everything from `location /api/sse/`, whose settings are never used. With
`^~` before the prefix no regular expression is tried. A `return` of the server answers before any location is looked for.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location ~ ^/api/ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Streams(Stream::at("/api/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    return 503;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Answers("/sse/", 200)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location ^~ /api/sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location ~ ^/api/ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Streams(Stream::at("/api/sse/"))),
        // Takes some paths below the prefix, as such an expression is meant to.
        Example::new(
            "\
server {
    listen 80;
    location /api/sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location ~ \\.png$ { root /srv; }
}
",
        )
        .near_miss()
        .tried(Trial::Streams(Stream::at("/api/sse/"))),
    ],
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // The locations of a server stand together.
    for places in subject.places.chunk_by(|a, b| a.server == b.server) {
        let Some(server) = places[0].server else { continue };
        let is_threatened = |place: &&Place<'_>| {
            let is_outer = place.location.parent() == place.server;
            is_outer && place.meant.is_some_and(|meant| meant.kind.is_long_lived())
        };
        let threatened: Vec<_> = places.iter().filter(is_threatened).collect();
        if !threatened.is_empty() {
            found.extend(in_server(server, places, &threatened));
        }
    }
}

fn in_server(server: Directive<'_>, places: &[Place<'_>], threatened: &[&Place<'_>]) -> Vec<Diagnostic> {
    let before = BeforeLocations::of(server);
    if let Some(answer) = before.returns.filter(|_| before.may_change.is_empty()) {
        return threatened.iter().map(|place| returned(place, answer)).collect();
    }
    let locations = Locations::of(server);
    let prefixes = threatened.iter().filter(|place| place.is_prefix());
    let stolen = prefixes.filter_map(|place| Some(stolen(place, thief(places, &locations, place)?)));
    stolen.collect()
}

/// The regular expression that takes the path itself and what lies below it, and is not meant for the same.
fn thief<'t>(places: &[Place<'t>], locations: &Locations<'t>, place: &Place<'t>) -> Option<Directive<'t>> {
    let winner = |path: &str| locations.find(path.as_bytes()).location;
    let thief = winner(&place.path)?;
    let is_regex = matches!(Kind::of(thief), Some(Kind::Regex(_)));
    let is_within = thief == place.location || thief.ancestors().any(|block| block == place.location);
    let takes_all = winner(&format!("{}x/y", place.path)) == Some(thief);
    let other = places.iter().find(|other| other.location == thief);
    let does_the_same =
        other.and_then(|other| other.meant).map(|meant| meant.kind) == place.meant.map(|m| m.kind);
    (is_regex && takes_all && !is_within && !does_the_same).then_some(thief)
}

fn stolen(place: &Place<'_>, thief: Directive<'_>) -> Diagnostic {
    let taker = format!("{thief:?}");
    let fault = RULE
        .finding(format!("requests for `{}` are served by `{taker}`", place.path))
        .at(place.location.head_span(), "never reached")
        .at(thief.head_span(), "a regular expression that matches comes before any prefix");
    pointed(place, fault)
        .why("the settings of the location are not used, however long its prefix")
        .help(format!("write `location ^~ {}`: then no regular expression is tried", place.path))
}

fn returned(place: &Place<'_>, answer: Directive<'_>) -> Diagnostic {
    let fault = RULE
        .finding(format!("requests for `{}` are answered by the server's `return`", place.path))
        .at(place.location.head_span(), "never reached")
        .at(answer.head_span(), "answers before any location is looked for");
    pointed(place, fault).why("the location is never used").help("put the `return` into `location /`")
}

fn pointed(place: &Place<'_>, fault: Diagnostic) -> Diagnostic {
    match place.meant {
        Some(meant) => meant.point(fault),
        None => fault,
    }
}
