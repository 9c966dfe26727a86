//! Two sockets that want the same port.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{Address, Listen};
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "dual-stack-listen",
    severity: Severity::Error,
    summary: "`listen [::]:80 ipv6only=off` beside `listen 80`",
    explanation: "\
With `ipv6only=off` the IPv6 socket takes IPv4 too, and a second socket for IPv4 on the same port cannot be bound. `nginx -t` is
content, for it binds without listening; nginx itself does not start: `bind() to [::]:80 failed (98: Address already in use)`.
A reload that brings this fails with the same words, and the old configuration stays.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    listen [::]:80 ipv6only=off;
    server_name a.example.org;
}
",
    )
    .tried(Trial::Nothing("nginx does not start"))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    listen [::]:80;
    server_name a.example.org;
}
",
        ),
        Example::new(
            "\
server {
    listen [::]:80 ipv6only=off;
    listen 8080;
    listen [::]:8080 ipv6only=on;
    server_name a.example.org;
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let listens = || subject.distinct().flat_map(|server| server.find_all("listen"));
    let is_dual = |listen: &Directive<'_>| listen.args().skip(1).any(|word| word.is("ipv6only=off"));
    let at = |address: IpAddr| {
        move |listen: Directive<'_>| {
            Listen::of(listen).filter(|one| one.address == Address::Ip(address)).map(|one| one.ports)
        }
    };
    let dual = listens().filter(is_dual);
    let dual: HashMap<_, _> =
        dual.filter_map(|listen| Some((at(Ipv6Addr::UNSPECIFIED.into())(listen)?, listen))).collect();
    if dual.is_empty() {
        return;
    }
    let mut told = std::collections::HashSet::new();
    for listen in listens() {
        let Some(ports) = at(Ipv4Addr::UNSPECIFIED.into())(listen) else { continue };
        let Some(other) = dual.get(&ports).filter(|_| told.insert(ports)) else { continue };
        found.push(
            RULE.finding(format!("port {} is taken twice", ports.0))
                .at(other.head_span(), "takes IPv4 too")
                .at(listen.head_span(), "a socket for IPv4 of its own")
                .why(
                    "nginx does not start: bind() failed, address already in use; `nginx -t` does not notice",
                )
                .help("remove `ipv6only=off`"),
        );
    }
}
