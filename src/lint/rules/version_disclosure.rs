//! nginx's version in every answer.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::has_unread;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "version-disclosure",
    severity: Severity::Hint,
    summary: "`server_tokens` that is on, or is not set anywhere in a whole configuration",
    explanation: "\
`Server: nginx/1.22.1` in every answer tells a scanner which faults to try. Hiding it keeps nobody out, so this is a hint;
`server_tokens off;` in `http` costs nothing. It is on by default, which is told once, and only of a file that has the whole of
`http` in it.",
    bad: &[
        Example::whole("events { worker_connections 1024; }\n", "server { listen 80; location / { root /srv; } }\n"),
        Example::new(
        "\
server {
    listen 80;
    server_tokens on;
    location / { root /srv; }
}
",
    )
    .tried(Trial::Nothing("the version is in every answer, as nginx's documentation says")),
    ],
    good: &[Example::new(
        "\
server {
    listen 80;
    location / { root /srv; }
}

server {
    listen 81;
    server_tokens off;
}
",
    )
    .near_miss()],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let root = subject.root();
    let set: Vec<_> = subject.every("server_tokens").collect();
    let is_told = |one: &&Directive<'_>| one.arg(0).is_some_and(|word| word.is("on") || word.is("build"));
    found.extend(set.iter().filter(is_told).map(|one| finding(*one)));
    let http = root.find("http").filter(|http| set.is_empty() && !http.block().is_some_and(has_unread));
    let serves = |http: &Directive<'_>| subject.servers.iter().any(|server| server.parent() == Some(*http));
    found.extend(http.filter(serves).map(finding));
}

fn finding(place: Directive<'_>) -> Diagnostic {
    let label = if place.is("http") { "sets no `server_tokens`, which is `on` by default" } else { "" };
    RULE.finding("every answer says which version of nginx this is")
        .at(place.head_span(), label)
        .why("a scanner learns which faults to try")
        .help("write `server_tokens off;` in `http`")
}
