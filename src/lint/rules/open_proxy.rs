//! A back end that the client names.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::Doors;
use crate::lint::subject::Place;
use crate::lint::untrusted::{Source, Variables, names, source, takes};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
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
    location /image { set $image $arg_url; proxy_pass $image; }
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
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        location /image { proxy_pass $arg_url; }
    }
}
",
        )
        .tried(Trial::PassesNo("/image?url=http://127.0.0.1:8080/secret", "GET /secret")),
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
    location ~ ^/doc/(.*)$ { set $doc http://docs.example.org/$1; proxy_pass $doc; }
    location /hook/ { internal; proxy_pass $arg_url; }
}
",
        )
        .near_miss()
        .tried(Trial::PassesNo("/bucket/127.0.0.1:8080/", "GET /")),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (mut variables, mut doors) = (None, Doors::default());
    for place in subject.places {
        let is_own = |pass: &Directive<'_>| pass.ancestors().find(|block| block.is("location")) == Some(place.location);
        // Those in an `if` too, but a location within has a place of its own.
        let passes = place.location.every("proxy_pass").filter(is_own);
        for (pass, target) in passes.filter_map(|pass| Some((pass, pass.arg(0)?))) {
            let host = host(target.content());
            if host.contains('$') && doors.are_open(place) {
                let variables = variables.get_or_insert_with(|| Variables::of(subject));
                let chosen = Chooser { server: place.server, variables }.chosen(host, pass, DEEPEST);
                found.extend(chosen.map(|(name, source)| finding(place, target, &name, source)));
            }
        }
    }
}

/// How many `set` may stand between a target and where it comes from.
const DEEPEST: usize = 4;

/// The host of a target, up to the path; a target that begins with a variable has its host there.
fn host(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let paths = ["$request_uri", "$uri", "$document_uri"].into_iter().filter_map(|path| rest.find(path));
    &rest[..paths.min().unwrap_or(end).min(end)]
}

struct Chooser<'s, 't> {
    server: Option<Directive<'t>>,
    variables: &'s Variables<'t>,
}

impl<'t> Chooser<'_, 't> {
    /// The variable by which the client chooses the host, as it is read in this directive.
    fn chosen(&self, host: &str, reader: Directive<'t>, depth: usize) -> Option<(String, Source<'t>)> {
        let name = names(host).next()?;
        let (before, after) = host.split_once('$')?;
        let after = after.trim_start_matches('{').strip_prefix(name)?.trim_start_matches('}');
        let name = name.to_owned();
        let read = reader.args().flat_map(|word| names(word.content())).find(|read| *read == name)?;
        if let Some(source) = source(read, reader) {
            let is_last = after.is_empty() || after.starts_with(':');
            return self.is_free(source, before, is_last).then_some((name, source));
        }
        let mut values = self.variables.values(read, reader);
        let depth = depth.checked_sub(1)?;
        values
            .find_map(|(value, set)| self.chosen(self::host(&format!("{before}{value}{after}")), set, depth))
    }

    fn is_free(&self, source: Source<'t>, before: &str, is_last: bool) -> bool {
        match source {
            Source::Sent => !before.contains(':'),
            Source::HostHeader => before.is_empty() && is_last,
            Source::Host => before.is_empty() && is_last && self.server.is_some_and(takes_any_name),
            Source::Path => false,
            Source::Capture { .. } if before.contains(':') => false,
            Source::Capture { expression, group } => {
                let bare: &[&str] = if is_last { &["10.0.0.1", "a.example"] } else { &[] };
                let ended = ["a.example/", "a.example?", ".example/"];
                bare.iter().chain(&ended).any(|text| takes(expression, group, text))
            }
        }
    }
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
