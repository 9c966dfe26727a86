//! A server that redirects to itself.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::sample::{Samples, sample};
use crate::lint::ways::{Visit, Ways};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{End, Listen};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "redirect-loop",
    severity: Severity::Error,
    summary: "a redirect that leads to the same server again",
    explanation: "\
A `return 301 https://$host$request_uri` in a server that itself listens on port 443 with TLS answers the redirected request
with the same redirect, until the client gives up (`ERR_TOO_MANY_REDIRECTS`). Mostly one server block listens on both 80 and
443. The redirect belongs in a server of its own that listens on port 80 only. A `return 301 /app/` in `location /app`, which
takes `/app/` too, does the same. Requests are followed through the server as nginx does it; where an `if` asks for what only the
client tells, nothing is said.",
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
        Example::new(
            "\
server {
    listen 443 ssl;
    server_name b.example.org;
    ssl_certificate /etc/ssl/a.pem;
    ssl_certificate_key /etc/ssl/a.key;
    if ($host = b.example.org) { rewrite ^/(.*)$ https://b.example.org/$1 permanent; }
}
",
        ),
        Example::new(
            "\
server {
    listen 80;
    location /app { return 301 /app/; }
    location / { return 204; }
}
",
        ).tried(Trial::Answers("/app/", 204)),
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
        // To a path that another location takes, and only where a proxy in front says so.
        Example::new(
            "\
server {
    listen 80;
    if ($http_x_forwarded_proto = https) { return 301 http://$host$request_uri; }
    location = /app { return 301 /app/; }
    location /old/ { rewrite ^/old/(.*)$ /$1 permanent; }
    location / { return 204; }
}
",
        ).near_miss().tried(Trial::Answers("/app/", 204)),
    ],
    reach: Reach::Name,
    check,
};

const LEADS: Trial = Trial::LeadsTo("/x", "https://a.example.org/x");

/// So many redirects by the same directive are no detour.
const LONGEST: usize = 4;

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers {
        let mut ways = None;
        let redirects = server.every("return").chain(server.every("rewrite"));
        for redirect in redirects.filter_map(Redirect::of) {
            let Some(listen) = redirect.returns_to(*server) else { continue };
            let ways = ways.get_or_insert_with(|| Ways::of(subject, *server));
            let visit = Visit::through(*server, &listen);
            if redirect.samples().iter().any(|path| redirect.leads_round(ways, *server, &visit, path)) {
                found.push(told(&redirect, *server, &listen));
            }
        }
    }
}

/// A directive that sends the client to another URL.
struct Redirect<'t> {
    directive: Directive<'t>,
    /// As it is written.
    target: Cow<'t, str>,
}

impl<'t> Redirect<'t> {
    fn of(directive: Directive<'t>) -> Option<Redirect<'t>> {
        let is_redirect = |code: Argument<'_>| REDIRECTS.iter().any(|redirect| code.is(redirect));
        let target = match directive.is("return") {
            true => match (directive.arg(0)?, directive.arg(1)) {
                (url, None) => url,
                (code, Some(url)) => is_redirect(code).then_some(url)?,
            },
            false => directive.arg(1)?,
        };
        let is_said = directive.arg(2).is_some_and(|flag| flag.is("redirect") || flag.is("permanent"));
        let is_url = ["http://", "https://", "$scheme://"].iter().any(|start| target.content().starts_with(start));
        let is_path = target.content().starts_with('/') && (directive.is("return") || is_said);
        (is_url || is_path).then(|| Redirect { directive, target: target.value() })
    }

    /// Where the redirected request arrives when that is the same server, as far as the text tells.
    fn returns_to(&self, server: Directive<'t>) -> Option<Listen> {
        let (scheme, rest) = match self.target.split_once("://") {
            Some((scheme, rest)) => (scheme, Some(rest)),
            None => ("$scheme", None),
        };
        let host = rest.map_or("$host", |rest| &rest[..rest.find(['/', '?']).unwrap_or(rest.len())]);
        let name = host.split(['$', ':']).next().filter(|name| !name.is_empty());
        if name.is_some_and(|name| !host.contains('$') && !has_name(server, name)) {
            return None;
        }
        let is_meant = |listen: &Listen| match scheme {
            "https" => listen.is_tls,
            "http" => !listen.is_tls,
            _ => true,
        };
        Listen::all_of(server).into_iter().find(is_meant)
    }

    /// Paths that reach it, if anything does.
    fn samples(&self) -> Vec<String> {
        let location = self.directive.ancestors().find(|block| block.is("location"));
        let samples = match location {
            Some(location) => Samples::of_location(location).map(|Samples(paths)| paths),
            None => Some(vec!["/".to_owned(), "/x/y".to_owned()]),
        };
        let expression = self.directive.arg(0).filter(|_| self.directive.is("rewrite"));
        let matching = expression.and_then(|expression| sample(&expression.value()));
        samples.into_iter().flatten().chain(matching.filter(|path| path.starts_with('/'))).collect()
    }

    /// Whether a request that it has redirected comes to it again and again.
    fn leads_round(&self, ways: &Ways<'_, 't>, server: Directive<'t>, visit: &Visit, path: &str) -> bool {
        let (mut visit, mut path) = (visit.clone(), path.to_owned());
        for _ in 0..LONGEST {
            let Some(to) = self.target_of(ways, &visit, &path) else { return false };
            let Some(next) = followed(server, &visit, &to) else { return false };
            if (&next.0, &next.1) == (&visit, &path) {
                return true;
            }
            (visit, path) = next;
        }
        true
    }

    /// Where it sends a request that comes by, if that is certain.
    fn target_of(&self, ways: &Ways<'_, 't>, visit: &Visit, path: &str) -> Option<String> {
        let to = match ways.follow(visit, path)?.end {
            End::Returned { by, text: Some(to), .. } | End::Redirected { by, to, .. } if by == self.directive => to,
            _ => return None,
        };
        to.if_known().map(|known| String::from_utf8_lossy(known).into_owned())
    }
}

/// The codes with which a `return` redirects.
const REDIRECTS: [&str; 5] = ["301", "302", "303", "307", "308"];

/// The next request of a client that is sent to this URL, where the same server takes it.
fn followed(server: Directive<'_>, visit: &Visit, to: &str) -> Option<(Visit, String)> {
    let without_fragment = to.split('#').next().unwrap_or_default();
    let Some((scheme, rest)) = without_fragment.split_once("://") else {
        return to.starts_with('/').then(|| (visit.clone(), without_fragment.to_owned()));
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let is_tls = scheme == "https";
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, if is_tls { 443 } else { 80 }),
    };
    let listens = Listen::all_of(server);
    let arrives = listens.iter().any(|listen| listen.is_tls == is_tls && listen.has_port(port));
    let is_own = host == visit.host || has_name(server, host);
    (arrives && is_own)
        .then(|| (Visit { host: host.to_owned(), port, is_tls: Some(is_tls), ..visit.clone() }, path.to_owned()))
}

/// Whether this is one of a server's names, as it is written.
fn has_name(server: Directive<'_>, name: &str) -> bool {
    let mut names = server.find_all("server_name").flat_map(Directive::args);
    names.any(|own| own.value().eq_ignore_ascii_case(name))
}

fn told(redirect: &Redirect<'_>, server: Directive<'_>, listen: &Listen) -> Diagnostic {
    let fault = RULE.finding("the redirect leads to itself").at(redirect.directive.head_span(), "");
    let is_path = redirect.target.starts_with('/');
    let place = server.find_all("listen").find(|one| Listen::of(*one).as_ref() == Some(listen));
    let location = redirect.directive.ancestors().find(|block| block.is("location"));
    let fault = match (is_path, location, place) {
        (true, Some(location), _) => fault.at(location.head_span(), "takes the new path too"),
        (false, _, Some(listen)) => fault.at(listen.head_span(), "the redirected request arrives here again"),
        _ => fault,
    };
    let fault = fault.why("every client is sent round until it gives up: too many redirects");
    match (is_path, listen.is_tls) {
        (true, _) => fault.help("let the location take one path only, `location = …`, or redirect to one that it does not take"),
        (_, true) => fault.help("put the redirect into a server of its own that listens on port 80 only"),
        _ => fault.help("redirect to another scheme or another name, or remove the redirect"),
    }
}
