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
    summary: "an `auth_request` or a `mirror` of a WebSocket that asks for an upgrade itself",
    explanation: "\
`auth_request` sends a request of its own to the location it names, with the headers that hold there. Where those pass the
upgrade on, mostly because the server sets them for all, the program that is asked sees a WebSocket handshake, not a question.
One that accepts it answers 101: nginx then closes the client's connection without an answer and logs `connection upgrade in
subrequest` (measured on 1.22.1 and 1.28.3). One that does not has no WebSocket at that path and refuses, and so does nginx.
Ordinary requests pass all the while. A `mirror` sends its copies with the same headers, and the client's connection is closed in the
same way when the program that gets them accepts. A `proxy_set_header` of its own in the location that is asked drops the inherited ones.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";

    location /websocket {
        mirror /_copy;
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1h;
    }
    location = /_copy {
        internal;
        proxy_pass http://127.0.0.1:8080/copy;
    }
}
",
        )
        .tried(Trial::Opens("/websocket")),
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
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection \"upgrade\";
    mirror /_copy;

    location /websocket {
        mirror off;
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1h;
    }
    location = /_copy {
        internal;
        proxy_pass http://127.0.0.1:8080/copy;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Opens("/websocket")),
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
    let asking = ["auth_request", "mirror"].into_iter().flat_map(|name| guarded(subject, name));
    for guarded in asking {
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
    let is_copy = guarded.request.is("mirror");
    let (whom, sends) = match is_copy {
        true => ("to the program that only gets copies", "sends a copy there"),
        false => ("to the program that is only asked for leave", "asks there"),
    };
    let fault = RULE
        .finding(format!("`{asked}` passes the upgrade of a WebSocket on {whom}"))
        .at(guarded.asked.location.head_span(), "")
        .at(upgrade.head_span(), "holds here too")
        .at(guarded.request.head_span(), sends)
        .at(guarded.place.location.head_span(), "for this WebSocket")
        .why(match is_copy {
            true => "when that one accepts the upgrade of the copy, nginx closes the client's connection",
            false => {
                "a program that accepts the upgrade makes nginx close the connection, and one that does not refuses it: no WebSocket opens"
            }
        });
    fault.help(match is_copy {
        true => "give that location a `proxy_set_header` of its own, which drops the inherited ones, or write `mirror off;` for the WebSocket",
        false => "give the location that is asked headers of its own, `proxy_set_header Content-Length \"\";` at least: they drop the inherited ones",
    })
}
