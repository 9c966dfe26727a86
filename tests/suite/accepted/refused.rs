//! Near misses: what nginx does not start with, or warns of, though each value alone looks good.
//!
//! Each is an environment with one line marked `#!`; the fault must lie on that line and say the given text.

use super::agree;
use crate::support::command::Project;
use crate::support::nginx::Nginx;
use crate::support::pipeline::{compiled, line_of};

/// A message, and the environment below `nginx_version`; `SITE` is a usual site, `LOCATION` a usual location.
const CASES: &[(&str, &str)] = &[
    ("`(` is not a regular expression", "modifier: \"~\", type: http, path: \"(\" #!"),
    ("`*x` is not a regular expression", "modifier: \"~\", type: http, path: \"*x\" #!"),
    ("would replace nginx's own variable `$host`", "modifier: \"~\", type: http, path: \"(?<host>x)\" #!"),
    (
        "unknown \"nonsense\" variable",
        "path: /, type: http\n        response_headers:\n          X: !nginx $nonsense #!",
    ),
    ("unknown \"0\" variable", "path: /, type: redirect\n        to: !nginx \"/$0\" #!"),
    ("unknown \"1\" variable", "path: /, type: redirect\n        to: !nginx \"/${1}\" #!"),
    (
        "unknown \"ssl_alpn_protocol\" variable",
        "path: /, type: redirect\n        to: !nginx \"/$ssl_alpn_protocol\" #!",
    ),
    (
        "unknown \"nonsense\" variable",
        "path: /, type: static\n        root: /srv\n        try_files: [$nonsense, =404] #!",
    ),
    (
        "`=abc` is nothing to try",
        "path: /, type: static\n        root: /srv\n        try_files: [$uri, =abc] #!",
    ),
    ("`` is nothing to try", "path: /, type: static\n        root: /srv\n        try_files: [\"\", =404] #!"),
    (
        "the name of an index file is empty",
        "path: /, type: static\n        root: /srv\n        index: \"\" #!",
    ),
    (
        "is 47 bytes long",
        "path: /, type: http\n        request_headers:\n          X-23456789-123456789-123456789-123456789-123456: a #!",
    ),
    ("OpenSSL refuses the cipher list", "tls:\n  ciphers: nonsense #!"),
    ("`TLSv1.2` stands twice", "tls:\n  protocols: [TLSv1.2, TLSv1.2] #!"),
    ("port 443 is used with TLS and without", "http_port: 443 #!"),
    (
        "port 8443 is used",
        "SITE\n  - { server_name: b.org, service: a, upstream: 1, https_port: 8443 }\n  - { server_name: c.org, service: a, upstream: 1, tls: none, http_port: 8443 } #!",
    ),
    (
        "`.a.org` already stands for `a.org`",
        "SITE\n  - { server_name: .a.org, service: a, upstream: 1 }\n  - { server_name: a.org, service: a, upstream: 1 } #!",
    ),
    (
        "two sites are called `a.org`",
        "SITE\n  - { server_name: A.org, service: a, upstream: 1 }\n  - { server_name: a.ORG, service: a, upstream: 1 } #!",
    ),
    (
        "two sites are written to the file",
        "SITE\n  - { server_name: _wildcard.a.org, service: a, upstream: 1 }\n  - { server_name: \"*.a.org\", service: a, upstream: 1 } #!",
    ),
    (
        "has the name of the environment's own",
        "SITE\n  - { server_name: 00-random, service: a, upstream: 1 } #!",
    ),
    (
        "has the name of a group of servers",
        "SITE\n  - { server_name: a.org, service: a, upstream: { servers: [1, 2] } }\n  - { server_name: b.org, service: a, upstream: \"Backend.a.org:80\" } #!",
    ),
    ("no Let's Encrypt certificate for `a.*`", "SITE\n  - { server_name: a.*, service: a, upstream: 1 } #!"),
];

/// The whole text of a case: the part it is about in an otherwise usual environment.
fn text(part: &str) -> String {
    let (mut top, mut location, mut sites) =
        ("", "path: /, type: http", "\n  - { server_name: s.org, service: a, upstream: 1 }");
    match part.strip_prefix("SITE") {
        Some(part) => sites = part,
        None if part.starts_with("path") || part.starts_with("modifier") => location = part,
        None => top = part,
    }
    let tls = if top.starts_with("tls:") { "" } else { "tls: {}\n" };
    let location =
        location.replacen(", ", "\n        ", if location.starts_with("modifier") { 2 } else { 1 });
    format!(
        "nginx_version: \"1.18\"\n{tls}{top}\nservices:\n  a:\n    locations:\n      - {location}\nsites:{sites}\n"
    )
}

#[test]
fn near_misses_are_refused_at_their_line() {
    let project = Project::empty();
    for (message, part) in CASES {
        let text = text(part);
        let line = text.lines().position(|line| line.ends_with("#!")).expect("a case marks its line") + 1;
        project.write("environments/random.yaml", &text.replace(" #!", ""));
        let refused = compiled(&project, "random", None).expect_err(&text);
        let said = refused
            .faults
            .iter()
            .any(|fault| fault.message.contains(message) && line_of(fault, &refused.sources) == Some(line));
        assert!(said, "line {line} should say `{message}`:\n{text}\n{:#?}", refused.faults);
    }
}

#[test]
fn what_nginx_needs_more_room_for_gets_it() {
    let project = Project::empty();
    let site = |name: &str| format!("  - {{ server_name: {name}, service: a, upstream: 1, tls: none }}\n");
    let long = format!("{0}.{0}.{0}.example.org", "x".repeat(63));
    let many: String = (0..300).map(|number| site(&format!("host-{number}.example.org"))).collect();
    let start = text("SITE");
    for sites in [
        site(&long),
        site(&format!("\"*.{long}\"")),
        site(&"y".repeat(47)),
        many.clone(),
        many + &site(&long),
    ] {
        for nginx in Nginx::both() {
            assert_eq!(agree(&project, &nginx, &format!("{start}{sites}")), Ok(true));
        }
    }
}

/// gRPC and HTTP/3 without what they are made of.
#[test]
fn what_no_client_could_use_is_refused() {
    let project = Project::empty();
    let grpc = text("path: /, type: grpc");
    let (modern, quic) = ("nginx_version: \"1.28\"\n", "nginx_version: \"1.28\"\nhttp3: true\n");
    let version = |text: &str, head: &str| text.replace("nginx_version: \"1.18\"\n", head);
    let clear = |text: &str| text.replace("tls: {}", "tls: none");
    let old_tls = |text: &str| text.replace("tls: {}", "tls: { protocols: TLSv1.2 }");
    for (message, text) in [
        (Some("no client could call gRPC"), format!("http2: false\n{grpc}")),
        (Some("no client could call gRPC"), clear(&grpc)),
        (None, clear(&version(&grpc, modern))),
        (None, grpc.clone()),
        (None, version(&grpc, quic)),
        (Some("offers HTTP/3 without TLS 1.3"), old_tls(&version(&grpc, quic))),
    ] {
        project.write("environments/random.yaml", &text);
        let faults = compiled(&project, "random", None).map_or_else(|refused| refused.faults, |_| vec![]);
        let said = faults.first().map(|fault| &*fault.message);
        let as_meant =
            said.is_some() == message.is_some() && said.is_none_or(|said| said.contains(message.unwrap()));
        assert!(as_meant, "{said:?} should be {message:?}:\n{text}");
    }
}
