//! A WebSocket or event stream whose own path an exact location takes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant, is_header};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "own-path-taken",
    severity: Severity::Warning,
    summary: "a WebSocket or event-stream location `/ws` beside a `location = /ws` that serves neither",
    explanation: "\
An exact location takes its path before any other, so beside `location = /ws` the `location /ws` serves what lies below that
path, and never the path itself, by which most clients call it. Where the exact one returns an answer of nginx's, serves files,
or passes on without the headers of an upgrade, no WebSocket opens there and no stream comes. In a hand-written file it is
a hint: clients may all call a longer path.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    # nginx-gen: type websocket
    location /ws {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
    location = /ws { return 404; }
}
",
        )
        .tried(Trial::Opens("/ws")),
        Example::new(
            "\
server {
    listen 80;
    location /socket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
    location = /socket { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Opens("/socket")),
        Example::new(
            "\
server {
    listen 80;
    location /sse {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location = /sse { root /srv/help; }
}
",
        )
        .tried(Trial::Answers("/sse", 200)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";
    proxy_read_timeout 1h;

    location /ws/ { proxy_pass http://127.0.0.1:8080; }
    location = /ws { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Opens("/ws")),
        // The path is marked as something else, and a list of events may come in one piece.
        Example::new(
            "\
server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
    # nginx-gen: type health
    location = /websocket { return 204; }

    location /events {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location = /events { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .near_miss()
        .tried(Trial::Streams(Stream::at("/events/all"))),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, places) in subject.by_server() {
        let is_exact = |place: &&Place<'_>| place.modifier == "=";
        if !places.iter().any(|place| is_exact(&place)) {
            continue;
        }
        for place in places.iter().filter(|place| place.is_prefix()) {
            let Some(meant) = place.meant().filter(is_sure) else { continue };
            let is_rival = |other: &&Place<'_>| {
                other.path == place.path && other.location.parent() == place.location.parent()
            };
            let taker = places.iter().filter(is_exact).find(is_rival);
            found.extend(taker.filter(|taker| !may_serve(taker, meant.kind)).map(|taker| told(place, &meant, taker)));
        }
    }
}

/// Whether clients call it by its path: that is what says what it is for.
fn is_sure(meant: &Meant) -> bool {
    meant.kind.is_long_lived() && meant.kind != Kind::Grpc && meant.is_sure()
}

/// Whether a location may do what one of this kind is for; its author's word counts.
fn may_serve(taker: &Place<'_>, kind: Kind) -> bool {
    // What is meant for the same is told of by itself.
    let is_said = taker.meant().is_some_and(|meant| meant.is_said() || meant.kind == kind);
    let is_open = taker.has_gaps || taker.location.find("if").is_some() || taker.location.find("rewrite").is_some();
    let upgrades = || {
        let set = taker.settings.get("proxy_set_header").map(|setting| setting.directives).unwrap_or_default();
        set.iter().any(|one| is_header(one, "Upgrade"))
    };
    let passes = taker.location.children().any(|child| child.name().ends_with("_pass"))
        || taker.location.find("try_files").is_some();
    let returns = taker.location.find("return").is_some();
    is_said || is_open || !returns && passes && (kind != Kind::Websocket || upgrades())
}

fn told(place: &Place<'_>, meant: &Meant, taker: &Place<'_>) -> Diagnostic {
    let path = &place.path;
    let mut fault = RULE.finding(format!("requests for `{path}` itself are served by `{}`", taker.head()));
    if !meant.is_said() {
        fault.severity = Severity::Hint;
    }
    let fault = fault
        .at(taker.location.head_span(), "an exact path comes before any other")
        .at(place.location.head_span(), format!("takes what lies below `{path}` only"));
    let why = match meant.kind {
        Kind::Websocket => "no WebSocket opens at the path that clients most likely call",
        _ => "no stream comes from the path that clients most likely call",
    };
    meant.point(fault).why(why).help(format!(
        "take `location = {path}` out, or give it the content of `{}`; if clients only call longer paths, allow this",
        place.head()
    ))
}
