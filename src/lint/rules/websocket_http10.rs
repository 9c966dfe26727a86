//! A WebSocket location that speaks HTTP/1.0 to its back end.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::Kind;
use crate::lint::{Example, Reach, Rule, Subject, Trial, edit};

pub(crate) static RULE: Rule = Rule {
    id: "websocket-http10",
    severity: Severity::Error,
    summary: "a WebSocket location that does not speak HTTP/1.1 to its back end",
    explanation: "\
WebSocket is opened by an upgrade of HTTP/1.1. Before 1.29.7 nginx speaks HTTP/1.0 to back ends unless
`proxy_http_version 1.1` says otherwise, and servers must ignore an upgrade in HTTP/1.0 (RFC 9110, 7.8). Python's
websockets and Rust's tungstenite refuse it; Node accepts it all the same, so a change of the back end breaks what worked.
Of a location for which nothing but upgrade headers speaks it is a warning: they may have been copied.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
    )
    .tried(Trial::Opens("/websocket"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_http_version 1.1;
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
        // A location for ordinary requests, to which HTTP/1.0 does no harm.
        Example::new("server { listen 80; location /api/ { proxy_pass http://127.0.0.1:8080; } }\n")
            .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(meant) = place.meant().filter(|meant| meant.kind == Kind::Websocket) else { continue };
        let Some(version) = place.value("proxy_http_version", subject.version) else { continue };
        let Some(pass) = place.proxy_pass().filter(|_| version != "1.1") else { continue };
        let message = format!("`{}` speaks HTTP/{version} to its WebSocket back end", place.head());
        let fault = RULE.finding(message).at(place.location.head_span(), "");
        let fault = match place.settings.get("proxy_http_version") {
            Some(set) => fault.at(set.directive().head_span(), "set here"),
            None => fault.at(pass.head_span(), format!("HTTP/{version}, for nothing else is set")),
        };
        let verb = if place.location.find("proxy_http_version").is_some() { "write" } else { "add" };
        let fix = edit::set(place.location, pass, "proxy_http_version", "1.1");
        found.push(
            meant
                .point(fault)
                .why("a WebSocket is opened by an upgrade of HTTP/1.1, which RFC 9110 has back ends ignore in HTTP/1.0")
                .help(format!("{verb} `proxy_http_version 1.1;`"))
                .fix(fix.filter(|_| meant.is_said())),
        );
    }
}
