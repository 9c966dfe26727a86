//! A header of several lines.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Argument;

pub(crate) static RULE: Rule = Rule {
    id: "multiline-header",
    severity: Severity::Error,
    summary: "a line break in the value of a header",
    explanation: "\
nginx sends a header's value as it is written, line breaks too (measured on 1.22 and 1.28). HTTP knows no header of several
lines any more: what follows the break is another header to the client, or none, and over HTTP/2 browsers drop the whole
answer. A long `Content-Security-Policy` is written on one line, or put together by `set` from shorter pieces.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    location / {
        proxy_set_header X-Policy \"default-src 'self';
            img-src *\";
        proxy_pass http://127.0.0.1:8080;
    }
}
",
    )
    .tried(Trial::PassesNo("/", "\n            img-src"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_set_header X-Policy \"default-src 'self'; img-src *\";
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .tried(Trial::PassesNo("/", "\n            img-src")),
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_set_header X-Policy
            \"default-src 'self'\";
        return 200 \"two
lines\";
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Server,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for header in subject.here("add_header").chain(subject.here("proxy_set_header")) {
        let value = header
            .arg(1)
            .filter(|value| value.raw().contains(['\n', '\\']) && value.value().contains(['\n', '\r']));
        found.extend(value.map(|value| {
            let name = header.arg(0).map(Argument::value).unwrap_or_default();
            RULE.finding(format!("`{name}` is sent with a line break in it"))
                .at(value.span(), "")
                .why("a header ends with its line: the rest is another one, or none, and over HTTP/2 browsers drop the answer")
                .help("write the value on one line, or put it together: `set $csp \"default-src 'self'\"; set $csp \"${csp}; img-src *\";`")
        }));
    }
}
