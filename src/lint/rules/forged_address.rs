//! An address that whoever asks may choose.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::access::is_local;
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::inheritance::Effective;
use crate::nginx::tree::Directive;

pub(crate) static RULE: Rule = Rule {
    id: "forged-address",
    severity: Severity::Warning,
    summary: "`set_real_ip_from 0.0.0.0/0`: every client says by itself which address it comes from",
    explanation: "\
`set_real_ip_from` names the proxies whose word about the client's address counts. With `0.0.0.0/0` or `::/0` that is everyone:
a client that sends `X-Real-IP: 10.0.0.1` *is* 10.0.0.1 to `allow`, `limit_req`, `limit_conn`, the access log and whatever
reads `$remote_addr`. Measured on 1.22 and 1.28. Name the addresses of the load balancer. Where `real_ip_header` is
`proxy_protocol`, or only this machine can reach the server, nothing is told.",
    bad: &[Example::new(
        "\
server {
    listen 80;
    set_real_ip_from 0.0.0.0/0;
    location / { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8080; }
}
",
    )
    .tried(Trial::Denies("/", ("X-Real-IP", "10.1.2.3")))],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    set_real_ip_from 192.0.2.0/24;
    location / { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Denies("/", ("X-Real-IP", "10.1.2.3"))),
        Example::new(
            "\
server {
    listen 80 proxy_protocol;
    set_real_ip_from 0.0.0.0/0;
    real_ip_header proxy_protocol;
    location / { root /srv; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for trusted in subject.every("set_real_ip_from") {
        let is_all = trusted.arg(0).is_some_and(|net| net.content().ends_with("/0"));
        if is_all
            && !is_told_by_the_connection(trusted)
            && !trusted.ancestors().any(|block| block.is("server") && is_local(block))
        {
            found.push(finding(trusted));
        }
    }
}

/// Whether the address comes with the connection instead of a header.
fn is_told_by_the_connection(trusted: Directive<'_>) -> bool {
    let Some(block) = trusted.parent() else {
        // What the file is included in may say so.
        return true;
    };
    let header = Effective::inside(block).get("real_ip_header");
    block.is("stream") || header.is_some_and(|header| header.value() == "proxy_protocol")
}

fn finding(trusted: Directive<'_>) -> Diagnostic {
    RULE.finding("any client chooses the address it is taken to come from")
        .at(trusted.head_span(), "trusts whoever connects")
        .why("`allow`, `limit_req` and the logs go by an address that a header of the request sets")
        .help("name the addresses of the proxies in front of this nginx")
}
