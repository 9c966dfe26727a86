//! A long-lived location that never sees its requests.

use std::cell::LazyCell;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::sample::Samples;
use crate::lint::subject::Place;
use crate::lint::ways::{Visit, Ways};
use crate::lint::{Example, Reach, Rule, Stream, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, End, Kind, Locations, Outcome, Pattern};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "path-served-elsewhere",
    severity: Severity::Error,
    summary: "a WebSocket or event-stream location whose requests end elsewhere",
    explanation: "\
nginx remembers the longest prefix and then tries the regular expressions: the first that matches takes the request, however
long the prefix was. `location ~ ^/api/` thus takes everything from `location /api/sse/`, whose settings are never used. With
`^~` before the prefix no regular expression is tried. Of two regular expressions the first in the file counts. A `return` or
`rewrite` of the server comes before any location is looked for, a `return` of the location before its `proxy_pass`; in an `if`
it counts where that holds of every request of the kind. After a
`rewrite` of the location, unless it ends with `break`, a location is looked for anew with the new path. It is told
only where all that the location is there for is lost: a `rewrite` behind an `if`, or an expression that takes some of its
paths, may be meant.",
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
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/api/ { proxy_pass http://127.0.0.1:8080; }
    location ~ ^/api/sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Streams(Stream::at("/api/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    rewrite ^/(.*)$ /api/$1 last;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        return 503; # left over from last night
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Answers("/sse/", 200)),
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        rewrite ^/sse/(.*)$ /$1 last;
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    if ($http_upgrade) { return 403; } # nobody needs HTTP/2 in clear
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /sse/ {
        rewrite ^/sse/(.*)$ /$1 break;
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Streams(Stream::at("/sse/"))),
        Example::new(
            "\
server {
    listen 80;
    if ($http_upgrade ~* h2c) { return 403; }
    if ($http_origin = http://evil.example) { return 403; }
    location /websocket {
        if ($request_method !~ ^(GET|POST)$) { return 405; }
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
        // A second path of the same stream.
        Example::new(
            "\
server {
    listen 80;
    location /events/ {
        rewrite ^/events/(.*)$ /sse/$1 last;
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Streams(Stream::at("/events/"))),
        // Leads to the location from elsewhere.
        Example::new(
            "\
server {
    listen 80;
    rewrite ^/old/(.*)$ /sse/$1 last;
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Streams(Stream::at("/old/x"))),
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
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (server, places) in subject.by_server() {
        let is_threatened = |place: &&Place<'_>| {
            let is_outer = place.location.parent() == place.server;
            is_outer && place.meant().is_some_and(|meant| meant.kind.is_long_lived())
        };
        let threatened: Vec<_> = places.iter().filter(is_threatened).collect();
        if !threatened.is_empty() {
            found.extend(in_server(subject, server, places, &threatened));
        }
    }
}

fn in_server<'t>(
    subject: &Subject<'t>,
    server: Directive<'t>,
    places: &[Place<'t>],
    threatened: &[&Place<'t>],
) -> Vec<Diagnostic> {
    let before = BeforeLocations::of(server);
    if let Some(answer) = before.returns.filter(|_| before.may_change.is_empty()) {
        return threatened.iter().map(|place| returned(place, answer, "the server")).collect();
    }
    // Nothing but a regular expression takes what a location is there for.
    let has_regexes = places.iter().any(|place| place.modifier.starts_with('~'));
    let ways = LazyCell::new(|| Ways::of(subject, server));
    let judged = threatened.iter().filter_map(|place| {
        let samples = Samples::of(place)?;
        let moved = || mover(&before.may_change, place, &samples).map(|rewrite| moved(place, rewrite));
        let taken = || {
            has_regexes.then_some(())?;
            Some(stolen(place, thief(places, ways.locations(), place, &samples)?))
        };
        let left = || {
            let rewrite = own_rewrite(place)?;
            let landing = landing(&ways, &samples)?;
            (!is_for_the_same(places, landing, place)).then(|| left(place, rewrite, landing))
        };
        let answered = || own_answer(place).map(|answer| returned(place, answer, "the location"));
        let refused = || {
            let has_conditions = place.location.find("if").is_some() || server.find("if").is_some();
            Some(kept_out(place, refusal(has_conditions.then_some(&*ways)?, place, &samples)?))
        };
        moved().or_else(taken).or_else(left).or_else(answered).or_else(refused)
    });
    judged.collect()
}

/// The `return` of a location that has something else to do, and never does it.
fn own_answer<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let before = BeforeLocations::of(place.location);
    before.returns.filter(|_| before.may_change.is_empty() && place.proxy_pass().is_some())
}

/// The `rewrite` of a location after which its requests are looked for again, before all else there.
fn own_rewrite<'t>(place: &Place<'t>) -> Option<Directive<'t>> {
    let first = BeforeLocations::of(place.location).may_change.first().copied()?;
    let stays = first.arg(2).is_some_and(|flag| flag.is("break"));
    (first.is("rewrite") && !stays && place.passing().is_some()).then_some(first)
}

/// The location in which all requests end that are asked for by these paths.
fn landing<'t>(ways: &Ways<'_, 't>, samples: &Samples) -> Option<Directive<'t>> {
    let mut ends = samples.0.iter().map(|path| ways.follow(&Visit::default(), path)?.found?.location);
    let first = ends.next()??;
    ends.all(|end| end == Some(first)).then_some(first)
}

/// The `return` in an `if` that answers all requests of the kind that the location is for.
fn refusal<'t>(ways: &Ways<'_, 't>, place: &Place<'t>, samples: &Samples) -> Option<Directive<'t>> {
    let visit = Visit::of_kind(place.meant()?.kind);
    let mut answers = samples.0.iter().map(|path| match ways.follow(&visit, path)?.end {
        End::Returned { by, .. } => by.parent().is_some_and(|block| block.is("if")).then_some(by),
        _ => None,
    });
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

/// Whether what takes the requests of a location is meant for the same as it.
fn is_for_the_same(places: &[Place<'_>], taker: Directive<'_>, place: &Place<'_>) -> bool {
    let kind = |place: &Place<'_>| place.meant().map(|meant| meant.kind);
    places.iter().find(|other| other.location == taker).and_then(kind) == kind(place)
}

/// The regular expression that takes all that a location is there for, and is not meant for the same.
fn thief<'t>(
    places: &[Place<'t>],
    locations: &Locations<'t>,
    place: &Place<'t>,
    samples: &Samples,
) -> Option<Directive<'t>> {
    let winner = |path: &str| locations.taker(path.as_bytes()).location;
    let thief = winner(&samples.0[0])?;
    let is_regex = matches!(Kind::of(thief), Some(Kind::Regex(_)));
    let is_within = thief == place.location || thief.ancestors().any(|block| block == place.location);
    (is_regex && !is_within && !is_for_the_same(places, thief, place) && samples.all(|path| winner(path) == Some(thief)))
        .then_some(thief)
}

/// The first `rewrite` of the server that takes all paths of a location to somewhere else. Behind an `if` nothing
/// is certain.
fn mover<'t>(before: &[Directive<'t>], place: &Place<'t>, samples: &Samples) -> Option<Directive<'t>> {
    let rewrites = before.iter().take_while(|directive| directive.is("rewrite"));
    rewrites.copied().find(|rewrite| {
        let pattern = rewrite.arg(0).and_then(|pattern| Pattern::compile(&pattern.value(), false).ok());
        let matches = |path: &str| {
            pattern.as_ref().is_some_and(|pattern| pattern.test(path.as_bytes()) == Outcome::Matches)
        };
        leads_away(*rewrite, place) && samples.all(matches)
    })
}

/// Whether what a `rewrite` writes is a redirect, or begins otherwise than the path of the location.
fn leads_away(rewrite: Directive<'_>, place: &Place<'_>) -> bool {
    let Some(target) = rewrite.arg(1).map(Argument::value) else { return false };
    let redirects = rewrite.arg(2).is_some_and(|flag| flag.is("redirect") || flag.is("permanent"));
    let known = target.split(['$', '?']).next().unwrap_or_default();
    let is_elsewhere = place.is_prefix()
        && !known.starts_with(&*place.path)
        && !place.path.starts_with(known)
        && known.starts_with('/');
    redirects
        || ["http://", "https://", "$scheme"].iter().any(|scheme| target.starts_with(scheme))
        || is_elsewhere
}

fn stolen(place: &Place<'_>, thief: Directive<'_>) -> Diagnostic {
    let taker = format!("{thief:?}");
    let help = match place.is_prefix() {
        true => format!("write `location ^~ {}`: then no regular expression is tried", place.path),
        false => "put it before that one: the first that matches takes the request".to_owned(),
    };
    let fault = RULE
        .finding(format!("requests for `{}` are served by `{taker}`", place.path))
        .at(place.location.head_span(), "never reached")
        .at(
            thief.head_span(),
            "the first regular expression that matches takes a request, before any prefix",
        );
    pointed(place, fault).why("the settings of the location are not used, however exact its path").help(help)
}

fn returned(place: &Place<'_>, answer: Directive<'_>, whose: &str) -> Diagnostic {
    let fault = RULE
        .finding(format!("requests for `{}` are answered by a `return` of {whose}", place.path))
        .at(place.location.head_span(), "never passed on")
        .at(answer.head_span(), "answers first");
    let help = match whose {
        "the server" => "put the `return` into `location /`",
        _ => "take the `return` out, or put it into an `if`",
    };
    pointed(place, fault).why("nginx answers by a `return` before it passes anything on").help(help)
}

fn kept_out(place: &Place<'_>, answer: Directive<'_>) -> Diagnostic {
    let fault = RULE
        .finding(format!("requests for `{}` are answered by a `return` in an `if`", place.path))
        .at(place.location.head_span(), "never passed on")
        .at(answer.head_span(), "answers first");
    let fault = match answer.parent() {
        Some(condition) => fault.at(condition.head_span(), "holds of each of its requests"),
        None => fault,
    };
    pointed(place, fault)
        .why("nginx answers by a `return` before it passes anything on")
        .help("let the condition leave these requests out")
}

fn moved(place: &Place<'_>, rewrite: Directive<'_>) -> Diagnostic {
    let fault = RULE
        .finding(format!("requests for `{}` are taken elsewhere by a `rewrite` of the server", place.path))
        .at(place.location.head_span(), "never reached")
        .at(rewrite.head_span(), "changes the path before any location is looked for");
    pointed(place, fault)
        .why("the settings of the location are not used")
        .help("let the expression leave this path out, or put the `rewrite` into the location that it is for")
}

fn left(place: &Place<'_>, rewrite: Directive<'_>, landing: Directive<'_>) -> Diagnostic {
    let fault = RULE
        .finding(format!("requests for `{}` are taken to `{landing:?}` by a `rewrite` of the location", place.path))
        .at(place.location.head_span(), "never passes them on")
        .at(rewrite.head_span(), "changes the path, and a location is looked for anew")
        .at(landing.head_span(), "takes them then");
    let help = match rewrite.arg(2).is_some() {
        true => "write `break` in place of `last`: then the new path is passed on from here",
        false => "add `break`: then the new path is passed on from here",
    };
    pointed(place, fault).why("only `break` keeps a request in its location").help(help)
}

fn pointed(place: &Place<'_>, fault: Diagnostic) -> Diagnostic {
    match place.meant() {
        Some(meant) => meant.point(fault),
        None => fault,
    }
}
