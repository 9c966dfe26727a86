//! An `if` that takes `try_files` away.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "if-drops-try-files",
    severity: Severity::Error,
    summary: "an `if` beside `try_files`: where it holds, the files are not tried",
    explanation: "\
An `if` in a location that holds becomes the location: the request goes on with the settings of the `if`, which inherits most
of what is around it, but not `try_files`. `if ($arg_x) { set $y 1; }` beside `try_files $uri /index.html` makes a 404 of
what should be the index: measured on 1.22 and 1.28, and the same with an empty `if`. One that answers itself, by `return` or
a `rewrite … last`, or has a handler such as `proxy_pass` of its own, takes nothing away.

Use `map` for a value that depends on the request, or put the `if` into the `server`, where it swaps nothing.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    root /usr/share;
    location / {
        try_files $uri /base-files/profile =204;
        if ($arg_lang) { add_header Vary Accept-Language; }
    }
}
",
    )
    .tried(Trial::Answers("/?lang=de", 204))],
    good: &[
        Example::new(
            "\
map $arg_lang $vary {
    default Accept-Language;
    '' '';
}

server {
    listen 80;
    root /srv/none;
    location / {
        try_files $uri /index.html =204;
        add_header Vary $vary;
    }
}
",
        )
        .tried(Trial::Answers("/?lang=de", 204)),
        Example::new(
            "\
server {
    listen 80;
    root /srv/none;
    if ($arg_lang) { set $vary Accept-Language; }
    location / {
        if ($request_method = DELETE) { return 405; }
        if ($arg_old) { rewrite ^ /new last; }
        try_files $uri /index.html =204;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/?lang=de", 204)),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for place in subject.places {
        let Some(tried) = place.location.find("try_files") else { continue };
        let taking = place.location.find_all("if").find(|block| !block.children().any(answers));
        found.extend(taking.map(|block| {
            RULE.finding(format!("where this `if` holds, `{}` tries no files", place.head()))
                .at(block.head_span(), "")
                .at(tried.head_span(), "not inherited into an `if`")
                .why("the request goes on with the settings of the `if`, and `try_files` is none of them: 404 for what is no file")
                .help("set the value by a `map`, or put the `if` into the server")
        }));
    }
}

/// Whether an `if` with this in it sends the request elsewhere, or serves it in another way.
fn answers(child: Directive<'_>) -> bool {
    child.is("return")
        || child.is("rewrite")
        || child.is("include")
        || child.name().ends_with("_pass")
        || child.name().contains("_by_lua")
}
