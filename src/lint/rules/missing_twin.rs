//! A WebSocket location whose path without the final slash is redirected.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, Locations};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "missing-twin",
    severity: Severity::Hint,
    summary: "a WebSocket or token-stream location `/ws/` that answers `/ws` with a redirect",
    explanation: "\
`location /ws/` with a `proxy_pass` makes nginx answer `/ws` with 301 to `/ws/`. Browsers and WebSocket libraries do not
follow a redirect when they open a socket, so a client that leaves the slash out fails. A token stream is asked for by `POST`,
which clients turn into `GET` when they follow a 301 (the Fetch standard demands it). `location = /ws` beside it, with the same
content, prevents that. An `EventSource` follows the redirect and works. Only locations that are declared or marked are looked
at, and those with a written redirect, `location = /ws { return 301 /ws/; }`: what clients call is not to be seen in nginx's
text.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    # nginx-gen: type websocket
    location /ws/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
    )
    .tried(Trial::Opens("/ws")),
        Example::new(
            "\
server {
    listen 80;
    # nginx-gen: type stream
    location /v1/chat/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Posts("/v1/chat")),
        Example::new(
            "\
server {
    listen 80;
    location = /ws { return 301 /ws/; }
    location /ws/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/ws")),
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

    # nginx-gen: type websocket
    location /ws/ { proxy_pass http://127.0.0.1:8080; }
    location = /ws { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Opens("/ws")),
        // Without a slash at its end, the location takes the path itself.
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
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/ws")),
        // An `EventSource` follows redirects.
        Example::new(
            "\
server {
    listen 80;
    # nginx-gen: type sse
    location /sse/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss(),
        Example::new(
            "\
server {
    listen 80;
    # nginx-gen: type stream
    location /v1/chat {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Posts("/v1/chat")),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (server, places) in subject.by_server() {
        let mut slashed = places.iter().filter_map(slashed).peekable();
        if slashed.peek().is_some() {
            let locations = Locations::of(server);
            found.extend(slashed.filter_map(|slashed| redirected(&slashed, &locations)));
        }
    }
}

/// A location whose clients do not follow redirects, at a path with a final slash.
struct Slashed<'p, 't> {
    place: &'p Place<'t>,
    meant: Meant,
    /// The path without the slash.
    twin: &'p str,
    why: &'static str,
}

fn slashed<'p, 't>(place: &'p Place<'t>) -> Option<Slashed<'p, 't>> {
    let meant = place.meant().filter(Meant::is_sure)?;
    let why = match meant.kind {
        Kind::Websocket => {
            "WebSocket clients do not follow redirects: one that leaves the slash out cannot connect"
        }
        Kind::Stream => "clients follow a redirect with `GET`: a `POST` arrives without its body, if at all",
        _ => return None,
    };
    let twin = place.path.strip_suffix('/').filter(|twin| place.is_prefix() && !twin.is_empty())?;
    Some(Slashed { place, meant, twin, why })
}

fn redirected(slashed: &Slashed<'_, '_>, locations: &Locations<'_>) -> Option<Diagnostic> {
    let Slashed { place, meant, twin, why } = slashed;
    let found = locations.taker(twin.as_bytes());
    let by_nginx = found.redirect.as_ref().is_some_and(|target| *target == place.path);
    // Whoever writes the redirect expects to be called there.
    let written = found.location.and_then(|location| Some((location, redirect(location, &place.path)?)));
    if !(by_nginx && meant.is_said() || written.is_some()) {
        return None;
    }
    let message = format!("`{twin}` is answered with a redirect to `{}`", place.path);
    let fault = RULE.finding(message).at(place.location.head_span(), "");
    let fault = match written {
        Some((_, redirect)) => fault.at(redirect.head_span(), "redirects"),
        None => fault,
    };
    let fault = meant.point(fault).why(*why);
    Some(match written {
        Some((location, _)) => fault.help(format!("give `{location:?}` the content of `{}`", place.head())),
        None => fault.help(format!("add `location = {twin}` with the same content, if clients may call it so")),
    })
}

/// The `return` of an exact location that redirects to this path. One with 307 or 308 keeps a `POST` what it is, and no
/// socket follows it either.
fn redirect<'t>(location: Directive<'t>, path: &str) -> Option<Directive<'t>> {
    let returns = BeforeLocations::of(location);
    let answer = returns.returns.filter(|_| returns.may_change.is_empty())?;
    let (code, url) = (answer.arg(0)?, answer.arg(1)?);
    let is_redirect = ["301", "302", "303"].iter().any(|redirect| code.is(redirect));
    let target = url.value();
    let target = target.split_once("://").map_or(&*target, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    (is_redirect && target.split(['?', '$']).next() == Some(path)).then_some(answer)
}
