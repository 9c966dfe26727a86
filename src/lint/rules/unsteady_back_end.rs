//! A library that speaks to one back end in several requests, and is sent to several.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::Kind;
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial, beside};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "unsteady-back-end",
    severity: Severity::Hint,
    summary: "Socket.IO or SockJS in front of several servers, without `ip_hash` or `hash`",
    explanation: "\
A client of Socket.IO begins with HTTP long-polling: a session is opened by one request, used by the next, and upgraded to a
WebSocket by a third. Only the server that opened it knows it; another answers 400, `Session ID unknown`. An `upstream` of several
servers passes requests to each in turn, so with two every second one fails. `ip_hash` keeps a client with one server, and so
does `hash $remote_addr consistent` or, behind another proxy, `hash` of a cookie. SockJS has the same need. Where every client
is told to use WebSocket alone, allow this.",
    bad: &[Example::new(
        "\
upstream app { server 127.0.0.1:8001; server 127.0.0.1:8002; }

server {
    listen 80;
    location /socket.io/ {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
    )
    .tried(Trial::Stays("/socket.io/"))],
    good: &[
        Example::new(
            "\
upstream app { ip_hash; server 127.0.0.1:8001; server 127.0.0.1:8002; }

server {
    listen 80;
    location /socket.io/ {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
    }
}
",
        )
        .tried(Trial::Stays("/socket.io/")),
        // A server that only steps in, and a WebSocket without a library, which is one request.
        Example::new(
            "\
upstream one { server 127.0.0.1:8001; server 127.0.0.1:8002 backup; }
upstream two { server 127.0.0.1:8001; server 127.0.0.1:8002; }

server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";
    location /socket.io/ { proxy_pass http://one; }
    location /websocket {
        proxy_pass http://two;
        proxy_read_timeout 1h;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Stays("/socket.io/")),
    ],
    reach: Reach::Configuration,
    check,
};

/// Words of the paths of such libraries.
const LIBRARIES: [&str; 3] = ["socket.io", "sockjs", "sockjs-node"];

/// What keeps a client with one server; the last of nginx's commercial build.
const KEEPS: [&str; 3] = ["ip_hash", "hash", "sticky"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let upstreams: Vec<Directive<'_>> =
        beside::blocks(subject.root(), "upstream").filter(|upstream| is_unsteady(*upstream)).collect();
    if upstreams.is_empty() {
        return;
    }
    for place in subject.places.iter().filter(|place| is_of_library(place)) {
        let Some(pass) = place.proxy_pass() else { continue };
        let Some(target) = pass.arg(0).map(Argument::value) else { continue };
        let host = target.split_once("://").and_then(|(_, rest)| rest.split('/').next());
        let is_named = |upstream: &&Directive<'_>| upstream.arg(0).map(Argument::value).as_deref() == host;
        found.extend(upstreams.iter().find(is_named).map(|upstream| told(place, pass, *upstream)));
    }
}

fn is_of_library(place: &Place<'_>) -> bool {
    place.path.split('/').any(|word| LIBRARIES.contains(&word))
        && place.meant().is_some_and(|meant| meant.kind == Kind::Websocket)
}

/// Whether requests go to each of several servers in turn.
fn is_unsteady(upstream: Directive<'_>) -> bool {
    let takes_part =
        |server: &Directive<'_>| !server.args().any(|word| word.is("backup") || word.is("down"));
    let is_kept = upstream.children().any(|child| KEEPS.iter().any(|name| child.is(name)) || child.is("include"));
    !is_kept && upstream.find_all("server").filter(takes_part).count() > 1
}

fn told(place: &Place<'_>, pass: Directive<'_>, upstream: Directive<'_>) -> Diagnostic {
    RULE.finding(format!("requests for `{}` go to each of several servers in turn", place.path))
        .at(pass.head_span(), "to several servers")
        .at(upstream.head_span(), "nothing keeps a client with one of them")
        .why("a session that one server opened is unknown to the other: `Session ID unknown`, unless all clients use WebSocket alone")
        .help("add `ip_hash;` to the `upstream`; behind another proxy `hash` of what tells clients apart")
}
