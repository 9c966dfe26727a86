//! Request headers of the server that a location drops.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial, dropped};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "request-header-loss",
    severity: Severity::Warning,
    summary: "a `proxy_set_header` in a location that drops those of the server",
    explanation: "\
`proxy_set_header` is inherited only where a block has none of its own: a single one drops **all** that the server or `http` set.
The back end then sees `Host` as the address of `proxy_pass`, no `X-Forwarded-Proto`, and the `X-Real-IP` and `X-Forwarded-For`
that a client makes up. It shows in redirects to the wrong name, in `http:` links on pages of HTTPS, and in rate limits that
anybody gets around. Repeat the headers in the location, or put all of them into one file that each location includes. The
same holds of `grpc_set_header`. Headers of an upgrade are left to `upgrade-lost`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Accept-Encoding \"\";
    }
}
",
        )
        .tried(FORGED),
        Example::new(
            "\
server {
    listen 80 http2;
    grpc_set_header X-Real-IP $remote_addr;
    location / {
        grpc_pass 127.0.0.1:8080;
        grpc_set_header Host $host;
    }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header Accept-Encoding \"\";
    }
}
",
        )
        .tried(FORGED),
        // Repeated, in another spelling and with another value; what it emptied is no loss.
        Example::new(
            "\
server {
    listen 80;
    proxy_set_header Host $host;
    proxy_set_header Accept-Encoding \"\";
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header host app.internal;
    }
}
",
        )
        .near_miss(),
        // Nothing is passed on here.
        Example::new(
            "\
server {
    listen 80;
    proxy_set_header Host $host;
    location / {
        proxy_set_header X-Real-IP $remote_addr;
        return 204;
    }
}
",
        )
        .near_miss(),
        // What is not there to read may repeat them.
        Example::new(
            "\
server {
    listen 80;
    proxy_set_header Host $host;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_set_header Accept-Encoding \"\";
        include snippets/headers.conf;
    }
}
",
        )
        .including(&[("snippets/headers.conf", "proxy_set_header Host $host;\n")])
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

/// A client that makes up its address.
const FORGED: Trial = Trial::Withholds("/", ("X-Real-IP", "203.0.113.7"));

/// What passes requests on, and what sets their headers.
const PASSING: [(&str, &str); 2] = [("proxy_pass", "proxy_set_header"), ("grpc_pass", "grpc_set_header")];

/// Headers that hold for one location, wherever they are set.
const OF_UPGRADES: [&str; 2] = ["upgrade", "connection"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places.iter().filter(|place| !place.has_gaps) {
        for (pass, set) in PASSING {
            let Some(first) = place.location.find(set).filter(|_| place.location.find(pass).is_some()) else {
                continue;
            };
            let lacks = format!("requests of `{}` go out without", place.head());
            found.extend(dropped::told(&RULE, &lacks, first, &lost(place, set)));
        }
    }
}

/// The headers around that are neither inherited nor set again.
fn lost<'t>(place: &Place<'t>, set: &str) -> Vec<Directive<'t>> {
    let hidden = place.settings.hidden(set);
    if hidden.is_empty() {
        return hidden;
    }
    let name = |one: Directive<'_>| one.arg(0).map(|name| name.value().to_ascii_lowercase()).unwrap_or_default();
    let own: Vec<_> = place.location.find_all(set).map(name).collect();
    let is_lost = |outer: &Directive<'t>| {
        let name = name(*outer);
        let is_sent = outer.arg(1).is_some_and(|value| !value.value().is_empty());
        is_sent && !own.contains(&name) && !OF_UPGRADES.contains(&name.as_str())
    };
    hidden.into_iter().filter(is_lost).collect()
}
