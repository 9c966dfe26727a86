//! A time limit of nothing, where zero was to mean none.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::Directive;
use crate::nginx::value::{Unit, parse_time};

pub(crate) static RULE: Rule = Rule {
    id: "zero-timeout",
    severity: Severity::Error,
    summary: "`proxy_read_timeout 0` and its like: no time at all, not no limit",
    explanation: "\
With other programs a time limit of 0 switches it off. nginx takes it at its word: with `proxy_read_timeout 0` or
`proxy_connect_timeout 0` every request is answered 504 at once, with `client_body_timeout 0` a body that does not arrive with its
head is given up, and with `client_header_timeout 0` no TLS handshake ends. There is no way to switch these limits off; write a
long time, such as `1d`. `keepalive_timeout 0`, `proxy_next_upstream_timeout 0` and `lingering_timeout 0` mean what they seem to,
and `proxy_send_timeout 0` and `send_timeout 0` were seen to do no harm.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 0; # for ever
    }
}
",
        )
        .tried(Trial::Answers("/", 200)),
        Example::new(
            "\
server {
    listen 80;
    proxy_connect_timeout 0s;
    location / { proxy_pass http://127.0.0.1:8080; }
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
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_read_timeout 1d;
    }
}
",
        )
        .tried(Trial::Answers("/", 200)),
        Example::new(
            "\
server {
    listen 80;
    keepalive_timeout 0;
    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_next_upstream_timeout 0;
        proxy_connect_timeout 500ms;
        proxy_send_timeout 0;
    }
}
",
        )
        .near_miss()
        .tried(Trial::Answers("/", 200)),
    ],
    reach: Reach::Server,
    check,
};

/// Limits that end something as soon as it waits.
const LIMITS: [&str; 12] = [
    "proxy_read_timeout",
    "proxy_connect_timeout",
    "fastcgi_read_timeout",
    "fastcgi_connect_timeout",
    "uwsgi_read_timeout",
    "uwsgi_connect_timeout",
    "scgi_read_timeout",
    "scgi_connect_timeout",
    "grpc_read_timeout",
    "grpc_connect_timeout",
    "client_body_timeout",
    "client_header_timeout",
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for name in LIMITS {
        let set = subject.here(name).filter(|set| is_of_http(*set) && is_zero(*set));
        found.extend(set.map(|set| told(name, set)));
    }
}

/// Those of `stream` are none of these programs'.
fn is_of_http(set: Directive<'_>) -> bool {
    set.ancestors().all(|block| !block.is("stream") && !block.is("mail"))
}

fn is_zero(set: Directive<'_>) -> bool {
    set.arg(0).is_some_and(|time| parse_time(&time.value(), Unit::Milliseconds) == Ok(0))
}

fn told(name: &str, set: Directive<'_>) -> Diagnostic {
    let (what, why) = match name {
        "client_header_timeout" => ("no request has time to arrive", "a TLS handshake does not end within no time"),
        "client_body_timeout" => ("no body has time to arrive", "a body that does not come with its head is given up"),
        _ if name.ends_with("connect_timeout") => {
            ("no connection to the back end has time to open", "every request is answered 504 at once")
        }
        _ => ("no back end has time to answer", "every request is answered 504 at once"),
    };
    RULE.finding(format!("with `{name} 0` {what}"))
        .at(set.head_span(), "no time, and not no limit")
        .why(why)
        .help(format!("write a long time, `{name} 1d;`: there is no way to switch the limit off"))
}
