//! A name that nginx is to look up while it has nobody to ask.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::destinations::{self, Destination, Pass};
use crate::lint::{Example, Reach, Rule, Subject, Trial};

pub(crate) static RULE: Rule = Rule {
    id: "proxy-pass-without-resolver",
    severity: Severity::Error,
    summary: "a `proxy_pass` with variables that leads to a host name, without a `resolver`",
    explanation: "\
Without variables nginx looks a host name up once, when it starts. With any variable in it, were it only the path, the name is
looked up at every request, and that takes a `resolver`: without one each request is answered with 502, and the error log says
`no resolver defined to resolve localhost`. `nginx -t` says nothing. No resolver is needed for an address, for the name of an
`upstream`, and for a host and port that another `proxy_pass` without variables leads to. `/etc/hosts` and the search list of
`/etc/resolv.conf` do not count for a `resolver`.

In a file that is not the whole configuration a `resolver` may stand in `http` elsewhere: there it is told as a hint, and only
for names with a dot and `localhost`, which no `upstream` elsewhere is called by.",
    bad: &[
        Example::whole(
            "events {}\n",
            "server_tokens off;\nserver { listen 80; location / { proxy_pass http://localhost:8080$request_uri; } }\n",
        ),
        Example::new(
            "\
server {
    listen 80;
    location / {
        set $backend app.example.internal;
        proxy_pass http://$backend:8080;
    }
}
",
        )
        .tried(Trial::Answers("/", 200)),
    ],
    good: &[
        Example::new("server { listen 80; location / { proxy_pass http://127.0.0.1:8080$request_uri; } }\n")
        .tried(Trial::Answers("/", 200)),
        Example::new(
            "\
upstream app { server 127.0.0.1:8080; }

map $http_x_canary $chosen {
    default app;
    1       127.0.0.1:8081;
}

server {
    listen 80;
    location / { proxy_pass http://$chosen; }
}
",
        )
        .tried(Trial::Answers("/", 200))
        .near_miss(),
        Example::new(
            "\
server {
    listen 80;
    resolver 127.0.0.53;
    location / { proxy_pass http://app.example.internal:8080$request_uri; }
}
",
        ),
        // nginx knows this host and port from the first location.
        Example::new(
            "\
server {
    listen 80;
    location / { proxy_pass http://localhost:8080; }
    location /old/ { proxy_pass http://localhost:8080/new$request_uri; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for pass in destinations::of(subject) {
        let Some(server) = pass.place.server else { continue };
        let is_set = pass.place.settings.get("resolver").is_some();
        if is_set || subject.gaps.are_around(pass.place.location) || subject.gaps.are_around(server) {
            continue;
        }
        let names = pass.to.iter().find_map(|to| match to {
            Destination::Name(name, span) => Some((name, *span)),
            _ => None,
        });
        let Some((name, span)) = names else { continue };
        let is_plain_name = !name.contains('.') && name != "localhost";
        let severity = if subject.gaps.is_whole() { Severity::Error } else { Severity::Hint };
        if severity == Severity::Hint && (is_plain_name || is_template(name)) {
            continue;
        }
        found.push(told(&pass, name, span, severity));
    }
}

/// What a template engine is to replace is not a name yet.
fn is_template(name: &str) -> bool {
    name.contains(['{', '<', '%', '@'])
}

fn told(pass: &Pass<'_, '_>, name: &str, span: crate::text::Span, severity: Severity) -> Diagnostic {
    let message = format!("no `resolver` is there to look up `{name}`");
    let fault = Diagnostic::new(severity, RULE.id, message)
        .at(pass.directive.head_span(), "has variables, so the name is looked up at every request");
    let fault = if span == pass.directive.arg(0).map_or(span, crate::nginx::tree::Argument::span) {
        fault
    } else {
        fault.at(span, "the name comes from here")
    };
    let fault = fault.why(match severity {
        Severity::Error => "every request is answered with 502: no resolver defined",
        _ => "unless `http` sets a `resolver` in another file, every request is answered with 502",
    });
    fault.help(format!(
        "write `resolver` with the address of a name server, or name an `upstream` that holds `server {name}`"
    ))
}
