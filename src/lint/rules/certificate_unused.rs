//! A server with a certificate that speaks no TLS.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{Address, Listen};

pub(crate) static RULE: Rule = Rule {
    id: "certificate-unused",
    severity: Severity::Warning,
    summary: "a server on port 443 with a certificate, and no `listen` that says `ssl`",
    explanation: "\
A certificate alone does not make a server speak TLS: `listen 443` is plain HTTP until some `listen` of the socket says `ssl`.
Clients that come with `https:` are told of a protocol error (`SSL_ERROR_RX_RECORD_TOO_LONG`, `wrong version number`), and
`nginx -t` says nothing.",
    bad: &[Example::new(
        "\
server {
    listen 443;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}
",
    )
    .tried(Trial::Nothing("the stand-in listens on another port"))],
    good: &[
        // The socket speaks TLS, whichever server says so.
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}

server {
    listen 443;
    server_name b.example.org;
    ssl_certificate /etc/ssl/b.pem;
    ssl_certificate_key /etc/ssl/b.key;
}
",
        )
        .near_miss(),
        // Whoever stands in front speaks it.
        Example::new("server { listen 443; server_name a.example.org; }\n"),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let listens = |secured: bool| {
        let listens = subject.servers.iter().flat_map(|server| subject.listens(*server));
        listens.filter(move |listen| listen.is_tls == secured)
    };
    if !listens(false).any(|listen| listen.has_port(443)) {
        return;
    }
    let secured: HashSet<(&Address, (u16, u16))> =
        listens(true).map(|listen| (&listen.address, listen.ports)).collect();
    for server in subject.servers {
        let Some(certificate) = server.find("ssl_certificate") else { continue };
        let is_plain =
            |listen: &Listen| !listen.is_tls && !secured.contains(&(&listen.address, listen.ports));
        let is_switched = server.find("ssl").is_some() || subject.gaps.are_around(*server);
        if is_switched || !subject.listens(*server).iter().all(is_plain) {
            continue;
        }
        let port =
            server.find_all("listen").find(|listen| Listen::of(*listen).is_some_and(|one| one.has_port(443)));
        found.extend(port.map(|listen| {
            RULE.finding("port 443 speaks plain HTTP")
                .at(listen.head_span(), "does not say `ssl`, and no other `listen` of the socket does")
                .at(certificate.head_span(), "used for nothing")
                .why("clients of `https:` meet a protocol error")
                .help("write `listen 443 ssl;`")
        }));
    }
}
