//! A WebSocket location whose upgrade does not reach the back end.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::{Kind, Meant, is_header};
use crate::lint::subject::Place;
use crate::lint::{Example, Rule, Subject, Trial};
use crate::nginx::inheritance::{RequestHeader, proxy_headers};

pub(crate) static RULE: Rule = Rule {
    id: "upgrade-lost",
    severity: Severity::Error,
    summary: "a WebSocket location whose upgrade does not reach the back end",
    explanation: "\
`Upgrade` and `Connection` are meant for the next hop only, so nginx sends neither on by itself: both have to be set. A
single `proxy_set_header` in a location drops **all** that the server or `http` set, which is the commonest way to lose
them. The back end then sees an ordinary request and answers 400, 404 or 426, and no WebSocket opens. Write the full set
of headers in the location.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";

    location /ws {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Host $host; # drops the two above
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
    location /websocket {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"\";
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
    location /ws {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
}
",
        )
        .tried(Trial::Opens("/ws")),
        // A SOAP service: nothing says that this is meant for WebSocket.
        Example::new("server { listen 80; location /ws/ { proxy_pass http://127.0.0.1:8080; } }\n").near_miss(),
    ],
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in &subject.places {
        if let Some(meant) = &place.meant
            && meant.kind == Kind::Websocket
            && place.proxy_pass().is_some()
            && (place.server.is_some() || place.location.find("proxy_set_header").is_some())
        {
            found.extend(lost(subject, place, meant));
        }
    }
}

fn lost(subject: &Subject<'_>, place: &Place<'_>, meant: &Meant<'_>) -> Option<Diagnostic> {
    let headers = proxy_headers(&place.settings, subject.version);
    let named = |name: &str| headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    let (upgrade, connection) = (named("Upgrade")?, named("Connection")?);
    let (name, header) = if !passes_upgrade(&upgrade.value) {
        ("Upgrade", upgrade)
    } else if !says_upgrade(&connection.value) {
        ("Connection", connection)
    } else {
        return None;
    };
    let message = format!("the upgrade of `{}` does not reach the back end: `{name}` is lost", place.head());
    let fault = RULE.finding(message).at(place.location.head_span(), "");
    let fault = meant.point(explained(fault, place, name, header));
    let help = "write the full set into the location: `proxy_set_header Upgrade $http_upgrade;` and \
                `proxy_set_header Connection \"upgrade\";` beside its other headers";
    Some(fault.why("the back end sees an ordinary request, and no WebSocket opens").help(help))
}

/// Points at what sets the header to something else, or at where it was set and what drops it.
fn explained(fault: Diagnostic, place: &Place<'_>, name: &str, header: &RequestHeader<'_>) -> Diagnostic {
    if let Some(setter) = header.set_by {
        return fault.at(setter.head_span(), "this keeps it from the back end");
    }
    let hidden = place.settings.hidden("proxy_set_header");
    let Some(outer) = hidden.into_iter().find(|one| is_header(one, name)) else { return fault };
    let fault = fault.at(outer.head_span(), "set here");
    match place.settings.get("proxy_set_header") {
        Some(inner) => fault.at(inner.directive().head_span(), "dropped by this, as all outer ones are"),
        None => fault,
    }
}

fn passes_upgrade(value: &str) -> bool {
    value.contains('$') || value.eq_ignore_ascii_case("websocket")
}

fn says_upgrade(value: &str) -> bool {
    value.contains('$') || value.to_ascii_lowercase().contains("upgrade")
}
