//! Certificate renewals that a redirect of the server takes.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Example, Reach, Rule, Subject, Trial};
use crate::nginx::routing::{BeforeLocations, Kind, Listen, Locations};
use crate::nginx::tree::{Argument, Directive};

pub(crate) static RULE: Rule = Rule {
    id: "acme-unreachable",
    severity: Severity::Warning,
    summary: "a redirect of the server, or a regex location, that takes certificate renewals too",
    explanation: "\
A `return` beside locations runs before any location is looked for, so a location for `/.well-known/acme-challenge/` in the
same server is never reached: the challenge is redirected, and renewal by webroot fails weeks later. Put the redirect into
`location /`. A `rewrite ^ https://…` of the server does the same, and a regex location such as `~ /\\.`, which forbids hidden
files, is tried before a prefix: `location ^~ /.well-known/acme-challenge/` keeps it away. Where certificates are Let's Encrypt's and the other server passes the challenge on to a back end, that is told as a hint:
renewal by webroot would need such a location, by another way it does not; certbot's own plugin, known by its
`options-ssl-nginx.conf`, brings one.",
    bad: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location /.well-known/acme-challenge/ { return 204; }
    location ~ /\\. { deny all; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    rewrite ^ https://$host$request_uri permanent;
    location ^~ /.well-known/acme-challenge/ { return 204; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 204)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }
    return 301 https://$host$request_uri;
}
",
        )
        .tried(Trial::Answers(TOKEN, 404)),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        ),
    ],
    good: &[
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { return 204; }
    location ~ /\\. { deny all; }
}

server {
    listen 80;
    server_name b.example.org;
    location /.well-known/acme-challenge/ { return 204; }
    location ~ /\\.(?!well-known) { deny all; }
    rewrite ^/old/(.*)$ https://$host/$1 permanent;
}
",
        )
        .tried(Trial::Answers(TOKEN, 204))
        .near_miss(),
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }
    location / { return 301 https://$host$request_uri; }
}

server {
    listen 443 ssl;
    server_name a.example.org;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location / { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .tried(Trial::Answers(TOKEN, 404)),
        // Redirects all, but nothing says that a certificate is renewed here.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}
",
        )
        .near_miss(),
        // A challenge that is redirected is looked for in the folder of the site, which a webroot may be.
        Example::new(
            "\
server {
    listen 80;
    server_name a.example.org;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl;
    server_name a.example.org;
    root /srv/a;
    ssl_certificate /etc/letsencrypt/live/a.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/a.example.org/privkey.pem;
    location /api/ { proxy_pass http://127.0.0.1:8080; }
}
",
        )
        .near_miss(),
    ],
    reach: Reach::Configuration,
    check,
};

const CHALLENGE: &str = "/.well-known/acme-challenge";
/// A challenge of which no file is there: 404 shows that it was looked for.
const TOKEN: &str = "/.well-known/acme-challenge/x";

/// A server with its certificate.
type Secured<'t> = (Directive<'t>, Directive<'t>);

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut secured: HashMap<Cow<'_, str>, Vec<Secured<'_>>> = HashMap::new();
    for server in subject.servers {
        if let (Some(name), Some(certificate)) = (first_name(*server), server.find("ssl_certificate")) {
            secured.entry(name.value()).or_default().push((*server, certificate));
        }
    }
    for server in subject.servers {
        let before = BeforeLocations::of(*server);
        let is_certain = before.may_change.is_empty();
        let redirect = before.returns.filter(|_| is_certain).or_else(|| moves_all(&before));
        let location = challenge(*server);
        let Some(redirect) = redirect else {
            found.extend(location.filter(|_| is_certain).and_then(|location| taken(*server, location)));
            continue;
        };
        if let Some(location) = location {
            found.push(shadowed(redirect, location));
            continue;
        }
        let namesakes = first_name(*server).and_then(|name| secured.get(&name.value()));
        let certificate = namesakes.and_then(|servers| secured_by_acme(subject, servers, *server));
        found.extend(certificate.map(|certificate| absent(redirect, certificate)));
    }
}

/// A `rewrite` of the server before all else there, which redirects every path.
fn moves_all<'t>(before: &BeforeLocations<'t>) -> Option<Directive<'t>> {
    let rewrite = before.may_change.first().filter(|first| first.is("rewrite"))?;
    let is_all = rewrite.arg(0).is_some_and(|regex| EVERYTHING.iter().any(|all| regex.is(all)));
    let target = rewrite.arg(1)?.content();
    let is_redirect = ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
    (is_all && is_redirect).then_some(*rewrite)
}

/// Regular expressions that every path matches.
const EVERYTHING: [&str; 8] = ["^", "^(.*)$", "^(.*)", "(.*)", "^/(.*)$", "^/(.*)", ".*", "^.*$"];

/// A regex location that gets what is asked of the challenge's.
fn taken(server: Directive<'_>, location: Directive<'_>) -> Option<Diagnostic> {
    let is_open = location.args().len() == 1 && server.find_all("location").any(|one| one.args().len() == 2);
    if !is_open {
        return None;
    }
    let winner = Locations::of(server).taker(format!("{CHALLENGE}/token").as_bytes()).location?;
    let is_regex = matches!(Kind::of(winner), Some(Kind::Regex(_)));
    if !is_regex || winner == location || winner.ancestors().any(|block| block == location) {
        return None;
    }
    let fault = RULE.finding("the location of the ACME challenge is never reached");
    Some(
        fault
            .at(
                winner.head_span(),
                "matches the challenge too, and a regular expression comes before any prefix",
            )
            .at(location.head_span(), "so nothing arrives here")
            .why("the challenge is answered elsewhere, and the certificate will not be renewed")
            .help(format!("write `location ^~ {CHALLENGE}/`: then no regular expression is tried")),
    )
}

fn shadowed(redirect: Directive<'_>, location: Directive<'_>) -> Diagnostic {
    RULE.finding("the location of the ACME challenge is never reached")
        .at(redirect.head_span(), "answers every request of this server")
        .at(location.head_span(), "so nothing arrives here")
        .why(format!(
            "a `{}` of the server runs before locations are looked for; the certificate will not be renewed",
            redirect.name()
        ))
        .help("put it into `location /`")
}

fn absent(redirect: Directive<'_>, certificate: Directive<'_>) -> Diagnostic {
    let severity = Severity::Hint;
    Diagnostic::new(severity, RULE.id, "the redirect takes ACME challenges too")
        .at(redirect.head_span(), "answers every request of this server")
        .at(certificate.head_span(), "a certificate of Let's Encrypt's, to be renewed")
        .why("renewal by webroot asks for `/.well-known/acme-challenge/` here, and no location answers it")
        .help(
            "if renewal is by webroot: put the `return` into `location /`, and `location ^~ \
             /.well-known/acme-challenge/` with its `root` beside it",
        )
}

fn challenge(server: Directive<'_>) -> Option<Directive<'_>> {
    let mut locations = server.find_all("location");
    locations
        .find(|location| location.args().next_back().is_some_and(|path| path.value().starts_with(CHALLENGE)))
}

/// The certificate of the server of the same name that this one, on port 80, redirects to.
fn secured_by_acme<'t>(
    subject: &Subject<'t>,
    namesakes: &[Secured<'t>],
    server: Directive<'t>,
) -> Option<Directive<'t>> {
    if !Listen::all_of(server).iter().any(|listen| listen.has_port(80) && !listen.is_tls) {
        return None;
    }
    let (other, certificate) = *namesakes.iter().find(|(other, _)| *other != server)?;
    let is_acme = certificate.arg(0).is_some_and(|path| path.value().contains("/letsencrypt/"));
    let is_known = !subject.gaps.are_in(other) && !is_of_certbots_plugin(other);
    (is_acme && is_known && passes_challenge_on(other)).then_some(certificate)
}

/// Whether a server hands the challenge to somebody else, rather than to look for its file in a folder.
fn passes_challenge_on(server: Directive<'_>) -> bool {
    let place = Locations::of(server).taker(format!("{CHALLENGE}/token").as_bytes()).location;
    place.is_some_and(|location| location.children().any(|one| one.name().ends_with("_pass")))
}

/// Whether certbot's plugin for nginx looks after a server: it answers challenges before anything else does.
fn is_of_certbots_plugin(server: Directive<'_>) -> bool {
    let mut includes = server.find_all("include").filter_map(|include| include.arg(0));
    includes.any(|target| target.value().ends_with("options-ssl-nginx.conf"))
}

fn first_name(server: Directive<'_>) -> Option<Argument<'_>> {
    server.find("server_name")?.arg(0)
}
