//! A question whether a request may pass that announces a body it does not have.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::auth::{Guarded, guarded};
use crate::lint::meant::{Kind, is_header};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "auth-request-length",
    severity: Severity::Warning,
    summary: "an `auth_request` that announces the client's body and sends none",
    explanation: "\
`auth_request` asks without the body of the client's request, and nginx announces its length all the same. A program that reads the body before it answers waits for bytes that never come: every `POST` hangs until it gives up, or until
`proxy_read_timeout` ends it with 500. Measured on 1.22.1 and 1.28.3: `proxy_set_header Content-Length \"\"` is what prevents it;
neither `proxy_pass_request_body off` nor `proxy_pass_request_headers off` does. `GET` never shows the fault.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location / {
        auth_request /_auth;
        proxy_pass http://127.0.0.1:8080;
    }
    location = /_auth {
        internal;
        proxy_pass http://127.0.0.1:8080/auth;
        proxy_pass_request_body off;
        proxy_read_timeout 1s;
    }
}
",
    )
    .tried(Trial::Posts("/"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        auth_request /_auth;
        proxy_pass http://127.0.0.1:8080;
    }
    location = /_auth {
        internal;
        proxy_pass http://127.0.0.1:8080/auth;
        proxy_pass_request_body off;
        proxy_set_header Content-Length \"\";
        proxy_read_timeout 1s;
    }
}
",
        )
        .tried(Trial::Posts("/")),
        // A WebSocket is opened by `GET`, which has no body.
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
    for guarded in guarded(subject, "auth_request") {
        // A WebSocket or an event stream is opened by `GET`, which has no body.
        let has_bodies =
            !guarded.place.meant().is_some_and(|meant| matches!(meant.kind, Kind::Websocket | Kind::Sse));
        if has_bodies && announces(&guarded) && told.insert(guarded.asked.location.id()) {
            found.push(finding(&guarded));
        }
    }
}

fn announces(guarded: &Guarded<'_, '_>) -> bool {
    let asked = guarded.asked;
    let set = asked.settings.get("proxy_set_header").map(|setting| setting.directives).unwrap_or_default();
    let is_replaced = set.iter().any(|one| is_header(one, "Content-Length"));
    !asked.has_gaps && !is_replaced
}

fn finding(guarded: &Guarded<'_, '_>) -> Diagnostic {
    let asked = guarded.asked.head();
    RULE.finding(format!("`{asked}` announces the body of every request, and sends none"))
        .at(guarded.asked.location.head_span(), "")
        .at(guarded.request.head_span(), "asks there")
        .at(guarded.place.location.head_span(), "for requests that may have a body")
        .why("a program that reads the body before it answers waits for it in vain, and every `POST` hangs")
        .help("add `proxy_set_header Content-Length \"\";` there")
}
