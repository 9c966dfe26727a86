//! The client's script of `Socket.IO`, which a location for static files takes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::Kind;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{Kind as Match, Locations};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "client-script-taken",
    severity: Severity::Hint,
    summary: "a regex for static files that takes `/socket.io/socket.io.js` from the back end",
    explanation: "\
A server of Socket.IO serves the script for its clients itself, at `/socket.io/socket.io.js`. An expression such as
`location ~* \\.(js|css)$` takes that path before `location /socket.io/`, and nginx looks for a file that is not there: the page
gets 404, and no connection is ever tried. With `^~` before the prefix no expression is tried. It is a hint, for pages may load the
script from elsewhere. An expression that takes other paths below a WebSocket or a stream is not told of: it may be meant.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location /socket.io/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
    location ~* \\.(js|css|png)$ { root /srv; expires 30d; }
}
",
    )
    .tried(Trial::Answers("/socket.io/socket.io.js", 200))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location ^~ /socket.io/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
    location ~* \\.(js|css|png)$ { root /srv; expires 30d; }
}
",
        )
        .tried(Trial::Answers("/socket.io/socket.io.js", 200)),
        // What is no file is passed on.
        Example::new(
            "\
server {
    listen 80;
    location /socket.io/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
    location ~* \\.(js|css|png)$ { root /srv; try_files $uri @app; }
    location @app { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers("/socket.io/socket.io.js", 200))
        .near_miss(),
        // No library serves scripts there.
        Example::new(
            "\
server {
    listen 80;
    location /events/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
    location ~* \\.(js|css|json)$ { root /srv; expires 30d; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (server, places) in subject.by_server() {
        let has_regexes = places.iter().any(|place| place.modifier.starts_with('~'));
        let mut served = places.iter().filter_map(served).peekable();
        if !has_regexes || served.peek().is_none() {
            continue;
        }
        let locations = Locations::of(server);
        for (place, script) in served {
            let taker = locations.taker(script.as_bytes()).location.filter(|taker| serves_files(*taker, place));
            found.extend(taker.map(|taker| told(place, &script, taker)));
        }
    }
}

/// A location of `Socket.IO`, and where its script is.
fn served<'p, 't>(place: &'p Place<'t>) -> Option<(&'p Place<'t>, String)> {
    place.meant().filter(|meant| meant.kind == Kind::Websocket)?;
    let path = place.path.trim_end_matches('/');
    let is_its = place.is_prefix() && path.ends_with("/socket.io") && place.passing().is_some();
    is_its.then(|| (place, format!("{path}/socket.io.js")))
}

/// Whether a location that is an expression looks for files, and for nothing else.
fn serves_files(taker: Directive<'_>, place: &Place<'_>) -> bool {
    let hands_on = |child: Directive<'_>| {
        child.name().ends_with("_pass") || ["try_files", "rewrite", "return", "if", "include"].iter().any(|name| child.is(name))
    };
    matches!(Match::of(taker), Some(Match::Regex(_)))
        && taker.ancestors().all(|block| block != place.location)
        && !taker.children().any(hands_on)
}

fn told(place: &Place<'_>, script: &str, taker: Directive<'_>) -> Diagnostic {
    RULE.finding(format!("`{script}` is looked for among files by `{taker:?}`"))
        .at(taker.head_span(), "an expression comes before any prefix")
        .at(place.location.head_span(), "the back end serves the script here")
        .why("a page that loads the client's script from there gets 404, and never connects")
        .help(format!("write `location ^~ {}`: then no regular expression is tried", place.path))
}
