//! Access lists that do not say what they seem to.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::has_unread;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "access-list",
    severity: Severity::Error,
    summary: "`allow` without a `deny`, or a line behind `all`: it changes nothing",
    explanation: "\
nginx takes the first line of `allow` and `deny` that fits the client's address, and lets in whoever fits none. A list of
`allow` alone therefore keeps nobody out: `deny all;` is missing at its end. A line behind `allow all` or `deny all` is never
looked at. A list in a location replaces that of the server around it, so the server's `deny all` does not help.

With `satisfy any` and a password, a list of `allow` alone is right: who is on it needs no password, all others do.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / { allow 10.0.0.0/8; root /usr/share; try_files /nothing /zoneinfo/UTC; }
}
",
        )
        .tried(Trial::Answers("/", 403)),
        Example::new(
            "\
server {
    listen 80;
    deny all;
    allow 127.0.0.1;
    location / { root /usr/share; try_files /base-files/profile =204; }
}
",
        )
        .tried(Trial::Answers("/", 200)),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / { allow 10.0.0.0/8; deny all; root /usr/share; try_files /nothing /zoneinfo/UTC; }
}
",
        )
        .tried(Trial::Answers("/", 403)),
        Example::new(
            "\
server {
    listen 80;
    deny all;
    location /open/ { allow all; root /srv; }
    location /inner/ {
        satisfy any;
        allow 10.0.0.0/8;
        auth_basic inner;
        auth_basic_user_file /etc/nginx/htpasswd;
        root /srv;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/inner/", 401)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let places = subject.places.iter().map(|place| place.location);
    for block in subject.here("http").chain(subject.servers.iter().copied()).chain(places) {
        let is_rule = |child: &Directive<'_>| child.is("allow") || child.is("deny");
        let lines: Vec<_> = block.children().filter(is_rule).collect();
        if let Some(decided) = lines.iter().position(|line| is_of_all(*line)) {
            found.extend(lines.get(decided + 1).map(|late| unreached(lines[decided], *late)));
        } else if let Some(last) = lines.last()
            && lines.iter().all(|line| line.is("allow"))
            && !block.block().is_some_and(has_unread)
            && !is_alternative(block)
        {
            found.push(open(*last));
        }
    }
}

fn is_of_all(line: Directive<'_>) -> bool {
    line.arg(0).is_some_and(|address| address.is("all"))
}

/// Whether the list is only one way in, so that who is not on it has to take another.
fn is_alternative(block: Directive<'_>) -> bool {
    Effective::inside(block).get("satisfy").is_some_and(|satisfy| satisfy.value() == "any")
}

fn open(last: Directive<'_>) -> Diagnostic {
    RULE.finding("this list of `allow` keeps nobody out")
        .at(last.head_span(), "no `deny` follows")
        .why("whoever is on no line of the list is let in, so everyone is")
        .help("add `deny all;` behind it")
}

fn unreached(all: Directive<'_>, late: Directive<'_>) -> Diagnostic {
    let word = all.name();
    RULE.finding(format!("this `{}` is never looked at", late.name()))
        .at(late.head_span(), "")
        .at(all.head_span(), "fits every address, and the first line that fits decides")
        .why(format!("the list reads as `{word} all` alone"))
        .help(format!("put `{word} all;` last"))
}
