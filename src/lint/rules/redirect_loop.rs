//! A server that redirects to itself.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, Listen};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "redirect-loop",
    severity: Severity::Error,
    summary: "a redirect that leads to the same server again",
    explanation: "\
A `return 301 https://$host$request_uri` in a server that itself listens on port 443 with TLS answers the redirected request
with the same redirect, until the client gives up (`ERR_TOO_MANY_REDIRECTS`). Mostly one server block listens on both 80 and
443. The redirect belongs into a server of its own that listens on port 80 only.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    return 301 https://$host$request_uri;
}
",
        ),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org www.example.org;
    location / { return 301 http://a.example.org$request_uri; }
}
",
        ).tried(LEADS),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}
",
        ).tried(LEADS),
        // To another name, to another port, or under a condition.
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name www.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    return 301 https://a.example.org$request_uri;
}

server {
    listen 443 ssl;
    server_name b.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    return 301 https://$host:8443$request_uri;
}

server {
    listen 80;
    listen 443 ssl;
    server_name c.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    if ($scheme = http) { return 301 https://$host$request_uri; }
}
",
        ).near_miss(),
    ],
    reach: Reach::Name,
    check,
};

const LEADS: Trial = Trial::LeadsTo("/x", "https://a.example.org/x");

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let before = BeforeLocations::of(*server);
        if !before.may_change.is_empty() {
            continue;
        }
        if let Some(redirect) = before.returns {
            found.extend(looped(redirect, *server, *server));
            continue;
        }
        let root = server
            .find_all("location")
            .find(|location| location.args().len() == 1 && location.arg(0).is_some_and(|path| path.is("/")));
        let before = root.map(BeforeLocations::of).unwrap_or_default();
        if let (Some(root), Some(redirect), true) = (root, before.returns, before.may_change.is_empty()) {
            found.extend(looped(redirect, root, *server));
        }
    }
}

fn looped(redirect: Directive<'_>, answers: Directive<'_>, server: Directive<'_>) -> Option<Diagnostic> {
    let target = redirect.args().next_back()?.value();
    let is_whole_server = answers == server;
    let (scheme, rest) = target.split_once("://")?;
    let end = rest.find("$request_uri").or_else(|| rest.find("$uri")).or_else(|| rest.find('/'));
    let (host, path) = rest.split_at(end.unwrap_or(rest.len()));
    if !(is_whole_server || path.starts_with("$request_uri") || path.starts_with("$uri")) {
        return None;
    }
    let listens = Listen::all_of(server);
    let wanted: &[(bool, u16)] = match scheme {
        "https" => &[(true, 443)],
        "http" => &[(false, 80)],
        "$scheme" => &[(true, 443), (false, 80)],
        _ => return None,
    };
    let is_here = |listen: &Listen| {
        wanted.iter().any(|(is_tls, port)| listen.is_tls == *is_tls && listen.has_port(*port))
    };
    (is_own_name(host, server) && listens.iter().any(is_here)).then(|| told(redirect, server, scheme))
}

/// Whether a host in a redirect is one that this server is asked by.
fn is_own_name(host: &str, server: Directive<'_>) -> bool {
    let mut names = server.find_all("server_name").flat_map(Directive::args).map(Argument::value);
    match host {
        "$host" | "$http_host" => true,
        "$server_name" => names.next().is_some_and(|name: Cow<'_, str>| !name.starts_with(['*', '~', '_'])),
        _ => !host.is_empty() && names.any(|name| name.eq_ignore_ascii_case(host)),
    }
}

fn told(redirect: Directive<'_>, server: Directive<'_>, scheme: &str) -> Diagnostic {
    let fault = RULE.finding("the redirect leads to itself").at(redirect.head_span(), "");
    let listens = server.find_all("listen").find(|listen| {
        let listen = Listen::of(*listen);
        listen.is_some_and(|listen| scheme == "$scheme" || listen.is_tls == (scheme == "https"))
    });
    let fault = match listens {
        Some(listen) => fault.at(listen.head_span(), "the redirected request arrives here again"),
        None => fault,
    };
    let fault = fault.why("every client is sent round until it gives up: too many redirects");
    match scheme {
        "https" => fault.help("put the redirect into a server of its own that listens on port 80 only"),
        _ => fault.help("redirect to another scheme or another name, or remove the redirect"),
    }
}
