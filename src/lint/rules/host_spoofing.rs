//! A `Host` for the back end that is not the one the server was chosen by.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::meant::is_header;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "host-spoofing",
    severity: Severity::Hint,
    summary: "`proxy_set_header Host $http_host` in a server of certain names: the back end may be told any other",
    explanation: "\
A request can carry two hosts: `GET http://a.example.org/ HTTP/1.1` with `Host: b.example.org` is answered by the server
`a.example.org`, `$host` is `a.example.org`, and `$http_host` is `b.example.org`. With `proxy_set_header Host $http_host` the back
end hears of a name this server does not have: it may put it into links in mails, into redirects, or pick another tenant by it.
Measured on 1.22 and 1.28. `$host` is always a name of the server; where the port is to be passed on too, write `$host:$server_port`.

A hint, for most back ends make nothing of the name. A server that takes every name is not told of: there `$host` is anything too.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    server_name a.example.org;
    location / {
        proxy_set_header Host $http_host;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
    )
    .tried(Trial::IgnoresHost("/"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location / {
        proxy_set_header Host $host;
        proxy_pass http://127.0.0.1:8080;
    }
}
",
        )
        .tried(Trial::IgnoresHost("/")),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location / {
        proxy_set_header Host $host:$server_port;
        proxy_set_header X-Asked-For $http_host;
        proxy_pass http://127.0.0.1:8080;
    }
}

server {
    listen 81 default_server;
    location / {
        proxy_set_header Host $http_host;
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
    for header in subject.here("proxy_set_header") {
        let Some(value) = header.arg(1).filter(|_| is_header(&header, "Host")) else { continue };
        let server = header.ancestors().find(|block| block.is("server"));
        if value.is("$http_host") && server.is_some_and(has_certain_names) {
            found.push(finding(value));
        }
    }
}

/// Whether a server has names, and none of them stands for every name.
fn has_certain_names(server: Directive<'_>) -> bool {
    let mut names = server.find_all("server_name").flat_map(Directive::args).peekable();
    let is_any = |name: Argument<'_>| name.is("_") || name.is("") || name.content().starts_with(['~', '$']);
    let is_default =
        server.find_all("listen").flat_map(Directive::args).any(|word| word.is("default_server"));
    names.peek().is_some() && !is_default && !names.any(is_any)
}

fn finding(value: Argument<'_>) -> Diagnostic {
    RULE.finding("the back end may be told a `Host` that is no name of this server")
        .at(value.span(), "what the client sent, whatever the server was chosen by")
        .why("`GET http://name-of-this-server/` with another `Host` passes that one on, into links, redirects and tenants")
        .help("write `$host`; with the port, `$host:$server_port`")
}
