//! A fault of nginx's that a `rewrite` with a `?` sets off.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::untrusted::names;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};
use crate::nginx::version::Version;

pub(crate) static RULE: Rule = Rule {
    id: "rewrite-overflow",
    severity: Severity::Warning,
    summary: "`$1` in a `set` behind a `rewrite` with a `?`: nginx before 1.30.1 writes beyond its buffer",
    explanation: "\
A `rewrite` to something with a `?` leaves nginx believing that it still writes a query. A `set`, `if` or `rewrite` behind it in
the same block then reserves room for `$1` as it is and writes it escaped, three bytes for one: the value is cut off, and
what lies behind the buffer is overwritten with what the client sent (CVE-2026-42945, mended in 1.30.1 and 1.31.0). Measured on
1.28.3: `set $c $1` gives `foo%2Bb` for `foo+bar`; Debian's 1.22.1 has the fix, and so may other distributions' versions.

A named group, `(?<rest>.*)` and `$rest`, is not concerned, nor is a `rewrite` that ends the rules by `last` or `break`.",
    bad: &[Example::modern(
        "\
server {
    listen 80;
    location /shop/ {
        rewrite ^/shop/(.*)$ /index.php?from=shop;
        set $item $1;
        return 302 http://a.example.org/next/$item;
    }
}
",
    )
    .tried(Trial::LeadsTo("/shop/foo+bar", "http://a.example.org/next/foo+bar"))],
    good: &[
        Example::modern(
            "\
server {
    listen 80;
    location /shop/ {
        rewrite ^/shop/(?<rest>.*)$ /index.php?from=shop;
        set $item $rest;
        return 302 http://a.example.org/next/$item;
    }
}
",
        )
        .tried(Trial::LeadsTo("/shop/foo+bar", "http://a.example.org/next/foo+bar")),
        Example::modern(
            "\
server {
    listen 80;
    location /shop/ {
        rewrite ^/shop/(.*)$ /index.php/$1;
        set $item $1;
        rewrite ^ /index.php?item=$item last;
    }
    location /next/ {
        rewrite ^/next/(.*)$ /index.php?next=$1 last;
        set $item $1;
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
    if subject.version >= Version::new(1, 30, 1) {
        return;
    }
    for rewrite in subject.every("rewrite") {
        let opens_query = rewrite.arg(1).is_some_and(|target| target.content().contains('?'));
        if opens_query && rewrite.arg(2).is_none() && !rewrite.arg(1).is_some_and(is_absolute) {
            found.extend(reader(rewrite).map(|reader| finding(rewrite, reader)));
        }
    }
}

/// Ends the rules by itself: it redirects.
fn is_absolute(target: Argument<'_>) -> bool {
    ["http://", "https://", "$scheme"].iter().any(|start| target.content().starts_with(start))
}

/// The `set` behind a `rewrite` that reads a numbered group.
fn reader<'t>(rewrite: Directive<'t>) -> Option<Directive<'t>> {
    let behind = rewrite.parent()?.children().skip_while(move |child| *child != rewrite).skip(1);
    let before_end = behind.take_while(|child| !child.is("return") && !child.is("break"));
    // An `if` goes on with the same rules.
    let mut rules = before_end.flat_map(|child| {
        let inner = child.children().take(if child.is("if") { usize::MAX } else { 0 });
        std::iter::once(child).chain(inner)
    });
    let reads = |set: &Directive<'t>| {
        let value = set.arg(1).map(Argument::content).unwrap_or_default();
        set.is("set") && names(value).any(|name| name.parse::<u8>().is_ok())
    };
    rules.find(reads)
}

fn finding(rewrite: Directive<'_>, reader: Directive<'_>) -> Diagnostic {
    RULE.finding("nginx cuts this value off, and writes beyond its end")
        .at(reader.head_span(), "room for the group as it is, but written escaped")
        .at(rewrite.head_span(), "its `?` leaves nginx in the middle of a query")
        .why("CVE-2026-42945: a client crashes workers, or worse; mended in 1.30.1, and in some distributions' older versions")
        .help("name the group, `(?<rest>.*)`, and read `$rest`")
}
