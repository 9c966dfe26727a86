//! A second `Content-Type`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::is_header;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "second-content-type",
    severity: Severity::Warning,
    summary: "`add_header Content-Type`, which is sent beside the one there is",
    explanation: "\
`add_header` adds: an answer that has a `Content-Type`, and nginx gives every answer with a body one, then has two (measured on
1.22 and 1.28). Browsers take the last, proxies and other clients the first, and what one takes for text another may run as a
page. `default_type` sets the type of a `return` and of files without a known ending. To replace a back end's, hide it first:
`proxy_hide_header Content-Type`; then nothing is told, nor for an answer without a body.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location = /health { add_header Content-Type text/plain; return 200 ok; }
}
",
    )
    .tried(Trial::Nothing("two headers arrive, as measured; which one counts is for the client to say"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location = /health { default_type text/plain; return 200 ok; }
}
",
        ),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_hide_header Content-Type;
        add_header Content-Type text/plain;
        proxy_pass http://127.0.0.1:8080;
    }
    location = /none { add_header Content-Type text/plain; return 204; }
    location = /status { add_header Content-Type text/plain; stub_status; allow 127.0.0.1; deny all; }
    location = /ping { default_type text/plain; add_header Content-Type text/plain; return 200 pong; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

const HIDING: [&str; 5] =
    ["proxy_hide_header", "fastcgi_hide_header", "uwsgi_hide_header", "scgi_hide_header", "grpc_hide_header"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for header in subject.every("add_header") {
        let Some(block) = header.parent().filter(|_| is_header(&header, "Content-Type")) else { continue };
        let is_empty = header.arg(1).is_some_and(|value| value.is(""));
        let value = header.arg(1).map(Argument::raw).unwrap_or_default();
        if is_empty || hides(block) || answers_without_body(block) || is_its_own(block, value) {
            continue;
        }
        found.push(
            RULE.finding("a second `Content-Type` is sent beside the one that is there")
                .at(header.head_span(), "adds, and replaces nothing")
                .why("browsers take the last, others the first: they disagree on what the answer is")
                .help(format!("write `default_type {value};`; for a back end's answer, `proxy_hide_header Content-Type;` beside it")),
        );
    }
}

fn hides(block: Directive<'_>) -> bool {
    let settings = Effective::inside(block);
    let hidden =
        HIDING.into_iter().filter_map(|name| settings.get(name)).flat_map(|setting| setting.directives);
    hidden.into_iter().any(|one| is_header(&one, "Content-Type"))
}

/// Answers of these codes have no type of their own.
fn answers_without_body(block: Directive<'_>) -> bool {
    let code = block.find("return").and_then(|answer| answer.arg(0));
    code.is_some_and(|code| code.is("204") || code.is("304") || code.is("444"))
}

/// Whether what nginx answers by itself has this type anyway: the same one twice confuses nobody.
fn is_its_own(block: Directive<'_>, value: &str) -> bool {
    if block.find("stub_status").is_some() {
        return value == "text/plain";
    }
    let settings = Effective::inside(block);
    let default = settings.get("default_type").filter(|_| block.find("return").is_some());
    default.is_some_and(|default| default.value() == value)
}
