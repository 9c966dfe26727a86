//! A back end that the client names.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::is_open;
use crate::lint::subject::Place;
use crate::lint::untrusted::{Source, Variables, names, takes};
use crate::lint::{Example, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "open-proxy",
    severity: Severity::Error,
    summary: "a `proxy_pass` to a host that the client chooses",
    explanation: "\
Where the host in `proxy_pass` comes from the request, a parameter, a header or a part of the path, anyone makes this
machine ask any other for them: the metadata service of the cloud, data bases and consoles that only answer inside
(server-side request forgery). `$http_host` is the client's even where the server has a name: `GET http://a.example.org/` with
`Host: 127.0.0.1:9200` is answered by the server `a.example.org` and passed to the other, on 1.22 and on 1.28. `$host` is
one of the server's names, unless the server takes every name.

Write the hosts down: a `map` from the part of the request to a back end, or a `location` for each. A group that takes no
dots and slashes, before a name of your own, is not told of, nor is a location that asks for credentials, is `internal`, or
checks something in an `if`.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location ~ ^/fetch/(.*)$ { proxy_pass http://$1; }
}
",
        )
        .tried(Trial::PassesNo("/fetch/127.0.0.1:8080/secret", "GET /secret")),
        Example::new(
            "\
server {
    listen 80;
    location /image { proxy_pass $arg_url; }
}
",
        )
        .tried(Trial::PassesNo("/image?url=http://127.0.0.1:8080/secret", "GET /secret")),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location / { proxy_pass http://$http_host; }
}
",
        ),
        Example::new(
            "\
server {
    listen 80 default_server;
    resolver 127.0.0.1;
    location / { proxy_pass http://$host$request_uri; }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
map $arg_shop $shop {
    default shop.example.org;
    two two.example.org;
}

server {
    listen 80;
    resolver 127.0.0.1;
    resolver_timeout 1s;
    location /shop { proxy_pass http://$shop; }
}
",
        )
        .tried(Trial::PassesNo("/shop?shop=127.0.0.1:8080", "GET /")),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    resolver 127.0.0.1;
    location ~ ^/bucket/([a-z0-9-]+)/ { proxy_pass http://$1.storage.example.org; }
    location /api/ { proxy_pass http://127.0.0.1:8080$request_uri; }
    location ~ ^/v1(/.*)$ { proxy_pass http://127.0.0.1:8080$1; }
    location /self/ { proxy_pass http://$host:8080; }
    location /hook/ { internal; proxy_pass $arg_url; }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/bucket/127.0.0.1:8080/", "GET /")),
    ],
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut variables = None;
    for place in &subject.places {
        let targets = place.location.descendants().filter(|one| one.is("proxy_pass"));
        for target in targets.filter_map(|pass| pass.arg(0)) {
            let host = host(target);
            if !host.contains('$') || !is_open(place) {
                continue;
            }
            let variables = variables.get_or_insert_with(|| Variables::of(subject));
            found.extend(
                chosen(place, host, variables).map(|(name, source)| finding(place, target, name, source)),
            );
        }
    }
}

/// The host of a target as written, up to the path; a target that begins with a variable has its host there.
fn host(target: Argument<'_>) -> &str {
    let text = target.content();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let paths = ["$request_uri", "$uri", "$document_uri"].into_iter().filter_map(|path| rest.find(path));
    &rest[..paths.min().unwrap_or(end).min(end)]
}

/// The variable by which the client chooses the host.
fn chosen<'t>(place: &Place<'t>, host: &'t str, variables: &Variables<'t>) -> Option<(&'t str, Source<'t>)> {
    let reader = place.proxy_pass()?;
    let name = names(host).next()?;
    let source = variables.source(name, reader)?;
    let (before, after) = host.split_once('$')?;
    let after = after.trim_start_matches('{').strip_prefix(name)?.trim_start_matches('}');
    let is_last = after.is_empty() || after.starts_with(':');
    let is_free = match source {
        Source::Sent => !before.contains(':'),
        Source::HostHeader => before.is_empty() && is_last,
        Source::Host => before.is_empty() && is_last && takes_any_name(place.server?),
        Source::Path => false,
        Source::Capture { .. } if before.contains(':') => false,
        Source::Capture { expression, group } => {
            let bare: &[&str] = if is_last { &["10.0.0.1", "a.example"] } else { &[] };
            let ended = ["a.example/", "a.example?", ".example/"];
            bare.iter().chain(&ended).any(|text| takes(expression, group, text))
        }
    };
    is_free.then_some((name, source))
}

/// Whether requests with any `Host` are a server's.
fn takes_any_name(server: Directive<'_>) -> bool {
    let mut listens = server.find_all("listen").flat_map(Directive::args);
    listens.any(|word| word.is("default_server")) || !server.children().any(|child| child.is("server_name"))
}

fn finding(place: &Place<'_>, target: Argument<'_>, name: &str, source: Source<'_>) -> Diagnostic {
    let whence = match source {
        Source::HostHeader => "the `Host` header as it was sent, whatever name the server has",
        Source::Host => "this server takes every name, so it is any host",
        Source::Capture { .. } => "taken from the path by a group that takes any host",
        _ => "whatever the client sends",
    };
    RULE.finding(format!("the client chooses the host that `{}` passes to", place.head()))
        .at(target.span(), format!("`${name}`: {whence}"))
        .why("anyone can have this machine ask hosts that only it can reach, and read the answers")
        .help("map what may be asked for to hosts you write down: `map $arg_shop $shop { default …; }`")
}
