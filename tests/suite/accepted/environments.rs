//! Random environments, most of them valid: every type and option, and the near misses beside them.

use std::collections::HashSet;

use super::choices::Choices;
use super::locations::location;
use crate::support::pipeline::quoted;

/// The text of an environment, without `nginx_version` and what depends on it.
pub(super) fn environment(choices: &mut Choices<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for key in ["http2", "ipv6", "default_server"] {
        lines.extend(choices.maybe(4, key, &["false", "true"]));
    }
    lines.extend(choices.maybe_near(6, "http_port", 2, &["8080", "80", "443"]));
    lines.extend(choices.maybe_near(6, "https_port", 2, &["8443", "443", "8080"]));
    lines.extend(choices.maybe(6, "acme_webroot", &["/srv/acme", "\"/srv/a c;{\"", "/"]));
    lines.push(format!("tls: {}", tls(choices)));
    lines.push("services:".to_owned());
    let services = 1 + choices.below(3);
    for number in 0..services {
        lines.extend(service(number, choices));
    }
    lines.push("sites:".to_owned());
    for number in 0..=choices.below(4) {
        lines.push(format!("  - {}", site(number, services, choices)));
    }
    lines.join("\n") + "\n"
}

fn tls(choices: &mut Choices<'_>) -> String {
    if choices.once_in(4) {
        return "none".to_owned();
    }
    let certificate = "{ certificate: /etc/ssl/a.pem, certificate_key: \"/etc/ssl/a b.key\" }";
    let mut keys = vec![format!("certificates: {}", choices.pick(&["letsencrypt", certificate]))];
    let protocols =
        ["[TLSv1.2, TLSv1.3]", "[TLSv1.3]", "[TLSv1.2]", "[TLSv1, TLSv1.1]", "[TLSv1.2, TLSv1.2]"];
    keys.extend(choices.maybe_near(3, "protocols", 3, &protocols));
    let ciphers = [
        "HIGH:!aNULL:!MD5",
        "ECDHE+AESGCM:DHE",
        "\"ECDHE-RSA-AES128-GCM-SHA256 AES256-SHA\"",
        "DEFAULT:@SECLEVEL=1",
        "HIGH:nonsense:-RC4",
        "nonsense",
        "\"HIGH:\\\"x\"",
        "TLS_AES_128_GCM_SHA256",
        "\"!ALL\"",
        "\"\"",
    ];
    keys.extend(choices.maybe_near(3, "ciphers", 5, &ciphers));
    keys.extend(choices.maybe(4, "prefer_server_ciphers", &["true", "false"]));
    keys.extend(choices.maybe(4, "hsts", &["0", "31536000"]));
    format!("{{ {} }}", keys.join(", "))
}

fn service(number: usize, choices: &mut Choices<'_>) -> Vec<String> {
    let mut lines = vec![format!("  s{number}:")];
    lines.extend(choices.maybe(4, "    description", &["\"a # b\"", "\"};\""]));
    lines.extend(choices.maybe(3, "    client_max_body_size", &["15M", "0", "100k", "1g"]));
    lines.push("    locations:".to_owned());
    let mut matched = HashSet::new();
    for _ in 0..=choices.below(6) {
        let (matches, location) = location(choices);
        if matched.insert(matches) || choices.once_in(50) {
            lines.push(format!("      - {location}"));
        }
    }
    lines
}

fn site(number: usize, services: usize, choices: &mut Choices<'_>) -> String {
    let mut keys = vec![
        format!("server_name: {}", names(number, choices)),
        format!("service: s{}", choices.below(services)),
        format!("upstream: {}", upstream(choices)),
    ];
    keys.extend(choices.maybe(6, "tls", &["none", "{ hsts: 0 }", "{ protocols: TLSv1.3 }"]));
    let certificate = "{ certificate: \"/a;b.pem\", certificate_key: /c.key }";
    keys.extend(choices.maybe(6, "certificate", &[certificate]));
    keys.extend(choices.maybe_near(8, "http_port", 2, &["81", "8080", "443"]));
    keys.extend(choices.maybe_near(8, "https_port", 2, &["444", "8443", "80"]));
    let raw = ["\"error_page 404 /x;\"", "[\"deny 10.0.0.1;\", \"set $mine 1; # own\"]", "\"gzip on;\\n\""];
    keys.extend(choices.maybe(6, "directives", &raw));
    format!("{{ {} }}", keys.join(", "))
}

fn names(number: usize, choices: &mut Choices<'_>) -> String {
    let own = format!("s{number}.example.org");
    let long = |length: usize| format!("{}.s{number}.example.org", "x".repeat(length));
    let name = |choices: &mut Choices<'_>, place: usize| match choices.below(12) {
        0..=3 => format!("n{place}.{own}"),
        4 => format!("*.{own}"),
        5 => format!("w{place}.{own}.*"),
        6 => format!(".d{place}.{own}"),
        7 => long(20 + choices.below(44)),
        8 => format!("S{number}.N{place}.Example.COM"),
        9 => format!("{0}.{0}.{0}.{1}", "y".repeat(62), own),
        10 => {
            choices.mostly(1, &[&own, &format!(".{own}"), "00-random", "_wildcard.s0.example.org"]).to_owned()
        }
        _ => choices.mostly(1, &[&format!("localhost{number}"), "10.0.0.1", "xn--4ca.org"]).to_owned(),
    };
    let names: Vec<String> = (0..=choices.below(3)).map(|place| quoted(&name(choices, place))).collect();
    format!("[{}]", names.join(", "))
}

fn address(choices: &mut Choices<'_>) -> String {
    match choices.below(7) {
        0 => format!("{}", 8000 + choices.below(3)),
        1 => quoted("127.0.0.1:9000"),
        2 => quoted("localhost:9001"),
        3 => quoted("[::1]:9002"),
        4 => quoted("unix:/run/app.sock"),
        5 => quoted("unix:/run/a#b|c?d.sock"),
        _ => "8443".to_owned(),
    }
}

fn upstream(choices: &mut Choices<'_>) -> String {
    if choices.below(3) < 2 {
        return address(choices);
    }
    let mut servers = Vec::new();
    for _ in 0..=choices.below(3) {
        let mut keys = vec![format!("address: {}", address(choices))];
        keys.extend(choices.maybe(3, "weight", &["1", "5", "1000000"]));
        keys.extend(choices.maybe(3, "max_fails", &["0", "3"]));
        keys.extend(choices.maybe(3, "fail_timeout", &["30s", "\"1m 30s\"", "0"]));
        keys.extend(choices.maybe(4, "backup", &["true", "false"]));
        servers.push(format!("{{ {} }}", keys.join(", ")));
    }
    let mut keys = vec![format!("servers: [{}]", servers.join(", "))];
    keys.extend(choices.maybe(2, "balance", &["least_conn", "round_robin", "ip_hash", "random"]));
    keys.extend(choices.maybe(2, "keepalive", &["1", "32", "65535"]));
    format!("{{ {} }}", keys.join(", "))
}
