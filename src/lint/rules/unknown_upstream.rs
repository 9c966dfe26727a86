//! The name of an upstream, misspelt behind a variable.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::destinations::{self, Destination};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "unknown-upstream",
    severity: Severity::Warning,
    summary: "a variable that leads `proxy_pass` to nearly the name of an `upstream`",
    explanation: "\
Of a name written into `proxy_pass` itself nginx says `host not found in upstream` when it starts. Behind a variable the name is
looked for only when a request comes: a misspelt one is no `upstream`, is asked of the `resolver` if there is one, and the
request ends in 502. `nginx -t` says nothing.",
    bad: &[Example::new(
        "\
upstream backend { server 127.0.0.1:8080; }

server {
    listen 80;
    location / {
        set $to bakend;
        proxy_pass http://$to;
    }
}
",
    )
    .tried(Trial::Answers("/", 200))],
    good: &[
        Example::new(
            "\
upstream backend { server 127.0.0.1:8080; }

server {
    listen 80;
    location / {
        set $to backend;
        proxy_pass http://$to;
    }
}
",
        )
        .tried(Trial::Answers("/", 200)),
        // Names that count are no slips, and a name in the network may be like that of an upstream.
        Example::new(
            "\
upstream app1 { server 127.0.0.1:8080; }

server {
    listen 80;
    resolver 127.0.0.11;
    location / {
        set $to app2;
        proxy_pass http://$to;
    }
    location /other/ {
        set $other app1.example.internal;
        proxy_pass http://$other;
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let passes = destinations::of(subject);
    if passes.is_empty() {
        return;
    }
    let root = subject.root();
    let http = root.find_all("http").flat_map(Directive::children);
    let groups: Vec<_> = root
        .iter()
        .chain(http)
        .filter(|block| block.is("upstream"))
        .filter_map(|group| group.arg(0))
        .collect();
    for pass in passes {
        for to in &pass.to {
            let Destination::Name(name, span) = to else { continue };
            let Some(near) = groups.iter().find(|group| is_slip(name, &group.value())) else { continue };
            let finding = RULE.finding(format!("no `upstream` is called `{name}`"));
            let finding = finding.at(*span, "").at(near.span(), "a name much like it");
            let finding = if pass.directive.head_span().range().contains(&(span.start as usize)) {
                finding
            } else {
                finding.at(pass.directive.head_span(), "leads there")
            };
            found.push(
                finding
                    .why("behind a variable nginx looks for it when a request comes, and answers 502")
                    .help(format!("did you mean `{}`?", near.value())),
            );
        }
    }
}

/// One letter more, less, other or swapped; two in a long name. Digits tell names apart on purpose.
fn is_slip(name: &str, group: &str) -> bool {
    let most = if group.len() < 9 { 1 } else { 2 };
    let letters = |text: &str| text.to_ascii_lowercase().replace(|c: char| c.is_ascii_digit(), "");
    group.len() > 3
        && group.len().abs_diff(name.len()) <= most
        && letters(name) != letters(group)
        && strsim::damerau_levenshtein(name, group) <= most
}
