//! A server on a TLS socket that has no certificate of its own.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::Effective;
use crate::nginx::routing::{Address, Listen};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "certificate-missing",
    severity: Severity::Warning,
    summary: "a server that listens with `ssl` and has no certificate, beside one that has",
    explanation: "\
nginx asks the default server of a socket for a certificate, and no other: a second server without one starts, and its clients
are shown the certificate of the default server, whose names are others. `nginx -t` says nothing.",
    bad: &[Example::new(
        "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}

server {
    listen 443 ssl;
    server_name b.example.net;
}
",
    )
    .tried(Trial::Nothing("the stand-in's certificate has other names"))],
    good: &[
        Example::new(
            "\
ssl_certificate /etc/ssl/all.pem;
ssl_certificate_key /etc/ssl/all.key;

server {
    listen 443 ssl;
    server_name a.example.org;
}

server {
    listen 443 ssl;
    server_name b.example.net;
}
",
        ),
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
}

server {
    listen 443 ssl;
    server_name b.example.net;
    ssl_reject_handshake on;
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let is_bare = |server: &&Directive<'_>| server.find("ssl_certificate").is_none() && speaks_tls(**server);
    if !subject.distinct().any(|server| is_bare(&&server)) {
        return;
    }
    let bare: Vec<_> = subject.servers.iter().filter(is_bare).collect();
    let mut secured: HashMap<(Address, (u16, u16)), Directive<'_>> = HashMap::new();
    for server in subject.servers.iter().filter(|server| server.find("ssl_certificate").is_some()) {
        for listen in Listen::all_of(*server) {
            secured.entry((listen.address, listen.ports)).or_insert(*server);
        }
    }
    for server in bare {
        let settings = Effective::inside(*server);
        let is_set = |name| settings.get(name).is_some();
        if is_set("ssl_certificate") || is_set("ssl_reject_handshake") || subject.gaps.are_around(*server) {
            continue;
        }
        let mut listens = Listen::all_of(*server).into_iter();
        let Some(other) = listens.find_map(|listen| secured.get(&(listen.address, listen.ports))) else {
            continue;
        };
        found.extend(told(*server, *other));
    }
}

fn speaks_tls(server: Directive<'_>) -> bool {
    server
        .find_all("listen")
        .any(|listen| listen.args().skip(1).any(|word| word.is("ssl") || word.is("quic")))
}

fn told(server: Directive<'_>, other: Directive<'_>) -> Option<Diagnostic> {
    let listen = server.find("listen")?;
    let certificate = other.find("ssl_certificate")?;
    let name = server.find("server_name").and_then(|names| names.arg(0));
    let name = name.map_or_else(|| "this server".to_owned(), |name| format!("`{}`", name.value()));
    let fault = RULE.finding(format!("{name} has no certificate")).at(listen.head_span(), "");
    Some(
        fault
            .at(certificate.head_span(), "of another server of the socket, whose default one is asked instead")
            .why("clients are shown a certificate for other names and refuse it; `nginx -t` asks only the default server")
            .help("add `ssl_certificate` and `ssl_certificate_key`"),
    )
}
