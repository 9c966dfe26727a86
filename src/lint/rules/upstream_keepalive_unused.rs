//! Connections that an upstream is to keep, closed by what is asked over them.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::Place;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::proxy_headers;
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "upstream-keepalive-unused",
    severity: Severity::Warning,
    summary: "an `upstream` with `keepalive`, asked in HTTP/1.0 or with `Connection: close`",
    explanation: "\
Before 1.29.7 nginx speaks HTTP/1.0 to back ends and sends `Connection: close` with every request: the connection is closed
behind each answer, and `keepalive` keeps nothing. It takes `proxy_http_version 1.1` and `proxy_set_header Connection \"\"` in
every location that leads there. Every request then pays for a new connection, one of the local ports stays taken for a minute
behind each, and under load they run out (`Cannot assign requested address`).",
    bad: &[
        Example::new(
            "\
upstream app {
    server 127.0.0.1:8080;
    keepalive 16;
}

server {
    listen 80;
    location / { proxy_pass http://app; }
}
",
        )
        .tried(KEPT),
        Example::new(
            "\
upstream app {
    server 127.0.0.1:8080;
    keepalive 16;
}

server {
    listen 80;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
    }
}
",
        )
        .tried(KEPT),
    ],
    good: &[
        Example::new(
            "\
upstream app {
    server 127.0.0.1:8080;
    keepalive 16;
}

server {
    listen 80;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Connection \"\";
    }
}
",
        )
        .tried(KEPT),
        // What a variable says may be nothing; and nobody asks this upstream for more than one connection.
        Example::new(
            "\
map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      '';
}

upstream app {
    server 127.0.0.1:8080;
    keepalive 16;
}

server {
    listen 80;
    location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 1d;
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

const KEPT: Trial = Trial::Keeps("/");

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.version >= Version::new(1, 29, 7) {
        return;
    }
    let root = subject.root();
    let http = root.find_all("http").flat_map(Directive::children);
    let upstreams = root.iter().chain(http).filter(|block| block.is("upstream") && block.is_block());
    let keeping: HashMap<_, _> = upstreams
        .filter_map(|upstream| {
            Some((upstream.arg(0)?.value().to_ascii_lowercase(), upstream.find("keepalive")?))
        })
        .collect();
    if keeping.is_empty() {
        return;
    }
    for place in subject.places {
        let Some(pass) = place.proxy_pass().filter(|_| !subject.gaps.are_around(place.location)) else {
            continue;
        };
        let Some(keepalive) = upstream_of(pass).and_then(|name| keeping.get(&name)) else { continue };
        found.extend(
            Lacking::of(place, subject.version).map(|lacking| told(place, pass, *keepalive, &lacking)),
        );
    }
}

/// The name a `proxy_pass` without variables leads to.
fn upstream_of(pass: Directive<'_>) -> Option<String> {
    let url = pass.arg(0).map(Argument::value)?;
    let (_, rest) = url.split_once("://")?;
    let name = rest.split(['/', ':', '?']).next()?;
    (!name.contains('$')).then(|| name.to_ascii_lowercase())
}

/// What a connection lacks that is to be kept.
struct Lacking {
    why: &'static str,
    lines: Vec<&'static str>,
}

impl Lacking {
    /// None where nothing is lacking, or nothing known; a WebSocket keeps its connection to the end anyway.
    fn of(place: &Place<'_>, version: Version) -> Option<Lacking> {
        if place.meant().is_some_and(|meant| meant.kind.is_long_lived()) {
            return None;
        }
        let is_old = place.value("proxy_http_version", version)? == "1.0";
        let headers = proxy_headers(&place.settings, version);
        let connection = headers.iter().find(|header| header.name.eq_ignore_ascii_case("connection"));
        let closes = connection.is_some_and(|header| header.value.eq_ignore_ascii_case("close"));
        let http11 = is_old.then_some("`proxy_http_version 1.1;`");
        let lines: Vec<_> = http11.into_iter().chain(closes.then_some("`proxy_set_header Connection \"\";`")).collect();
        let why = match is_old {
            true => "the back end is asked in HTTP/1.0, which closes the connection behind each answer",
            false => "`Connection: close` is sent with every request",
        };
        (is_old || closes).then_some(Lacking { why, lines })
    }
}

fn told(place: &Place<'_>, pass: Directive<'_>, keepalive: Directive<'_>, lacking: &Lacking) -> Diagnostic {
    // A header of the location's own drops those around it.
    let is_dropping = lacking.lines.iter().any(|line| line.contains("Connection"))
        && place.settings.get("proxy_set_header").is_some_and(|set| set.is_inherited);
    let repeat = if is_dropping { ", and repeat the headers that are inherited" } else { "" };
    RULE.finding(format!("`{}` keeps no connection to its upstream", place.head()))
        .at(pass.head_span(), "leads to the upstream")
        .at(keepalive.head_span(), "keeps nothing of what comes from there")
        .why(lacking.why)
        .help(format!("add {}{repeat}", lacking.lines.join(" and ")))
}
