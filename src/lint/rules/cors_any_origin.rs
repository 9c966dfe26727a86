//! Every website reads what a user may read.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::is_header;
use crate::lint::untrusted::names;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Block, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "cors-any-origin",
    severity: Severity::Error,
    summary: "`Access-Control-Allow-Origin $http_origin` with credentials: any website acts as the user",
    explanation: "\
With `Access-Control-Allow-Credentials true` a browser sends the user's cookies along and hands the answer to the page, if its
origin is the one in `Access-Control-Allow-Origin`. `$http_origin` is whatever page asks: every website a user visits can read
and do what the user can. Browsers refuse `*` together with credentials for that very reason, and repeating the origin goes
around it. List the origins in a `map`:

    map $http_origin $cors { default ''; https://app.example.org $http_origin; }

An `add_header` with an empty value adds nothing. Where an `if` looks at `$http_origin`, nothing is told.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location /api/ {
        add_header Access-Control-Allow-Origin $http_origin;
        add_header Access-Control-Allow-Credentials true;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
    )
    .tried(Trial::RepeatsNo("/api/", ("Origin", "https://attacker.example")))],
    good: &[
        Example::new(
            "\
map $http_origin $cors {
    default '';
    https://app.example.org $http_origin;
}

server {
    listen 80;
    location /api/ {
        add_header Access-Control-Allow-Origin $cors;
        add_header Access-Control-Allow-Credentials true;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .tried(Trial::RepeatsNo("/api/", ("Origin", "https://attacker.example"))),
        Example::new(
            "\
server {
    listen 80;
    location /open/ {
        add_header Access-Control-Allow-Origin $http_origin;
        add_header Access-Control-Allow-Credentials false;
        proxy_pass http://127.0.0.1:8080;
    }
    location /api/ {
        if ($http_origin = https://app.example.org) {
            add_header Access-Control-Allow-Origin $http_origin;
            add_header Access-Control-Allow-Credentials true;
        }
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .near_miss()
        .tried(Trial::RepeatsNo("/api/", ("Origin", "https://attacker.example"))),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let headers = subject.every("add_header");
    for allowed in headers.filter(|header| is_header(header, "Access-Control-Allow-Origin")) {
        let repeats =
            allowed.arg(1).is_some_and(|value| value.is("$http_origin") || value.is("${http_origin}"));
        if repeats && !is_checked(allowed) {
            found.extend(credentials(allowed).map(|credentials| finding(allowed, credentials)));
        }
    }
}

/// The header beside it that lets cookies come along.
fn credentials(allowed: Directive<'_>) -> Option<Directive<'_>> {
    let mut beside = allowed.parent()?.block()?.find_all("add_header");
    beside.find(|header| {
        is_header(header, "Access-Control-Allow-Credentials")
            && header.arg(1).is_some_and(|value| value.is("true"))
    })
}

/// Whether an `if` around it or before it may have looked at the origin.
fn is_checked(allowed: Directive<'_>) -> bool {
    let looks = |block: Directive<'_>| {
        block.is("if") && block.args().any(|word| names(word.content()).any(|name| name.starts_with("http_")))
    };
    let within = |block: Directive<'_>| block.block().into_iter().flat_map(Block::iter).any(looks);
    allowed.ancestors().any(|block| looks(block) || within(block))
}

fn finding(allowed: Directive<'_>, credentials: Directive<'_>) -> Diagnostic {
    RULE.finding("any website may read these answers as the user who visits it")
        .at(allowed.head_span(), "allows whichever origin asks")
        .at(credentials.head_span(), "and with the user's cookies")
        .why("a page of an attacker reads and does what the user can")
        .help("list the origins: `map $http_origin $cors { default ''; https://app.example.org $http_origin; }`, and allow `$cors`")
}
