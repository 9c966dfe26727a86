//! Upgrade headers that leak into the question whether a request may pass.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::auth::{Guarded, guarded};
use crate::lint::handshake::Maps;
use crate::lint::meant::{Kind, is_header};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "auth-request-upgrade",
    severity: Severity::Error,
    summary: "an `auth_request` of a WebSocket that asks for an upgrade itself",
    explanation: "\
`auth_request` sends a request of its own to the location it names, with the headers that hold there. Where those pass the
upgrade on, mostly because the server sets them for all, the program that is asked sees a WebSocket handshake, not a question.
One that accepts it answers 101: nginx then closes the client's connection without an answer and logs `connection upgrade in
subrequest` (measured on 1.22.1 and 1.28.3). One that does not has no WebSocket at that path and refuses, and so does nginx.
Ordinary requests pass all the while. A `proxy_set_header` of its own in the location that is asked drops the inherited ones.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";

    location /websocket {
        auth_request /_auth;
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1h;
    }
    location = /_auth {
        internal;
        proxy_pass http://127.0.0.1:8080/auth;
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
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";

    location /websocket {
        auth_request /_auth;
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1h;
    }
    location = /_auth {
        internal;
        proxy_pass http://127.0.0.1:8080/auth;
        proxy_pass_request_body off;
        proxy_set_header Content-Length \"\"; # drops the two above
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
        // `Connection` by itself asks for nothing.
        Example::new(
            "\
server {
    listen 80;
    location /websocket {
        auth_request /_auth;
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection \"upgrade\";
        proxy_read_timeout 1h;
    }
    location = /_auth {
        internal;
        proxy_pass http://127.0.0.1:8080/auth;
        proxy_set_header Connection $http_connection;
        proxy_set_header Content-Length \"\";
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for guarded in guarded(subject) {
        if !guarded.place.meant().is_some_and(|meant| meant.kind == Kind::Websocket) {
            continue;
        }
        if let Some(upgrade) = passed_on(&guarded, subject.maps)
            && told.insert(guarded.asked.location.id())
        {
            found.push(finding(&guarded, upgrade));
        }
    }
}

/// The header by which the one who is asked sees an upgrade.
fn passed_on<'t>(guarded: &Guarded<'_, 't>, maps: &Maps<'t>) -> Option<Directive<'t>> {
    let set = guarded.asked.settings.get("proxy_set_header")?.directives;
    let sent = |name: &str, word: &str| {
        set.iter().copied().find(|one| {
            let sent = one.arg(1).and_then(|value| maps.sent(&value.value()));
            is_header(one, name) && sent.is_some_and(|sent| sent.value.to_ascii_lowercase().contains(word))
        })
    };
    sent("Connection", "upgrade").and_then(|_| sent("Upgrade", "websocket"))
}

fn finding(guarded: &Guarded<'_, '_>, upgrade: Directive<'_>) -> Diagnostic {
    let asked = guarded.asked.head();
    RULE.finding(format!("`{asked}` passes the upgrade of a WebSocket on to the program that is only asked for leave"))
        .at(guarded.asked.location.head_span(), "")
        .at(upgrade.head_span(), "holds here too")
        .at(guarded.request.head_span(), "asks there")
        .at(guarded.place.location.head_span(), "for this WebSocket")
        .why("who accepts the upgrade makes nginx close the connection, who does not refuses it: no WebSocket opens")
        .help("give the location that is asked headers of its own, `proxy_set_header Content-Length \"\";` at least: they drop the inherited ones")
}
