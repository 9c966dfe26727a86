//! A nested location that takes requests from a back end.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "nested-without-pass",
    severity: Severity::Error,
    summary: "a nested location with settings for a back end and no `proxy_pass`, which it does not inherit",
    explanation: "\
A location inside another one inherits its settings, but not its `proxy_pass`, `fastcgi_pass` and their like: what hands a
request on must be written in each location. Without it nginx looks for a file, and answers 404. Such a location is told of where
its own `proxy_set_header`, `proxy_read_timeout` or other settings of the kind show that it was to pass requests on.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/ {
        proxy_pass http://127.0.0.1:8080;
        location /api/ws {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection \"upgrade\";
            proxy_read_timeout 1h;
        }
    }
}
",
        )
        .tried(Trial::Opens("/api/ws")),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        location /events { proxy_buffering off; }
    }
}
",
        )
        .tried(Trial::Answers("/events", 200)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location /api/ {
        proxy_pass http://127.0.0.1:8080;
        location /api/ws {
            proxy_pass http://127.0.0.1:8080;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection \"upgrade\";
            proxy_read_timeout 1h;
        }
    }
}
",
        )
        .tried(Trial::Opens("/api/ws")),
        // Files, a refusal, an answer of nginx's own, and settings for what is within; an `if` does inherit it.
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        location /assets/ { root /srv; expires 30d; }
        location /internal/ { deny all; }
        location /ping { proxy_read_timeout 5s; return 204; }
        location /api/ {
            proxy_read_timeout 5s;
            try_files /nothing @api;
        }
        if ($request_method = PUT) { set $slow 1; }
    }
    location @api { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/api/x", 200)),
    ],
    reach: Reach::Server,
    check,
};

/// What passes requests on, and the start of the names of its settings.
const FAMILIES: [(&str, &str); 6] = [
    ("proxy_pass", "proxy_"),
    ("fastcgi_pass", "fastcgi_"),
    ("uwsgi_pass", "uwsgi_"),
    ("scgi_pass", "scgi_"),
    ("grpc_pass", "grpc_"),
    ("memcached_pass", "memcached_"),
];

/// Directives by which a location does something with its requests of its own.
const DOES: [&str; 16] = [
    "return", "rewrite", "try_files", "root", "alias", "index", "deny", "internal", "if", "include", "empty_gif",
    "stub_status", "autoindex", "dav_methods", "limit_except", "perl",
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(outer) = place.location.parent().filter(|block| block.is("location")) else { continue };
        if does_something(place) {
            continue;
        }
        let passes = FAMILIES.iter().find_map(|(pass, start)| Some((outer.find(pass)?, *start)));
        let Some((pass, start)) = passes else { continue };
        let own = place.location.children().find(|child| child.name().starts_with(start));
        found.extend(own.map(|own| told(place, pass, own)));
    }
}

fn does_something(place: &Place<'_>) -> bool {
    let does = |child: Directive<'_>| {
        let name = child.name();
        DOES.contains(&&*name) || name.ends_with("_pass") || name.contains("_by_lua") || name == "location"
    };
    place.path.starts_with('@') || place.location.children().any(does)
}

fn told(place: &Place<'_>, pass: Directive<'_>, own: Directive<'_>) -> Diagnostic {
    let name = pass.name();
    RULE.finding(format!("requests for `{}` do not reach the back end", place.head()))
        .at(place.location.head_span(), format!("has no `{name}`"))
        .at(own.head_span(), "so this does nothing")
        .at(pass.head_span(), "is not inherited")
        .why(format!("a nested location does not inherit `{name}`: nginx looks for a file, and answers 404"))
        .help(format!("write the `{name}` into the nested location too"))
}
