//! Security headers of the server that a location drops.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::is_header;
use crate::lint::{Example, Reach, Rule, Subject, Trial, dropped};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "shared-header-loss",
    severity: Severity::Warning,
    summary: "an `add_header` in a location that drops security headers of the server",
    explanation: "\
`add_header` is inherited only where a block has none of its own: a single one drops **all** that the server or `http` set.
Headers that protect every answer, such as `Strict-Transport-Security`, are then missing from its answers. Repeat them in the location;
from 1.29.3 on, `add_header_inherit merge;` adds to them instead. Only headers that browsers take for protection are told
of: that a location replaces, say, `Cache-Control` is mostly what is meant.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    add_header X-Content-Type-Options nosniff always;
    location / {
        proxy_pass http://127.0.0.1:8080;
        add_header Cache-Control no-store;
    }
}
",
        )
        .tried(Trial::Carries("/", "X-Content-Type-Options")),
        Example::new(
            "\
server {
    listen 80;
    add_header X-Content-Type-Options nosniff always;
    location / {
        proxy_pass http://127.0.0.1:8080;
        if ($request_method = GET) { add_header Cache-Control no-store; }
    }
}
",
        )
        .tried(Trial::Carries("/", "X-Content-Type-Options")),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    add_header X-Content-Type-Options nosniff always;
    location / {
        proxy_pass http://127.0.0.1:8080;
        add_header X-Content-Type-Options nosniff always;
        add_header Cache-Control no-store;
    }
}
",
        )
        .tried(Trial::Carries("/", "X-Content-Type-Options")),
        Example::new(
            "\
server {
    listen 80;
    add_header Cache-Control no-cache;
    location /assets/ { root /srv; add_header Cache-Control immutable; }
}
",
        )
        .near_miss(),
        // Whoever repeats headers keeps them in a file, which is not here.
        Example::new(
            "\
server {
    listen 80;
    add_header X-Content-Type-Options nosniff always;
    location /assets/ {
        root /srv;
        include snippets/security-headers*.conf;
        add_header Cache-Control immutable;
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

const PROTECTING: [&str; 9] = [
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        // An `if` that returns answers with no page that would need protection.
        let conditions = place.location.find_all("if").filter(|block| block.find("return").is_none());
        let conditions = conditions.map(|block| (block, Effective::inside(block)));
        let location = (place.location, place.settings.clone());
        for (block, settings) in std::iter::once(location).chain(conditions) {
            let own: Vec<_> = block.find_all("add_header").collect();
            let Some(first) = own.first() else { continue };
            if subject.gaps.are_in(block) {
                continue;
            }
            let lacks = format!("answers of `{}` lack", place.head());
            found.extend(dropped::told(&RULE, &lacks, *first, &lost(&settings, &own)));
        }
    }
}

/// The protecting headers around that are neither inherited nor repeated.
fn lost<'t>(settings: &Effective<'t>, own: &[Directive<'t>]) -> Vec<Directive<'t>> {
    let is_lost = |outer: &Directive<'t>| {
        let name = PROTECTING.into_iter().find(|name| is_header(outer, name));
        name.is_some_and(|name| !own.iter().any(|one| is_header(one, name)))
    };
    settings.hidden("add_header").into_iter().filter(is_lost).collect()
}
