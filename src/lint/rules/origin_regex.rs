//! Expressions for origins that take others too.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::is_header;
use crate::lint::sample::sample;
use crate::lint::untrusted::{condition, names};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{Outcome, Pattern};
use crate::nginx::tree::Directive;
use crate::text::Span;

pub(crate) static RULE: Rule = Rule {
    id: "origin-regex",
    severity: Severity::Error,
    summary: "an expression for `$http_origin` that an attacker's origin matches too",
    explanation: "\
An expression matches anywhere unless `^` and `$` say where, and a dot that is not escaped is any character.
`https://app.example.org` also matches the origin `https://app.example.org.attacker.example`, and
`^https://app.example.org$` matches `https://appXexample.org`, which anyone may register: their pages then read what
`Access-Control-Allow-Origin` was to allow to yours. The finding names an origin that was tried against the expression, by the
library nginx uses.

Told of where the match decides on `Access-Control-Allow-Origin`. Anchor both ends and escape every dot:
`^https://([a-z0-9-]+\\.)?example\\.org$`. A `map` of plain strings needs neither.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        if ($http_origin ~ https://app\\.example\\.org) { add_header Access-Control-Allow-Origin $http_origin; }
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .tried(Trial::RepeatsNo("/", ("Origin", "https://app.example.org.attacker.example"))),
        Example::new(
            "\
map $http_origin $cors {
    default '';
    ~^https://app.example.org$ $http_origin;
}

server {
    listen 80;
    location / { add_header Access-Control-Allow-Origin $cors; proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::RepeatsNo("/", ("Origin", "https://appxexample.org"))),
    ],
    good: &[
        Example::new(
            "\
map $http_origin $cors {
    default '';
    ~^https://([a-z0-9-]+\\.)?example\\.org$ $http_origin;
}

server {
    listen 80;
    location / { add_header Access-Control-Allow-Origin $cors; proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::RepeatsNo("/", ("Origin", "https://app.example.org.attacker.example"))),
        Example::new(
            "\
map $http_origin $is_blocked {
    default 0;
    ~attacker 1;
}

server {
    listen 80;
    location / {
        if ($http_origin ~* ^https?://(www\\.)?example\\.(org|com)(:[0-9]+)?$) { add_header Access-Control-Allow-Origin $http_origin; }
        if ($http_origin ~ example) { return 403; }
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .near_miss()
        .tried(Trial::RepeatsNo("/", ("Origin", "https://www.example.org.attacker.example"))),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for block in subject.every("if").chain(subject.every("map")).filter(|one| one.is_block()) {
        let is_of_origin =
            block.arg(0).is_some_and(|word| names(word.content()).any(|name| name == "http_origin"));
        if block.is("if") && is_of_origin && block.children().any(|child| allows(child)) {
            found.extend(
                condition(block).and_then(|asked| fault(asked.text, asked.ignores_case, asked.word.span())),
            );
        } else if block.is("map") && is_of_origin && is_read_by_an_allowance(block, subject) {
            let entries = block
                .children()
                .filter(|entry| entry.arg(0).is_some_and(|value| !value.is("") && !value.is("0")));
            found.extend(entries.filter_map(|entry| {
                let name = entry.name_span();
                let text = entry.name();
                let text = text.strip_prefix('~')?;
                let (text, is_loose) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
                fault(text, is_loose, name)
            }));
        }
    }
}

/// Whether a directive allows an origin.
fn allows(child: Directive<'_>) -> bool {
    child.is("add_header") && is_header(&child, "Access-Control-Allow-Origin")
}

fn is_read_by_an_allowance(map: Directive<'_>, subject: &Subject<'_>) -> bool {
    let Some(name) = map.arg(1).and_then(|name| name.content().strip_prefix('$')) else { return false };
    let mut headers = subject.every("add_header").filter(|one| allows(*one));
    headers.any(|header| header.arg(1).is_some_and(|value| names(value.content()).any(|read| read == name)))
}

fn fault(text: &str, is_loose: bool, span: Span) -> Option<Diagnostic> {
    let pattern = Pattern::compile(text, is_loose).ok()?;
    let matches = |origin: &String| pattern.test(origin.as_bytes()) == Outcome::Matches;
    let plain = sample(text)?;
    let origin = if plain.contains("://") { plain } else { format!("https://{plain}") };
    let taken = foreign(&origin).into_iter().find(matches).filter(|_| matches(&origin))?;
    let fault = RULE.finding(format!("the origin `{taken}` matches too")).at(span, "");
    let fault = fault.why("pages of that origin, which anyone may register, read what is meant for yours");
    Some(fault.help("begin with `^`, end with `$`, and write every dot as `\\.`"))
}

/// Origins of somebody else's that are like one.
fn foreign(origin: &str) -> Vec<String> {
    let Some((scheme, host)) = origin.split_once("://").filter(|(_, host)| !host.contains([':', '/'])) else {
        return Vec::new();
    };
    let dots: Vec<_> = host.match_indices('.').map(|(at, _)| at).collect();
    match dots[..] {
        [] => Vec::new(),
        [_] => vec![format!("{origin}.attacker.example"), format!("{scheme}://attacker{host}")],
        // Only without the dot before the name that is registered does it become another one.
        [.., at, _] => vec![
            format!("{origin}.attacker.example"),
            format!("{scheme}://{}x{}", &host[..at], &host[at + 1..]),
        ],
    }
}
